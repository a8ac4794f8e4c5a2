/* base/near: which word was probably meant. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/near.h"

static const char *
nearest(const char *typed)
{
	static const char *const words[] = { "account-sid", "key-sid", "ttl", "token-lint", "video",
		"voice-params" };
	struct rk_near near = RK_NEAR(rk_str(typed));

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		rk_near_put(&near, words[i]);
	return near.best;
}

static void
finds_what_was_meant(void **state)
{
	assert_string_equal(nearest("acount-sid"), "account-sid");
	assert_string_equal(nearest("key_sid"), "key-sid");
	assert_string_equal(nearest("vidoe"), "video");
	assert_string_equal(nearest("tll"), "ttl");
	assert_string_equal(nearest("tokenlint"), "token-lint");
	assert_string_equal(nearest("account"), "account-sid");
}

static void
says_nothing_when_all_are_far(void **state)
{
	assert_null(nearest("zebra"));
	assert_null(nearest(""));
	assert_null(nearest("x"));
	assert_null(nearest("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
			    "aaaaaaaaaaaaaa"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_was_meant),
		cmocka_unit_test(says_nothing_when_all_are_far),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
