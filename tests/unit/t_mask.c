/* What people read holds no value of a variable and no token. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/auto.h"
#include "worker/mask.h"

#define TOKEN                                                                    \
	"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJBQzAifQ.nVFzD5Mf-rchW_" \
	"0ES4T9ZdegGj4UJiPa3xvrKOZsZfE"

static struct rk_bundle_variable variables[] = {
	{ { "SECRET", 6 }, { "s3cret-value", 12 } },
	{ { "LONGER", 6 }, { "s3cret-value-and-more", 21 } },
	{ { "SAME", 4 }, { "s3cret-value", 12 } },
	{ { "SHORT", 5 }, { "abc", 3 } },
	{ { "FOUR", 4 }, { "wxyz", 4 } },
	{ { "COMMON", 6 }, { "True", 4 } },
	{ { "EMPTY", 5 }, { "", 0 } },
	{ { "QUOTED", 6 }, { "say \"hi\"\\now", 12 } },
	{ { "LINES", 5 }, { "-----BEGIN KEY-----\nMIIBVgIBADANBg\nxx", 37 } },
	{ { "WIDE", 4 }, { "\xc3\xa9t\xc3\xa9s", 6 } },
};

static const struct rk_bundle bundle = { .variables = variables,
	.variable_count = sizeof(variables) / sizeof(variables[0]) };

static struct rk_mask mask;

static void
check_n(struct rk_str text, const char *wanted)
{
	struct rk_buf out RK_AUTO(rk_buf_free) = RK_BUF(1 << 20);
	bool found = rk_mask_text(&mask, text, &out);

	assert_int_equal(found, !rk_str_is(text, rk_str(wanted)));
	if (found)
		assert_string_equal(rk_buf_z(&out), wanted);
	else
		assert_int_equal(out.n, 0);
}

static void
check(const char *text, const char *wanted)
{
	check_n(rk_str(text), wanted);
}

static void
test_values(void **state)
{
	check("", "");
	check("s", "s");
	check("nothing of note", "nothing of note");
	check("s3cret-value", "[SECRET]");
	check("a s3cret-value, wxyz.", "a [SECRET], [FOUR].");
	check("s3cret-value-and-more", "[LONGER]");
	check("s3cret-value-and-mor", "[SECRET]-and-mor");
	check("s3cret-values3cret-value", "[SECRET][SECRET]");
	check("s3cret-valu", "s3cret-valu");
	check("s3s3cret-value", "s3[SECRET]");
	check("\xc3\xa9t\xc3\xa9s \xc3\xa9t\xc3\xa9", "[WIDE] \xc3\xa9t\xc3\xa9");
}

static void
test_what_says_nothing_stays(void **state)
{
	check("abc true True TRUE", "abc true True TRUE");
}

static void
test_values_as_json_and_the_console_write_them(void **state)
{
	check("say \"hi\"\\now", "[QUOTED]");
	check("{\"q\":\"say \\\"hi\\\"\\\\now\"}", "{\"q\":\"[QUOTED]\"}");
	check("{ q: 'say \"hi\"\\\\now' }", "{ q: '[QUOTED]' }");
	check(
	    "\"{\\\"q\\\":\\\"say \\\\\\\"hi\\\\\\\"\\\\\\\\now\\\"}\"", "\"{\\\"q\\\":\\\"[QUOTED]\\\"}\"");
}

static void
test_values_of_several_lines(void **state)
{
	check("-----BEGIN KEY-----\nMIIBVgIBADANBg\nxx", "[LINES]");
	check("-----BEGIN KEY-----\\nMIIBVgIBADANBg\\nxx", "[LINES]");
	check("'MIIBVgIBADANBg\\n' +", "'[LINES]\\n' +");
	check("xx", "xx");
}

static void
test_tokens(void **state)
{
	check(TOKEN, "[token]");
	check("Bearer " TOKEN "\"}", "Bearer [token]\"}");
	check("eyJ", "eyJ");
	check("eyJhbGciOiJIUzI1NiJ9 and more", "eyJhbGciOiJIUzI1NiJ9 and more");
	check("eyJhbGciOiJIUzI1NiJ9.eyJ9. ", "eyJhbGciOiJIUzI1NiJ9.eyJ9. ");
	check("eyJhbGciOiJIUzI1NiJ9..nVFzD5MfrchW_0ES4T9 ", "eyJhbGciOiJIUzI1NiJ9..nVFzD5MfrchW_0ES4T9 ");
	check("version 1.2.3 heyJude.and.others", "version 1.2.3 heyJude.and.others");
}

static void
test_a_token_that_is_cut_off(void **state)
{
	for (size_t n = 20; n < sizeof(TOKEN) - 1; n++)
		check_n(rk_str_n(TOKEN, n), "[token]");
}

/* Looking at each "eyJ" of a long run anew would take minutes. */
static void
test_a_text_made_to_be_slow(void **state)
{
	struct rk_buf text RK_AUTO(rk_buf_free) = RK_BUF(8 * RK_MB),
			   out RK_AUTO(rk_buf_free) = RK_BUF(8 * RK_MB);

	for (size_t i = 0; i < RK_MB; i++)
		rk_buf_lit(&text, "eyJ");
	rk_buf_put_c(&text, ' ');
	assert_false(rk_mask_text(&mask, rk_buf_str(&text), &out));
}

static void
test_a_masked_text_that_does_not_fit_is_bad(void **state)
{
	struct rk_buf out RK_AUTO(rk_buf_free) = RK_BUF(8);

	assert_true(rk_mask_text(&mask, RK_STR("wxyz wxyz wxyz"), &out));
	assert_int_equal(rk_buf_end(&out), RK_TOO_LARGE);
}

static void
test_a_mask_of_nothing(void **state)
{
	static const struct rk_bundle none;
	struct rk_buf out RK_AUTO(rk_buf_free) = RK_BUF(1024);
	struct rk_mask empty;

	assert_int_equal(rk_mask_init(&empty, &none), RK_OK);
	assert_false(rk_mask_text(&empty, RK_STR("wxyz"), &out));
	assert_true(rk_mask_text(&empty, RK_STR(TOKEN), &out));
	rk_mask_done(&empty);
}

static int
set_up(void **state)
{
	assert_int_equal(rk_mask_init(&mask, &bundle), RK_OK);
	return 0;
}

static int
tear_down(void **state)
{
	rk_mask_done(&mask);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_what_says_nothing_stays),
		cmocka_unit_test(test_values_as_json_and_the_console_write_them),
		cmocka_unit_test(test_values_of_several_lines),
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_a_token_that_is_cut_off),
		cmocka_unit_test(test_a_masked_text_that_does_not_fit_is_bad),
		cmocka_unit_test(test_a_text_made_to_be_slow),
		cmocka_unit_test(test_a_mask_of_nothing),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
