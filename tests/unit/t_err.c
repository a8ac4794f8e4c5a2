/*
 * t_err.c - the rows, and writing a reason down.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/err.h"

static void
rows(void **state)
{
	assert_int_equal(RK_OK, 0);
	assert_string_equal(rk_err_name(RK_NOT_FOUND), "NOT_FOUND");
	assert_string_equal(rk_err_text(RK_OK), "done");
	assert_int_equal(rk_err_http(RK_TOO_LARGE), 413);
	assert_int_equal(rk_err_http(RK_INTERNAL), 500);
	assert_string_equal(rk_err_name((enum rk_err)9999), "INTERNAL");
}

static void
reason_is_written_and_cut(void **state)
{
	struct rk_why why;
	char words[1000];

	memset(words, 'x', sizeof words - 1);
	words[sizeof words - 1] = '\0';
	assert_int_equal(rk_why(&why, RK_DENIED, "RK-999", "Do that.", "%s %d", "it", 5), RK_DENIED);
	assert_string_equal(why.code, "RK-999");
	assert_string_equal(why.what, "it 5");
	assert_string_equal(why.todo, "Do that.");
	assert_int_equal(rk_why(&why, RK_DENIED, words, words, "%s", words), RK_DENIED);
	assert_int_equal(strlen(why.code), sizeof why.code - 1);
	assert_int_equal(strlen(why.what), sizeof why.what - 1);
	assert_int_equal(strlen(why.todo), sizeof why.todo - 1);
	assert_int_equal(rk_why(&why, RK_IO, "RK-1", NULL, "x"), RK_IO);
	assert_string_equal(why.todo, "");
	assert_int_equal(rk_why(NULL, RK_IO, "RK-1", "", "x"), RK_IO);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows),
		cmocka_unit_test(reason_is_written_and_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
