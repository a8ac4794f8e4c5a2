/*
 * t_sid.c - what is a string identifier, and making one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/wait.h>
#include <unistd.h>

#include "base/sid.h"

static void
knows_one(void **state)
{
	assert_true(rk_sid_is(RK_STR("AC00000000000000000000000000000001"), "AC"));
	assert_true(rk_sid_is(RK_STR("SK0123456789abcdefABCDEF0123456789"), "SK"));
}

static void
refuses_everything_else(void **state)
{
	static const char *const bad[] = { "", "AC", "AC0000000000000000000000000000000",
		"AC000000000000000000000000000000012", "SK00000000000000000000000000000001",
		"ac00000000000000000000000000000001", "AC0000000000000000000000000000000g",
		"AC0000000000000000000000000000000 ", " AC0000000000000000000000000000001" };

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(rk_sid_is(rk_str(bad[i]), "AC"));
	assert_false(rk_sid_is(RK_STR("AC000000000000000000000000000000\0001"), "AC"));
	assert_false(rk_sid_is(rk_str(NULL), "AC"));
}

static void
makes_different_ones(void **state)
{
	char a[RK_SID_LEN + 1], b[RK_SID_LEN + 1];

	rk_sid_make(a, "RQ");
	rk_sid_make(b, "RQ");
	assert_true(rk_sid_is(rk_str(a), "RQ"));
	assert_true(rk_sid_is(rk_str(b), "RQ"));
	assert_string_not_equal(a, b);
	for (const char *p = a + 2; *p; p++)
		assert_false(*p >= 'A' && *p <= 'F');
}

/* Many, over more than one filling of the pool: none twice. */
static void
never_makes_one_twice(void **state)
{
	char made[100][RK_SID_LEN + 1];

	for (int i = 0; i < 100; i++) {
		rk_sid_make(made[i], "RQ");
		for (int j = 0; j < i; j++)
			assert_string_not_equal(made[i], made[j]);
	}
}

static void
child_does_not_repeat_its_parent(void **state)
{
	char mine[RK_SID_LEN + 1], its[RK_SID_LEN + 1];
	int ends[2], status;
	pid_t child;

	rk_sid_make(mine, "RQ"); /* the pool is not empty when we fork */
	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		rk_sid_make(its, "RQ");
		_exit(write(ends[1], its, sizeof its) != (ssize_t)sizeof its);
	}
	assert_int_equal(read(ends[0], its, sizeof its), sizeof its);
	assert_int_equal(waitpid(child, &status, 0), child);
	rk_sid_make(mine, "RQ");
	assert_string_not_equal(mine, its);
	close(ends[0]);
	close(ends[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_one),
		cmocka_unit_test(refuses_everything_else),
		cmocka_unit_test(makes_different_ones),
		cmocka_unit_test(never_makes_one_twice),
		cmocka_unit_test(child_does_not_repeat_its_parent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
