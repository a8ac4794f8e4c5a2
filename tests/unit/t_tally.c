/* Which requests get a row, and that every other one is counted once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "keeper/tally.h"

static struct rk_tally tally;

static int
set_up(void **state)
{
	(void)state;
	tally = (struct rk_tally){ 0 };
	return 0;
}

static unsigned
rows_of(uint32_t site, unsigned n, uint64_t now_ms)
{
	unsigned rows = 0;

	while (n-- > 0)
		rows += rk_tally_is_row(&tally, site, now_ms);
	return rows;
}

static void
a_second_has_so_many_rows_and_the_next_as_many_again(void **state)
{
	(void)state;
	assert_int_equal(rows_of(2, 1000, 5000), RK_TALLY_RATE);
	assert_int_equal(rows_of(2, 1000, 6000), RK_TALLY_RATE);
}

static void
a_count_is_taken_once_after_its_second_though_more_come(void **state)
{
	uint32_t site = 0, n = 0;

	(void)state;
	rows_of(2, RK_TALLY_RATE + 7, 5000);
	assert_false(rk_tally_take(&tally, 5999, &site, &n));
	rows_of(2, 1, 6000);
	assert_true(rk_tally_take(&tally, 6000, &site, &n));
	assert_int_equal(site, 2);
	assert_int_equal(n, 7);
	assert_false(rk_tally_take(&tally, 9000, &site, &n));
}

static void
sites_do_not_share_a_rate_and_one_without_a_slot_has_rows(void **state)
{
	uint32_t site = 0, n = 0;

	(void)state;
	rows_of(2, RK_TALLY_RATE + 1, 5000);
	assert_int_equal(rows_of(3, 1000, 5000), RK_TALLY_RATE);
	assert_int_equal(rows_of(2 + RK_TALLY_SITES, 1000, 5000), 1000);
	assert_true(rk_tally_take(&tally, 6000, &site, &n));
	assert_int_equal(n, 1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_second_has_so_many_rows_and_the_next_as_many_again, set_up),
		cmocka_unit_test_setup(a_count_is_taken_once_after_its_second_though_more_come, set_up),
		cmocka_unit_test_setup(sites_do_not_share_a_rate_and_one_without_a_slot_has_rows, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
