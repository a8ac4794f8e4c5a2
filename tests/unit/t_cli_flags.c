/* cli/flags: the walk over a command line. What it says about mistakes is in tests/integration/cli.test.mjs.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/auto.h"
#include "cli/flags.h"

static const struct rk_flag table[] = {
	{ "name", RK_FLAG_VALUE, "NAME", "a name" },
	{ "json", RK_FLAG_SWITCH, NULL, "data" },
	{ "video", RK_FLAG_MAYBE, "ROOM", "a room" },
	{ "secret", RK_FLAG_FORBIDDEN, NULL, "Use a file." },
	{ 0 },
};
enum { NAME, JSON, VIDEO };

static void
next_is(struct rk_flags *flags, int row, const char *want)
{
	const char *value = "unset";

	assert_int_equal(rk_flags_next(flags, &value), row);
	if (want)
		assert_string_equal(value, want);
	else
		assert_null(value);
}

static void
walks_flags_and_words(void **state)
{
	const char *argv[] = { "verb", "--name", "alice", "word", "--name=a=b", "--json", "-",
		"--name=", "--name", "-x" };
	struct rk_flags flags = RK_FLAGS(table, 10, (char **)argv);

	next_is(&flags, NAME, "alice");
	next_is(&flags, RK_FLAGS_WORD, "word");
	next_is(&flags, NAME, "a=b");
	next_is(&flags, JSON, NULL);
	next_is(&flags, RK_FLAGS_WORD, "-");
	next_is(&flags, NAME, "");
	next_is(&flags, NAME, "-x");
	next_is(&flags, RK_FLAGS_END, NULL);
	next_is(&flags, RK_FLAGS_END, NULL);
}

static void
takes_an_optional_value_only_after_equals(void **state)
{
	const char *argv[] = { "verb", "--video", "daily", "--video=daily" };
	struct rk_flags flags = RK_FLAGS(table, 4, (char **)argv);

	next_is(&flags, VIDEO, NULL);
	next_is(&flags, RK_FLAGS_WORD, "daily");
	next_is(&flags, VIDEO, "daily");
}

static void
two_dashes_end_the_flags(void **state)
{
	const char *argv[] = { "verb", "--", "--json", "--", "-x" };
	struct rk_flags flags = RK_FLAGS(table, 5, (char **)argv);

	next_is(&flags, RK_FLAGS_WORD, "--json");
	next_is(&flags, RK_FLAGS_WORD, "--");
	next_is(&flags, RK_FLAGS_WORD, "-x");
	next_is(&flags, RK_FLAGS_END, NULL);
}

static void
refuses_mistakes(void **state)
{
	static const char *const lines[][2] = { { "--nmae", "x" }, { "--name", "--json" }, { "--name", NULL },
		{ "--json=yes", NULL }, { "-n", "x" } };

	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		const char *argv[] = { "verb", lines[i][0], lines[i][1] };
		struct rk_flags flags = RK_FLAGS(table, lines[i][1] ? 3 : 2, (char **)argv);

		next_is(&flags, RK_FLAGS_BAD, NULL);
	}
}

static void
wipes_a_secret_where_it_stands(void **state)
{
	char after[] = "--secret=hunter2", word[] = "hunter2";
	const char *one[] = { "verb", after }, *two[] = { "verb", "--secret", word };
	struct rk_flags flags = RK_FLAGS(table, 2, (char **)one);

	next_is(&flags, RK_FLAGS_BAD, NULL);
	assert_string_equal(after, "--secret=");
	flags = RK_FLAGS(table, 3, (char **)two);
	next_is(&flags, RK_FLAGS_BAD, NULL);
	assert_string_equal(word, "");
}

static void
help_leaves_out_what_is_forbidden(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(4096);

	rk_flags_help(&out, table);
	assert_non_null(strstr(rk_buf_z(&out), "--name NAME"));
	assert_non_null(strstr(rk_buf_z(&out), "--video[=ROOM]"));
	assert_null(strstr(rk_buf_z(&out), "secret"));
}

static void
reads_a_whole_line(void **state)
{
	const char *argv[] = { "verb", "one", "--name", "a", "--json", "two", "--name=b", "--video" };
	struct rk_flags flags = RK_FLAGS(table, 8, (char **)argv);
	const char *values[5] = { 0 }, *words[3] = { 0 };
	struct rk_why why = { 0 };

	assert_int_equal(rk_flags_read(&flags, values, words, 3, &why), RK_OK);
	assert_string_equal(values[NAME], "b");
	assert_string_equal(values[JSON], "");
	assert_string_equal(values[VIDEO], "");
	assert_string_equal(words[0], "one");
	assert_string_equal(words[1], "two");
	assert_null(words[2]);
	flags = RK_FLAGS(table, 8, (char **)argv);
	assert_int_equal(rk_flags_read(&flags, values, words, 1, &why), RK_INVALID);
	assert_non_null(strstr(why.what, "two"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks_flags_and_words),
		cmocka_unit_test(takes_an_optional_value_only_after_equals),
		cmocka_unit_test(two_dashes_end_the_flags),
		cmocka_unit_test(refuses_mistakes),
		cmocka_unit_test(wipes_a_secret_where_it_stands),
		cmocka_unit_test(reads_a_whole_line),
		cmocka_unit_test(help_leaves_out_what_is_forbidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
