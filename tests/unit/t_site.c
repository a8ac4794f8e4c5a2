/* Many sites behind one gateway: which host means which, who runs what, and what an idle one costs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <malloc.h>

#include "base/log.h"
#include "gateway_rig.h"

static struct rig rig;
static char got[8192];
static const char *const paths[] = { "/fn", NULL };
static const char *const other_paths[] = { "/other", NULL };
static const char *const ten[] = { "/create-room-token", "/sms/reply", "/sms/status", "/voice/answer",
	"/voice/status", "/flow/start", "/flow/next", "/flow/end", "/hello", "/admin/report", NULL };

static int
open_rig(void **state)
{
	rig_start(&rig, 1000, 100000, 100, 0);
	rig.conf.command = RK_CONF_SERVE;
	return 0;
}

static int
close_rig(void **state)
{
	rig_stop(&rig);
	return 0;
}

static void
deploy(uint32_t site, uint32_t generation, const char *host, const char *const *at)
{
	char name[300];

	snprintf(name, sizeof(name), "%s:3000", host);
	rig_site_routes(&rig,
	    (struct rk_routes_head){
		.site = site, .generation = generation, .host = rk_str(host), .domain_name = rk_str(name) },
	    at, "uuuuuuuuuu");
}

static int
ask(const char *host, const char *path)
{
	char text[600];
	int fd = rig_connect(&rig);

	snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", path, host);
	rig_send(fd, rk_str(text));
	return fd;
}

static void
expect(int fd, const char *text)
{
	got[0] = '\0';
	if (!rig_await(&rig, fd, text, got, sizeof(got)))
		fail_msg("no \"%s\" in: %s", text, got);
	close(fd);
}

static void
await(const unsigned *count, unsigned least)
{
	for (int i = 0; i < 1000 && *count < least; i++)
		rig_run(&rig, 5);
	assert_true(*count >= least);
}

/* ---- hosts ----------------------------------------------------------------------------- */

static void
answer_by_name(struct rig_worker *w, uint32_t id, const struct rk_call *call)
{
	char text[300];

	snprintf(text, sizeof(text), "site %td at %.*s;", w - rig.workers, RK_FMT(call->host));
	rig_reply(w, id, RK_OUTCOME_ANSWER, 200, NULL, 0, rk_str(text));
}

static void
a_host_means_its_site_in_any_case_and_at_any_port(void **state)
{
	deploy(10, 1, "one-1111.localhost", paths);
	deploy(11, 2, "two-2222.localhost", paths);
	rig_site_worker(&rig, 0, 10, 1, 8, answer_by_name);
	rig_site_worker(&rig, 1, 11, 2, 8, answer_by_name);
	expect(ask("one-1111.localhost", "/fn"), "site 0 at one-1111.localhost:3000;");
	expect(ask("TWO-2222.LocalHost:8080", "/fn"), "site 1 at two-2222.localhost:3000;");
	expect(ask("two-2222.localhost.", "/fn"), "site 1 at");
	expect(ask("ignored", "http://one-1111.localhost:99/fn"), "site 0 at");
}

static void
a_host_of_nobody_is_named(void **state)
{
	rk_sites_drop(rig.front.sites, RK_SITE_DEV);
	deploy(10, 1, "one.localhost", paths);
	expect(ask("two.localhost:3000", "/fn"), "RK-406");
	assert_non_null(strstr(got, "HTTP/1.1 404"));
	assert_non_null(strstr(got, "under the host two.localhost:3000."));
	expect(ask("localhost", "/fn"), "RK-406");
}

static void
the_default_has_every_other_host(void **state)
{
	rk_sites_drop(rig.front.sites, RK_SITE_DEV);
	deploy(10, 1, "one.localhost", paths);
	rig_site_routes(&rig,
	    (struct rk_routes_head){
		.site = 11, .generation = 2, .host = RK_STR("two.localhost"), .is_default = true },
	    paths, "u");
	rig_site_worker(&rig, 0, 10, 1, 8, answer_by_name);
	rig_site_worker(&rig, 1, 11, 2, 8, answer_by_name);
	expect(ask("one.localhost", "/fn"), "site 0");
	expect(ask("example.com", "/fn"), "site 1 at localhost:3000;");
	/* It was the default once. */
	deploy(11, 3, "two.localhost", paths);
	expect(ask("example.com", "/fn"), "RK-406");
}

static void
a_host_moves_to_the_newest_site(void **state)
{
	deploy(10, 1, "one.localhost", paths);
	deploy(11, 2, "one.localhost", paths);
	rig_site_worker(&rig, 1, 11, 2, 8, answer_by_name);
	expect(ask("one.localhost", "/fn"), "site 1");
	deploy(11, 3, "two.localhost", paths);
	rig_site_worker(&rig, 2, 11, 3, 8, answer_by_name);
	expect(ask("two.localhost", "/fn"), "site 2");
	assert_null(strstr(got, "RK-"));
}

static void
only_a_trusted_proxy_names_the_host(void **state)
{
	int fd = rig_connect(&rig);

	deploy(10, 1, "one.localhost", paths);
	rig_site_worker(&rig, 0, 10, 1, 8, answer_by_name);
	rk_sites_drop(rig.front.sites, RK_SITE_DEV);
	rig_send(fd, RK_STR("GET /fn HTTP/1.1\r\nHost: inner\r\nX-Forwarded-Host: one.localhost, x\r\n\r\n"));
	expect(fd, "RK-406");
	rig.conf.trust_proxy = true;
	fd = rig_connect(&rig);
	rig_send(fd, RK_STR("GET /fn HTTP/1.1\r\nHost: inner\r\nX-Forwarded-Host: one.localhost, x\r\n\r\n"));
	expect(fd, "site 0");
}

/* ---- workers ------------------------------------------------------------------------------- */

static void
a_site_without_workers_is_woken_until_one_comes(void **state)
{
	int fd;

	deploy(10, 7, "one.localhost", paths);
	fd = ask("one.localhost", "/fn");
	await(&rig.wakes, 1);
	assert_int_equal(rig.woken_site, 10);
	await(&rig.wakes, 3);
	rig_site_worker(&rig, 0, 10, 7, 8, answer_by_name);
	expect(fd, "site 0");
	rig.wakes = 0;
	rig_run(&rig, 600);
	assert_int_equal(rig.wakes, 0);
}

static void
a_worker_that_takes_jobs_is_enough(void **state)
{
	deploy(10, 7, "one.localhost", paths);
	rig_site_worker(&rig, 0, 10, 7, 8, answer_by_name);
	rig_run(&rig, 5);
	for (int i = 0; i < 5; i++)
		expect(ask("one.localhost", "/fn"), "site 0");
	assert_int_equal(rig.wakes, 0);
}

static void
a_retired_worker_is_replaced_when_someone_calls(void **state)
{
	struct rig_worker *w;
	int fd;

	deploy(10, 7, "one.localhost", paths);
	w = rig_site_worker(&rig, 0, 10, 7, 8, answer_by_name);
	rk_chan_begin(w->chan, RK_MSG_RETIRE, 0);
	assert_int_equal(rk_chan_end(w->chan), RK_OK);
	for (int i = 0; i < 1000 && !w->gone; i++)
		rig_run(&rig, 5);
	assert_true(w->gone);
	assert_int_equal(rig.wakes, 0);
	fd = ask("one.localhost", "/fn");
	await(&rig.wakes, 1);
	rig_site_worker(&rig, 1, 10, 7, 8, answer_by_name);
	expect(fd, "site 1");
}

static void
a_worker_of_another_site_gets_nothing(void **state)
{
	struct rig_worker *other;
	int fd;

	deploy(10, 1, "one.localhost", paths);
	deploy(11, 2, "two.localhost", paths);
	other = rig_site_worker(&rig, 1, 11, 2, 8, answer_by_name);
	fd = ask("one.localhost", "/fn");
	await(&rig.wakes, 2);
	assert_int_equal(other->calls, 0);
	rig_site_worker(&rig, 0, 10, 1, 8, answer_by_name);
	expect(fd, "site 0");
}

static void
a_worker_may_come_before_its_routes(void **state)
{
	rig_site_worker(&rig, 0, 10, 4, 8, answer_by_name);
	rig_run(&rig, 5);
	deploy(10, 4, "one.localhost", paths);
	expect(ask("one.localhost", "/fn"), "site 0");
}

static void
nobody_comes_and_the_request_is_told(void **state)
{
	deploy(10, 7, "one.localhost", paths);
	expect(ask("one.localhost", "/fn"), "RK-503");
}

/* ---- sites come and go ------------------------------------------------------------------------ */

static void
a_dropped_site_answers_what_is_under_way_and_no_more(void **state)
{
	struct rig_worker *w;
	int held, waiting;

	rk_sites_drop(rig.front.sites, RK_SITE_DEV);
	deploy(10, 7, "one.localhost", paths);
	w = rig_site_worker(&rig, 0, 10, 7, 1, rig_hold);
	held = ask("one.localhost", "/fn");
	for (int i = 0; i < 1000 && w->calls < 1; i++)
		rig_run(&rig, 5);
	waiting = ask("one.localhost", "/fn");
	rig_run(&rig, 20);
	rk_sites_drop(rig.front.sites, 10);
	expect(waiting, "RK-406");
	expect(ask("one.localhost", "/fn"), "RK-406");
	rig_reply(w, w->last_id, RK_OUTCOME_ANSWER, 200, NULL, 0, RK_STR("held on"));
	expect(held, "held on");
	for (int i = 0; i < 1000 && !w->gone; i++)
		rig_run(&rig, 5);
	assert_true(w->gone);
}

/* As main.c has it under `serve`: who comes before keeper has told of the sites waits for that. */
static void
a_lobby_holds_requests_until_the_sites_are_known(void **state)
{
	int known, unknown;

	rk_sites_drop(rig.front.sites, RK_SITE_DEV);
	assert_int_equal(rk_sites_set_default(rig.front.sites, RK_SITE_TRIAL), RK_OK);
	known = ask("one.localhost", "/fn");
	unknown = ask("two.localhost", "/fn");
	rig_run(&rig, 30);
	deploy(10, 7, "one.localhost", paths);
	rig_site_worker(&rig, 0, 10, 7, 8, answer_by_name);
	rk_sites_drop(rig.front.sites, RK_SITE_TRIAL);
	expect(known, "site 0");
	expect(unknown, "RK-406");
	assert_int_equal(rig.wakes, 0);
}

/* A keeper that starts again may number its sites otherwise, and know fewer. */
static void
another_keepers_sites_take_the_place_of_the_old(void **state)
{
	rk_sites_drop(rig.front.sites, RK_SITE_DEV);
	deploy(10, 1, "one.localhost", paths);
	deploy(11, 2, "two.localhost", paths);
	deploy(12, 3, "three.localhost", paths);
	rk_sites_tell_anew(rig.front.sites);
	deploy(10, 4, "two.localhost", paths);
	deploy(11, 5, "one.localhost", paths);
	rk_sites_told(rig.front.sites);
	rig_site_worker(&rig, 0, 10, 4, 8, answer_by_name);
	rig_site_worker(&rig, 1, 11, 5, 8, answer_by_name);
	expect(ask("two.localhost", "/fn"), "site 0");
	expect(ask("one.localhost", "/fn"), "site 1");
	expect(ask("three.localhost", "/fn"), "RK-406");
}

static void
a_thousand_sites_are_found_and_cost_little(void **state)
{
	size_t before = mallinfo2().uordblks, n = 1000, bytes;
	char host[64];

	for (uint32_t i = 0; i < n; i++) {
		snprintf(host, sizeof(host), "service-%u-dev.localhost", i);
		deploy(100 + i, 1 + i, host, ten);
	}
	bytes = mallinfo2().uordblks - before;
	printf("# sites: 1000 of 10 functions in %zu KB\n", bytes / 1024);
	assert_true(bytes < 4u << 20);
	for (uint32_t i = 0; i < n; i++) {
		snprintf(host, sizeof(host), "SERVICE-%u-DEV.localhost:1", i);
		assert_int_equal(rk_sites_find(rig.front.sites, rk_str(host))->number, 100 + i);
		assert_int_equal(rk_sites_get(rig.front.sites, 100 + i)->number, 100 + i);
	}
	for (uint32_t i = 0; i < n; i += 2)
		rk_sites_drop(rig.front.sites, 100 + i);
	for (uint32_t i = 0; i < n; i++) {
		snprintf(host, sizeof(host), "service-%u-dev.localhost", i);
		assert_int_equal(
		    rk_sites_find(rig.front.sites, rk_str(host))->number, i % 2 ? 100 + i : RK_SITE_DEV);
	}
}

/* ---- what keeper is told ------------------------------------------------------------------------- */

static void
every_request_to_a_function_is_traced(void **state)
{
	deploy(10, 7, "one.localhost", paths);
	rig_site_worker(&rig, 0, 10, 7, 8, answer_by_name);
	expect(ask("one.localhost", "/fn?secret=1"), "site 0");
	await(&rig.keeper.traces, 1);
	assert_int_equal(rig.keeper.trace.site, 10);
	assert_int_equal(rig.keeper.trace.generation, 7);
	assert_int_equal(rig.keeper.trace.kind, RK_TRACE_REQUEST);
	assert_int_equal(rig.keeper.trace.status, 200);
	assert_true(rig.keeper.trace.at_us > 1700000000000000u);
	assert_string_equal(rig.keeper.traced, "GET /fn ");
	expect(ask("one.localhost", "/nothing"), "404");
	rig_run(&rig, 20);
	assert_int_equal(rig.keeper.traces, 1);
}

static void
a_failure_is_traced_with_its_reason(void **state)
{
	deploy(10, 7, "one.localhost", paths);
	expect(ask("one.localhost", "/fn"), "RK-503");
	await(&rig.keeper.traces, 1);
	assert_int_equal(rig.keeper.trace.level, RK_LOG_ERROR);
	assert_string_equal(rig.keeper.traced, "GET /fn Every worker was busy for too long.");
}

static void
dev_traces_nothing(void **state)
{
	rig.conf.command = RK_CONF_DEV;
	rig_routes(&rig, 1, other_paths, "u");
	rig_worker(&rig, 0, 1, 8, rig_echo);
	expect(ask("x", "/other"), "200");
	rig_run(&rig, 20);
	assert_int_equal(rig.keeper.traces, 0);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, open_rig, close_rig)
	const struct CMUnitTest tests[] = {
		T(a_host_means_its_site_in_any_case_and_at_any_port),
		T(a_host_of_nobody_is_named),
		T(the_default_has_every_other_host),
		T(a_host_moves_to_the_newest_site),
		T(only_a_trusted_proxy_names_the_host),
		T(a_site_without_workers_is_woken_until_one_comes),
		T(a_worker_that_takes_jobs_is_enough),
		T(a_retired_worker_is_replaced_when_someone_calls),
		T(a_worker_of_another_site_gets_nothing),
		T(a_worker_may_come_before_its_routes),
		T(nobody_comes_and_the_request_is_told),
		T(a_dropped_site_answers_what_is_under_way_and_no_more),
		T(a_lobby_holds_requests_until_the_sites_are_known),
		T(another_keepers_sites_take_the_place_of_the_old),
		T(a_thousand_sites_are_found_and_cost_little),
		T(every_request_to_a_function_is_traced),
		T(a_failure_is_traced_with_its_reason),
		T(dev_traces_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
