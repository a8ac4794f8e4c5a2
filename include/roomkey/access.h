/*
 * roomkey/access.h - minting Twilio access tokens.
 *
 * The bytes are those of the vendor's Node helper library: the same member order,
 * the same escapes, the same header. There is no hidden clock and no global state;
 * different keys may be used in different threads, one key in one thread at a time.
 *
 *     struct rk_access_key *key;
 *     struct rk_access_claims claims = RK_ACCESS_CLAIMS;
 *     char token[RK_ACCESS_TYPICAL];
 *     size_t n;
 *
 *     err = rk_access_key_new(rk_str("AC..."), rk_str("SK..."), rk_str(secret),
 *         RK_ACCESS_HS256, rk_str(""), &key, NULL);
 *     claims.identity = rk_str("alice");
 *     claims.grants = rk_str("{\"video\":{\"room\":\"daily\"}}");    // or rk_grants_json()
 *     claims.now = time(NULL);
 *     err = rk_access_mint(key, &claims, token, sizeof(token), &n);
 */
#ifndef ROOMKEY_ACCESS_H
#define ROOMKEY_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include <roomkey/err.h>
#include <roomkey/lint.h>
#include <roomkey/str.h>

#ifdef __cplusplus
extern "C" {
#endif

enum rk_access_alg { RK_ACCESS_HS256, RK_ACCESS_HS384, RK_ACCESS_HS512 };

/* "HS256", "HS384", "HS512", case-sensitive; the empty name is HS256, as in the
 * helper library. RK_UNSUPPORTED for any other. */
RK_CHECKED enum rk_err rk_access_alg_parse(struct rk_str name, enum rk_access_alg *ret_alg);
const char *rk_access_alg_name(enum rk_access_alg alg);

/*
 * An API key made ready: its hash states, its header, the constant parts of the
 * claims and the verdict of the lint are computed once.
 */
struct rk_access_key;

/*
 * account_sid, key_sid: UTF-8 (not checked to be SIDs: that is the lint's part);
 * secret: any bytes; region: UTF-8, put in the header as Latin-1 (as the helper library
 * does), empty for none. All are copied. RK_INVALID when one of the first three is
 * empty ("accountSid is required", "keySid is required", "secret is required", the words
 * of the helper library, in why->what with the lint's code) or a text is no UTF-8.
 */
RK_CHECKED enum rk_err rk_access_key_new(struct rk_str account_sid, struct rk_str key_sid, struct rk_str secret,
    enum rk_access_alg alg, struct rk_str region, struct rk_access_key **ret_key, struct rk_why *why);

/* Wipes what is secret. NULL is fine. */
void rk_access_key_free(struct rk_access_key *key);

/* True when the key was made from exactly these: for a cache. The secret is compared in constant time. */
bool rk_access_key_is(const struct rk_access_key *key, struct rk_str account_sid, struct rk_str key_sid,
    struct rk_str secret, enum rk_access_alg alg, struct rk_str region);

/* What one token says. Start from RK_ACCESS_CLAIMS: no identity, no nbf, 3600 s, no grants. */
struct rk_access_claims {
	struct rk_str identity; /* UTF-8; a lone surrogate may stand as three bytes (WTF-8). p == NULL: no
	                         * such member; p != NULL and n == 0: the empty identity */
	struct rk_str grants;   /* JSON text of an object without "identity", as JSON.stringify writes it;
	                         * empty: {}. Put in as it is: the caller vouches that it is JSON */
	int64_t now;            /* seconds since 1970: iat, and the end of jti */
	int64_t ttl;            /* seconds: exp = now + ttl. 0 stands for 3600, as in the helper library, unless is_zero_ttl */
	double nbf;             /* seconds since 1970, fractions kept; written only when has_nbf */
	bool has_nbf;
	bool is_zero_ttl; /* a ttl of 0 is meant: exp = now */
};

#define RK_ACCESS_TTL 3600
#define RK_ACCESS_CLAIMS { { NULL, 0 }, { NULL, 0 }, 0, RK_ACCESS_TTL, 0, false, false }

/* Room for a token with a usual identity and grants; rk_access_bound says it exactly. */
#define RK_ACCESS_TYPICAL 4096

/* An upper bound of the token's length in bytes. */
size_t rk_access_bound(const struct rk_access_key *key, const struct rk_access_claims *claims);

/*
 * Writes the token to dst, without a NUL, and its length to *ret_n. RK_TOO_LARGE when
 * it does not fit in size bytes (nothing is written), RK_INVALID when identity is no
 * UTF-8, when grants does not begin with { and end with }, or when nbf is not finite. The key keeps what
 * tokens of one second have in common. Does not lint: that is rk_access_lint.
 */
RK_CHECKED enum rk_err rk_access_mint(struct rk_access_key *key, const struct rk_access_claims *claims,
    char *dst, size_t size, size_t *ret_n);

/*
 * Everything the lint has to say about a mint: the key's three strings (computed when
 * the key was made), ttl (as given: a ttl of 0 is refused, though mint reads 3600), and the
 * grants (remembered: the same text as in the call before costs one comparison, and warns again).
 * RK_REFUSED when a finding refuses: then do not mint. fn may be NULL.
 */
RK_CHECKED enum rk_err rk_access_lint(struct rk_access_key *key, const struct rk_access_claims *claims,
    enum rk_lint_level level, rk_lint_fn *fn, void *arg);

#ifdef __cplusplus
}
#endif

#endif
