/*
 * pkey.h - public keys, RSA and elliptic: which are fit for use, and what they vouch for.
 *
 * A key is bound to one scheme for its life. Numbers are big-endian bytes. Nothing here signs.
 */
#ifndef RK_TOKEN_PKEY_H
#define RK_TOKEN_PKEY_H

#include "base/err.h"
#include "base/str.h"

enum rk_pkey_family { RK_PKEY_RSA_PKCS1, RK_PKEY_RSA_PSS, RK_PKEY_ECDSA };

/* One row of RFC 7518 section 3.1. Must outlive the keys made for it. */
struct rk_pkey_scheme {
	enum rk_pkey_family family;
	size_t hash;        /* bytes of the digest */
	const char *digest; /* OpenSSL's name of it */
	const char *group;  /* curve, of ECDSA */
	size_t part;        /* bytes of r and of s (RFC 7518 section 3.4) */
};

struct rk_pkey;

/* RK_INVALID: a scheme of another family, or no PEM. RK_REFUSED: a weak key, as told in jws.h. */
RK_CHECKED enum rk_err rk_pkey_new_rsa(const struct rk_pkey_scheme *scheme, struct rk_str n, struct rk_str e,
    struct rk_pkey **ret_key);
RK_CHECKED enum rk_err rk_pkey_new_ec(const struct rk_pkey_scheme *scheme, struct rk_str x, struct rk_str y,
    struct rk_pkey **ret_key);
RK_CHECKED enum rk_err rk_pkey_new_pem(const struct rk_pkey_scheme *scheme, struct rk_str pem,
    struct rk_pkey **ret_key);

void rk_pkey_free(struct rk_pkey *key); /* NULL is fine */

/* True when `signature` (raw bytes) is the key's, of `input`. */
bool rk_pkey_holds(const struct rk_pkey *key, struct rk_str input, struct rk_str signature);

#endif
