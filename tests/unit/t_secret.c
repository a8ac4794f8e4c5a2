/*
 * t_secret.c - setting, comparing and wiping.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/secret.h"

static void
copies_and_replaces(void **state)
{
	struct rk_secret s = { NULL, 0 };
	char text[] = "hunter2";

	assert_int_equal(rk_secret_set(&s, rk_str(text)), RK_OK);
	text[0] = 'x';
	assert_true(rk_secret_is(&s, RK_STR("hunter2")));
	assert_int_equal(rk_secret_set(&s, rk_str_n(s.p, 3)), RK_OK); /* a part of itself */
	assert_true(rk_secret_is(&s, RK_STR("hun")));
	assert_int_equal(rk_secret_set(&s, rk_str(NULL)), RK_OK);
	assert_true(rk_secret_is(&s, RK_STR("")));
	rk_secret_done(&s);
	assert_null(s.p);
	rk_secret_done(&s);
}

static void
every_differing_byte_counts(void **state)
{
	char a[40], b[40];

	memset(a, 'k', sizeof a);
	for (size_t i = 0; i < sizeof a; i++)
		for (int bit = 0; bit < 8; bit++) {
			memcpy(b, a, sizeof a);
			b[i] = (char)(b[i] ^ 1 << bit);
			assert_false(rk_secret_equal(rk_str_n(a, sizeof a), rk_str_n(b, sizeof b)));
		}
	assert_true(rk_secret_equal(rk_str_n(a, sizeof a), rk_str_n(a, sizeof a)));
	assert_false(rk_secret_equal(rk_str_n(a, 39), rk_str_n(a, 40)));
	assert_true(rk_secret_equal(rk_str(NULL), RK_STR("")));
}

static void
wipes(void **state)
{
	char bytes[16], zero[16] = { 0 };

	memset(bytes, 'x', sizeof bytes);
	rk_secret_wipe(bytes, sizeof bytes);
	assert_memory_equal(bytes, zero, sizeof zero);
	rk_secret_wipe(NULL, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_and_replaces),
		cmocka_unit_test(every_differing_byte_counts),
		cmocka_unit_test(wipes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
