/* The admin listener before a stand-in for keeper: calls, streams, what is run inside, and who is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/auto.h"
#include "gateway_rig.h"

static struct rig rig;
static char got[1 << 16];
static const char *const paths[] = { "/fn", "/guarded", "/a.txt", NULL };

static int
open_rig(void **state)
{
	int port = 0;

	rig_start(&rig, 1000, 100000, 100, 0);
	rig.conf.command = RK_CONF_SERVE;
	if (rk_console_load("/nonexistent", &rig.console) != RK_OK ||
	    rk_admin_start(&rig.front, rig.console, rig_listen(&port), 100, &rig.admin) != RK_OK)
		return -1;
	rig.port = port;
	return 0;
}

static int
close_rig(void **state)
{
	rig_stop(&rig);
	return 0;
}

static void
await(const unsigned *count, unsigned least)
{
	for (int i = 0; i < 1000 && *count < least; i++)
		rig_run(&rig, 5);
	if (*count < least)
		fail_msg("%u of %u came", *count, least);
}

static int
ask(const char *text)
{
	int fd = rig_connect(&rig);

	rig_send(fd, rk_str(text));
	return fd;
}

static void
expect_more(int fd, const char *text)
{
	if (!rig_await(&rig, fd, text, got, sizeof(got)))
		fail_msg("no \"%s\" in: %.600s", text, got);
}

static void
expect(int fd, const char *text)
{
	got[0] = '\0';
	expect_more(fd, text);
	close(fd);
}

/* What keeper answers to the next calls. */
static void
answer(enum rk_admin_how how, uint16_t status, struct rk_str body)
{
	struct rk_buf *b = &rig.keeper.result;
	size_t begun;

	b->max = 1 << 20;
	rk_buf_clear(b);
	rk_admin_result_put_head(b, how, status);
	begun = rk_pairs_begin(b);
	rk_pairs_put(b, RK_STR("Content-Type"), RK_STR("text/x-test"));
	rk_pairs_put(b, RK_STR("Set-Cookie"), RK_STR("a=1"));
	rk_pairs_put(b, RK_STR("Set-Cookie"), RK_STR("b=2"));
	rk_pairs_end(b, begun, 3);
	rk_msg_put_str(b, body);
}

static void
answer_run(const char *method, const char *target, bool is_signed, struct rk_str body)
{
	RK_AUTO(rk_buf_free) struct rk_buf run = RK_BUF(1 << 16);
	struct rk_admin_run r = {
		.site = 10, .method = rk_str(method), .target = rk_str(target), .is_signed = is_signed
	};
	size_t begun;

	rk_admin_run_put_head(&run, &r);
	begun = rk_pairs_begin(&run);
	rk_pairs_put(&run, RK_STR("X-A"), RK_STR("b"));
	rk_pairs_end(&run, begun, 1);
	rk_msg_put_str(&run, body);
	answer(RK_ADMIN_RUN, 200, rk_buf_str(&run));
}

static void
say_piece(const char *text, size_t n)
{
	rk_msg_put_str(rk_chan_begin(rig.keeper.chan, RK_MSG_PIECE, rig.keeper.last_id), rk_str_n(text, n));
	assert_int_equal(rk_chan_end(rig.keeper.chan), RK_OK);
}

/* ---- calls -------------------------------------------------------------------------- */

static void
a_request_goes_to_keeper_whole_and_its_answer_back(void **state)
{
	answer(RK_ADMIN_WHOLE, 201, RK_STR("{\"a\":1}"));
	expect(ask("POST /v1/Services?x=%20 HTTP/1.1\r\nHost: h\r\nAuthorization: Basic x\r\nContent-Length: "
		   "3\r\n\r\nabc"),
	    "{\"a\":1}");
	assert_string_equal(rig.keeper.call,
	    "POST /v1/Services?x=%20|http|127.0.0.1|Host: h;Authorization: Basic x;Content-Length: 3;|3");
	assert_non_null(strstr(got, "HTTP/1.1 201"));
	assert_non_null(strstr(got, "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n"));
	assert_non_null(strstr(got, "Content-Length: 7\r\n"));
	assert_non_null(strstr(got, "X-Content-Type-Options: nosniff\r\n"));
	assert_null(strstr(got, "Access-Control"));
}

static void
without_keeper_the_client_is_told(void **state)
{
	rk_chan_close(rig.keeper.chan);
	rig.keeper.chan = NULL;
	rig_run(&rig, 20);
	expect(ask("GET /v1/Services HTTP/1.1\r\nHost: h\r\n\r\n"), "RK-514");
	assert_non_null(strstr(got, "\"request_id\":\"RQ"));
	assert_null(strstr(got, "Access-Control"));
}

static void
keeper_that_goes_ends_what_waits_for_it(void **state)
{
	int fd = ask("GET /v1/Services HTTP/1.1\r\nHost: h\r\n\r\n");

	await(&rig.keeper.calls, 1);
	rk_chan_close(rig.keeper.chan);
	rig.keeper.chan = NULL;
	expect(fd, "RK-514");
}

static void
an_answer_that_cannot_be_sent_is_a_fault(void **state)
{
	struct rk_buf *b = &rig.keeper.result;
	size_t begun;

	b->max = 1 << 16;
	rk_admin_result_put_head(b, RK_ADMIN_WHOLE, 200);
	begun = rk_pairs_begin(b);
	rk_pairs_put(b, RK_STR("X-Bad"), RK_STR("a\r\nX-Injected: 1"));
	rk_pairs_end(b, begun, 1);
	rk_msg_put_str(b, RK_STR(""));
	expect(ask("GET /v1/x HTTP/1.1\r\nHost: h\r\n\r\n"), "RK-500");
	assert_null(strstr(got, "Injected"));
}

static void
a_hostile_head_is_refused_here_too(void **state)
{
	answer(RK_ADMIN_WHOLE, 200, RK_STR("never"));
	expect(ask("POST /v1/x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
	    "RK-400");
	expect(ask("GET /v1/x HTTP/1.1\r\n\r\n"), "400");
	assert_int_equal(rig.keeper.calls, 0);
}

static void
a_stranger_may_send_little(void **state)
{
	answer(RK_ADMIN_WHOLE, 200, RK_STR("fine"));
	expect(ask("POST /roomkey/v1/Setup HTTP/1.1\r\nHost: h\r\nContent-Length: 65537\r\n\r\n"), "RK-413");
	expect(ask("POST /v1/x HTTP/1.1\r\nHost: h\r\nAuthorization: x\r\nContent-Length: 69206017\r\n\r\n"),
	    "RK-413");
	assert_int_equal(rig.keeper.calls, 0);
}

static void
a_large_upload_arrives_whole(void **state)
{
	size_t n = 3u << 20, sent = 0;
	int fd = ask("POST /v1/x HTTP/1.1\r\nHost: h\r\nAuthorization: x\r\nContent-Length: 3145728\r\n\r\n");
	char *bytes = calloc(1, n);

	answer(RK_ADMIN_WHOLE, 200, RK_STR("took it"));
	while (sent < n) {
		ssize_t some = send(fd, bytes + sent, n - sent, MSG_NOSIGNAL | MSG_DONTWAIT);

		sent += some > 0 ? (size_t)some : 0;
		uv_run(&rig.loop.uv, UV_RUN_NOWAIT);
	}
	free(bytes);
	expect(fd, "took it");
	assert_non_null(strstr(rig.keeper.call, "|3145728"));
}

static void
the_root_says_that_there_is_no_console(void **state)
{
	expect(ask("GET / HTTP/1.1\r\nHost: h\r\nAccept: text/html\r\n\r\n"), "RK-409");
	assert_int_equal(rig.keeper.calls, 0);
}

static void
a_client_that_leaves_is_forgotten(void **state)
{
	int fd = ask("GET /v1/x HTTP/1.1\r\nHost: h\r\n\r\n");

	await(&rig.keeper.calls, 1);
	close(fd);
	rig_run(&rig, 50);
	answer(RK_ADMIN_WHOLE, 200, RK_STR("late"));
	expect(ask("GET /v1/x HTTP/1.1\r\nHost: h\r\n\r\n"), "late");
}

/* ---- streams ---------------------------------------------------------------------------- */

static int
ask_stream(void)
{
	int fd;

	answer(RK_ADMIN_STREAM, 200, RK_STR("first;"));
	fd = ask("GET /roomkey/v1/Logs HTTP/1.1\r\nHost: h\r\n\r\n");
	got[0] = '\0';
	expect_more(fd, "first;");
	return fd;
}

static void
a_stream_comes_piece_by_piece(void **state)
{
	int fd = ask_stream();

	assert_non_null(strstr(got, "Transfer-Encoding: chunked"));
	assert_null(strstr(got, "Content-Length"));
	rig_run(&rig, 30);
	say_piece("second;", 7);
	expect_more(fd, "second;");
	say_piece("third;", 6);
	expect_more(fd, "third;");
	say_piece("", 0);
	expect_more(fd, "0\r\n\r\n");
	assert_int_equal(rig.keeper.hangups, 0);
	close(fd);
}

static void
keeper_hears_when_a_streams_client_leaves(void **state)
{
	int fd = ask_stream();

	rig_run(&rig, 30);
	close(fd);
	await(&rig.keeper.hangups, 1);
	say_piece("nobody", 6);
	rig_run(&rig, 20);
	assert_int_equal(rig.keeper.hangups, 1);
}

static void
a_client_that_does_not_read_is_dropped(void **state)
{
	static char block[256 * 1024];
	int fd = ask_stream();

	memset(block, 'x', sizeof(block));
	/* The kernel's buffers take some too. */
	for (int i = 0; i < 200 && rig.keeper.hangups == 0; i++) {
		say_piece(block, sizeof(block));
		rig_run(&rig, 2);
	}
	await(&rig.keeper.hangups, 1);
	close(fd);
}

static void
keeper_that_goes_ends_its_streams(void **state)
{
	int fd = ask_stream();

	rk_chan_close(rig.keeper.chan);
	rig.keeper.chan = NULL;
	expect_more(fd, "0\r\n\r\n");
	close(fd);
}

static void
an_open_stream_does_not_keep_the_gateway(void **state)
{
	int fd = ask_stream();

	assert_int_equal(rig.front.under_way, 0);
	close(fd);
}

/* ---- run ------------------------------------------------------------------------------------ */

static void
deploy(void)
{
	rig_site_routes(&rig,
	    (struct rk_routes_head){ .site = 10, .generation = 7, .host = RK_STR("one.localhost") }, paths,
	    "uoU");
	rig_site_worker(&rig, 0, 10, 7, 8, rig_echo);
}

#define TRY                                                                                          \
	"POST /roomkey/v1/Services/ZS1/Environments/ZE1/Try HTTP/1.1\r\nHost: h\r\nContent-Length: " \
	"0\r\n\r\n"

static void
a_function_is_run_inside_and_told_of_as_json(void **state)
{
	deploy();
	answer_run("POST", "/fn?a=1", false, RK_STR("say \"hi\"\n"));
	expect(ask(TRY), "\"request_id\":\"RQ");
	assert_non_null(strstr(got, "{\"status\":200,\"headers\":[["));
	assert_non_null(strstr(got, "[\"X-H\",\"POST /fn\"]"));
	assert_non_null(strstr(got, "],\"body\":\"say \\\"hi\\\"\\n\",\"base64\":false,\"took_us\":"));
	assert_non_null(strstr(got, "Content-Type: application/json; charset=utf-8"));
	await(&rig.keeper.traces, 1);
	assert_string_equal(rig.keeper.traced, "POST /fn ");
	assert_int_equal(rig.front.under_way, 0);
}

static void
bytes_that_are_no_text_come_as_base64(void **state)
{
	deploy();
	answer_run("POST", "/fn", false, rk_str_n("\xff\x00", 2));
	expect(ask(TRY), "\"body\":\"/wA=\",\"base64\":true");
}

static void
what_is_protected_opens_when_keeper_vouches(void **state)
{
	deploy();
	rig.keeper.verdict = (struct rk_verdict){ 403, RK_STR("RK-403"), RK_STR("No."), RK_STR("Sign.") };
	answer_run("GET", "/guarded", true, RK_STR(""));
	expect(ask(TRY), "{\"status\":200,");
	assert_int_equal(rig.keeper.checks, 0);
	answer_run("GET", "/guarded", false, RK_STR(""));
	expect(ask(TRY), "{\"status\":403,");
	assert_int_equal(rig.keeper.checks, 1);
}

static void
an_asset_is_shown_too(void **state)
{
	char name[] = "/tmp/roomkey-asset-XXXXXX";

	deploy();
	rig.keeper.fd = mkstemp(name);
	assert_int_equal(write(rig.keeper.fd, "asset text", 10), 10);
	answer_run("GET", "/a.txt", false, RK_STR(""));
	expect(ask(TRY), "\"body\":\"asset text\"");
	unlink(name);
}

static void
what_is_not_there_is_told_of_like_any_outcome(void **state)
{
	deploy();
	answer_run("GET", "/nothing", false, RK_STR(""));
	expect(ask(TRY), "{\"status\":404,");
	rk_sites_drop(rig.front.sites, 10);
	expect(ask(TRY), "RK-406");
}

static void
a_run_is_held_to_the_limits_of_requests(void **state)
{
	deploy();
	rig.conf.body_max = 4;
	answer_run("POST", "/fn", false, RK_STR("12345"));
	expect(ask(TRY), "{\"status\":413,");
	answer_run("BREW", "/fn", false, RK_STR(""));
	expect(ask(TRY), "{\"status\":501,");
	assert_int_equal(rig.workers[0].calls, 0);
}

static void
a_run_that_hangs_ends_at_its_limit(void **state)
{
	int fd;

	deploy();
	rig.workers[0].behave = rig_hold;
	answer_run("GET", "/fn", false, RK_STR(""));
	fd = ask(TRY);
	await(&rig.workers[0].calls, 1);
	expect(fd, "{\"status\":504,");
	assert_int_equal(rig.overdue, 1);
}

/* ---- the door ----------------------------------------------------------------------------------- */

static void
tls_without_a_certificate_waits_and_ends(void **state)
{
	int fd = ask("\x16\x03\x01");

	rig_run(&rig, 500);
	assert_int_equal(recv(fd, got, 1, MSG_DONTWAIT), -1);
	assert_true(rig_ended(&rig, fd));
	close(fd);
}

static void
one_that_says_nothing_keeps_nobody_out(void **state)
{
	int silent[300], fd;

	for (int i = 0; i < 300; i++) {
		silent[i] = rig_connect(&rig);
		if (i % 50 == 0)
			rig_run(&rig, 1);
	}
	for (int i = 0; i < 100; i++)
		close(silent[i]);
	answer(RK_ADMIN_WHOLE, 200, RK_STR("served"));
	fd = ask("GET /v1/x HTTP/1.1\r\nHost: h\r\n\r\n");
	expect(fd, "served");
	for (int i = 100; i < 300; i++)
		close(silent[i]);
}

static void
a_quiet_listener_takes_nobody(void **state)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)rig.port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	rk_admin_quiesce(rig.admin);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), -1);
	close(fd);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, open_rig, close_rig)
	const struct CMUnitTest tests[] = {
		T(a_request_goes_to_keeper_whole_and_its_answer_back),
		T(without_keeper_the_client_is_told),
		T(keeper_that_goes_ends_what_waits_for_it),
		T(an_answer_that_cannot_be_sent_is_a_fault),
		T(a_hostile_head_is_refused_here_too),
		T(a_stranger_may_send_little),
		T(a_large_upload_arrives_whole),
		T(the_root_says_that_there_is_no_console),
		T(a_client_that_leaves_is_forgotten),
		T(a_stream_comes_piece_by_piece),
		T(keeper_hears_when_a_streams_client_leaves),
		T(a_client_that_does_not_read_is_dropped),
		T(keeper_that_goes_ends_its_streams),
		T(an_open_stream_does_not_keep_the_gateway),
		T(a_function_is_run_inside_and_told_of_as_json),
		T(bytes_that_are_no_text_come_as_base64),
		T(what_is_protected_opens_when_keeper_vouches),
		T(an_asset_is_shown_too),
		T(what_is_not_there_is_told_of_like_any_outcome),
		T(a_run_is_held_to_the_limits_of_requests),
		T(a_run_that_hangs_ends_at_its_limit),
		T(tls_without_a_certificate_waits_and_ends),
		T(one_that_says_nothing_keeps_nobody_out),
		T(a_quiet_listener_takes_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
