/*
 * t_types.c - content types by extension, as the original serves them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "keeper/types.h"

static void
types_are_the_originals(void **state)
{
	static const char *const rows[][2] = {
		{ "assets/t.txt", "text/plain; charset=UTF-8" },
		{ "a.HTML", "text/html; charset=UTF-8" },
		{ "a.js", "application/javascript; charset=UTF-8" },
		{ "a.b.json", "application/json; charset=UTF-8" },
		{ "a.png", "image/png" },
		{ "a.svg", "image/svg+xml" },
		{ "a.123", "application/vnd.lotus-1-2-3" },
		{ "a.zmm", "application/vnd.handheld-entertainment+xml" },
		{ "x/html", "text/html; charset=UTF-8" },
		{ "x.html/noext", "application/octet-stream" },
		{ "a.zzz", "application/octet-stream" },
		{ "a.", "application/octet-stream" },
		{ "", "application/octet-stream" },
		{ "a.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "application/octet-stream" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (!rk_str_is(rk_types_get(rk_str(rows[i][0])), rk_str(rows[i][1])))
			fail_msg("%s", rows[i][0]);
}

static void
every_row_is_found(void **state)
{
	assert_true(rk_type_row_n > 900);
	for (size_t i = 0; i < rk_type_row_n; i++)
		assert_string_equal(rk_types_get(rk_str(rk_type_rows[i].extension)).p, rk_type_rows[i].type);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_are_the_originals),
		cmocka_unit_test(every_row_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
