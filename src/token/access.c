/*
 * access.c - see roomkey/access.h.
 *
 * What depends on the key only is made once (the header here, the claims in payload.c), and what
 * depends on the second once a second.
 */
#include <roomkey/access.h>

#include <math.h>

#include "base/auto.h"
#include "base/json.h"
#include "base/secret.h"
#include "token/ecma.h"
#include "token/jws.h"
#include "token/lint.h"
#include "token/payload.h"

#define MAC_MAX 66    /* the longest MAC, rounded up to threes, and dots */
#define ON_STACK 2048 /* claims up to this size need no allocation */
#define TEXT_MAX 4096 /* of an account SID, a key SID, a region */

struct rk_access_key {
	struct rk_jws_key *jws;
	enum rk_access_alg alg;
	char *account_sid, *key_sid, *region;
	size_t account_n, key_n, region_n;
	struct rk_secret secret;
	struct rk_buf header; /* of the token */
	struct rk_payload payload;
	int64_t second; /* which second payload and jws are made ready for */
	bool second_known;
	rk_lint_set strings;    /* the lint's findings about the three strings */
	struct rk_buf grants;   /* the text that was linted last, */
	rk_lint_set grants_set; /* and what was found in it */
	bool grants_known;
};

static const char *const alg_names[] = { "HS256", "HS384", "HS512" };

_Static_assert((int)RK_ACCESS_HS256 == (int)RK_JWS_HS256 && (int)RK_ACCESS_HS512 == (int)RK_JWS_HS512,
    "an access algorithm is a JWS algorithm");

const char *
rk_access_alg_name(enum rk_access_alg alg)
{
	return alg_names[alg];
}

enum rk_err
rk_access_alg_parse(struct rk_str name, enum rk_access_alg *ret_alg)
{
	if (name.n == 0)
		name = rk_str(alg_names[RK_ACCESS_HS256]);
	for (int i = RK_ACCESS_HS256; i <= RK_ACCESS_HS512; i++)
		if (rk_str_is(name, rk_str(alg_names[i]))) {
			*ret_alg = (enum rk_access_alg)i;
			return RK_OK;
		}
	return RK_UNSUPPORTED;
}

/* ---- the key -------------------------------------------------------------------- */

static enum rk_err
keep(struct rk_str s, char **ret_p, size_t *ret_n)
{
	char *copy = rk_str_dup(s);

	if (!copy)
		return RK_NOMEM;
	*ret_p = copy;
	*ret_n = s.n;
	return RK_OK;
}

static enum rk_err
write_header(struct rk_access_key *key, struct rk_str region)
{
	struct rk_buf text RK_AUTO(rk_buf_free) = RK_BUF(8 * TEXT_MAX);
	enum rk_err err;

	rk_buf_printf(
	    &text, "{\"alg\":\"%s\",\"typ\":\"JWT\",\"cty\":\"twilio-fpa;v=1\"", alg_names[key->alg]);
	if (region.n) {
		rk_buf_lit(&text, ",\"twr\":");
		rk_json_put_string(&text, region);
	}
	rk_buf_put_c(&text, '}');
	err = rk_buf_end(&text);
	if (err)
		return err;
	key->header = RK_BUF(8 * TEXT_MAX);
	rk_ecma_put_latin1(&key->header, rk_buf_str(&text));
	return rk_buf_end(&key->header);
}

static enum rk_err
fill(struct rk_access_key *key, struct rk_str account_sid, struct rk_str key_sid, struct rk_str secret,
    struct rk_str region)
{
	enum rk_err err = rk_jws_key_new_secret((enum rk_jws_alg)key->alg, secret, &key->jws);

	if (!err)
		err = rk_secret_set(&key->secret, secret);
	if (!err)
		err = keep(account_sid, &key->account_sid, &key->account_n);
	if (!err)
		err = keep(key_sid, &key->key_sid, &key->key_n);
	if (!err)
		err = keep(region, &key->region, &key->region_n);
	if (!err)
		err = rk_payload_init(&key->payload, account_sid, key_sid);
	return err ? err : write_header(key, region);
}

/* The words are those of the helper library, for people search for them. */
static enum rk_err
is_required(struct rk_why *why, enum rk_lint_rule rule, const char *name)
{
	struct rk_lint_finding row;

	rk_lint_row(rule, &row);
	return rk_why(why, RK_INVALID, row.code, row.todo, "%s is required", name);
}

static enum rk_err
check_strings(struct rk_str account_sid, struct rk_str key_sid, struct rk_str secret, struct rk_str region,
    struct rk_why *why)
{
	if (account_sid.n == 0)
		return is_required(why, RK_LINT_ACCOUNT_MISSING, "accountSid");
	if (key_sid.n == 0)
		return is_required(why, RK_LINT_KEY_MISSING, "keySid");
	if (secret.n == 0)
		return is_required(why, RK_LINT_SECRET_MISSING, "secret");
	if (account_sid.n > TEXT_MAX || key_sid.n > TEXT_MAX || region.n > TEXT_MAX)
		return rk_why(why, RK_INVALID, "RK-250",
		    "Pass the SIDs and the region as the vendor writes them.",
		    "A SID or the region is longer than %d bytes.", TEXT_MAX);
	if (!rk_ecma_is_text(account_sid) || !rk_ecma_is_text(key_sid) || !rk_ecma_is_text(region))
		return rk_why(why, RK_INVALID, "RK-250",
		    "Pass the SIDs and the region as the vendor writes them.",
		    "A SID or the region is no UTF-8 text.");
	return RK_OK;
}

enum rk_err
rk_access_key_new(struct rk_str account_sid, struct rk_str key_sid, struct rk_str secret,
    enum rk_access_alg alg, struct rk_str region, struct rk_access_key **ret_key, struct rk_why *why)
{
	enum rk_err err = check_strings(account_sid, key_sid, secret, region, why);
	struct rk_access_key *key;

	if (err)
		return err;
	key = (struct rk_access_key *)calloc(1, sizeof(*key));
	if (!key)
		return RK_NOMEM;
	key->alg = alg;
	key->strings = rk_lint_find_strings(account_sid, key_sid, secret);
	err = fill(key, account_sid, key_sid, secret, region);
	if (err) {
		rk_access_key_free(key);
		return err;
	}
	*ret_key = key;
	return RK_OK;
}

void
rk_access_key_free(struct rk_access_key *key)
{
	if (!key)
		return;
	rk_jws_key_free(key->jws);
	rk_secret_done(&key->secret);
	free(key->account_sid);
	free(key->key_sid);
	free(key->region);
	rk_buf_free(&key->header);
	rk_payload_done(&key->payload);
	rk_buf_free(&key->grants);
	free(key);
}

bool
rk_access_key_is(const struct rk_access_key *key, struct rk_str account_sid, struct rk_str key_sid,
    struct rk_str secret, enum rk_access_alg alg, struct rk_str region)
{
	return key->alg == alg && rk_str_is(account_sid, rk_str_n(key->account_sid, key->account_n)) &&
	       rk_str_is(key_sid, rk_str_n(key->key_sid, key->key_n)) &&
	       rk_str_is(region, rk_str_n(key->region, key->region_n)) && rk_secret_is(&key->secret, secret);
}

/* ---- minting -------------------------------------------------------------------- */

/* Tokens of one second begin alike: their beginning is written, encoded and hashed once. */
static enum rk_err
turn_to_second(struct rk_access_key *key, int64_t now)
{
	enum rk_err err;

	if (key->second_known && key->second == now)
		return RK_OK;
	key->second_known = false;
	err = rk_payload_turn(&key->payload, now);
	if (!err)
		err = rk_jws_key_bind(key->jws, rk_buf_str(&key->header), rk_buf_str(&key->payload.head));
	if (err)
		return err;
	key->second = now;
	key->second_known = true;
	return RK_OK;
}

size_t
rk_access_bound(const struct rk_access_key *key, const struct rk_access_claims *claims)
{
	return (key->header.n + rk_payload_bound(&key->payload, claims) + 2 * MAC_MAX) / 3 * 4 + 4;
}

static bool
is_object(struct rk_str grants)
{
	return grants.n == 0 || (grants.n >= 2 && grants.p[0] == '{' && grants.p[grants.n - 1] == '}');
}

enum rk_err
rk_access_mint(
    struct rk_access_key *key, const struct rk_access_claims *claims, char *dst, size_t size, size_t *ret_n)
{
	char stack[ON_STACK], *heap RK_AUTO(rk_auto_free) = NULL, *payload = stack;
	size_t bound = rk_payload_bound(&key->payload, claims), n;
	enum rk_err err;

	if (!is_object(claims->grants) || (claims->has_nbf && !isfinite(claims->nbf)))
		return RK_INVALID;
	if (bound > sizeof(stack)) {
		payload = heap = (char *)malloc(bound);
		if (!heap)
			return RK_NOMEM;
	}
	err = turn_to_second(key, claims->now);
	if (!err)
		err = rk_payload_write(&key->payload, claims, payload, &n);
	if (err)
		return err;
	if (rk_jws_bound_size(key->jws, n) > size)
		return RK_TOO_LARGE;
	rk_jws_sign_bound(key->jws, rk_str_n(payload, n), dst);
	*ret_n = rk_jws_bound_size(key->jws, n);
	return RK_OK;
}

/* ---- the lint --------------------------------------------------------------------- */

static rk_lint_set
lint_grants(struct rk_access_key *key, struct rk_str grants)
{
	if (key->grants_known && rk_str_is(grants, rk_buf_str(&key->grants)))
		return key->grants_set;
	key->grants_set = rk_lint_find_grants(grants);
	key->grants.max = TEXT_MAX;
	rk_buf_clear(&key->grants);
	rk_buf_put(&key->grants, grants);
	key->grants_known = rk_buf_end(&key->grants) == RK_OK;
	return key->grants_set;
}

enum rk_err
rk_access_lint(struct rk_access_key *key, const struct rk_access_claims *claims, enum rk_lint_level level,
    rk_lint_fn *fn, void *arg)
{
	if (level == RK_LINT_OFF)
		return RK_OK;
	return rk_lint_tell(
	    level, key->strings | rk_lint_find_ttl(claims->ttl) | lint_grants(key, claims->grants), fn, arg);
}
