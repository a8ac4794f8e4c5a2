/*
 * jws.h - JSON Web Signatures (RFC 7515, RFC 7518): keys, signing, checking bytes.
 *
 * Of the public keys it knows that there are such: they are pkey.h. A key is bound to one
 * algorithm for its life, so a token's header can never choose how it is checked; there
 * is no "none" algorithm anywhere. Taking a token apart is compact.h.
 */
#ifndef RK_TOKEN_JWS_H
#define RK_TOKEN_JWS_H

#include "base/buf.h"

enum rk_jws_alg {
	RK_JWS_HS256, RK_JWS_HS384, RK_JWS_HS512,
	RK_JWS_RS256, RK_JWS_RS384, RK_JWS_RS512,
	RK_JWS_PS256, RK_JWS_PS384, RK_JWS_PS512,
	RK_JWS_ES256, RK_JWS_ES384, RK_JWS_ES512,
};

/* The longest signature that any key here makes or takes: RSA of 8192 bits. */
#define RK_JWS_SIGNATURE_MAX 1024

struct rk_jws_key;

const char *rk_jws_alg_name(enum rk_jws_alg alg);                       /* "HS256" */
bool rk_jws_alg_parse(struct rk_str name, enum rk_jws_alg *ret_alg);    /* case-sensitive */
bool rk_jws_alg_is_hmac(enum rk_jws_alg alg);
size_t rk_jws_alg_hash_size(enum rk_jws_alg alg);                       /* 32, 48, 64 */

/* A secret for HS256/384/512: any bytes, any length from 1. The hash states after the
 * inner and outer pad are kept, so that each signature costs only its own bytes. */
RK_CHECKED enum rk_err rk_jws_key_new_secret(enum rk_jws_alg alg, struct rk_str secret, struct rk_jws_key **ret_key);

/* Public keys, for checking only. RK_REFUSED for a weak one: RSA under 2048 or over 8192 bits, an even
 * or small exponent, a modulus with the ROCA fingerprint (CVE-2017-15361), a point that is not on
 * the algorithm's curve. Numbers are big-endian bytes. PEM: a SubjectPublicKeyInfo. */
RK_CHECKED enum rk_err rk_jws_key_new_rsa(enum rk_jws_alg alg, struct rk_str n, struct rk_str e, struct rk_jws_key **ret_key);
RK_CHECKED enum rk_err rk_jws_key_new_ec(enum rk_jws_alg alg, struct rk_str x, struct rk_str y, struct rk_jws_key **ret_key);
RK_CHECKED enum rk_err rk_jws_key_new_pem(enum rk_jws_alg alg, struct rk_str pem, struct rk_jws_key **ret_key);

void rk_jws_key_free(struct rk_jws_key *key);    /* wipes; NULL is fine */

enum rk_jws_alg rk_jws_key_alg(const struct rk_jws_key *key);

/* A key ID that a token's header, if it has one, must name exactly. Empty: any. */
RK_CHECKED enum rk_err rk_jws_key_set_id(struct rk_jws_key *key, struct rk_str id);
struct rk_str rk_jws_key_id(const struct rk_jws_key *key);

/* Appends header.payload.signature. `header` and `payload` are the raw bytes before base64url.
 * RK_UNSUPPORTED when the key is no secret. */
RK_CHECKED enum rk_err rk_jws_sign(const struct rk_jws_key *key, struct rk_str header, struct rk_str payload,
    struct rk_buf *out);

/*
 * For minting many tokens that begin alike: keeps the base64url form of the header and of what all
 * payloads begin with, and the hash state after both. Then rk_jws_sign_bound, given payloads with that
 * beginning, writes exactly rk_jws_bound_size(key, payload.n) bytes to dst. Binding again replaces.
 */
RK_CHECKED enum rk_err rk_jws_key_bind(struct rk_jws_key *key, struct rk_str header, struct rk_str beginning);
size_t rk_jws_bound_size(const struct rk_jws_key *key, size_t payload_n);
void rk_jws_sign_bound(const struct rk_jws_key *key, struct rk_str payload, char *dst);

/* RK_OK when `signature` (raw bytes) is that of `input` under the key; else RK_SIGNATURE. Constant
 * time for secrets. */
RK_CHECKED enum rk_err rk_jws_check(const struct rk_jws_key *key, struct rk_str input, struct rk_str signature);

#endif
