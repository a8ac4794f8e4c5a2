/*
 * t_form.c - urlencoded text read as Node's querystring reads it, and written back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/auto.h"
#include "base/form.h"

static void
arena_done(struct rk_arena *arena)
{
	rk_arena_done(arena);
}

/* "name=value;" for each pair. */
static void
reads(const char *text, const char *want)
{
	RK_AUTO(arena_done) struct rk_arena arena;
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(65536);
	struct rk_form form;

	rk_arena_init(&arena, 65536);
	assert_int_equal(rk_form_parse(&arena, rk_str(text), 100, &form), RK_OK);
	for (size_t i = 0; i < form.count; i++)
		rk_buf_printf(&out, "%.*s=%.*s;", RK_FMT(form.params[i].name), RK_FMT(form.params[i].value));
	assert_string_equal(rk_buf_z(&out), want);
}

static void
pairs(void **state)
{
	reads("", "");
	reads("a=1&b=2", "a=1;b=2;");
	reads("a=1&a=2&a=1", "a=1;a=2;a=1;");
	reads("a", "a=;");
	reads("=v", "=v;");
	reads("=", "=;");
	reads("&&a=1&&", "a=1;");
	reads("a=b=c", "a=b=c;");
	reads("a[b]=1&a[]=2", "a[b]=1;a[]=2;");
}

static void
decoding(void **state)
{
	reads("a+b=c%20d+%2B", "a b=c d +;");
	reads("From=%2B14158675309", "From=+14158675309;");
	reads("%3d=%26", "==&;");
	reads("b=%C3%A9", "b=\xc3\xa9;");
}

static void
what_cannot_be_decoded_stays(void **state)
{
	reads("a=%", "a=%;");
	reads("a=%4", "a=%4;");
	reads("a=%zz%41", "a=%zzA;");
	reads("a=100%&b=%2", "a=100%;b=%2;");
}

/* As many replacements as the Encoding Standard says. */
static void
bytes_that_are_no_utf8_are_replaced(void **state)
{
	reads("a=%FF", "a=\xef\xbf\xbd;");
	reads("a=%E5%90x", "a=\xef\xbf\xbdx;");
	reads("a=%ED%A0%80", "a=\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd;");
	reads("a=%F0%9F%92%A9%C3(", "a=\xf0\x9f\x92\xa9\xef\xbf\xbd(;");
	reads("a=%C0%80", "a=\xef\xbf\xbd\xef\xbf\xbd;");
}

static void
nul_is_a_byte(void **state)
{
	RK_AUTO(arena_done) struct rk_arena arena;
	struct rk_form form;

	rk_arena_init(&arena, 65536);
	assert_int_equal(rk_form_parse(&arena, RK_STR("a=x%00y"), 1, &form), RK_OK);
	assert_int_equal(form.params[0].value.n, 3);
	assert_memory_equal(form.params[0].value.p, "x\0y", 3);
}

static void
limits(void **state)
{
	RK_AUTO(arena_done) struct rk_arena arena;
	struct rk_form form;

	rk_arena_init(&arena, 256);
	assert_int_equal(rk_form_parse(&arena, RK_STR("a&b&&c"), 3, &form), RK_OK);
	assert_int_equal(rk_form_parse(&arena, RK_STR("a&b&&c"), 2, &form), RK_TOO_LARGE);
	assert_int_equal(rk_form_parse(&arena, RK_STR("a&b&c&d&e&f&g&h&i&j&k&l"), 100, &form), RK_NOMEM);
}

static void
splitting_decodes_nothing(void **state)
{
	RK_AUTO(arena_done) struct rk_arena arena;
	struct rk_form form;

	rk_arena_init(&arena, 65536);
	assert_int_equal(rk_form_split(&arena, RK_STR("a+b=%41"), 5, &form), RK_OK);
	assert_int_equal(form.count, 1);
	assert_true(rk_str_is(form.params[0].name, RK_STR("a+b")));
	assert_true(rk_str_is(form.params[0].value, RK_STR("%41")));
}

static void
writing(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(65536);
	const struct rk_param params[] = {
		{ RK_STR("a b"), RK_STR("x+y&z") },
		{ RK_STR(""), RK_STR("-_.!~*'()") },
		{ RK_STR("\xc3\xa9"), RK_STR("") },
	};

	rk_form_put(&out, params, 3);
	assert_string_equal(rk_buf_z(&out), "a%20b=x%2By%26z&=-_.!~*'()&%C3%A9=");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs),
		cmocka_unit_test(decoding),
		cmocka_unit_test(what_cannot_be_decoded_stays),
		cmocka_unit_test(bytes_that_are_no_utf8_are_replaced),
		cmocka_unit_test(nul_is_a_byte),
		cmocka_unit_test(limits),
		cmocka_unit_test(splitting_decodes_nothing),
		cmocka_unit_test(writing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
