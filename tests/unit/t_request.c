/* Whole requests through the real listener, with fake workers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway_rig.h"

static struct rig rig;
static char got[65536];

static int
open_rig(void **state)
{
	static const char *const paths[] = { "/fn", "/p", "/q", NULL };

	rig_start(&rig, 700, 100000, 4, 0);
	rig_routes(&rig, 1, paths, "uoi");
	rig_worker(&rig, 0, 1, 2, rig_echo);
	got[0] = '\0';
	return 0;
}

static int
close_rig(void **state)
{
	rig_stop(&rig);
	return 0;
}

/* Waits, on however busy a machine, until worker 0 has got this many calls. */
static void
await_calls(unsigned calls)
{
	for (int i = 0; i < 1000 && rig.workers[0].calls < calls; i++)
		rig_run(&rig, 5);
	assert_int_equal(rig.workers[0].calls, calls);
}

/* Sends on a new connection and waits for `text`; the connection. */
static int
ask(const char *request, const char *text)
{
	int fd = rig_connect(&rig);

	got[0] = '\0';
	rig_send(fd, rk_str(request));
	if (!rig_await(&rig, fd, text, got, sizeof(got)))
		fail_msg("no \"%s\" in: %s", text, got);
	return fd;
}

static void
expect(const char *request, const char *text)
{
	close(ask(request, text));
}

#define HEAD(line) line " HTTP/1.1\r\nHost: a\r\n"

static void
a_function_gets_the_body_and_its_answer_goes_out(void **state)
{
	int fd = ask(HEAD("POST /fn?a=1") "Content-Length: 5\r\n\r\nhello", "\r\n\r\nhello");

	assert_non_null(strstr(got, "HTTP/1.1 200 OK\r\n"));
	assert_non_null(strstr(got, "X-H: POST /fn\r\n"));
	assert_non_null(strstr(got, "X-Request-Id: RQ"));
	got[0] = '\0';
	rig_send(fd, RK_STR(HEAD("HEAD /fn") "\r\n"));
	assert_true(rig_await(&rig, fd, "\r\n\r\n", got, sizeof(got)));
	assert_non_null(strstr(got, "X-H: HEAD /fn\r\n"));
	close(fd);
}

static void
paths_are_matched_byte_by_byte(void **state)
{
	expect(HEAD("GET http://other/fn") "\r\n", "X-H: GET /fn\r\n");
	expect(HEAD("GET /fn/") "\r\n", "HTTP/1.1 404");
	expect(HEAD("GET /FN") "\r\n", "HTTP/1.1 404");
	expect(HEAD("GET /%66n") "\r\n", "Nothing answers at /%66n.");
	expect(HEAD("GET //fn") "\r\n", "HTTP/1.1 404");
	assert_int_equal(rig.workers[0].calls, 1);
}

static void
preflights_never_reach_a_worker(void **state)
{
	expect(HEAD("OPTIONS /fn") "\r\n", "access-control-allow-methods: GET, POST, OPTIONS\r\n");
	assert_non_null(strstr(got, "HTTP/1.1 204"));
	assert_non_null(strstr(got, "content-length: 0\r\n"));
	expect(HEAD("OPTIONS /none") "\r\n", "HTTP/1.1 404");
	assert_non_null(strstr(got, "Access-Control-Allow-Origin: *\r\n"));
	assert_int_equal(rig.workers[0].calls, 0);
}

static void
private_functions_are_not_there(void **state)
{
	expect(HEAD("GET /q") "\r\n", "RK-405");
	assert_non_null(strstr(got, "HTTP/1.1 404"));
	assert_int_equal(rig.workers[0].calls, 0);
	assert_int_equal(rig.keeper.checks, 0);
}

static void
protected_functions_run_only_after_keepers_yes(void **state)
{
	rig.keeper.verdict =
	    (struct rk_verdict){ 403, RK_STR("RK-602"), RK_STR("Not signed."), RK_STR("Sign.") };
	expect(HEAD("POST /p?a=1") "Origin: http://x\r\nContent-Type: text/x\r\nContent-Length: 3\r\n\r\nabc",
	    "RK-602");
	assert_non_null(strstr(got, "HTTP/1.1 403"));
	assert_non_null(strstr(got, "Access-Control-Allow-Origin: *\r\n"));
	assert_string_equal(rig.keeper.last, "http://a /p?a=1||text/x|abc|http://x");
	assert_int_equal(rig.workers[0].calls, 0);
	rig.keeper.verdict = (struct rk_verdict){ 0 };
	expect(HEAD("GET /p") "X-Twilio-Signature: sig=\r\n\r\n", "GET /p");
	assert_string_equal(rig.keeper.last, "http://a /p|sig=|||");
	assert_int_equal(rig.workers[0].calls, 1);
}

static void
preflights_of_protected_functions_need_no_signature(void **state)
{
	expect(HEAD("OPTIONS /p") "\r\n", "HTTP/1.1 204");
	assert_int_equal(rig.keeper.checks, 0);
}

static void
forwarded_fields_count_only_when_the_proxy_is_trusted(void **state)
{
	static const char request[] = HEAD("GET /p") "X-Forwarded-Proto: https\r\nX-Forwarded-Host: "
						     "b.example, c\r\nX-Forwarded-Port: 8443\r\n\r\n";

	expect(request, "GET /p");
	assert_string_equal(rig.keeper.last, "http://a /p||||");
	rig.conf.trust_proxy = true;
	expect(request, "GET /p");
	assert_string_equal(rig.keeper.last, "https://b.example:8443 /p||||");
}

static void
a_silent_keeper_costs_two_seconds(void **state)
{
	rig.keeper.silent = true;
	expect(HEAD("GET /p") "\r\n", "RK-514");
	assert_non_null(strstr(got, "HTTP/1.1 503"));
	assert_int_equal(rig.workers[0].calls, 0);
}

static void
a_keeper_that_goes_fails_what_it_was_asked(void **state)
{
	int fd = rig_connect(&rig);

	rig.keeper.silent = true;
	got[0] = '\0';
	rig_send(fd, RK_STR(HEAD("GET /p") "\r\n"));
	for (int i = 0; i < 1000 && rig.keeper.checks == 0; i++)
		rig_run(&rig, 1);
	rk_chan_close(rig.keeper.chan);
	rig.keeper.chan = NULL;
	assert_true(rig_await(&rig, fd, "RK-514", got, sizeof(got)));
	close(fd);
	expect(HEAD("GET /p") "\r\n", "RK-514");
	expect(HEAD("GET /fn") "\r\n", "GET /fn");
}

static void
clients_that_leave_while_keeper_is_asked_leave_nothing(void **state)
{
	int fd = rig_connect(&rig);

	rig.keeper.silent = true;
	rig_send(fd, RK_STR(HEAD("GET /p") "\r\n"));
	for (int i = 0; i < 1000 && rig.keeper.checks == 0; i++)
		rig_run(&rig, 1);
	close(fd);
	rig_run(&rig, 50);
	rig.keeper.verdict =
	    (struct rk_verdict){ 403, RK_STR("RK-602"), RK_STR("Not signed."), RK_STR("Sign.") };
	rk_verdict_put(
	    rk_chan_begin(rig.keeper.chan, RK_MSG_VERDICT, rig.keeper.last_id), &rig.keeper.verdict);
	assert_int_equal(rk_chan_end(rig.keeper.chan), RK_OK);
	rig_run(&rig, 20);
	expect(HEAD("GET /fn") "\r\n", "GET /fn");
	assert_int_equal(rig.workers[0].calls, 1);
}

static void
a_bad_head_ends_the_connection(void **state)
{
	int fd = ask(HEAD("POST /fn") "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", "HTTP/1.1 400");

	assert_true(rig_ended(&rig, fd));
	close(fd);
	fd = ask(HEAD("GET /fn") "X: a\nY: b\r\n\r\nGET /fn HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 400");
	assert_true(rig_ended(&rig, fd));
	close(fd);
	assert_int_equal(rig.workers[0].calls, 0);
}

static void
a_chunked_request_is_the_last_of_its_connection(void **state)
{
	int fd =
	    ask(HEAD("POST /fn") "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET /fn HTTP/1.1\r\n"
				 "Host: a\r\n\r\n",
		"\r\n\r\nabc");

	assert_non_null(strstr(got, "Connection: close\r\n"));
	assert_true(rig_ended(&rig, fd));
	assert_int_equal(rig.workers[0].calls, 1);
	close(fd);
}

static void
a_large_body_is_refused_as_soon_as_it_is_known(void **state)
{
	static char chunk[0x8000 + 1];

	/* by its length, without a byte of it */
	expect(HEAD("POST /fn") "Content-Length: 100001\r\n\r\n", "RK-413");
	expect(HEAD("POST /fn") "Content-Length: 100001\r\nExpect: 100-continue\r\n\r\n", "HTTP/1.1 413");
	assert_null(strstr(got, "100 Continue"));
	/* while it comes */
	int fd = ask(
	    HEAD("POST /fn") "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n", "100 Continue");

	memset(chunk, 'x', sizeof(chunk) - 1);
	for (int i = 0; i < 4; i++) {
		rig_send(fd, RK_STR("8000\r\n"));
		rig_send(fd, rk_str(chunk));
		rig_send(fd, RK_STR("\r\n"));
		rig_run(&rig, 5);
	}
	assert_true(rig_await(&rig, fd, "RK-413", got, sizeof(got)));
	close(fd);
	assert_int_equal(rig.workers[0].calls, 0);
}

static void
a_refusal_with_a_small_body_keeps_the_connection(void **state)
{
	int fd =
	    ask(HEAD("POST /none") "Content-Length: 3\r\n\r\nabc" HEAD("GET /fn") "\r\n", "X-H: GET /fn");

	assert_non_null(strstr(got, "RK-404"));
	close(fd);
}

static void
the_body_limit_itself_is_let_through(void **state)
{
	static char body[100001];
	int fd =
	    ask(HEAD("POST /fn") "Expect: 100-continue\r\nContent-Length: 100000\r\n\r\n", "100 Continue");

	memset(body, 'y', 100000);
	got[0] = '\0';
	for (int i = 0; i < 100; i++) {
		rig_send(fd, rk_str_n(body, 1000));
		rig_run(&rig, 0);
	}
	assert_true(rig_await(&rig, fd, "Content-Length: 100000\r\n", got, sizeof(got)));
	close(fd);
}

static void
an_expectation_nobody_meets_is_refused(void **state)
{
	expect(HEAD("GET /fn") "Expect: 200-ok\r\n\r\n", "RK-417");
	expect(HEAD("FOO /fn") "\r\n", "RK-501");
}

static void
a_dead_workers_requests_get_502(void **state)
{
	int fd = rig_connect(&rig);

	rig.workers[0].behave = rig_hold;
	rig_send(fd, RK_STR(HEAD("GET /fn") "\r\n"));
	await_calls(1);
	rk_chan_close(rig.workers[0].chan);
	rig.workers[0].chan = NULL;
	assert_true(rig_await(&rig, fd, "RK-502", got, sizeof(got)));
	assert_non_null(strstr(got, "\"request_id\":\"RQ"));
	close(fd);
}

static void
a_silent_worker_is_reported_once_and_answered_for(void **state)
{
	int one = rig_connect(&rig), two = rig_connect(&rig);

	rig.workers[0].behave = rig_hold;
	rig_send(one, RK_STR(HEAD("GET /fn") "\r\n"));
	rig_send(two, RK_STR(HEAD("GET /fn") "\r\n"));
	assert_true(rig_await(&rig, one, "RK-504", got, sizeof(got)));
	got[0] = '\0';
	assert_true(rig_await(&rig, two, "HTTP/1.1 504", got, sizeof(got)));
	assert_int_equal(rig.overdue, 1);
	assert_int_equal(rig.overdue_worker, 0);
	/* Its slots are not used again, and as nothing is left there, the gateway lets go of it. */
	for (int i = 0; i < 1000 && !rig.workers[0].gone; i++)
		rig_run(&rig, 5);
	assert_true(rig.workers[0].gone);
	close(one);
	close(two);
}

static void
an_answer_for_a_client_that_left_does_no_harm(void **state)
{
	int fd = rig_connect(&rig);

	rig.workers[0].behave = rig_hold;
	rig_send(fd, RK_STR(HEAD("GET /fn") "\r\n"));
	await_calls(1);
	close(fd);
	rig_run(&rig, 10);
	rig_reply(&rig.workers[0], rig.workers[0].last_id, RK_OUTCOME_ANSWER, 200, NULL, 0, RK_STR("x"));
	for (int i = 0; i < 1000 && rig.front.under_way; i++)
		rig_run(&rig, 5);
	assert_int_equal(rig.front.under_way, 0);
	rig.workers[0].behave = rig_echo;
	expect(HEAD("GET /fn") "\r\n", "X-H: GET /fn");
}

static void
too_many_connections_are_told_so(void **state)
{
	int held[4];

	for (int i = 0; i < 4; i++)
		held[i] = ask(HEAD("GET /fn") "\r\n", "X-H");
	expect(HEAD("GET /fn") "\r\n", "RK-523");
	close(held[0]);
	rig_run(&rig, 100);
	expect(HEAD("GET /fn") "\r\n", "X-H");
	for (int i = 1; i < 4; i++)
		close(held[i]);
}

static void
unusable_replies_become_502(struct rig_worker *w, uint32_t id, const struct rk_call *call)
{
	const char *const headers[][2] = { { "X", "a\r\nX-Evil: 1" } };

	rig_reply(w, id, RK_OUTCOME_ANSWER, 200, headers, 1, RK_STR("x"));
}

static void
a_reply_cannot_inject_a_header(void **state)
{
	rig.workers[0].behave = unusable_replies_become_502;
	expect(HEAD("GET /fn") "\r\n", "RK-511");
	assert_null(strstr(got, "X-Evil"));
}

static void
large_headers(struct rig_worker *w, uint32_t id, const struct rk_call *call)
{
	static char value[RK_ANSWER_BYTES - 100];
	const char *const headers[][2] = { { "X-Large", value }, { "X-Empty", "" } };

	memset(value, 'v', sizeof(value) - 1);
	rig_reply(w, id, RK_OUTCOME_ANSWER, 200, headers, 2, RK_STR("small"));
}

static void
large_and_empty_headers_go_out_whole(void **state)
{
	rig.workers[0].behave = large_headers;
	expect(HEAD("GET /fn") "\r\n", "\r\n\r\nsmall");
	assert_non_null(strstr(got, "v\r\nX-Empty:"));
}

static void
leaving_finishes_what_is_under_way(void **state)
{
	int fd = rig_connect(&rig);

	rig.workers[0].behave = rig_hold;
	rig_send(fd, RK_STR(HEAD("GET /fn") "\r\n"));
	await_calls(1);
	rig.front.leaving = true;
	rk_listener_quiesce(rig.listener);
	rig_run(&rig, 10);
	assert_false(rig.emptied);
	rig_reply(&rig.workers[0], rig.workers[0].last_id, RK_OUTCOME_ANSWER, 200, NULL, 0, RK_STR("late"));
	assert_true(rig_await(&rig, fd, "late", got, sizeof(got)));
	assert_non_null(strstr(got, "Connection: close"));
	for (int i = 0; i < 1000 && !rig.emptied; i++)
		rig_run(&rig, 5);
	assert_true(rig.emptied);
	close(fd);
}

static void
every_request_is_a_line(void **state)
{
	char lines[4096] = "";
	ssize_t n;

	expect(HEAD("GET /fn?secret=1") "\r\n", "X-H");
	rig_run(&rig, 10);
	n = read(rig.lines_fd, lines, sizeof(lines) - 1);
	assert_true(n > 0);
	assert_non_null(strstr(lines, "  200  GET   /fn  "));
	assert_null(strstr(lines, "secret"));
}

static void
requests_in_flight_at_the_end_leave_nothing_behind(void **state)
{
	rig.workers[0].behave = rig_hold;
	for (int i = 0; i < 3; i++)
		rig_send(rig_connect(&rig), RK_STR(HEAD("GET /fn") "\r\n"));
	for (int i = 0; i < 1000 && rig.front.under_way < 3; i++)
		rig_run(&rig, 5);
	assert_int_equal(rig.front.under_way, 3);
}

#define T(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_function_gets_the_body_and_its_answer_goes_out),
		T(paths_are_matched_byte_by_byte),
		T(preflights_never_reach_a_worker),
		T(private_functions_are_not_there),
		T(protected_functions_run_only_after_keepers_yes),
		T(preflights_of_protected_functions_need_no_signature),
		T(forwarded_fields_count_only_when_the_proxy_is_trusted),
		T(a_silent_keeper_costs_two_seconds),
		T(a_keeper_that_goes_fails_what_it_was_asked),
		T(clients_that_leave_while_keeper_is_asked_leave_nothing),
		T(a_bad_head_ends_the_connection),
		T(a_chunked_request_is_the_last_of_its_connection),
		T(a_large_body_is_refused_as_soon_as_it_is_known),
		T(a_refusal_with_a_small_body_keeps_the_connection),
		T(the_body_limit_itself_is_let_through),
		T(an_expectation_nobody_meets_is_refused),
		T(a_dead_workers_requests_get_502),
		T(a_silent_worker_is_reported_once_and_answered_for),
		T(an_answer_for_a_client_that_left_does_no_harm),
		T(too_many_connections_are_told_so),
		T(a_reply_cannot_inject_a_header),
		T(large_and_empty_headers_go_out_whole),
		T(leaving_finishes_what_is_under_way),
		T(every_request_is_a_line),
		T(requests_in_flight_at_the_end_leave_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
