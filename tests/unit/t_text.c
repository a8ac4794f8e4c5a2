/* Between UTF-8 and UTF-16. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/auto.h"
#include "base/str.h"
#include "worker/text.h"

static void
check_widen(const char *bytes, size_t n, const JSChar *want, size_t want_n, bool want_ok)
{
	JSChar units[256];
	bool ok;

	assert_int_equal(rk_text_widen(units, rk_str_n(bytes, n), &ok), want_n);
	assert_memory_equal(units, want, want_n * sizeof(JSChar));
	assert_int_equal(ok, want_ok);
}

static void
check_narrow(const JSChar *units, size_t n, enum rk_text_form form, const char *want)
{
	struct rk_buf out RK_AUTO(rk_buf_free) = RK_BUF(1024);

	rk_text_put(&out, units, n, form);
	assert_true(rk_str_is(rk_buf_str(&out), rk_str(want)));
	assert_int_equal(rk_text_size(units, n), out.n);
}

static void
test_characters_of_every_length_both_ways(void **state)
{
	static const char bytes[] =
	    "a long run of ASCII, then \xc3\xa9 \xe2\x82\xac \xf0\x9f\x8e\x89 and ASCII again";
	JSChar units[128];
	bool ok;
	size_t n = rk_text_widen(units,
	    RK_STR("a long run of ASCII, then \xc3\xa9 \xe2\x82\xac \xf0\x9f\x8e\x89 and ASCII again"), &ok);

	assert_true(ok);
	assert_int_equal(n, sizeof(bytes) - 1 - 1 - 2 - 2);
	assert_int_equal(units[26], 0xe9);
	assert_int_equal(units[28], 0x20ac);
	assert_int_equal(units[30], 0xd83c);
	assert_int_equal(units[31], 0xdf89);
	check_narrow(units, n, RK_TEXT_UTF8, bytes);
}

static void
test_malformed_bytes_become_one_replacement_for_each_maximal_part(void **state)
{
	check_widen("\xff", 1, (JSChar[]){ 0xfffd }, 1, false);
	check_widen("a\xe2\x82", 3, (JSChar[]){ 'a', 0xfffd }, 2, false);
	check_widen("\xe2\x82z", 3, (JSChar[]){ 0xfffd, 'z' }, 2, false);
	check_widen("\xed\xa0\x80", 3, (JSChar[]){ 0xfffd, 0xfffd, 0xfffd }, 3, false);
	check_widen("\xc0\x80", 2, (JSChar[]){ 0xfffd, 0xfffd }, 2, false);
	check_widen("\xf0\x9f\x8e", 3, (JSChar[]){ 0xfffd }, 1, false);
	check_widen("\xf4\x90\x80\x80", 4, (JSChar[]){ 0xfffd, 0xfffd, 0xfffd, 0xfffd }, 4, false);
	check_widen("a\0b", 3, (JSChar[]){ 'a', 0, 'b' }, 3, true);
	check_widen(NULL, 0, NULL, 0, true);
}

static void
test_lone_surrogates(void **state)
{
	check_narrow((JSChar[]){ 'x', 0xd800, 'y' }, 3, RK_TEXT_UTF8, "x\xef\xbf\xbdy");
	check_narrow((JSChar[]){ 'x', 0xd800, 'y' }, 3, RK_TEXT_WTF8, "x\xed\xa0\x80y");
	check_narrow((JSChar[]){ 0xdc00, 0xd800 }, 2, RK_TEXT_UTF8, "\xef\xbf\xbd\xef\xbf\xbd");
	check_narrow((JSChar[]){ 0xd83c, 0xdf89 }, 2, RK_TEXT_WTF8, "\xf0\x9f\x8e\x89");
}

static void
test_the_ceiling_of_the_buffer_holds(void **state)
{
	struct rk_buf out RK_AUTO(rk_buf_free) = RK_BUF(2);

	rk_text_put(&out, (JSChar[]){ 'a', 0xe9 }, 2, RK_TEXT_UTF8);
	assert_int_equal(rk_buf_end(&out), RK_TOO_LARGE);
	assert_int_equal(out.n, 0);
}

static void
test_kept_values_are_the_same_and_survive_a_collision(void **state)
{
	JSGlobalContextRef ctx = JSGlobalContextCreate(NULL);
	struct rk_text_kept kept = { 0 };
	JSValueRef first = rk_text_kept_get(&kept, ctx, RK_STR("POST"));
	char text[8], back[16];

	assert_ptr_equal(rk_text_kept_get(&kept, ctx, RK_STR("POST")), first);
	for (int i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "p%d", i);
		JSStringRef s = JSValueToStringCopy(ctx, rk_text_kept_get(&kept, ctx, rk_str(text)), NULL);

		JSStringGetUTF8CString(s, back, sizeof(back));
		JSStringRelease(s);
		assert_string_equal(back, text);
	}
	JSGarbageCollect(ctx);
	JSStringRef s = JSValueToStringCopy(ctx, rk_text_kept_get(&kept, ctx, RK_STR("POST")), NULL);

	assert_true(JSStringIsEqualToUTF8CString(s, "POST"));
	JSStringRelease(s);
	rk_text_kept_done(&kept, ctx);
	JSGlobalContextRelease(ctx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_characters_of_every_length_both_ways),
		cmocka_unit_test(test_malformed_bytes_become_one_replacement_for_each_maximal_part),
		cmocka_unit_test(test_lone_surrogates),
		cmocka_unit_test(test_the_ceiling_of_the_buffer_holds),
		cmocka_unit_test(test_kept_values_are_the_same_and_survive_a_collision),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
