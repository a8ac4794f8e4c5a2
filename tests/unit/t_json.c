/*
 * t_json.c - strict reading, and writing as JSON.stringify does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/auto.h"
#include "base/json.h"

static void
assert_refused(struct rk_str text, const char *where)
{
	struct rk_json *root = NULL;
	struct rk_why why = { 0 };

	if (rk_json_parse(text, &root, &why) != RK_INVALID)
		fail_msg("%.*s is not refused", RK_FMT(text));
	assert_null(root);
	assert_string_equal(why.code, "RK-010");
	if (strncmp(why.what, where, strlen(where)) != 0)
		fail_msg("%.*s: %s", RK_FMT(text), why.what);
}

/* Reads text, writes it again, and compares. */
static void
assert_rewritten(struct rk_str text, const char *want)
{
	RK_AUTO(rk_json_auto) struct rk_json *root = NULL;
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(1 << 20);

	assert_int_equal(rk_json_parse(text, &root, NULL), RK_OK);
	rk_json_put(&b, root);
	assert_int_equal(rk_buf_end(&b), RK_OK);
	assert_string_equal(rk_buf_z(&b), want);
}

static void
refuses_what_is_no_json(void **state)
{
	static const char *const bad[] = { "", " ", "{", "[1,]", "{\"a\":1,}", "{a:1}", "'a'", "01", "+1",
		".5", "1.", "nul", "NaN", "Infinity", "\"\\x\"", "\"\\ud800\"", "\"a\nb\"", "[1 2]",
		"{\"a\" 1}", "// c\n1" };

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_refused(rk_str(bad[i]), "line ");
	assert_refused(RK_STR("\"\xff\""), "line ");
	assert_refused(RK_STR("\"\xed\xa0\x80\""), "line ");
	assert_refused(RK_STR("1\0"), "line 1, column 2: a NUL byte");
	assert_refused(RK_STR("[\n1\0]"), "line 2, column 2: a NUL byte");
	assert_refused(RK_STR("\"\0\""), "line 1, column 2: a NUL byte");
	assert_refused(RK_STR("\ufeff1"), "line 1, column 1: a byte order mark");
	assert_refused(RK_STR("[1,\xef\xbb\xbf"
			      "2]"),
	    "line ");
	assert_refused(RK_STR("1\xef\xbb\xbf"), "line ");
}

static void
refuses_bytes_after_the_value(void **state)
{
	assert_refused(RK_STR("{} x"), "line 1, column ");
	assert_refused(RK_STR("{}{}"), "line 1, column ");
	assert_rewritten(RK_STR(" {} \r\n\t"), "{}");
}

static void
refuses_duplicate_members(void **state)
{
	assert_refused(RK_STR("{\"a\":1,\n\"a\":1}"), "line 2, column ");
	assert_refused(RK_STR("{\"a\":1,\"\\u0061\":2}"), "line 1, column ");
	assert_refused(RK_STR("[{\"x\":{\"a\":1,\"a\":1}}]"), "line 1, column ");
	assert_rewritten(RK_STR("{\"a\":{\"a\":1}}"), "{\"a\":{\"a\":1}}");
}

static void
the_reason_does_not_quote_the_text(void **state)
{
	struct rk_json *root = NULL;
	struct rk_why why = { 0 };

	assert_int_equal(rk_json_parse(RK_STR("{\"secret\":hunter2}"), &root, &why), RK_INVALID);
	assert_null(strstr(why.what, "hunter2"));
	assert_int_equal(rk_json_parse(RK_STR("{\"hunter2\":1,\"hunter2\":1}"), &root, &why), RK_INVALID);
	assert_null(strstr(why.what, "hunter2"));
}

static void
put_nested(struct rk_buf *b, int depth)
{
	for (int i = 0; i < depth; i++)
		rk_buf_put(b, i % 2 ? RK_STR("{\"a\":") : RK_STR("["));
	rk_buf_put_c(b, '1');
	while (depth--)
		rk_buf_put_c(b, depth % 2 ? '}' : ']');
}

static void
depth_is_bounded(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(1 << 20);
	RK_AUTO(rk_json_auto) struct rk_json *root = NULL;

	put_nested(&b, RK_JSON_DEPTH);
	assert_int_equal(rk_json_parse(rk_buf_str(&b), &root, NULL), RK_OK);
	rk_buf_clear(&b);
	put_nested(&b, RK_JSON_DEPTH + 1);
	assert_refused(rk_buf_str(&b), "line 1, column ");
	rk_buf_clear(&b);
	for (int i = 0; i < 100000; i++)
		rk_buf_put_c(&b, '[');
	assert_refused(rk_buf_str(&b), "line 1, column 65: nested too deeply");
	rk_buf_clear(&b);
	rk_buf_lit(&b, "[\"");
	for (int i = 0; i < 1000; i++)
		rk_buf_lit(&b, "[{\\\\\\\"");
	rk_buf_lit(&b, "\",[]]");
	assert_rewritten(rk_buf_str(&b), rk_buf_z(&b)); /* brackets in a string are text */
}

static void
looks_into_a_tree(void **state)
{
	RK_AUTO(rk_json_auto) struct rk_json *root = NULL;
	struct rk_str text = RK_STR("{\"s\":\"a\\u0000b\",\"n\":null,\"a\":[true,false,1,1.5],\"o\":{}}");
	const struct rk_json *a;
	long long i;
	double d;

	assert_int_equal(rk_json_parse(text, &root, NULL), RK_OK);
	a = rk_json_get(root, "a");
	assert_int_equal(rk_json_type(root), RK_JSON_OBJECT);
	assert_int_equal(rk_json_count(root), 4);
	assert_int_equal(rk_json_count(a), 4);
	assert_true(rk_str_is(rk_json_str(rk_json_get(root, "s")), RK_STR("a\0b")));
	assert_int_equal(rk_json_type(rk_json_get(root, "n")), RK_JSON_NULL);
	assert_int_equal(rk_json_type(rk_json_at(a, 0)), RK_JSON_TRUE);
	assert_int_equal(rk_json_type(rk_json_at(a, 1)), RK_JSON_FALSE);
	assert_int_equal(rk_json_type(rk_json_at(a, 2)), RK_JSON_INTEGER);
	assert_int_equal(rk_json_type(rk_json_at(a, 3)), RK_JSON_REAL);
	assert_null(rk_json_at(a, 4));
	assert_true(rk_json_integer(rk_json_at(a, 2), &i) && i == 1);
	assert_false(rk_json_integer(rk_json_at(a, 3), &i));
	assert_true(rk_json_real(rk_json_at(a, 2), &d) && d == 1);
	assert_true(rk_json_real(rk_json_at(a, 3), &d) && d == 1.5);
}

static void
absent_and_wrong_types_are_harmless(void **state)
{
	RK_AUTO(rk_json_auto) struct rk_json *root = NULL;
	long long i = 5;
	double d = 5;

	assert_int_equal(rk_json_parse(RK_STR("\"7\""), &root, NULL), RK_OK);
	assert_null(rk_json_get(root, "a"));
	assert_null(rk_json_get(NULL, "a"));
	assert_null(rk_json_at(root, 0));
	assert_null(rk_json_at(NULL, 0));
	assert_int_equal(rk_json_count(root), 0);
	assert_int_equal(rk_json_count(NULL), 0);
	assert_int_equal(rk_json_str(NULL).n, 0);
	assert_false(rk_json_is_string(NULL));
	assert_true(rk_json_is_string(root));
	assert_false(rk_json_integer(root, &i));
	assert_false(rk_json_integer(NULL, &i));
	assert_false(rk_json_real(NULL, &d));
	assert_int_equal(i, 5);
	rk_json_free(NULL);
}

/* What JSON.stringify(JSON.parse(text)) gives. */
static void
writes_numbers_as_javascript_does(void **state)
{
	static const char *const rows[][2] = { { "0", "0" }, { "-0.0", "0" }, { "1.0", "1" },
		{ "1e3", "1000" }, { "0.1", "0.1" }, { "-1.50", "-1.5" }, { "123456.789", "123456.789" },
		{ "1e21", "1e+21" }, { "1e20", "100000000000000000000" }, { "123e20", "1.23e+22" },
		{ "1e-6", "0.000001" }, { "1e-7", "1e-7" }, { "1.25e-9", "1.25e-9" }, { "0.1e-4", "0.00001" },
		{ "1.7976931348623157e308", "1.7976931348623157e+308" }, { "5e-324", "5e-324" },
		{ "0.30000000000000004", "0.30000000000000004" },
		{ "9007199254740993.0", "9007199254740992" },
		{ "9223372036854775807", "9223372036854775807" },
		{ "-9223372036854775808", "-9223372036854775808" },
		{ "9223372036854775808", "9223372036854776000" },
		{ "[18446744073709551616,1]", "[18446744073709552000,1]" } };

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_rewritten(rk_str(rows[i][0]), rows[i][1]);
	assert_refused(RK_STR("1e400"), "line 1, column ");
}

static void
whole_numbers_stay_integers_beside_a_big_one(void **state)
{
	RK_AUTO(rk_json_auto) struct rk_json *root = NULL;
	long long exp = 0, big = 7;

	assert_int_equal(
	    rk_json_parse(RK_STR("{\"exp\":1700000000,\"big\":100000000000000000000}"), &root, NULL), RK_OK);
	assert_int_equal(rk_json_type(rk_json_get(root, "exp")), RK_JSON_INTEGER);
	assert_true(rk_json_integer(rk_json_get(root, "exp"), &exp));
	assert_int_equal(exp, 1700000000);
	assert_false(rk_json_integer(rk_json_get(root, "big"), &big));
	assert_int_equal(rk_json_type(rk_json_get(root, "big")), RK_JSON_REAL);
}

static void
members_keep_their_order(void **state)
{
	assert_rewritten(RK_STR("{ \"z\" : [ ] , \"a\" : { } , \"10\" : null , \"2\" : true , \"\" : \"\" }"),
	    "{\"z\":[],\"a\":{},\"10\":null,\"2\":true,\"\":\"\"}");
}

static void
writes_strings_as_javascript_does(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(4096);

	rk_json_put_string(&b, RK_STR("a/\"\\\b\t\n\f\r\x01\x1f\x7f\0\xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80"));
	assert_string_equal(rk_buf_z(&b),
	    "\"a/\\\"\\\\\\b\\t\\n\\f\\r\\u0001\\u001f\x7f\\u0000\xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80\"");
	rk_buf_clear(&b);
	rk_json_put_string(&b, RK_STR("\xed\xa0\x80|\xed\xbf\xbf|\xed\x9f\xbf|\xed"));
	assert_string_equal(rk_buf_z(&b), "\"\\ud800|\\udfff|\xed\x9f\xbf|\xed\"");
	rk_buf_clear(&b);
	rk_json_put_string(&b, rk_str(NULL));
	assert_string_equal(rk_buf_z(&b), "\"\"");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_what_is_no_json),
		cmocka_unit_test(refuses_bytes_after_the_value),
		cmocka_unit_test(refuses_duplicate_members),
		cmocka_unit_test(the_reason_does_not_quote_the_text),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(looks_into_a_tree),
		cmocka_unit_test(absent_and_wrong_types_are_harmless),
		cmocka_unit_test(writes_numbers_as_javascript_does),
		cmocka_unit_test(whole_numbers_stay_integers_beside_a_big_one),
		cmocka_unit_test(members_keep_their_order),
		cmocka_unit_test(writes_strings_as_javascript_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
