/*
 * t_api_routes.c - the route table is what docs/openapi.yaml says, and the other way round; and what credentials cost.
 */
#include "api_rig.h"
#include "documented.h"

#include <time.h>

static void
are_documented(void **state)
{
	compare_routes(rk_api_get_route, "/roomkey/", true);
}

static uint64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static int
compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The median is what one guess costs; the two kinds of guesses take turns, so that the machine's moods meet both. */
#define GUESSES 1001
static void
measure(struct rig *r, const char *known, const char *unknown, double *ret_known, double *ret_unknown)
{
	static uint64_t ns[2][GUESSES];

	for (size_t i = 0; i < GUESSES; i++)
		for (size_t k = 0; k < 2; k++) {
			uint64_t from;
			r->user = (k ^ (i & 1)) ? known : unknown;
			r->password = "wrong-secret-not-real-00000000001";
			r->now_ms += 61000;
			from = now_ns();
			assert_int_equal(rig_get(r, "/v1/Services"), 401);
			ns[k ^ (i & 1)][i] = now_ns() - from;
		}
	for (size_t k = 0; k < 2; k++)
		qsort(ns[k], GUESSES, sizeof ns[k][0], compare);
	*ret_known = (double)ns[1][GUESSES / 2];
	*ret_unknown = (double)ns[0][GUESSES / 2];
}

static void
take_as_long_for_strangers(void **state)
{
	static const char *const pairs[2][2] = { { RIG_KEY, "SK00000000000000000000000000000009" },
		{ RIG_ACCOUNT, "AC00000000000000000000000000000009" } };
	struct rig *r = *state;

	for (size_t i = 0; i < 2; i++) {
		double known, unknown;
		measure(r, pairs[i][0], pairs[i][1], &known, &unknown);
		print_message("# a wrong secret of %.2s that is there %.1f us, that is not %.1f us\n",
		    pairs[i][0], known / 1000, unknown / 1000);
		assert_true(known / unknown < 1.25 && unknown / known < 1.25);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(are_documented),
		cmocka_unit_test_setup_teardown(take_as_long_for_strangers, rig_set_up, rig_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
