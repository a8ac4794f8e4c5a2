/*
 * t_verify.c - which access tokens are taken. Names say what must not be possible.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <roomkey/verify.h>

#include "base/auto.h"
#include "token/jws.h"

#define AC "AC00000000000000000000000000000001"
#define SK "SK00000000000000000000000000000002"
#define SECRET "abcdefghijklmnopqrstuvwxyz012345"
#define NOW 1700000000
#define HEADER "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"cty\":\"twilio-fpa;v=1\"}"
#define OWNER "\"iss\":\"" SK "\",\"sub\":\"" AC "\""

static const struct rk_verify how = { .secret = { SECRET, sizeof(SECRET) - 1 }, .now = NOW };

static enum rk_err
verify_signed(const char *secret, const char *header, const char *payload, const struct rk_verify *with,
    struct rk_access_facts **ret_facts)
{
	struct rk_buf token RK_AUTO(rk_buf_free) = RK_BUF(1u << 20);
	struct rk_jws_key *key;
	enum rk_err err;

	assert_int_equal(rk_jws_key_new_secret(RK_JWS_HS256, rk_str(secret), &key), RK_OK);
	assert_int_equal(rk_jws_sign(key, rk_str(header), rk_str(payload), &token), RK_OK);
	rk_jws_key_free(key);
	err = rk_verify_access(rk_buf_str(&token), with, ret_facts, NULL);
	return err;
}

static void
assert_verdict(const char *payload, enum rk_err expected)
{
	assert_int_equal(verify_signed(SECRET, HEADER, payload, &how, NULL), expected);
}

static void
a_good_token_gives_its_facts(void **state)
{
	struct rk_access_facts *facts = NULL;

	assert_int_equal(
	    verify_signed(SECRET, "{\"cty\":\"twilio-fpa;v=1\",\"twr\":\"ie1\",\"alg\":\"HS256\"}",
		"{\"exp\":1700000060.5," OWNER ",\"jti\":\"j\",\"nbf\":1699999999,\"iat\":1700000000,"
		"\"grants\":{\"video\":{\"room\":\"r\"},\"identity\":\"\\u00e9\",\"player\":null}}",
		&how, &facts),
	    RK_OK);
	assert_true(rk_str_is(facts->key_sid, RK_STR(SK)));
	assert_true(rk_str_is(facts->account_sid, RK_STR(AC)));
	assert_true(rk_str_is(facts->region, RK_STR("ie1")));
	assert_true(rk_str_is(facts->jti, RK_STR("j")));
	assert_true(facts->has_identity && rk_str_is(facts->identity, RK_STR("\xc3\xa9")));
	assert_true(rk_str_is(facts->grants, RK_STR("{\"video\":{\"room\":\"r\"},\"player\":null}")));
	assert_true(facts->has_exp && facts->exp > 1700000060.4 && facts->exp < 1700000060.6);
	assert_true(facts->has_nbf && facts->has_iat);
	rk_access_facts_free(facts);
}

static void
iat_and_nbf_are_not_needed_and_null_region_is_fine(void **state)
{
	assert_verdict("{" OWNER ",\"exp\":1700000060,\"grants\":{}}", RK_OK);
	assert_int_equal(verify_signed(SECRET, "{\"alg\":\"HS256\",\"cty\":\"twilio-fpa;v=1\",\"twr\":null}",
			     "{" OWNER ",\"exp\":1700000060,\"grants\":{}}", &how, NULL),
	    RK_OK);
}

static void
another_secret_cannot_sign(void **state)
{
	assert_int_equal(
	    verify_signed("another", HEADER, "{" OWNER ",\"exp\":1700000060,\"grants\":{}}", &how, NULL),
	    RK_SIGNATURE);
}

/* Claims that no parser should meet before the signature holds. */
static void
claims_are_not_looked_at_before_the_signature(void **state)
{
	assert_int_equal(verify_signed("another", HEADER, "no json", &how, NULL), RK_SIGNATURE);
	assert_int_equal(verify_signed("another", HEADER, "{\"exp\":1}", &how, NULL), RK_SIGNATURE);
	assert_verdict("no json", RK_INVALID);
}

static void
a_token_cannot_outlive_its_time(void **state)
{
	assert_verdict("{" OWNER ",\"exp\":1700000001,\"grants\":{}}", RK_OK);
	assert_verdict("{" OWNER ",\"exp\":1700000000,\"grants\":{}}", RK_EXPIRED);
	assert_verdict("{" OWNER ",\"exp\":0,\"grants\":{}}", RK_EXPIRED);
	assert_verdict("{" OWNER ",\"exp\":-1e308,\"grants\":{}}", RK_EXPIRED);
	assert_verdict("{" OWNER ",\"exp\":1700086400,\"grants\":{}}", RK_OK);
	assert_verdict("{" OWNER ",\"exp\":1700086401,\"grants\":{}}", RK_REFUSED);
	assert_verdict("{" OWNER ",\"exp\":9223372036854775807,\"grants\":{}}", RK_REFUSED);
	assert_verdict("{" OWNER ",\"exp\":1e308,\"grants\":{}}", RK_REFUSED);
	assert_verdict("{" OWNER ",\"exp\":1e400,\"grants\":{}}", RK_INVALID);
	assert_verdict("{" OWNER ",\"exp\":\"1700000060\",\"grants\":{}}", RK_INVALID);
	assert_verdict("{" OWNER ",\"grants\":{}}", RK_INVALID);
}

static void
a_token_cannot_start_early(void **state)
{
	assert_verdict("{" OWNER ",\"exp\":1700000060,\"nbf\":1700000000,\"grants\":{}}", RK_OK);
	assert_verdict("{" OWNER ",\"exp\":1700000060,\"nbf\":1700000000.5,\"grants\":{}}", RK_NOT_YET);
	assert_verdict("{" OWNER ",\"exp\":1700000060,\"nbf\":\"0\",\"grants\":{}}", RK_INVALID);
	assert_verdict("{" OWNER ",\"exp\":1700000060,\"iat\":\"0\",\"grants\":{}}", RK_INVALID);
}

static void
leeway_forgives_both_clocks_but_not_more(void **state)
{
	struct rk_verify with = how;

	with.leeway = 30;
	assert_int_equal(
	    verify_signed(SECRET, HEADER, "{" OWNER ",\"exp\":1699999971,\"grants\":{}}", &with, NULL),
	    RK_OK);
	assert_int_equal(
	    verify_signed(SECRET, HEADER, "{" OWNER ",\"exp\":1699999970,\"grants\":{}}", &with, NULL),
	    RK_EXPIRED);
	assert_int_equal(verify_signed(SECRET, HEADER,
			     "{" OWNER ",\"exp\":1700000060,\"nbf\":1700000030,\"grants\":{}}", &with, NULL),
	    RK_OK);
	assert_int_equal(verify_signed(SECRET, HEADER,
			     "{" OWNER ",\"exp\":1700000060,\"nbf\":1700000031,\"grants\":{}}", &with, NULL),
	    RK_NOT_YET);
	with.leeway = 301;
	assert_int_equal(rk_verify_access(rk_str("a.b.c"), &with, NULL, NULL), RK_INVALID);
	with.leeway = -1;
	assert_int_equal(rk_verify_access(rk_str("a.b.c"), &with, NULL, NULL), RK_INVALID);
}

static void
a_token_of_another_kind_is_no_access_token(void **state)
{
	static const char payload[] = "{" OWNER ",\"exp\":1700000060,\"grants\":{}}";

	assert_int_equal(verify_signed(SECRET, "{\"alg\":\"HS256\"}", payload, &how, NULL), RK_INVALID);
	assert_int_equal(
	    verify_signed(SECRET, "{\"alg\":\"HS256\",\"cty\":\"twilio-pkrv;v=1\"}", payload, &how, NULL),
	    RK_INVALID);
	assert_verdict("{\"sub\":\"" AC "\",\"exp\":1700000060,\"grants\":{}}", RK_INVALID);
	assert_verdict("{\"iss\":\"" SK "\",\"exp\":1700000060,\"grants\":{}}", RK_INVALID);
	assert_verdict("{" OWNER ",\"exp\":1700000060}", RK_INVALID);
	assert_verdict("{" OWNER ",\"exp\":1700000060,\"grants\":[]}", RK_INVALID);
	assert_verdict("{" OWNER ",\"exp\":1700000060,\"exp\":1700000060,\"grants\":{}}", RK_INVALID);
	assert_verdict("{" OWNER ",\"exp\":1700000060,\"grants\":{\"video\":{},\"video\":{}}}", RK_INVALID);
	assert_verdict("[]", RK_INVALID);
}

static void
a_token_of_another_key_or_account_is_denied(void **state)
{
	static const char payload[] = "{" OWNER ",\"exp\":1700000060,\"grants\":{}}";
	struct rk_verify with = how;

	with.key_sid = rk_str(SK);
	with.account_sid = rk_str(AC);
	assert_int_equal(verify_signed(SECRET, HEADER, payload, &with, NULL), RK_OK);
	with.account_sid = rk_str("AC00000000000000000000000000000009");
	assert_int_equal(verify_signed(SECRET, HEADER, payload, &with, NULL), RK_DENIED);
	with.account_sid = rk_str(NULL);
	with.key_sid = rk_str(AC);
	assert_int_equal(verify_signed(SECRET, HEADER, payload, &with, NULL), RK_DENIED);
}

static void
no_secret_checks_nothing(void **state)
{
	struct rk_verify with = how;
	struct rk_access_facts *facts = NULL;

	with.secret = rk_str(NULL);
	assert_int_equal(
	    verify_signed(SECRET, HEADER, "{" OWNER ",\"exp\":1700000060,\"grants\":{}}", &with, &facts),
	    RK_INVALID);
	assert_null(facts);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_token_gives_its_facts),
		cmocka_unit_test(iat_and_nbf_are_not_needed_and_null_region_is_fine),
		cmocka_unit_test(another_secret_cannot_sign),
		cmocka_unit_test(claims_are_not_looked_at_before_the_signature),
		cmocka_unit_test(a_token_cannot_outlive_its_time),
		cmocka_unit_test(a_token_cannot_start_early),
		cmocka_unit_test(leeway_forgives_both_clocks_but_not_more),
		cmocka_unit_test(a_token_of_another_kind_is_no_access_token),
		cmocka_unit_test(a_token_of_another_key_or_account_is_denied),
		cmocka_unit_test(no_secret_checks_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
