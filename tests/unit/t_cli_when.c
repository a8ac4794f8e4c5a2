/* cli/when: moments and spans of time as text. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/auto.h"
#include "cli/when.h"

static void
moment_is(double seconds, const char *text)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(64);

	rk_when_put(&out, seconds);
	assert_string_equal(rk_buf_z(&out), text);
}

static void
writes_moments(void **state)
{
	moment_is(0, "1970-01-01T00:00:00Z");
	moment_is(1700000000, "2023-11-14T22:13:20Z");
	moment_is(1700000000.9, "2023-11-14T22:13:20Z");
	moment_is(-0.5, "1969-12-31T23:59:59Z");
	moment_is(253402300799.0, "9999-12-31T23:59:59Z");
}

static void
writes_wild_moments_as_numbers(void **state)
{
	moment_is(253402300800.0, "253402300800");
	moment_is(1e20, "100000000000000000000");
	moment_is(-1e15, "-1000000000000000");
}

static void
span_is(const char *text, int64_t want)
{
	int64_t seconds = -1;

	assert_true(rk_when_parse_span(rk_str(text), &seconds));
	assert_int_equal(seconds, want);
}

static void
reads_spans(void **state)
{
	span_is("3600", 3600);
	span_is("30s", 30);
	span_is("90m", 5400);
	span_is("12h", 43200);
	span_is("1d", 86400);
	span_is("0", 0);
	span_is("-5", -5);
	span_is("-2m", -120);
}

static void
refuses_what_is_no_span(void **state)
{
	static const char *const bad[] = { "", "h", "-", "1.5h", "1w", " 1", "1 h", "+5", "--5", "0x10",
		"99999999999999999999", "100000000000d" };
	int64_t seconds = 7;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(rk_when_parse_span(rk_str(bad[i]), &seconds));
	assert_int_equal(seconds, 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_moments),
		cmocka_unit_test(writes_wild_moments_as_numbers),
		cmocka_unit_test(reads_spans),
		cmocka_unit_test(refuses_what_is_no_span),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
