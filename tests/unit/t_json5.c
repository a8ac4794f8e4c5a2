/* What people write by hand, as JSON; and where it is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/auto.h"
#include "wire/json5.h"

static void
check(const char *text, const char *json)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(65536);
	struct rk_json5_fault fault = { 0 };

	if (rk_json5_put(&out, rk_str(text), &fault) != RK_OK)
		fail_msg("%s: %u:%u %s", text, fault.line, fault.column, fault.what);
	assert_string_equal(rk_buf_z(&out), json);
}

static void
check_fault(const char *text, unsigned line, unsigned column, const char *part)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(65536);
	struct rk_json5_fault fault = { 0 };

	assert_int_equal(rk_json5_put(&out, rk_str(text), &fault), RK_INVALID);
	if (fault.line != line || fault.column != column || !strstr(fault.what, part))
		fail_msg("%s: %u:%u %s", text, fault.line, fault.column, fault.what);
}

static void
comments_and_commas(void **state)
{
	check("// a\n{ /* b */ \"x\": 1, // c\n}", "{\"x\":1}");
	check("[1, [2,], {},]", "[1,[2],{}]");
	check("\xEF\xBB\xBF\xC2\xA0null\xE2\x80\xA8", "null");
	check("{}", "{}");
}

static void
names_and_strings(void **state)
{
	check("{a:1,$b_2:2,'c d':3,\xC3\xA9:4}", "{\"a\":1,\"$b_2\":2,\"c d\":3,\"\xC3\xA9\":4}");
	check("'say \"hi\"'", "\"say \\\"hi\\\"\"");
	check("'\\x41\\u00e9\\ud83d\\ude00\\n\\q\\\n'", "\"A\xC3\xA9\xF0\x9F\x98\x80\\nq\"");
	check("'a\\\r\nb'", "\"ab\"");
}

static void
numbers(void **state)
{
	check("[+1,-2,.5,5.,0x1F,-0Xa,1e3,2.5E-1,0]", "[1,-2,0.5,5,31,-10,1e3,2.5e-1,0]");
}

static void
faults_have_a_place(void **state)
{
	check_fault("", 1, 1, "value");
	check_fault("{\n  a: 1\n  b: 2\n}", 3, 3, "comma or }");
	check_fault("[1 2]", 1, 4, "comma or ]");
	check_fault("{a 1}", 1, 4, "colon");
	check_fault("{1a: 1}", 1, 2, "name");
	check_fault("{,}", 1, 2, "name");
	check_fault("'abc\n'", 1, 1, "no end");
	check_fault("/* abc", 1, 1, "comment");
	check_fault("'\\u12'", 1, 4, "escape");
	check_fault("'\\ud800'", 1, 4, "escape");
	check_fault("'\\1'", 1, 3, "backslash");
	check_fault("'\\", 1, 3, "backslash");
	check_fault("yes", 1, 1, "value");
	check_fault("1x", 1, 1, "number");
	check_fault("0x", 1, 1, "number");
	check_fault("0x11111111111111", 1, 1, "number");
	check_fault("01", 1, 1, "value");
	check_fault("-Infinity", 1, 1, "Infinity");
	check_fault("{} {}", 1, 4, "after the end");
	check_fault("\xff", 1, 1, "UTF-8");
}

static void
depth_is_bounded(void **state)
{
	char text[2 * RK_JSON5_DEPTH + 4] = { 0 };

	memset(text, '[', RK_JSON5_DEPTH + 1);
	check_fault(text, 1, RK_JSON5_DEPTH + 1, "deep");
	memset(text, '[', RK_JSON5_DEPTH);
	memset(text + RK_JSON5_DEPTH, ']', RK_JSON5_DEPTH);
	check(text, text);
}

static void
a_full_buffer_is_told(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(4);
	struct rk_json5_fault fault;

	assert_int_equal(rk_json5_put(&out, RK_STR("[1,2,3,4,5]"), &fault), RK_TOO_LARGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comments_and_commas),
		cmocka_unit_test(names_and_strings),
		cmocka_unit_test(numbers),
		cmocka_unit_test(faults_have_a_place),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(a_full_buffer_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
