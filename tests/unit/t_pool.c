/* The spare workers. */
#include "super_rig.h"

static struct rk_pool *
pool_of(struct rig *rig)
{
	return &rig->sites.home.pool;
}

static void
it_warms_all_of_devs_workers_and_then_keeps_two(void **state)
{
	struct rig *rig = rig_new(RK_CONF_DEV, 5);

	rk_sites_warm(&rig->sites);
	assert_int_equal(rig_started, 5);
	for (int i = 0; i < 5; i++)
		rk_post_free(rk_pool_take(pool_of(rig)));
	assert_null(rk_pool_take(pool_of(rig)));
	rk_pool_calm(pool_of(rig));
	rig_run(rig, 20);
	assert_int_equal(rig_started, 5);
	rig_run(rig, 100);
	assert_int_equal(rig_started, 7);
	rig_free(rig);
}

static void
one_worker_of_dev_has_one_spare(void **state)
{
	struct rig *rig = rig_new(RK_CONF_DEV, 1);

	rk_sites_warm(&rig->sites);
	rk_post_free(rk_pool_take(pool_of(rig)));
	rk_pool_calm(pool_of(rig));
	rig_run(rig, 100);
	assert_int_equal(rig_started, 2);
	rig_free(rig);
}

static void
the_oldest_is_taken_first_and_none_that_is_dying(void **state)
{
	struct rig *rig = rig_new(RK_CONF_SERVE, 2);
	struct rk_post *spare;

	rk_pool_warm(pool_of(rig), 3);
	rig_posts[1].post->control = NULL;
	spare = rk_pool_take(pool_of(rig));
	assert_int_equal(spare->number, 2);
	rk_post_free(spare);
	spare = rk_pool_take(pool_of(rig));
	assert_int_equal(spare->number, 3);
	rk_post_free(spare);
	assert_null(rk_pool_take(pool_of(rig)));
	/* The one that lies in front is buried, and another comes behind. */
	rig_die(rig, 1, 1);
	rig_run(rig, 150);
	assert_int_equal(rig_started, 5);
	rig_free(rig);
}

static void
one_that_was_taken_is_replaced_even_when_no_worker_gets_ready(void **state)
{
	struct rig *rig = rig_new(RK_CONF_SERVE, 2);

	rk_sites_warm(&rig->sites);
	rk_post_free(rk_pool_take(pool_of(rig)));
	rig_run(rig, 200);
	assert_int_equal(rig_started, 2);
	rig_run(rig, 400);
	assert_int_equal(rig_started, 3);
	rig_free(rig);
}

static void
spares_that_die_at_once_are_the_end_when_nothing_ever_ran(void **state)
{
	struct rig *rig = rig_new(RK_CONF_SERVE, 2);

	rk_sites_warm(&rig->sites);
	rig_die(rig, 1, 1);
	rig_die(rig, 2, 1);
	assert_int_equal(rig->fails, 0);
	rig_run(rig, 250);
	assert_int_equal(rig_started, 4);
	rig_die(rig, 3, 1);
	assert_int_equal(rig->fails, 1);
	assert_int_equal(rig->failed, 0);
	rig_free(rig);
}

static void
once_a_worker_ran_they_are_only_done_without(void **state)
{
	struct rig *rig = rig_new(RK_CONF_SERVE, 2);

	rk_sites_warm(&rig->sites);
	rig->sites.home.was_ready = true;
	rig_die(rig, 1, 1);
	rig_die(rig, 2, 1);
	rig_run(rig, 250);
	rig_die(rig, 3, 1);
	rig_die(rig, 4, 1);
	rig_run(rig, 500);
	assert_int_equal(rig->fails, 0);
	assert_int_equal(rig_started, 4);
	/* A worker that lives is a sign that others may. */
	rk_pool_calm(pool_of(rig));
	rig_run(rig, 100);
	assert_int_equal(rig_started, 6);
	rig_free(rig);
}

static void
starts_that_fail_are_deaths(void **state)
{
	struct rig *rig = rig_new(RK_CONF_DEV, 2);

	rig_refuse = 3;
	rk_sites_warm(&rig->sites);
	assert_int_equal(rig->fails, 0);
	rig_run(rig, 600);
	assert_int_equal(rig->fails, 1);
	assert_int_equal(rig_started, 0);
	rig_free(rig);
}

static void
nothing_is_started_after_the_stop(void **state)
{
	struct rig *rig = rig_new(RK_CONF_SERVE, 2);

	rk_sites_warm(&rig->sites);
	rk_post_free(rk_pool_take(pool_of(rig)));
	rk_sites_stop(&rig->sites);
	rk_pool_calm(pool_of(rig));
	rig_die(rig, 2, 0);
	rig_run(rig, 600);
	assert_int_equal(rig_started, 2);
	assert_int_equal(rig->fails, 0);
	rig_free(rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_warms_all_of_devs_workers_and_then_keeps_two),
		cmocka_unit_test(one_worker_of_dev_has_one_spare),
		cmocka_unit_test(the_oldest_is_taken_first_and_none_that_is_dying),
		cmocka_unit_test(one_that_was_taken_is_replaced_even_when_no_worker_gets_ready),
		cmocka_unit_test(spares_that_die_at_once_are_the_end_when_nothing_ever_ran),
		cmocka_unit_test(once_a_worker_ran_they_are_only_done_without),
		cmocka_unit_test(starts_that_fail_are_deaths),
		cmocka_unit_test(nothing_is_started_after_the_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
