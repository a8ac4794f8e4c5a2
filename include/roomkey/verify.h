/*
 * roomkey/verify.h - checking access tokens.
 *
 * The signature is checked before any claim is looked at, with the one algorithm
 * that the caller binds to the secret: what the token's header says is compared, never followed.
 * Refused besides: no signature ("none"), duplicate members, base64url that
 * is not canonical, the header members crit, b64, zip, jwk, jku, x5u, x5c, a
 * token over RK_VERIFY_MAX bytes, text after the object (RFC 7515, RFC 8725).
 */
#ifndef ROOMKEY_VERIFY_H
#define ROOMKEY_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include <roomkey/access.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RK_VERIFY_MAX 16384
/* The longest life that the vendor accepts, seconds. */
#define RK_VERIFY_LIFE 86400

/* With what to check. Zero is a good start: HS256, no leeway, any key SID and account. */
struct rk_verify {
	struct rk_str secret;      /* the API key's secret: bytes; RK_INVALID when empty */
	enum rk_access_alg alg;    /* the one algorithm accepted */
	int64_t now;               /* seconds since 1970 */
	int64_t leeway;            /* seconds of clock difference forgiven, for exp and nbf; 0..300 */
	struct rk_str key_sid;     /* when not empty: iss must be equal */
	struct rk_str account_sid; /* when not empty: sub must be equal */
};

/*
 * What a token says. All views live as long as the facts. Times are seconds since
 * 1970, fractions kept. A member of the wrong type counts as absent here.
 */
struct rk_access_facts {
	struct rk_str header, payload;            /* JSON, as decoded */
	struct rk_str alg, cty, region;           /* header: alg, cty, twr; empty when absent */
	struct rk_str jti, key_sid, account_sid;  /* jti, iss, sub; empty when absent */
	struct rk_str identity;                   /* grants.identity; meaningful when has_identity */
	struct rk_str grants;                     /* JSON of the grants object without identity; "{}" when absent */
	double iat, nbf, exp;
	bool has_identity, has_grants, has_iat, has_nbf, has_exp;
};

void rk_access_facts_free(struct rk_access_facts *facts); /* NULL is fine */

/*
 * RK_OK: the signature holds, cty is "twilio-fpa;v=1", iss, sub, grants and exp are
 * there, now < exp + leeway, now >= nbf - leeway, and exp - now <= 24 h. iat is not
 * needed, nor nbf; the order of members does not matter; "twr":null and
 * "player":null are tolerated: the helper libraries of other languages write them.
 *
 * RK_SIGNATURE: it does not hold, or the algorithm is another. RK_INVALID: not an access
 * token. RK_TOO_LARGE. RK_EXPIRED, RK_NOT_YET. RK_REFUSED: lives over 24 h.
 * RK_DENIED: another key or account. The reason is in why. ret_facts may be NULL.
 */
RK_CHECKED enum rk_err rk_verify_access(struct rk_str token, const struct rk_verify *how,
    struct rk_access_facts **ret_facts, struct rk_why *why);

#ifdef __cplusplus
}
#endif

#endif
