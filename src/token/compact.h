/*
 * compact.h - taking a JWS in compact form apart (RFC 7515 section 7.1), and checking it.
 *
 * Opening looks at the form and the header only; nothing in it is trusted before
 * rk_compact_check has said RK_OK.
 */
#ifndef RK_TOKEN_COMPACT_H
#define RK_TOKEN_COMPACT_H

#include "base/json.h"
#include "token/jws.h"

/* The longest token that is looked at, in bytes. */
#define RK_COMPACT_MAX 16384

struct rk_compact {
	struct rk_str input;          /* what is signed: borrowed from the token */
	struct rk_buf header_text;    /* decoded */
	struct rk_buf payload;
	struct rk_buf signature;
	struct rk_json *header;       /* an object */
};

/*
 * RK_TOO_LARGE, or RK_INVALID with the reason: not three parts of canonical base64url, a header that is
 * no JSON object (or has a member twice), alg or kid that is no string, a header member that
 * we refuse: crit and b64 (RFC 7797), zip and enc, jwk, jku, x5u, x5c (a key that comes with the
 * token proves nothing), a typ other than JWT, a nested token. Borrows `token`. rk_compact_close in any case.
 */
RK_CHECKED enum rk_err rk_compact_open(struct rk_compact *c, struct rk_str token, struct rk_why *why);
void rk_compact_close(struct rk_compact *c);    /* also a cleanup function for RK_AUTO */

/* A header member's text; empty when it is absent or no string. */
struct rk_str rk_compact_header(const struct rk_compact *c, const char *member);

/* RK_SIGNATURE unless the header names exactly the key's algorithm (and its key ID, when both
 * have one) and the signature is that key's. */
RK_CHECKED enum rk_err rk_compact_check(const struct rk_compact *c, const struct rk_jws_key *key, struct rk_why *why);

#endif
