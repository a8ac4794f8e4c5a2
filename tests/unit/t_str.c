/*
 * t_str.c - views: comparing, cutting, trimming, UTF-8, numbers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/str.h"

static const struct rk_str none = { NULL, 0 };

static void
compares(void **state)
{
	assert_true(rk_str_is(RK_STR("abc"), rk_str("abc")));
	assert_false(rk_str_is(RK_STR("abc"), rk_str("abd")));
	assert_true(rk_str_is(none, RK_STR("")));
	assert_true(rk_str_is_nocase(RK_STR("Content-TYPE"), RK_STR("cONTENT-type")));
	assert_false(rk_str_is_nocase(RK_STR("a"), RK_STR("ab")));
	assert_false(rk_str_is_nocase(RK_STR("@"), RK_STR("`")));               /* not letters */
	assert_false(rk_str_is_nocase(RK_STR("\xc3\x89"), RK_STR("\xc3\xa9"))); /* ASCII only */
	assert_true(rk_str_compare(RK_STR("a"), RK_STR("b")) < 0);
	assert_true(rk_str_compare(RK_STR("ab"), RK_STR("a")) > 0);
	assert_true(rk_str_compare(RK_STR("\xff"), RK_STR("a")) > 0);
	assert_int_equal(rk_str_compare(none, RK_STR("")), 0);
}

static void
has_prefix_and_suffix(void **state)
{
	assert_true(rk_str_has_prefix(RK_STR("/a/b"), RK_STR("/a")));
	assert_false(rk_str_has_prefix(RK_STR("/"), RK_STR("/a")));
	assert_true(rk_str_has_prefix(none, none));
	assert_true(rk_str_has_suffix(RK_STR("x.protected.js"), RK_STR(".protected.js")));
	assert_false(rk_str_has_suffix(RK_STR("js"), RK_STR(".js")));
	assert_true(rk_str_has_suffix(RK_STR("a"), none));
}

static void
cuts(void **state)
{
	struct rk_str s = RK_STR("a=b=c");

	assert_int_equal(rk_str_index(s, '='), 1);
	assert_int_equal(rk_str_index(s, '?'), 5);
	assert_int_equal(rk_str_index(none, '?'), 0);
	assert_true(rk_str_is(rk_str_sub(s, 2, 2), RK_STR("b=")));
	assert_true(rk_str_is(rk_str_sub(s, 4, SIZE_MAX), RK_STR("c")));
	assert_int_equal(rk_str_sub(s, 5, 1).n, 0);
	assert_int_equal(rk_str_sub(none, SIZE_MAX, SIZE_MAX).n, 0);
}

static void
takes_up_to_a_byte(void **state)
{
	struct rk_str s = RK_STR("a,,b");

	assert_true(rk_str_is(rk_str_take(&s, ','), RK_STR("a")));
	assert_true(rk_str_is(rk_str_take(&s, ','), none));
	assert_true(rk_str_is(s, RK_STR("b")));
	assert_true(rk_str_is(rk_str_take(&s, ','), RK_STR("b")));
	assert_int_equal(s.n, 0);
	assert_int_equal(rk_str_take(&s, ',').n, 0);
}

static void
trims(void **state)
{
	assert_true(rk_str_is(rk_str_trim(RK_STR(" \t\r\n\v\fa b\n ")), RK_STR("a b")));
	assert_int_equal(rk_str_trim(RK_STR("  ")).n, 0);
	assert_int_equal(rk_str_trim(none).n, 0);
	assert_true(rk_str_is(rk_str_trim(RK_STR("\0 ")), RK_STR("\0"))); /* NUL is no blank */
}

static void
dups(void **state)
{
	char *z = rk_str_dup(RK_STR("abc"));

	assert_string_equal(z, "abc");
	free(z);
	z = rk_str_dup(none);
	assert_string_equal(z, "");
	free(z);
}

/* RFC 3629 section 4, and what it forbids. */
static void
knows_utf8(void **state)
{
	static const char *const good[] = { "", "plain ascii, longer than eight", "\xc2\x80", "\xdf\xbf",
		"\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf",
		"12345678\xc3\xa9", "1234567\xc3\xa9" };
	static const char *const bad[] = { "\x80", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x20", "\xe0\x9f\xbf",
		"\xe1\x80", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80", "\xff", "\xf0\x90\x80", "12345678\xe9", "1234567\xe9z" };

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(rk_str_is_utf8(rk_str(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(rk_str_is_utf8(rk_str(bad[i])));
	assert_true(rk_str_is_utf8(RK_STR("\0a\0")));
}

static void
reads_decimal_numbers(void **state)
{
	unsigned long long v = 7;

	assert_true(rk_str_parse_u64(RK_STR("0"), 10, &v));
	assert_int_equal(v, 0);
	assert_true(rk_str_parse_u64(RK_STR("18446744073709551615"), UINT64_MAX, &v));
	assert_true(v == UINT64_MAX);
	assert_true(rk_str_parse_u64(RK_STR("0065535"), 65535, &v));
	assert_int_equal(v, 65535);
	assert_false(rk_str_parse_u64(RK_STR("18446744073709551616"), UINT64_MAX, &v));
	assert_false(rk_str_parse_u64(RK_STR("65536"), 65535, &v));
	assert_false(rk_str_parse_u64(RK_STR("7"), 6, &v));
	assert_false(rk_str_parse_u64(none, 10, &v));
	assert_false(rk_str_parse_u64(RK_STR("-1"), 10, &v));
	assert_false(rk_str_parse_u64(RK_STR("1 "), 10, &v));
	assert_false(rk_str_parse_u64(RK_STR("0x1"), 10, &v));
	assert_int_equal(v, 65535); /* written only on success */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compares),
		cmocka_unit_test(has_prefix_and_suffix),
		cmocka_unit_test(cuts),
		cmocka_unit_test(takes_up_to_a_byte),
		cmocka_unit_test(trims),
		cmocka_unit_test(dups),
		cmocka_unit_test(knows_utf8),
		cmocka_unit_test(reads_decimal_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
