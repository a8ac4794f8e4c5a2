/* The desk: what becomes of invocations, driven through a channel with the real JavaScript. */
#include "worker_rig.h"

#define SID_1 "00000000000000000000000000000001"
#define SID_2 "00000000000000000000000000000002"

static const char *const variables[] = { "ACCOUNT_SID", "AC" SID_1, "API_KEY", "SK" SID_2, "API_SECRET",
	"abcdefghijklmnopqrstuvwxyz012345", NULL };

static const char token_js[] = "exports.handler = function(context, event, callback) {\n"
			       "  const { ACCOUNT_SID, API_KEY, API_SECRET } = process.env;\n"
			       "  const AccessToken = Twilio.jwt.AccessToken;\n"
			       "  const VideoGrant = AccessToken.VideoGrant;\n"
			       "  const grant = new VideoGrant();\n"
			       "  const token = new AccessToken(ACCOUNT_SID, API_KEY, API_SECRET);\n"
			       "  token.identity = event.identity;\n"
			       "  token.addGrant(grant);\n"
			       "  const response = new Twilio.Response();\n"
			       "  response.setHeaders({\n"
			       "    'Access-Control-Allow-Origin': '*',\n"
			       "    'Access-Control-Allow-Methods': 'POST',\n"
			       "    'Access-Control-Allow-Headers': 'Content-Type',\n"
			       "    'Content-Type': 'application/json'\n"
			       "  });\n"
			       "  response.setBody(token.toJwt());\n"
			       "  callback(null, response);\n"
			       "};\n";

/* T001 of the vectors, helper library 3.84.1. */
static const char T001[] =
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCIsImN0eSI6InR3aWxpby1mcGE7dj0xIn0.eyJqdGkiOiJTSzAwMDAwMD"
    "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAyLTE3MDAwMDAwMDAiLCJncmFudHMiOnsiaWRlbnRpdHkiOiJhbGljZSIs"
    "InZpZGVvIjp7fX0sImlhdCI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDAzNjAwLCJpc3MiOiJTSzAwMDAwMDAwMDAwMD"
    "AwMDAwMDAwMDAwMDAwMDAwMDAyIiwic3ViIjoiQUMwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMSJ9.nVF"
    "zD5Mf-rchW_0ES4T9ZdegGj4UJiPa3xvrKOZsZfE";

enum { TOKEN, EMPTY, ASYNC, LOOP, NEVER, THROW, TWICE, LINES, BIG, RECURSE, LATE_LOOP, MICRO, LOUD };

static const char *const files[] = {
	"functions/token.js",
	token_js,
	"functions/empty.js",
	"exports.handler = (context, event, callback) => callback(null, 'ok');",
	"functions/async.js",
	"exports.handler = async (context, event, callback) => {\n"
	"  await new Promise((go) => setTimeout(go, Number(event.ms ?? 30)));\n"
	"  callback(null, event.n);\n"
	"};",
	"functions/loop.js",
	"exports.handler = () => { for (;;); };",
	"functions/never.js",
	"exports.handler = () => {};",
	"functions/throw.js",
	"exports.handler = () => { throw new Error('no luck'); };",
	"functions/twice.js",
	"exports.handler = (c, e, callback) => { callback(null, 'one'); callback(null, 'two'); throw new "
	"Error('late'); };",
	"functions/lines.js",
	"exports.handler = (c, e, callback) => {\n"
	"  console.log('\\u00e9'.repeat(60000)); console.log('y'.repeat(1e6));\n"
	"  for (let i = 0; i < 5000; i++) console.log('line ' + i);\n"
	"  callback(null, 'ok'); };",
	"functions/big.js",
	"exports.handler = (c, e, callback) => { const r = new Twilio.Response();\n"
	"  r.setBody('x'.repeat(Number(e.n))); callback(null, r); };",
	"functions/recurse.js",
	"function f(n) { return f(n + 1) + 1; } exports.handler = (c, e, cb) => cb(null, f(0));",
	"functions/late.js",
	"exports.handler = (c, e, callback) => { callback(null, 'quick'); for (;;); };",
	"functions/micro.js",
	"exports.handler = (c, e, callback) => { Promise.resolve().then(() => { for (;;); }); };",
	"functions/loud.js",
	"exports.handler = (c, e, callback) => { for (let i = 0; i < 100; i++) "
	"console.log('x'.repeat(60000));\n"
	"  callback(null, 'ok'); };",
	NULL,
};

static const char *const short_limit[] = { "timeout", "150", NULL };

static struct rig *
new_rig(void)
{
	return rig_new(files, variables, NULL, NULL);
}

static void
test_the_tutorials_token_byte_for_byte(void **state)
{
	struct rig *rig = new_rig();
	struct rig_reply *r = rig_ask(rig, (struct rig_request){ .id = 1,
					       .function = TOKEN,
					       .path = "/token",
					       .type = "application/json",
					       .body = "{\"identity\":\"alice\",\"room\":\"x\"}" });

	assert_int_equal(r->status, 200);
	assert_int_equal(r->outcome, RK_OUTCOME_ANSWER);
	assert_string_equal(r->body, T001);
	assert_non_null(strstr(r->head, "application/json"));
	assert_non_null(strstr(r->head, "Access-Control-Allow-Methods: POST\n"));
	/* The room-less VideoGrant is worth a word, once. */
	assert_non_null(strstr(rig->log.p, "RK-221"));
	rig_free(rig);
}

static void
test_a_warning_is_told_once_a_function(void **state)
{
	struct rig *rig = new_rig();

	for (uint32_t i = 0; i < 20; i++)
		(void)rig_ask(
		    rig, (struct rig_request){ .id = i, .function = TOKEN, .query = "identity=bob" });
	assert_int_equal(rig->line_count, 1);
	rig_free(rig);
}

static void
test_an_endless_loop_ends_in_504_and_what_waits_is_handed_back(void **state)
{
	struct rig *rig = rig_new(files, variables, short_limit, NULL);
	uint64_t began = rk_clock_mono_ms(), took;

	rig->resend = false;
	rig_send(rig, (struct rig_request){ .id = 1, .function = EMPTY });
	rig_send(rig, (struct rig_request){ .id = 2, .function = LOOP, .timeout_ms = 150 });
	rig_send(rig, (struct rig_request){ .id = 3, .function = EMPTY });
	rig_send(rig, (struct rig_request){ .id = 4, .function = EMPTY });
	rig_wait(rig, 2);
	took = rk_clock_mono_ms() - began;
	assert_string_equal(rig->replies[1].body, "ok");
	assert_int_equal(rig->replies[2].status, 504);
	assert_int_equal(rig->replies[2].outcome, RK_OUTCOME_TIMEOUT);
	assert_true(took >= 149 && took < 1000);
	assert_int_equal(rig->handed_back_count, 2);
	assert_int_equal(rig->handed_back[0], 3);
	assert_int_equal(rig->handed_back[1], 4);
	while (!rig->ended || !rig->retired)
		rk_loop_run(&rig->loop);
	rig_free(rig);
}

static void
test_a_loop_in_a_microtask_ends_too(void **state)
{
	struct rig *rig = rig_new(files, variables, short_limit, NULL);

	(void)rig_ask(rig, (struct rig_request){ .id = 1, .function = MICRO, .timeout_ms = 150 });
	assert_int_equal(rig->replies[1].status, 504);
	while (!rig->ended)
		rk_loop_run(&rig->loop);
	rig_free(rig);
}

static void
test_others_finish_after_a_stopped_one(void **state)
{
	struct rig *rig = rig_new(files, variables, short_limit, NULL);

	rig_send(rig, (struct rig_request){ .id = 1, .function = ASYNC, .query = "n=7", .timeout_ms = 5000 });
	rig_send(rig, (struct rig_request){ .id = 2, .function = LOOP, .timeout_ms = 100 });
	rig_wait(rig, 2);
	assert_int_equal(rig->replies[2].status, 504);
	assert_string_equal(rig->replies[1].body, "7");
	while (!rig->ended)
		rk_loop_run(&rig->loop);
	rig_free(rig);
}

static void
test_an_answer_given_before_a_loop_counts(void **state)
{
	struct rig *rig = rig_new(files, variables, short_limit, NULL);
	struct rig_reply *r =
	    rig_ask(rig, (struct rig_request){ .id = 1, .function = LATE_LOOP, .timeout_ms = 150 });

	assert_string_equal(r->body, "quick");
	while (!rig->ended)
		rk_loop_run(&rig->loop);
	assert_int_equal(r->count, 1);
	rig_free(rig);
}

static void
test_never_answering_ends_in_504_and_the_worker_goes_on(void **state)
{
	struct rig *rig = new_rig();

	rig_send(rig, (struct rig_request){ .id = 1, .function = NEVER, .timeout_ms = 80 });
	rig_send(rig, (struct rig_request){ .id = 2, .function = EMPTY });
	rig_wait(rig, 2);
	assert_int_equal(rig->replies[1].status, 504);
	assert_string_equal(rig->replies[2].body, "ok");
	assert_false(rig->retired);
	assert_string_equal(rig_ask(rig, (struct rig_request){ .id = 3, .function = EMPTY })->body, "ok");
	rig_free(rig);
}

static void
test_a_thousand_calls_stay_in_one_slot(void **state)
{
	struct rig *rig = new_rig();

	for (uint32_t i = 0; i < 1000; i++)
		rig_send(rig, (struct rig_request){ .id = i, .function = EMPTY });
	rig_wait(rig, 1000);
	assert_int_equal(rig->reply_count, 1000);
	assert_int_equal(rig->desk.seat_count, 1);
	assert_int_equal(rig->desk.busy, 0);
	rig_free(rig);
}

static void
ask_64(struct rig *rig, char query[64][24])
{
	for (uint32_t i = 0; i < 64; i++) {
		snprintf(query[i], sizeof(query[i]), "ms=300&n=%u", i);
		rig_send(rig, (struct rig_request){ .id = i, .function = ASYNC, .query = query[i] });
	}
	rig_wait(rig, 64);
	for (uint32_t i = 0; i < 64; i++)
		assert_string_equal(rig->replies[i].body, strstr(query[i], "n=") + 2);
}

static void
test_64_async_invocations_overlap(void **state)
{
	static const char *const slots[] = { "slots", "64", NULL };
	struct rig *rig = rig_new(files, variables, slots, NULL);
	char query[64][24];
	uint64_t began;

	/* Slots are made on demand, and that takes time too: until all are there. */
	for (int round = 0; round < 32 && rig->desk.seat_count < 64; round++)
		ask_64(rig, query);
	assert_int_equal(rig->desk.seat_count, 64);
	began = rk_clock_mono_ms();
	ask_64(rig, query);
	/* One after the other they would take 19 s. */
	assert_true(rk_clock_mono_ms() - began < 3000);
	assert_int_equal(rig->desk.seat_count, 64);
	rig_free(rig);
}

static void
test_no_more_slots_than_the_setting_and_the_rest_waits_its_turn(void **state)
{
	static const char *const slots[] = { "slots", "2", NULL };
	struct rig *rig = rig_new(files, variables, slots, NULL);

	for (uint32_t i = 0; i < 10; i++)
		rig_send(rig, (struct rig_request){ .id = i, .function = ASYNC, .query = "n=1" });
	rig_wait(rig, 10);
	assert_int_equal(rig->desk.seat_count, 2);
	rig_free(rig);
}

static void
test_throwing_answers_500_and_answering_twice_once(void **state)
{
	struct rig *rig = new_rig();
	struct rig_reply *r = rig_ask(rig, (struct rig_request){ .id = 1, .function = THROW });

	assert_int_equal(r->status, 500);
	assert_int_equal(r->outcome, RK_OUTCOME_ERROR);
	assert_non_null(strstr(r->body, "no luck"));
	r = rig_ask(rig, (struct rig_request){ .id = 2, .function = TWICE });
	assert_string_equal(r->body, "one");
	assert_string_equal(rig_ask(rig, (struct rig_request){ .id = 3, .function = EMPTY })->body, "ok");
	assert_int_equal(r->count, 1);
	r = rig_ask(rig, (struct rig_request){ .id = 4, .function = RECURSE });
	assert_int_equal(r->status, 500);
	rig_free(rig);
}

static void
test_the_log_is_cut_and_counted(void **state)
{
	struct rig *rig = new_rig();

	(void)rig_ask(rig, (struct rig_request){ .id = 1, .function = LINES });
	assert_int_equal(rig->line_count, RK_INVOCATION_LINES + 1);
	assert_non_null(strstr(rig->log.p, " [cut: a line of the log is at most 64 KB]\n"));
	assert_non_null(
	    strstr(rig->log.p, "[no more lines are kept: an invocation may write 1000, and 256 KB]\n"));
	assert_null(strstr(rig->log.p, "line 998\n"));
	assert_true(rig->log.n < 2 * RK_INVOCATION_LINE_MAX + 64 * RK_KB);
	rig_free(rig);
}

static void
test_the_logs_bytes_are_limited_too(void **state)
{
	struct rig *rig = new_rig();
	unsigned lines;

	(void)rig_ask(rig, (struct rig_request){ .id = 1, .function = LOUD });
	lines = rig->line_count;
	assert_true(rig->log.n >= RK_INVOCATION_LOG_MAX);
	assert_true(rig->log.n < RK_INVOCATION_LOG_MAX + RK_INVOCATION_LINE_MAX + RK_KB);
	assert_non_null(strstr(rig->log.p, "[no more lines are kept"));
	/* The next invocation has a log of its own. */
	(void)rig_ask(rig, (struct rig_request){ .id = 2, .function = LOUD });
	assert_int_equal(rig->line_count, 2 * lines);
	rig_free(rig);
}

static void
test_an_answer_over_the_limit_is_500(void **state)
{
	static const char *const small[] = { "max-reply", "1024", NULL };
	struct rig *rig = rig_new(files, variables, small, NULL);
	struct rig_reply *r =
	    rig_ask(rig, (struct rig_request){ .id = 1, .function = BIG, .query = "n=1024" });

	assert_int_equal(r->status, 200);
	assert_int_equal(r->body_n, 1024);
	r = rig_ask(rig, (struct rig_request){ .id = 2, .function = BIG, .query = "n=1025" });
	assert_int_equal(r->status, 500);
	assert_int_equal(r->outcome, RK_OUTCOME_INVALID);
	assert_non_null(strstr(r->body, "\"code\":\"RK-512\""));
	r = rig_ask(rig, (struct rig_request){ .id = 3, .function = BIG, .query = "n=20000000" });
	assert_int_equal(r->status, 500);
	rig_free(rig);
}

static void
test_a_gateway_that_goes_ends_the_worker(void **state)
{
	struct rig *rig = new_rig();

	rig_send(rig, (struct rig_request){ .id = 1, .function = NEVER });
	rk_chan_flush(rig->gateway);
	rk_chan_close(rig->gateway);
	while (!rig->ended)
		rk_loop_run(&rig->loop);
	assert_int_equal(rig->desk.busy, 0);
	rig->gateway = NULL;
	rig_free(rig);
}

static void
test_leaving_hands_back_and_finishes(void **state)
{
	struct rig *rig = new_rig();

	rig->resend = false;
	rig_send(rig, (struct rig_request){ .id = 1, .function = ASYNC, .query = "n=1" });
	rig_send(rig, (struct rig_request){ .id = 2, .function = EMPTY });
	rig_wait(rig, 1);
	assert_string_equal(rig->replies[2].body, "ok");
	rk_desk_leave(&rig->desk);
	rig_send(rig, (struct rig_request){ .id = 3, .function = EMPTY });
	rig_wait(rig, 1);
	assert_string_equal(rig->replies[1].body, "1");
	while (!rig->ended)
		rk_loop_run(&rig->loop);
	assert_true(rig->retired);
	assert_int_equal(rig->handed_back_count, 1);
	assert_int_equal(rig->handed_back[0], 3);
	rig_free(rig);
}

static struct rig *
new_idle_rig(uint64_t ms)
{
	struct rig *rig = new_rig();

	/* As `serve` sets it at init. */
	rig->desk.idle.ms = ms;
	rk_idle_start(&rig->desk.idle);
	return rig;
}

static void
run_until_retired(struct rig *rig)
{
	while (!rig->retired && !rig->ended)
		uv_run(&rig->loop.uv, UV_RUN_ONCE);
}

static void
note_retired(void *arg)
{
	((struct rig *)arg)->line_count = 77;
}

static void
test_a_worker_that_nobody_calls_retires(void **state)
{
	struct rig *rig = new_idle_rig(80);
	uint64_t called;

	rig->desk.retired = note_retired;
	(void)rig_ask(rig, (struct rig_request){ .id = 1, .function = EMPTY });
	called = rk_clock_mono_ms();
	run_until_retired(rig);
	assert_true(rig->retired);
	assert_int_equal(rig->line_count, 77);
	assert_in_range(rk_clock_mono_ms() - called, 70, 2000);
	assert_false(rig->ended);
	/* The gateway needs it no more. */
	rk_chan_close(rig->gateway);
	while (!rig->ended)
		rk_loop_run(&rig->loop);
	rig->gateway = NULL;
	rig_free(rig);
}

static void
test_what_is_sent_to_one_that_retires_comes_back(void **state)
{
	struct rig *rig = new_idle_rig(50);

	rig->resend = false;
	run_until_retired(rig);
	assert_true(rig->retired);
	rig_send(rig, (struct rig_request){ .id = 5, .function = EMPTY });
	while (rig->handed_back_count == 0 && !rig->ended)
		uv_run(&rig->loop.uv, UV_RUN_ONCE);
	assert_int_equal(rig->handed_back_count, 1);
	assert_int_equal(rig->handed_back[0], 5);
	rig_free(rig);
}

static void
test_a_worker_that_waits_for_a_function_is_not_idle(void **state)
{
	struct rig *rig = new_idle_rig(400);
	struct rig_reply *r =
	    rig_ask(rig, (struct rig_request){ .id = 1, .function = ASYNC, .query = "ms=1000&n=yes" });

	assert_int_equal(r->status, 200);
	assert_false(rig->retired);
	rig_free(rig);
}

static void
test_without_a_limit_it_stays(void **state)
{
	struct rig *rig = new_rig();

	assert_int_equal(rig->desk.idle.ms, 0);
	assert_false(uv_is_active((uv_handle_t *)&rig->desk.idle.timer));
	rig_free(rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_tutorials_token_byte_for_byte),
		cmocka_unit_test(test_a_warning_is_told_once_a_function),
		cmocka_unit_test(test_a_thousand_calls_stay_in_one_slot),
		cmocka_unit_test(test_64_async_invocations_overlap),
		cmocka_unit_test(test_no_more_slots_than_the_setting_and_the_rest_waits_its_turn),
		cmocka_unit_test(test_throwing_answers_500_and_answering_twice_once),
		cmocka_unit_test(test_the_log_is_cut_and_counted),
		cmocka_unit_test(test_the_logs_bytes_are_limited_too),
		cmocka_unit_test(test_an_answer_over_the_limit_is_500),
		cmocka_unit_test(test_never_answering_ends_in_504_and_the_worker_goes_on),
		cmocka_unit_test(test_an_answer_given_before_a_loop_counts),
		cmocka_unit_test(test_an_endless_loop_ends_in_504_and_what_waits_is_handed_back),
		cmocka_unit_test(test_a_loop_in_a_microtask_ends_too),
		cmocka_unit_test(test_others_finish_after_a_stopped_one),
		cmocka_unit_test(test_leaving_hands_back_and_finishes),
		cmocka_unit_test(test_a_gateway_that_goes_ends_the_worker),
		cmocka_unit_test(test_a_worker_that_nobody_calls_retires),
		cmocka_unit_test(test_what_is_sent_to_one_that_retires_comes_back),
		cmocka_unit_test(test_a_worker_that_waits_for_a_function_is_not_idle),
		cmocka_unit_test(test_without_a_limit_it_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
