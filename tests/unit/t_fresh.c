/*
 * t_fresh.c - versions of a file, and the conditions that a request may set.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/fresh.h"

#define MS 1700000000000u
#define DATE "Tue, 14 Nov 2023 22:13:20 GMT"
#define BEFORE "Tue, 14 Nov 2023 22:13:19 GMT"

struct row {
	const char *name, *value, *name2, *value2;
	enum rk_fresh want;
};

static struct rk_head
head_of(const struct row *row, struct rk_field fields[2])
{
	fields[0] = (struct rk_field){ rk_str(row->name), rk_str(row->value) };
	fields[1] = (struct rk_field){ rk_str(row->name2), rk_str(row->value2) };
	return (struct rk_head){ .fields = fields, .count = row->name2 ? 2 : 1 };
}

static void
a_version_is_described_as_the_original_does(void **state)
{
	struct rk_version v;

	rk_fresh_describe(&v, 7, MS);
	assert_string_equal(v.etag, "W/\"7-18bcfe56800\"");
	assert_string_equal(v.modified, DATE);
	rk_fresh_describe(&v, UINT64_MAX, UINT64_MAX);
	assert_non_null(strchr(v.etag, '-'));
}

static void
conditions_hold_or_do_not(void **state)
{
	static const struct row rows[] = {
		{ "If-None-Match", "W/\"7-18bcfe56800\"", NULL, NULL, RK_FRESH_KNOWN },
		{ "if-none-match", "\"7-18bcfe56800\"", NULL, NULL, RK_FRESH_KNOWN },
		{ "If-None-Match", "\"a\" ,W/\"7-18bcfe56800\"", NULL, NULL, RK_FRESH_KNOWN },
		{ "If-None-Match", "\"a\"", "If-None-Match", "\"7-18bcfe56800\"", RK_FRESH_KNOWN },
		{ "If-None-Match", "*", NULL, NULL, RK_FRESH_KNOWN },
		{ "If-None-Match", "7-18bcfe56800", NULL, NULL, RK_FRESH_SEND },
		{ "If-None-Match", "", NULL, NULL, RK_FRESH_SEND },
		{ "If-None-Match", "\"a\"", "If-Modified-Since", DATE, RK_FRESH_SEND },
		{ "If-None-Match", "*", "Cache-Control", "max-age=0, no-cache", RK_FRESH_SEND },
		{ "If-Modified-Since", DATE, NULL, NULL, RK_FRESH_KNOWN },
		{ "If-Modified-Since", "Tuesday, 14-Nov-23 22:13:20 GMT", NULL, NULL, RK_FRESH_KNOWN },
		{ "If-Modified-Since", "Tue Nov 14 22:13:20 2023", NULL, NULL, RK_FRESH_KNOWN },
		{ "If-Modified-Since", BEFORE, NULL, NULL, RK_FRESH_SEND },
		{ "If-Modified-Since", "soon", NULL, NULL, RK_FRESH_SEND },
		{ "If-Match", "\"a\"", NULL, NULL, RK_FRESH_FAILED },
		{ "If-Match", "*", NULL, NULL, RK_FRESH_SEND },
		{ "If-Unmodified-Since", BEFORE, NULL, NULL, RK_FRESH_FAILED },
		{ "If-Unmodified-Since", DATE, NULL, NULL, RK_FRESH_SEND },
		{ "If-Unmodified-Since", "soon", NULL, NULL, RK_FRESH_SEND },
		{ "Accept", "*/*", NULL, NULL, RK_FRESH_SEND },
	};
	struct rk_version v;
	struct rk_field fields[2];

	rk_fresh_describe(&v, 7, MS);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct rk_head head = head_of(&rows[i], fields);

		if (rk_fresh_check(&head, &v) != rows[i].want)
			fail_msg("%s: %s", rows[i].name, rows[i].value);
	}
}

static void
if_range_asks_for_this_version(void **state)
{
	static const struct row rows[] = {
		{ "If-Range", "W/\"7-18bcfe56800\"", NULL, NULL, 1 },
		{ "If-Range", "\"7-18bcfe5680\"", NULL, NULL, 0 },
		{ "If-Range", DATE, NULL, NULL, 1 },
		{ "If-Range", BEFORE, NULL, NULL, 0 },
		{ "If-Range", "soon", NULL, NULL, 0 },
		{ "Range", "bytes=0-", NULL, NULL, 1 },
	};
	struct rk_version v;
	struct rk_field fields[2];

	rk_fresh_describe(&v, 7, MS);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct rk_head head = head_of(&rows[i], fields);

		assert_int_equal(rk_fresh_allows_range(&head, &v), rows[i].want);
	}
}

static void
long_dates_are_none(void **state)
{
	static char text[4096];
	time_t second;

	memset(text, ' ', sizeof(text));
	memcpy(text, DATE, sizeof(DATE) - 1);
	assert_true(rk_fresh_parse_date(rk_str_n(text, 40), &second));
	assert_int_equal(second, 1700000000);
	memset(text, 'x', sizeof(text));
	assert_false(rk_fresh_parse_date(rk_str_n(text, sizeof(text)), &second));
	assert_false(rk_fresh_parse_date(RK_STR(DATE " and more"), &second));
	assert_false(rk_fresh_parse_date(RK_STR(DATE "\0x"), &second));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_version_is_described_as_the_original_does),
		cmocka_unit_test(conditions_hold_or_do_not),
		cmocka_unit_test(if_range_asks_for_this_version),
		cmocka_unit_test(long_dates_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
