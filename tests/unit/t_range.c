/*
 * t_range.c - the parts of a file that can be asked for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/range.h"

static void
parts_are_found(void **state)
{
	static const struct {
		const char *field;
		uint64_t size, from, to;
	} rows[] = {
		{ "bytes=0-0", 7, 0, 0 },
		{ "bytes=1-3", 7, 1, 3 },
		{ " BYTES=4-", 7, 4, 6 },
		{ "bytes=0-99999999999999999999999", 7, 0, 6 },
		{ "bytes=-2", 7, 5, 6 },
		{ "bytes=-7", 7, 0, 6 },
		{ "bytes=-8", 7, 0, 6 },
		{ "bytes= 1 - 2 ", 7, 1, 2 },
		{ "bytes=18446744073709551614-", UINT64_MAX, UINT64_MAX - 1, UINT64_MAX - 1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint64_t from = 99, to = 99;

		assert_int_equal(
		    rk_range_parse(rk_str(rows[i].field), rows[i].size, &from, &to), RK_RANGE_PART);
		assert_int_equal(from, rows[i].from);
		assert_int_equal(to, rows[i].to);
	}
}

static void
what_lies_outside_is_refused(void **state)
{
	static const char *const fields[] = { "bytes=7-", "bytes=7-8", "bytes=3-1", "bytes=-0", "bytes=-",
		"bytes=", "bytes=a-b", "bytes=1", "bytes=1-b", "bytes=--1", "bytes=+1-2", "bytes=0x1-2",
		"bytes=99999999999999999999999-" };
	uint64_t from, to;

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		assert_int_equal(rk_range_parse(rk_str(fields[i]), 7, &from, &to), RK_RANGE_NONE);
	assert_int_equal(rk_range_parse(RK_STR("bytes=0-"), 0, &from, &to), RK_RANGE_NONE);
	assert_int_equal(rk_range_parse(RK_STR("bytes=-1"), 0, &from, &to), RK_RANGE_NONE);
}

static void
other_units_and_several_ranges_are_all_of_it(void **state)
{
	static const char *const fields[] = { "", "lines=1-2", "bytes", "bytes=0-1,3-4", "bytes=0-1," };
	uint64_t from, to;

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		assert_int_equal(rk_range_parse(rk_str(fields[i]), 7, &from, &to), RK_RANGE_ALL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_are_found),
		cmocka_unit_test(what_lies_outside_is_refused),
		cmocka_unit_test(other_units_and_several_ranges_are_all_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
