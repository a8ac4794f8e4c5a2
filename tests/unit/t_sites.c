/* Sites: their generations, their workers, trials, and many of them. */
#include "super_rig.h"

#include <stdio.h>
#include <time.h>

#include "super/trial.h"

/* Two spares wait: workers 1 and 2. */
static struct rig *
serving(void)
{
	struct rig *rig = rig_new(RK_CONF_SERVE, 3);

	rk_sites_warm(&rig->sites);
	return rig;
}

static void
a_bundle_takes_one_spare(void **state)
{
	struct rig *rig = serving();

	rig_bundle(rig, 7, 40);
	assert_int_equal(rig_posts[1].site, 7);
	assert_int_equal(rig_posts[1].generation, 40);
	assert_int_equal(rig_posts[2].bundles, 0);
	assert_int_equal(rig_started, 2);
	rig_ready(1);
	assert_int_equal(rig->joined, 1);
	assert_int_equal(rig->ready, 40);
	assert_int_equal(rig->readies, 1);
	/* Said twice is said once. */
	rig_ready(1);
	assert_int_equal(rig->readies + rig->joins, 2);
	rig_run(rig, 100);
	assert_int_equal(rig_started, 3);
	rig_free(rig);
}

static void
dev_starts_all_its_workers(void **state)
{
	struct rig *rig = rig_new(RK_CONF_DEV, 3);

	rk_sites_warm(&rig->sites);
	rig_bundle(rig, RK_SITE_DEV, 1);
	for (unsigned i = 1; i <= 3; i++)
		assert_int_equal(rig_posts[i].site, RK_SITE_DEV);
	rig_ready(2);
	rig_run(rig, 100);
	assert_int_equal(rig_started, 5);
	rig_ready(1);
	assert_int_equal(rig->joins, 2);
	assert_int_equal(rig->readies, 1);
	/* The next one: the two spares first, then a third. */
	rig_bundle(rig, RK_SITE_DEV, 2);
	assert_int_equal(rig_posts[4].generation, 2);
	assert_int_equal(rig_posts[5].generation, 2);
	assert_int_equal(rig_posts[6].generation, 2);
	assert_int_equal(rig_running(rig), 6);
	rig_free(rig);
}

static void
devs_workers_are_replaced_whatever_they_end_of(void **state)
{
	struct rig *rig = rig_new(RK_CONF_DEV, 1);

	rk_sites_warm(&rig->sites);
	rig_bundle(rig, RK_SITE_DEV, 1);
	rig_ready(1);
	rig_retire(rig, 1);
	assert_int_equal(rig_posts[2].generation, 1);
	rig_ready(2);
	rig_die(rig, 2, 9);
	assert_int_equal(rig_posts[3].generation, 1);
	rig_delay = 100;
	rig_die(rig, 3, 9);
	assert_int_equal(rig_posts[3].again_ms, 100);
	rig_free(rig);
}

static void
a_swap_lets_the_old_one_finish(void **state)
{
	struct rig *rig = serving();
	int first = rig_bundle(rig, 7, 40);

	rig_ready(1);
	rig_bundle(rig, 7, 41);
	assert_int_equal(rig_posts[2].generation, 41);
	assert_int_equal(rig_posts[1].kills, 0);
	rig_ready(2);
	assert_int_equal(rig->ready, 41);
	assert_int_equal(rig_posts[1].kills, 0);
	assert_true(rig_is_open(first));
	/* It is not replaced, and its bundle goes with it. */
	rig_die(rig, 1, 0);
	assert_false(rig_is_open(first));
	assert_int_equal(rig_started, 2);
	rig_free(rig);
}

static void
an_old_one_that_lingers_is_killed(void **state)
{
	struct rig *rig = rig_new(RK_CONF_SERVE, 1);

	rig->conf.timeout_ms = -1900; /* 100 ms together with the patience */
	rk_sites_warm(&rig->sites);
	rig_bundle(rig, 7, 40);
	rig_ready(1);
	rig_bundle(rig, 7, 41);
	rig_ready(2);
	assert_int_equal(rig_posts[1].kills, 0);
	rig_run(rig, 200);
	assert_int_equal(rig_posts[1].kills, 1);
	rig_free(rig);
}

static void
a_newer_bundle_ends_a_pending_one(void **state)
{
	struct rig *rig = serving();
	int first = rig_bundle(rig, 7, 40);

	rig_bundle(rig, 7, 41);
	assert_int_equal(rig_posts[1].kills, 1);
	rig_ready(1);
	assert_int_equal(rig->readies, 0);
	rig_die(rig, 1, 9);
	assert_false(rig_is_open(first));
	rig_ready(2);
	assert_int_equal(rig->ready, 41);
	rig_free(rig);
}

static void
a_bundle_that_is_not_newer_is_what_a_wake_crossed(void **state)
{
	struct rig *rig = serving();
	int fd;

	rig_bundle(rig, 7, 40);
	fd = rig_bundle(rig, 7, 40);
	assert_false(rig_is_open(fd));
	rig_ready(1);
	fd = rig_bundle(rig, 7, 39);
	assert_false(rig_is_open(fd));
	assert_int_equal(rig_posts[2].bundles, 0);
	assert_int_equal(rig->sites.newest, 40);
	rig_free(rig);
}

static void
the_newest_generation_is_of_all_sites(void **state)
{
	struct rig *rig = serving();

	rig_bundle(rig, 7, 40);
	rig_bundle(rig, 8, 12);
	assert_int_equal(rig->sites.newest, 40);
	rig_bundle(rig, RK_SITE_TRIAL, 50);
	assert_int_equal(rig->sites.newest, 50);
	rig_free(rig);
}

static void
waking_is_for_keeper_until_a_bundle_is_here(void **state)
{
	struct rig *rig = serving();

	assert_false(rk_sites_wake(&rig->sites, 7));
	rig_bundle(rig, 7, 40);
	assert_true(rk_sites_wake(&rig->sites, 7));
	assert_false(rk_sites_wake(&rig->sites, 8));
	assert_int_equal(rig_posts[2].bundles, 0);
	rig_free(rig);
}

static void
more_workers_come_while_calls_wait_up_to_the_limit(void **state)
{
	struct rig *rig = serving();

	rig_bundle(rig, 7, 40);
	rig_ready(1);
	assert_true(rk_sites_wake(&rig->sites, 7));
	assert_int_equal(rig_posts[2].generation, 40);
	/* One is on its way: no other until it is there. */
	assert_true(rk_sites_wake(&rig->sites, 7));
	assert_int_equal(rig_started, 2);
	rig_ready(2);
	assert_int_equal(rig->joins, 2);
	assert_int_equal(rig->readies, 1);
	assert_true(rk_sites_wake(&rig->sites, 7));
	assert_int_equal(rig_posts[3].generation, 40);
	rig_ready(3);
	assert_true(rk_sites_wake(&rig->sites, 7));
	assert_int_equal(rig_started, 3);
	/* One that takes no more is not counted. */
	rig_say(2, RK_MSG_RETIRE, 0);
	assert_true(rk_sites_wake(&rig->sites, 7));
	assert_int_equal(rig_posts[4].generation, 40);
	rig_free(rig);
}

static void
the_last_worker_takes_the_bundle_with_it(void **state)
{
	struct rig *rig = serving();
	int fd = rig_bundle(rig, 7, 40);

	rig_ready(1);
	rk_sites_wake(&rig->sites, 7);
	rig_ready(2);
	rig_retire(rig, 1);
	assert_true(rig_is_open(fd));
	rig_retire(rig, 2);
	assert_false(rig_is_open(fd));
	assert_int_equal(rig_running(rig), 0);
	assert_false(rk_sites_wake(&rig->sites, 7));
	/* The same generation comes again. */
	rig_bundle(rig, 7, 40);
	assert_int_equal(rig_posts[3].generation, 40);
	rig_ready(3);
	assert_int_equal(rig->ready, 40);
	rig_free(rig);
}

static void
the_only_one_leaves_and_a_call_brings_another_at_once(void **state)
{
	struct rig *rig = rig_new(RK_CONF_SERVE, 1);

	rk_sites_warm(&rig->sites);
	rig_bundle(rig, 7, 40);
	rig_ready(1);
	rig_say(1, RK_MSG_RETIRE, 0);
	assert_true(rk_sites_wake(&rig->sites, 7));
	assert_int_equal(rig_posts[2].generation, 40);
	rig_die(rig, 1, 0);
	rig_ready(2);
	assert_int_equal(rig->joined, 2);
	rig_free(rig);
}

static void
one_that_crashed_is_replaced_and_without_idling_every_one(void **state)
{
	struct rig *rig = serving();

	rig_bundle(rig, 7, 40);
	rig_ready(1);
	rig_die(rig, 1, 9);
	assert_int_equal(rig_posts[3].generation, 40);
	rig_ready(3);
	rig->conf.idle_ms = 0;
	rig_retire(rig, 3);
	assert_int_equal(rig_posts[4].generation, 40);
	rig_free(rig);
}

static void
a_bundle_that_three_workers_could_not_load_has_failed(void **state)
{
	struct rig *rig = serving();
	int fd;

	rig_bundle(rig, 7, 40);
	rig_ready(1);
	fd = rig_bundle(rig, 7, 41);
	rig_die(rig, 2, 3);
	rig_die(rig, 3, 3);
	assert_int_equal(rig->fails, 0);
	rig_die(rig, 4, 3);
	assert_int_equal(rig->fails, 1);
	assert_int_equal(rig->failed, 41);
	assert_false(rig_is_open(fd));
	/* What ran goes on. */
	assert_int_equal(rig_posts[1].kills, 0);
	rig_die(rig, 1, 9);
	assert_int_equal(rig_posts[5].generation, 40);
	rig_free(rig);
}

static void
starts_that_fail_are_tried_again_and_then_given_up(void **state)
{
	struct rig *rig = rig_new(RK_CONF_SERVE, 2);
	struct rk_post *post;

	rig_refuse = 3;
	rig_bundle(rig, 7, 40);
	post = rig->sites.home.all.lh_first->workers;
	post->ops->again(post);
	assert_int_equal(rig->fails, 0);
	post->ops->again(post);
	assert_int_equal(rig->fails, 1);
	assert_int_equal(rig->failed, 40);
	rig_free(rig);
}

static void
a_site_that_is_no_more_ends_its_workers(void **state)
{
	struct rig *rig = serving();

	rig_bundle(rig, 7, 40);
	rig_ready(1);
	rig_bundle(rig, 7, 41);
	rk_sites_drop(&rig->sites, 9);
	rk_sites_drop(&rig->sites, 7);
	assert_int_equal(rig_posts[1].quits, 1);
	assert_int_equal(rig_posts[1].kills, 0);
	assert_int_equal(rig_posts[2].kills, 1);
	assert_false(rk_sites_wake(&rig->sites, 7));
	rig_die(rig, 1, 0);
	rig_die(rig, 2, 9);
	assert_int_equal(rig_running(rig), 0);
	assert_int_equal(rig->fails, 0);
	rig_free(rig);
}

/* ---- another keeper ----------------------------------------------------------------------- */

static void
another_keepers_numbers_mean_something_else(void **state)
{
	struct rig *rig = serving();

	rig_bundle(rig, 7, 40);
	rig_ready(1);
	rig_bundle(rig, 8, 41);
	rig_bundle(rig, RK_SITE_TRIAL, 42);
	rk_sites_forget(&rig->sites);
	/* What is live finishes; what was on its way is of no use. */
	assert_int_equal(rig_posts[1].kills + rig_posts[1].quits, 0);
	assert_int_equal(rig_posts[2].kills, 1);
	assert_int_equal(rig_posts[3].kills, 1);
	assert_false(rk_sites_wake(&rig->sites, 7));
	rig_ready(2);
	assert_int_equal(rig->joins, 1);
	/* The new keeper's site of the same number runs beside what is left of the old one. */
	rig_bundle(rig, 7, 43);
	rig_ready(4);
	assert_int_equal(rig->ready, 43);
	rig_die(rig, 1, 0);
	assert_true(rk_sites_wake(&rig->sites, 7));
	rig_free(rig);
}

/* ---- trials ---------------------------------------------------------------------------------- */

static void
a_trial_ends_with_its_word(void **state)
{
	struct rig *rig = serving();
	int fd = rig_bundle(rig, RK_SITE_TRIAL, 40);

	assert_int_equal(rig_posts[1].site, RK_SITE_TRIAL);
	rig_ready(1);
	assert_int_equal(rig->ready, 40);
	assert_int_equal(rig->joins, 0);
	assert_int_equal(rig_posts[1].quits, 1);
	rig_die(rig, 1, 0);
	assert_false(rig_is_open(fd));
	assert_int_equal(rig_started, 2);
	rig_free(rig);
}

static void
a_trial_that_nobody_survives_has_failed(void **state)
{
	struct rig *rig = serving();

	rig_bundle(rig, RK_SITE_TRIAL, 40);
	rig_die(rig, 1, 9);
	rig_die(rig, 3, 9);
	rig_die(rig, 4, 9);
	assert_int_equal(rig->failed, 40);
	assert_int_equal(rig_running(rig), 1);
	rig_free(rig);
}

static void
trials_wait_their_turn(void **state)
{
	struct rig *rig = serving();

	for (uint32_t i = 0; i < 3 * RK_TRIALS_MAX; i++)
		rig_bundle(rig, RK_SITE_TRIAL, 40 + i);
	assert_int_equal(rig_running(rig), RK_TRIALS_MAX);
	for (uint32_t i = 0; i < 3 * RK_TRIALS_MAX; i++) {
		assert_int_equal(rig_posts[1 + i].generation, 40 + i);
		rig_ready(1 + i);
		assert_int_equal(rig->ready, 40 + i);
		rig_die(rig, 1 + i, 0);
	}
	assert_int_equal(rig_running(rig), 0);
	assert_int_equal(rig->readies, 3 * RK_TRIALS_MAX);
	rig_free(rig);
}

static void
trials_that_wait_are_forgotten_too(void **state)
{
	struct rig *rig = serving();
	int last = -1;

	for (uint32_t i = 0; i < 3 * RK_TRIALS_MAX; i++)
		last = rig_bundle(rig, RK_SITE_TRIAL, 40 + i);
	assert_true(rig_is_open(last));
	rk_sites_forget(&rig->sites);
	for (unsigned i = 1; i <= rig_started; i++)
		if (rig_posts[i].kills > 0)
			rig_die(rig, i, 9);
	assert_false(rig_is_open(last));
	assert_true(LIST_EMPTY(&rig->sites.home.all));
	assert_int_equal(rig->fails, 0);
	rig_free(rig);
}

/* ---- many ------------------------------------------------------------------------------------- */

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* One call after the other: at most one site runs at a time. */
static void
sites_on_which_nothing_runs_cost_nothing(void **state)
{
	struct rig *rig = serving();

	for (uint32_t site = 1; site <= 10000; site++) {
		rig_bundle(rig, site, site);
		for (uint32_t i = rig_started; i > 0; i--)
			if (rig_posts[i].post && rig_posts[i].site == site && rig_posts[i].post->pid) {
				rig_ready(i);
				rig_retire(rig, i);
				break;
			}
	}
	assert_int_equal(rig->readies, 10000);
	assert_in_range(rig->sites.cap, 1, 64);
	rig_free(rig);
}

/* Each has a worker. */
static void
finding_one_of_many_costs_what_finding_one_of_few_does(void **state)
{
	struct rig *rig = rig_new(RK_CONF_SERVE, 1);
	double few, many;
	uint32_t found = 0;

	for (uint32_t site = 1; site <= 10; site++)
		rig_bundle(rig, site, site);
	few = seconds();
	for (uint32_t i = 0; i < 1000000; i++)
		found += rk_sites_wake(&rig->sites, i % 10 + 1);
	few = seconds() - few;
	for (uint32_t site = 11; site <= 900; site++)
		rig_bundle(rig, site, site);
	many = seconds();
	for (uint32_t i = 0; i < 1000000; i++)
		found += rk_sites_wake(&rig->sites, i % 900 + 1);
	many = seconds() - many;
	assert_int_equal(found, 2000000);
	print_message("# a wake: %.0f ns among 10 sites, %.0f ns among 900\n", few * 1000, many * 1000);
	assert_true(many < 20 * few + 0.05);
	rig_free(rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bundle_takes_one_spare),
		cmocka_unit_test(dev_starts_all_its_workers),
		cmocka_unit_test(devs_workers_are_replaced_whatever_they_end_of),
		cmocka_unit_test(a_swap_lets_the_old_one_finish),
		cmocka_unit_test(an_old_one_that_lingers_is_killed),
		cmocka_unit_test(a_newer_bundle_ends_a_pending_one),
		cmocka_unit_test(a_bundle_that_is_not_newer_is_what_a_wake_crossed),
		cmocka_unit_test(the_newest_generation_is_of_all_sites),
		cmocka_unit_test(waking_is_for_keeper_until_a_bundle_is_here),
		cmocka_unit_test(more_workers_come_while_calls_wait_up_to_the_limit),
		cmocka_unit_test(the_last_worker_takes_the_bundle_with_it),
		cmocka_unit_test(the_only_one_leaves_and_a_call_brings_another_at_once),
		cmocka_unit_test(one_that_crashed_is_replaced_and_without_idling_every_one),
		cmocka_unit_test(a_bundle_that_three_workers_could_not_load_has_failed),
		cmocka_unit_test(starts_that_fail_are_tried_again_and_then_given_up),
		cmocka_unit_test(a_site_that_is_no_more_ends_its_workers),
		cmocka_unit_test(another_keepers_numbers_mean_something_else),
		cmocka_unit_test(a_trial_ends_with_its_word),
		cmocka_unit_test(a_trial_that_nobody_survives_has_failed),
		cmocka_unit_test(trials_wait_their_turn),
		cmocka_unit_test(trials_that_wait_are_forgotten_too),
		cmocka_unit_test(sites_on_which_nothing_runs_cost_nothing),
		cmocka_unit_test(finding_one_of_many_costs_what_finding_one_of_few_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
