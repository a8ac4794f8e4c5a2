/* Tokens for functions: kept keys, refusals, warnings told once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/auto.h"
#include "base/str.h"
#include "worker/mint.h"

static unsigned warnings;

static void
count_warning(const struct rk_lint_finding *finding, void *arg)
{
	warnings++;
}

static struct rk_mint_key
key_of(const char *secret)
{
	return (struct rk_mint_key){ .account_sid = RK_STR("AC00000000000000000000000000000001"),
		.key_sid = RK_STR("SK00000000000000000000000000000002"),
		.secret = rk_str(secret),
		.algorithm = RK_STR("HS256") };
}

static struct rk_mint_order
order_of(struct rk_mint *m, const char *secret)
{
	struct rk_mint_order order = { .claims = RK_ACCESS_CLAIMS, .warn = count_warning };
	struct rk_mint_key key = key_of(secret);
	struct rk_why why;

	assert_int_equal(rk_mint_get_key(m, &key, &order.key, &why), RK_OK);
	order.claims.now = 1700000000;
	order.claims.grants = RK_STR("{\"video\":{\"room\":\"daily\"}}");
	return order;
}

static void
mint(struct rk_mint *m, const struct rk_mint_order *order, struct rk_buf *out)
{
	struct rk_why why;

	rk_buf_clear(out);
	assert_int_equal(rk_mint_token(m, order, out, &why), RK_OK);
}

static void
test_a_kept_key_signs_the_same_and_never_for_another_secret(void **state)
{
	struct rk_buf one RK_AUTO(rk_buf_free) = RK_BUF(8192), two RK_AUTO(rk_buf_free) = RK_BUF(8192);
	struct rk_mint m = { 0 };
	char secret[40];

	struct rk_mint_order first = order_of(&m, "abcdefghijklmnopqrstuvwxyz012345");

	mint(&m, &first, &one);
	for (int i = 0; i < 3 * RK_MINT_KEYS; i++) {
		snprintf(secret, sizeof(secret), "abcdefghijklmnopqrstuvwxyz0123%02d", i);
		struct rk_mint_order order = order_of(&m, secret);

		mint(&m, &order, &two);
		assert_false(rk_str_is(rk_buf_str(&one), rk_buf_str(&two)));
	}
	struct rk_why why;

	assert_int_equal(rk_mint_token(&m, &first, &two, &why), RK_GONE);
	struct rk_mint_order again = order_of(&m, "abcdefghijklmnopqrstuvwxyz012345");
	assert_int_not_equal(again.key, first.key);
	mint(&m, &again, &two);
	assert_true(rk_str_is(rk_buf_str(&one), rk_buf_str(&two)));
	rk_mint_done(&m);
}

static void
test_a_refusal_has_code_sentence_and_way_out_and_no_secret(void **state)
{
	struct rk_buf out RK_AUTO(rk_buf_free) = RK_BUF(8192);
	struct rk_mint m = { 0 };
	struct rk_mint_order order = order_of(&m, " abcdefghijklmnopqrstuvwxyz01234");
	struct rk_why why = { 0 };

	assert_int_equal(rk_mint_token(&m, &order, &out, &why), RK_REFUSED);
	assert_string_equal(why.code, "RK-209");
	assert_true(why.todo[0] != '\0');
	assert_null(strstr(why.what, "abcdef"));
	assert_int_equal(out.n, 0);
	order.level = RK_LINT_WARN;
	mint(&m, &order, &out);
	order.level = RK_LINT_OFF;
	mint(&m, &order, &out);
	rk_mint_done(&m);
}

static void
test_a_warning_is_told_once_for_each_function(void **state)
{
	struct rk_buf out RK_AUTO(rk_buf_free) = RK_BUF(8192);
	struct rk_mint m = { 0 };
	struct rk_mint_order order = order_of(&m, "abcdefghijklmnopqrstuvwxyz012345");

	warnings = 0;
	order.claims.grants = RK_STR("{\"video\":{}}");
	for (int i = 0; i < 5; i++)
		mint(&m, &order, &out);
	assert_int_equal(warnings, 1);
	order.function = 1;
	mint(&m, &order, &out);
	assert_int_equal(warnings, 2);
	rk_mint_done(&m);
}

/* HMAC-SHA256("0123456789abcdef0123456789abcdef", "abcdefghijklmnopqrstuvwxyz012345"), by openssl. */
#define VERIFIER_KEY "0123456789abcdef0123456789abcdef"
#define VERIFIER \
	"\x6a\xbe\xc6\x1e\xbc\x48\xf0\x07\xb9\x4a\x10\x49\xcd\xe4\x58\x5e\x14\xf1\xa9\x99\xdd\x22\xc3\xfc\xc3\x27\xed\x17\x88\x33\xf2\x8f"

static void
test_a_known_key_mints_only_with_its_secret_and_while_it_is_good(void **state)
{
	struct rk_buf out RK_AUTO(rk_buf_free) = RK_BUF(8192);
	struct rk_bundle_key known = { RK_STR("SK00000000000000000000000000000002"), RK_STR("Video"),
		RK_STR(VERIFIER), RK_BUNDLE_KEY_GOOD };
	struct rk_bundle bundle = { .verifier_key = RK_STR(VERIFIER_KEY), .key_count = 1, .keys = &known };
	static const char *const codes[] = { NULL, "RK-216", "RK-217" };

	for (uint8_t i = RK_BUNDLE_KEY_GOOD; i <= RK_BUNDLE_KEY_REMOVED; i++) {
		struct rk_mint m = { .bundle = &bundle };
		struct rk_why why = { 0 };

		known.state = i;
		struct rk_mint_order right = order_of(&m, "abcdefghijklmnopqrstuvwxyz012345"),
				     wrong = order_of(&m, "abcdefghijklmnopqrstuvwxyz012346");

		assert_int_equal(rk_mint_token(&m, &right, &out, &why), codes[i] ? RK_REFUSED : RK_OK);
		if (codes[i])
			assert_string_equal(why.code, codes[i]);
		assert_int_equal(rk_mint_token(&m, &wrong, &out, &why), RK_REFUSED);
		assert_string_equal(why.code, codes[i] ? codes[i] : "RK-215");
		assert_non_null(strstr(why.what, "SK00000000000000000000000000000002, \"Video\""));
		assert_null(strstr(why.what, "abcdef"));
		warnings = 0;
		wrong.level = RK_LINT_WARN;
		mint(&m, &wrong, &out);
		assert_int_equal(warnings, 1);
		wrong.level = RK_LINT_OFF;
		mint(&m, &wrong, &out);
		assert_int_equal(warnings, 1);
		rk_mint_done(&m);
	}
	known.sid = RK_STR("SK00000000000000000000000000000003");
	struct rk_mint m = { .bundle = &bundle };
	struct rk_mint_order unknown = order_of(&m, "abcdefghijklmnopqrstuvwxyz012346");

	mint(&m, &unknown, &out);
	rk_mint_done(&m);
}

static void
test_an_unknown_algorithm_is_an_error(void **state)
{
	struct rk_mint m = { 0 };
	struct rk_mint_key key = key_of("abcdefghijklmnopqrstuvwxyz012345");
	struct rk_why why = { 0 };
	uint32_t handle;

	key.algorithm = RK_STR("none");
	assert_int_equal(rk_mint_get_key(&m, &key, &handle, &why), RK_UNSUPPORTED);
	assert_string_equal(why.what, "Algorithm not supported. Allowed values are HS256, HS384, HS512");
	rk_mint_done(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_kept_key_signs_the_same_and_never_for_another_secret),
		cmocka_unit_test(test_a_refusal_has_code_sentence_and_way_out_and_no_secret),
		cmocka_unit_test(test_a_warning_is_told_once_for_each_function),
		cmocka_unit_test(test_a_known_key_mints_only_with_its_secret_and_while_it_is_good),
		cmocka_unit_test(test_an_unknown_algorithm_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
