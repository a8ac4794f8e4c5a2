/* Which version of a function is served once it stops compiling: projects in memory, READY as bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "base/auto.h"
#include "keeper/problems.h"
#include "keeper/stale.h"

static void
make(struct rk_project *p, size_t n, const char *const rows[][2])
{
	*p = (struct rk_project){ .env_file = RK_STR(".env") };
	rk_arena_init(&p->arena, 0);
	p->functions = calloc(n + 1, sizeof(*p->functions));
	for (size_t i = 0; i < n; i++)
		p->functions[i] = (struct rk_function){ .path = rk_str(rows[i][0]),
			.file = rk_str(rows[i][0]),
			.source = strdup(rows[i][1]),
			.source_n = strlen(rows[i][1]) };
	p->function_n = n;
}

static void
break_it(struct rk_project *p, uint32_t function, const char *message)
{
	const struct rk_problem problem = { .function = function,
		.kind = RK_STR("SyntaxError"),
		.message = rk_str(message),
		.line = 2,
		.column = 13 };

	assert_int_equal(rk_problems_put(p, &problem), RK_OK);
}

static size_t
hold(struct rk_project *now, const struct rk_project *live)
{
	size_t n = 99;

	assert_int_equal(rk_stale_hold(now, live, &n), RK_OK);
	return n;
}

static void
check_serves(const struct rk_project *p, size_t i, const char *source)
{
	struct rk_str served = rk_stale_served(&p->functions[i]);

	if (!rk_str_is(served, rk_str(source)))
		fail_msg("serves %.*s, not %s", RK_FMT(served), source);
}

static void
the_version_before_is_held(void **state)
{
	struct rk_project live, now;

	make(&live, 2, (const char *const[][2]){ { "/a", "good a" }, { "/b", "good b" } });
	make(&now, 2, (const char *const[][2]){ { "/a", "bad a" }, { "/b", "new b" } });
	assert_int_equal(hold(&now, &live), 0);
	break_it(&now, 0, "no");
	assert_int_equal(hold(&now, &live), 1);
	check_serves(&now, 0, "good a");
	check_serves(&now, 1, "new b");
	/* Sent again: nothing more to hold. */
	assert_int_equal(hold(&now, &live), 0);
	rk_stale_drop(&now);
	check_serves(&now, 0, "bad a");
	rk_project_done(&live);
	rk_project_done(&now);
}

static void
what_never_compiled_has_no_version_before(void **state)
{
	struct rk_project live, now;

	make(&live, 1, (const char *const[][2]){ { "/b", "bad b" } });
	break_it(&live, 0, "no");
	make(&now, 2, (const char *const[][2]){ { "/a", "bad a" }, { "/b", "bad too" } });
	break_it(&now, 0, "no");
	break_it(&now, 1, "no");
	assert_int_equal(hold(&now, &live), 0);
	assert_int_equal(hold(&now, NULL), 0);
	check_serves(&now, 1, "bad too");
	rk_project_done(&live);
	rk_project_done(&now);
}

static void
as_broken_as_before_is_carried_with_its_problem(void **state)
{
	struct rk_project first, second, third, fourth;

	make(&first, 1, (const char *const[][2]){ { "/b", "good" } });
	make(&second, 1, (const char *const[][2]){ { "/b", "bad" } });
	break_it(&second, 0, "no");
	assert_int_equal(hold(&second, &first), 1);
	make(&third, 2, (const char *const[][2]){ { "/a", "new" }, { "/b", "bad" } });
	assert_int_equal(rk_stale_carry(&third, &second), RK_OK);
	check_serves(&third, 1, "good");
	assert_int_equal(third.problem_n, 1);
	assert_int_equal(third.problems[0].function, 1);
	assert_int_equal(hold(&third, &second), 0);
	/* Broken otherwise: not carried, but held with the same good version. */
	make(&fourth, 1, (const char *const[][2]){ { "/b", "worse" } });
	assert_int_equal(rk_stale_carry(&fourth, &third), RK_OK);
	assert_int_equal(fourth.problem_n, 0);
	break_it(&fourth, 0, "no");
	assert_int_equal(hold(&fourth, &third), 1);
	check_serves(&fourth, 0, "good");
	rk_project_done(&first);
	rk_project_done(&second);
	rk_project_done(&third);
	rk_project_done(&fourth);
}

static void
the_header_is_ascii_and_short(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(4096);
	struct rk_project live, now;
	char message[400];

	make(&live, 1, (const char *const[][2]){ { "/a", "good" } });
	make(&now, 1, (const char *const[][2]){ { "/a", "bad" } });
	memset(message, 'm', sizeof message - 1);
	memcpy(message, "\xC3\xA9\r\nX: y", 8);
	message[sizeof message - 1] = '\0';
	break_it(&now, 0, message);
	rk_stale_put(&out, &now, 0);
	assert_int_equal(out.n, 0);
	assert_int_equal(hold(&now, &live), 1);
	rk_stale_put(&out, &now, 0);
	assert_int_equal(out.n, RK_STALE_TEXT);
	assert_true(rk_str_has_prefix(rk_buf_str(&out), RK_STR("SyntaxError /a:2:13 ????X: ymm")));
	rk_project_done(&live);
	rk_project_done(&now);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_version_before_is_held),
		cmocka_unit_test(what_never_compiled_has_no_version_before),
		cmocka_unit_test(as_broken_as_before_is_carried_with_its_problem),
		cmocka_unit_test(the_header_is_ascii_and_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
