/* Who runs what: requests through the real gateway, and workers that do as the test says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway_rig.h"

static struct rig rig;
static char got[8192];
static const char *const paths[] = { "/fn", NULL };
static const char *const other_paths[] = { "/other", NULL };

static int
open_rig(void **state)
{
	rig_start(&rig, 1000, 100000, 100, 0);
	return 0;
}

static int
close_rig(void **state)
{
	rig_stop(&rig);
	return 0;
}

static int
send_one(void)
{
	int fd = rig_connect(&rig);

	rig_send(fd, RK_STR("GET /fn HTTP/1.1\r\nHost: a\r\n\r\n"));
	rig_run(&rig, 5);
	return fd;
}

/* The answer on fd holds text; fd is closed. */
static void
expect(int fd, const char *text)
{
	got[0] = '\0';
	if (!rig_await(&rig, fd, text, got, sizeof(got)))
		fail_msg("no \"%s\" in: %s", text, got);
	close(fd);
}

/* Waits, on however busy a machine, until w has got this many calls. */
static void
await_calls(struct rig_worker *w, unsigned calls)
{
	for (int i = 0; i < 1000 && w->calls < calls; i++)
		rig_run(&rig, 5);
	assert_int_equal(w->calls, calls);
}

static void
await_gone(struct rig_worker *w)
{
	for (int i = 0; i < 1000 && !w->gone; i++)
		rig_run(&rig, 5);
	assert_true(w->gone);
}

static void
answer_all(struct rig_worker *w)
{
	for (unsigned i = 0; i < w->calls; i++)
		rig_reply(w, w->ids[i], RK_OUTCOME_ANSWER, 200, NULL, 0, RK_STR("done"));
}

static void
the_worker_with_the_fewest_gets_the_next(void **state)
{
	struct rig_worker *a = rig_worker(&rig, 0, 1, 8, rig_hold), *b = rig_worker(&rig, 1, 1, 8, rig_hold);
	int fds[4];

	rig_routes(&rig, 1, paths, "u");
	for (int i = 0; i < 4; i++)
		fds[i] = send_one();
	await_calls(a, 2);
	await_calls(b, 2);
	answer_all(a);
	answer_all(b);
	for (int i = 0; i < 4; i++)
		expect(fds[i], "done");
}

static void
a_stalled_worker_is_passed_over(void **state)
{
	struct rig_worker *a = rig_worker(&rig, 0, 1, 8, rig_hold), *b;
	int stalled;

	rig_routes(&rig, 1, paths, "u");
	stalled = send_one();
	await_calls(a, 1);
	b = rig_worker(&rig, 1, 1, 8, rig_hold);
	rig_run(&rig, 30);
	for (unsigned i = 1; i <= 3; i++) {
		int fd = send_one();

		await_calls(b, i);
		rig_reply(b, b->ids[i - 1], RK_OUTCOME_ANSWER, 200, NULL, 0, RK_STR("b"));
		expect(fd, "b");
	}
	assert_int_equal(a->calls, 1);
	answer_all(a);
	expect(stalled, "done");
}

/* All are silent: one waits for its timer and says so when asked, and gets the next. */
static void
a_silent_worker_is_asked_before_it_gets_more(void **state)
{
	struct rig_worker *a = rig_worker(&rig, 0, 1, 8, rig_hold);
	int first, second;

	rig_routes(&rig, 1, paths, "u");
	first = send_one();
	await_calls(a, 1);
	rig_run(&rig, 30);
	second = send_one();
	await_calls(a, 2);
	assert_int_equal(a->pings, 1);
	answer_all(a);
	expect(first, "done");
	expect(second, "done");
}

/* What a worker that is stuck was not given does not die with it: the next worker runs it. */
static void
a_stuck_worker_gets_nothing_more(void **state)
{
	struct rig_worker *a = rig_worker(&rig, 0, 1, 8, rig_hold), *b;
	int lost, kept;

	a->stuck = true;
	rig_routes(&rig, 1, paths, "u");
	lost = send_one();
	await_calls(a, 1);
	rig_run(&rig, 30);
	kept = send_one();
	rig_run(&rig, 100);
	assert_int_equal(a->calls, 1);
	assert_int_equal(a->pings, 1);
	rk_chan_close(a->chan);
	a->chan = NULL;
	expect(lost, "502 ");
	b = rig_worker(&rig, 1, 1, 8, rig_hold);
	await_calls(b, 1);
	answer_all(b);
	expect(kept, "done");
}

static void
no_more_than_its_slots_and_the_rest_waits(void **state)
{
	struct rig_worker *a = rig_worker(&rig, 0, 1, 2, rig_hold);
	int fds[3];

	rig_routes(&rig, 1, paths, "u");
	for (int i = 0; i < 3; i++)
		fds[i] = send_one();
	await_calls(a, 2);
	rig_run(&rig, 20);
	assert_int_equal(a->calls, 2);
	rig_reply(a, a->ids[0], RK_OUTCOME_ANSWER, 200, NULL, 0, RK_STR("first"));
	expect(fds[0], "first");
	await_calls(a, 3);
	rig_reply(a, a->ids[1], RK_OUTCOME_ANSWER, 200, NULL, 0, RK_STR("second"));
	rig_reply(a, a->ids[2], RK_OUTCOME_ANSWER, 200, NULL, 0, RK_STR("third"));
	expect(fds[1], "second");
	expect(fds[2], "third");
}

static void
what_is_handed_back_runs_elsewhere_and_survives_a_death(void **state)
{
	struct rig_worker *a = rig_worker(&rig, 0, 1, 8, rig_hold), *b;
	int first, second;
	struct rk_buf *out;

	rig_routes(&rig, 1, paths, "u");
	first = send_one();
	second = send_one();
	await_calls(a, 2);
	a->stuck = true;
	out = rk_chan_begin(a->chan, RK_MSG_HANDBACK, 0);
	rk_msg_put_u32(out, 1);
	rk_msg_put_u32(out, a->ids[1]);
	assert_int_equal(rk_chan_end(a->chan), RK_OK);
	rig_run(&rig, 10);
	assert_int_equal(a->calls, 2); /* not back to the one that handed it back */
	b = rig_worker(&rig, 1, 1, 8, rig_echo);
	expect(second, "X-H: GET /fn");
	assert_int_equal(b->calls, 1);
	rk_chan_close(a->chan);
	a->chan = NULL;
	expect(first, "HTTP/1.1 502");
}

/* It has answered, runs on, and says so: nothing is owed, and nothing new goes there until it comes back. */
static void
a_worker_busy_after_its_answer_gets_nothing_more(void **state)
{
	struct rig_worker *a = rig_worker(&rig, 0, 1, 8, rig_hold), *b;
	int fd;

	rig_routes(&rig, 1, paths, "u");
	rig_run(&rig, 10);
	a->stuck = true;
	rk_msg_put_u32(rk_chan_begin(a->chan, RK_MSG_HANDBACK, 0), 0);
	assert_int_equal(rk_chan_end(a->chan), RK_OK);
	rig_run(&rig, 10);
	fd = send_one();
	rig_run(&rig, 10);
	assert_int_equal(a->calls, 0);
	b = rig_worker(&rig, 1, 1, 8, rig_echo);
	expect(fd, "X-H: GET /fn");
	assert_int_equal(b->calls, 1);
	rk_chan_begin(a->chan, RK_MSG_PONG, 0);
	assert_int_equal(rk_chan_end(a->chan), RK_OK);
	rk_chan_close(b->chan);
	b->chan = NULL;
	rig_run(&rig, 10);
	fd = send_one();
	await_calls(a, 1);
	answer_all(a);
	expect(fd, "done");
}

static void
nothing_new_to_a_retired_worker(void **state)
{
	struct rig_worker *a = rig_worker(&rig, 0, 1, 8, rig_hold), *b;
	int first, second;

	rig_routes(&rig, 1, paths, "u");
	first = send_one();
	await_calls(a, 1);
	rk_chan_begin(a->chan, RK_MSG_RETIRE, 0);
	assert_int_equal(rk_chan_end(a->chan), RK_OK);
	rig_run(&rig, 10);
	second = send_one();
	assert_int_equal(a->calls, 1);
	b = rig_worker(&rig, 1, 1, 8, rig_echo);
	expect(second, "X-H");
	assert_int_equal(b->calls, 1);
	assert_false(a->gone);
	answer_all(a);
	expect(first, "done");
	await_gone(a);
}

static void
requests_before_the_first_routes_wait_for_them(void **state)
{
	int fd, unknown = rig_connect(&rig), preflight = rig_connect(&rig);

	fd = send_one();
	rig_send(unknown, RK_STR("GET /none HTTP/1.1\r\nHost: a\r\n\r\n"));
	rig_send(preflight, RK_STR("OPTIONS /fn HTTP/1.1\r\nHost: a\r\n\r\n"));
	rig_worker(&rig, 0, 1, 8, rig_echo);
	rig_run(&rig, 50);
	assert_int_equal(rig.workers[0].calls, 0);
	rig_routes(&rig, 1, paths, "u");
	expect(fd, "X-H: GET /fn");
	expect(unknown, "HTTP/1.1 404");
	expect(preflight, "HTTP/1.1 204");
	assert_int_equal(rig.workers[0].calls, 1);
}

static void
without_routes_a_request_gives_up_after_five_seconds(void **state)
{
	int fd = send_one();

	rig_run(&rig, 4700);
	expect(fd, "RK-513");
}

static void
new_routes_go_to_new_workers_and_old_ones_finish(void **state)
{
	struct rig_worker *old = rig_worker(&rig, 0, 1, 8, rig_hold), *new;
	int under_way, waiting;

	rig_routes(&rig, 1, paths, "u");
	under_way = send_one();
	await_calls(old, 1);
	rig_routes(&rig, 2, paths, "u");
	waiting = send_one();
	rig_run(&rig, 30);
	assert_int_equal(old->calls, 1);
	new = rig_worker(&rig, 1, 2, 8, rig_echo);
	expect(waiting, "X-H: GET /fn");
	assert_int_equal(new->calls, 1);
	assert_false(old->gone);
	answer_all(old);
	expect(under_way, "done");
	await_gone(old);
	assert_false(new->gone);
}

static void
a_worker_may_come_before_its_routes(void **state)
{
	struct rig_worker *old = rig_worker(&rig, 0, 1, 8, rig_echo),
			  *new = rig_worker(&rig, 1, 2, 8, rig_echo);

	rig_routes(&rig, 1, paths, "u");
	expect(send_one(), "X-H");
	assert_int_equal(old->calls, 1);
	assert_int_equal(new->calls, 0);
	rig_routes(&rig, 2, paths, "u");
	expect(send_one(), "X-H");
	assert_int_equal(new->calls, 1);
}

static void
a_waiting_request_whose_function_went_away_gets_404(void **state)
{
	int fd;

	rig_routes(&rig, 1, paths, "u");
	fd = send_one();
	rig_routes(&rig, 2, other_paths, "u");
	rig_worker(&rig, 1, 2, 8, rig_echo);
	expect(fd, "HTTP/1.1 404");
}

/* It takes what waits between two calls, and hands it back: the queue is empty for moments only. */
static void
a_queue_with_gaps_wakes_a_second_worker(void **state)
{
	struct rig_worker *a = rig_worker(&rig, 0, 1, 8, rig_hold);
	struct rk_buf *out;
	int first, second;

	rig_routes(&rig, 1, paths, "u");
	first = send_one();
	second = send_one();
	await_calls(a, 2);
	for (unsigned i = 1; i <= 4 && !rig.wakes; i++) {
		out = rk_chan_begin(a->chan, RK_MSG_HANDBACK, 0);
		rk_msg_put_u32(out, 1);
		rk_msg_put_u32(out, a->ids[i]);
		a->stuck = true;
		assert_int_equal(rk_chan_end(a->chan), RK_OK);
		rig_run(&rig, 70);
		a->stuck = false;
		rk_chan_begin(a->chan, RK_MSG_PONG, 0);
		assert_int_equal(rk_chan_end(a->chan), RK_OK);
		await_calls(a, i + 2);
		rig_run(&rig, 30);
	}
	assert_true(rig.wakes > 0);
	answer_all(a);
	expect(first, "done");
	expect(second, "done");
}

static void
waiting_too_long_for_a_worker_is_503(void **state)
{
	int fd;

	rig_routes(&rig, 1, paths, "u");
	fd = send_one();
	rig_run(&rig, 1700);
	expect(fd, "RK-503");
}

static void
a_functions_log_names_its_path(void **state)
{
	struct rig_worker *a = rig_worker(&rig, 0, 1, 8, rig_hold);
	struct rk_line line = {
		.level = 2, .function = 0, .request_id = RK_STR("RQ1"), .text = RK_STR("hello")
	};
	char lines[1024] = "";

	rig_routes(&rig, 1, paths, "u");
	rig_run(&rig, 5);
	rk_line_put(rk_chan_begin(a->chan, RK_MSG_LOG, 0), &line);
	assert_int_equal(rk_chan_end(a->chan), RK_OK);
	rig_run(&rig, 10);
	assert_true(read(rig.lines_fd, lines, sizeof(lines) - 1) > 0);
	assert_non_null(strstr(lines, "  /fn RQ1 hello\n"));
}

#define T(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_worker_with_the_fewest_gets_the_next),
		T(a_stalled_worker_is_passed_over),
		T(a_silent_worker_is_asked_before_it_gets_more),
		T(a_stuck_worker_gets_nothing_more),
		T(no_more_than_its_slots_and_the_rest_waits),
		T(what_is_handed_back_runs_elsewhere_and_survives_a_death),
		T(a_worker_busy_after_its_answer_gets_nothing_more),
		T(nothing_new_to_a_retired_worker),
		T(requests_before_the_first_routes_wait_for_them),
		T(without_routes_a_request_gives_up_after_five_seconds),
		T(new_routes_go_to_new_workers_and_old_ones_finish),
		T(a_worker_may_come_before_its_routes),
		T(a_waiting_request_whose_function_went_away_gets_404),
		T(a_queue_with_gaps_wakes_a_second_worker),
		T(waiting_too_long_for_a_worker_is_503),
		T(a_functions_log_names_its_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
