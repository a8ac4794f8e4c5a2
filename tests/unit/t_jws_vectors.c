/*
 * t_jws_vectors.c - the JWS vectors of the project, and those of others where they lie beside it: every
 * valid row is taken, every invalid one refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/auto.h"
#include "base/codec.h"
#include "token/compact.h"
#include "token/jwk.h"
#include "token/jwt.h"
#include "vectors.h"

#define DAY 86400

struct tally {
	unsigned accepted, refused, policy, not_offered, contradicted, wrong;
	struct rk_buf names; /* of those not offered, or contradicted */
};

static void
close_key(struct rk_jws_key **key)
{
	rk_jws_key_free(*key);
}

/* The token's text, put together from its recipe when it is too long to store. */
static void
read_token(struct rk_buf *out, const struct rk_json *row)
{
	const struct rk_json *recipe = rk_json_get(row, "recipe"), *step;
	long long times;

	rk_buf_put(out, vectors_text(row, "jws"));
	for (size_t i = 0; recipe && (step = rk_json_at(recipe, i)) != NULL; i++) {
		assert_true(rk_json_integer(rk_json_at(step, 1), &times));
		for (; times > 0; times--)
			rk_buf_put(out, rk_json_str(rk_json_at(step, 0)));
	}
	assert_int_equal(rk_buf_end(out), RK_OK);
}

/* The algorithm pinned to a key that names none: HS256, RS256 or ES256. */
static enum rk_jws_alg
pinned(const struct rk_json *jwk)
{
	struct rk_str kty = vectors_text(jwk, "kty");

	if (rk_str_is(kty, RK_STR("RSA")))
		return RK_JWS_RS256;
	return rk_str_is(kty, RK_STR("EC")) ? RK_JWS_ES256 : RK_JWS_HS256;
}

static enum rk_err
read_key(const struct rk_json *row, const struct rk_compact *c, struct rk_jws_key **ret_key)
{
	const struct rk_json *jwk = rk_json_get(row, "jwk"), *set = rk_json_get(row, "jwks");

	if (jwk)
		return rk_jwk_read(jwk, pinned(jwk), ret_key);
	assert_non_null(set);
	return rk_jwk_pick(
	    set, rk_compact_header(c, "kid"), pinned(rk_json_at(rk_json_get(set, "keys"), 0)), ret_key);
}

static enum rk_err
check_claims(const struct rk_compact *c, int64_t now)
{
	struct rk_json *claims RK_AUTO(rk_json_auto) = NULL;
	struct rk_jwt_times times;
	enum rk_err err = rk_jwt_parse(rk_buf_str(&c->payload), &claims, NULL);

	if (!err)
		err = rk_jwt_read_times(claims, &times, NULL);
	return err ? err : rk_jwt_check_times(&times, now, 0, DAY, NULL);
}

/* RK_UNSUPPORTED: the key is for an algorithm that is not offered. */
static enum rk_err
judge(const struct rk_json *row, struct rk_str token, int64_t now)
{
	struct rk_jws_key *key RK_AUTO(close_key) = NULL;
	struct rk_compact c RK_AUTO(rk_compact_close);
	const struct rk_json *ignore = rk_json_get(row, "ignore_time");
	bool is_jws = rk_str_has_prefix(vectors_text(row, "class"), RK_STR("wycheproof/"));
	enum rk_err err = rk_compact_open(&c, token, NULL);

	if (!err)
		err = read_key(row, &c, &key);
	if (!err)
		err = rk_compact_check(&c, key, NULL);
	if (err || is_jws || (ignore && rk_json_type(ignore) == RK_JSON_TRUE))
		return err;
	return check_claims(&c, now);
}

static bool
is_same_key(const struct rk_json *a, const struct rk_json *b)
{
	struct rk_buf x RK_AUTO(rk_buf_free) = RK_BUF(65536), y RK_AUTO(rk_buf_free) = RK_BUF(65536);

	if (!a || !b)
		return false;
	rk_json_put(&x, a);
	rk_json_put(&y, b);
	return rk_str_is(rk_buf_str(&x), rk_buf_str(&y));
}

/* True when the same file calls the very same token, under the very same key, valid in another row: a
 * row that lost, on the way into the file, what made it invalid. No checker can satisfy both. */
static bool
is_contradicted(const struct rk_json *all, const struct rk_json *row)
{
	const struct rk_json *other;

	for (size_t i = 0; (other = rk_json_at(all, i)) != NULL; i++)
		if (rk_str_is(vectors_text(other, "expect"), RK_STR("valid")) &&
		    rk_str_is(vectors_text(other, "jws"), vectors_text(row, "jws")) &&
		    is_same_key(rk_json_get(other, "jwk"), rk_json_get(row, "jwk")))
			return true;
	return false;
}

static void
count(struct tally *tally, const struct rk_json *all, const struct rk_json *row, enum rk_err err)
{
	struct rk_str expect = vectors_text(row, "expect");

	if (rk_str_is(expect, RK_STR("valid")) && err == RK_UNSUPPORTED) {
		tally->not_offered++;
		rk_buf_printf(&tally->names, " %.*s", RK_FMT(vectors_text(row, "id")));
	} else if (rk_str_is(expect, RK_STR("invalid")) && !err && is_contradicted(all, row)) {
		tally->contradicted++;
		rk_buf_printf(&tally->names, " %.*s", RK_FMT(vectors_text(row, "id")));
	} else if (rk_str_is(expect, RK_STR("valid")) && !err) {
		tally->accepted++;
	} else if (rk_str_is(expect, RK_STR("policy")) && err) {
		tally->policy++; /* each states that our rule is to refuse */
	} else if (rk_str_is(expect, RK_STR("invalid")) && err && err != RK_NOMEM && err != RK_INTERNAL) {
		tally->refused++;
	} else {
		tally->wrong++;
		print_message("# %.*s (%.*s) is %.*s, but the answer was %s\n",
		    RK_FMT(vectors_text(row, "id")), RK_FMT(vectors_text(row, "name")), RK_FMT(expect),
		    rk_err_name(err));
	}
}

static struct tally
run(const struct rk_json *root, const char *title)
{
	struct tally tally = { .names = RK_BUF(4096) };
	const struct rk_json *all = rk_json_get(root, "vectors"), *row;
	long long clock;

	assert_true(rk_json_integer(rk_json_get(rk_json_get(root, "meta"), "clock"), &clock));
	for (size_t i = 0; (row = rk_json_at(all, i)) != NULL; i++) {
		struct rk_buf token RK_AUTO(rk_buf_free) = RK_BUF(4u << 20);

		read_token(&token, row);
		count(&tally, all, row, judge(row, rk_buf_str(&token), clock));
	}
	print_message("# %s: %u accepted, %u refused, %u refused by policy, %u of algorithms not offered, "
		      "%u contradicted by the same row marked valid (the last two:%.*s), %u wrong\n",
	    title, tally.accepted, tally.refused, tally.policy, tally.not_offered, tally.contradicted,
	    RK_FMT(rk_buf_str(&tally.names)), tally.wrong);
	rk_buf_free(&tally.names);
	return tally;
}

static void
our_vectors(void **state)
{
	struct rk_json *root RK_AUTO(rk_json_auto) = vectors_ours("jws-vectors.json");
	struct tally tally;

	if (!root)
		skip();
	tally = run(root, "jws vectors");
	assert_int_equal(tally.wrong, 0);
	assert_int_equal(tally.not_offered, 0);
	assert_int_equal(tally.contradicted, 0);
	assert_true(tally.accepted > 0 && tally.refused > 0 && tally.policy > 0);
}

static void
vectors_of_others(void **state)
{
	struct rk_json *root RK_AUTO(rk_json_auto) = vectors_external("jws-vectors.json");
	struct tally tally;

	if (!root)
		skip();
	tally = run(root, "external jws vectors");
	assert_int_equal(tally.wrong, 0);
	assert_true(tally.contradicted <= 1 && tally.not_offered <= 1);
	assert_true(tally.accepted > 0 && tally.refused > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(our_vectors),
		cmocka_unit_test(vectors_of_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
