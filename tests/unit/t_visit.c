/*
 * t_visit.c - requests to the admin listener over a gateway's channel: whole answers, streams, runs, held answers, hang-ups.
 */
#include "own_rig.h"

#include <sys/socket.h>

#include "keeper/visit.h"

struct gate {
	struct own_rig *o;
	struct rk_visits *visits;
	struct rk_chan *keeper, *gateway;
	enum rk_msg_type type; /* of the last message to the gateway */
	uint32_t id;
	uint8_t how;
	unsigned status, n;
	char body[65536];
};

static void
take_call(
    struct rk_chan *chan, enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, int fd, void *arg)
{
	struct gate *g = arg;

	(void)fd;
	if (type == RK_MSG_CALL)
		rk_visits_take(g->visits, chan, id, view);
	else if (type == RK_MSG_HANGUP)
		rk_visits_hangup(g->visits, chan, id);
}

static void
take_result(
    struct rk_chan *chan, enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, int fd, void *arg)
{
	struct gate *g = arg;
	struct rk_admin_result result = { .how = 99 };
	struct rk_str bytes;

	(void)chan;
	(void)fd;
	g->n++;
	g->type = type;
	g->id = id;
	if (type == RK_MSG_RESULT)
		assert_int_equal(rk_admin_result_get(view, &result), RK_OK);
	bytes = type == RK_MSG_RESULT ? result.body : rk_msg_get_str(view);
	g->how = result.how;
	g->status = result.status;
	snprintf(g->body, sizeof g->body, "%.*s", RK_FMT(bytes));
}

static void
closed(struct rk_chan *chan, enum rk_err err, void *arg)
{
	(void)chan;
	(void)arg;
	fail_msg("the channel closed: %s", rk_err_text(err));
}

static const struct rk_chan_ops keeper_ops = { .message = take_call, .closed = closed };
static const struct rk_chan_ops gateway_ops = { .message = take_result, .closed = closed };

static int
set_up(void **state)
{
	struct gate *g = calloc(1, sizeof *g);
	struct rk_visits_opts opts;
	int pair[2];

	assert_int_equal(own_set_up((void **)&g->o), 0);
	opts = (struct rk_visits_opts){ &g->o->loop, g->o->r->store, g->o->r->api, &estate, &g->o->conf };
	assert_int_equal(rk_visits_new(&opts, &g->visits), RK_OK);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), 0);
	assert_int_equal(
	    rk_chan_open(&g->o->loop, pair[0], RK_KEEPER, RK_GATEWAY, &keeper_ops, g, &g->keeper), RK_OK);
	assert_int_equal(
	    rk_chan_open(&g->o->loop, pair[1], RK_GATEWAY, RK_KEEPER, &gateway_ops, g, &g->gateway), RK_OK);
	*state = g;
	return 0;
}

static int
tear_down(void **state)
{
	struct gate *g = *state;

	rk_visits_gone(g->visits, g->keeper);
	rk_visits_free(g->visits);
	rk_chan_close(g->keeper);
	rk_chan_close(g->gateway);
	uv_run(&g->o->loop.uv, UV_RUN_NOWAIT);
	assert_int_equal(own_tear_down((void **)&g->o), 0);
	free(g);
	return 0;
}

static void
turn(struct gate *g)
{
	for (int i = 0; i < 20; i++)
		uv_run(&g->o->loop.uv, UV_RUN_NOWAIT);
}

/* headers: pairs of texts up to NULL */
static void
call(struct gate *g, uint32_t id, const char *method, const char *target, const char *const *headers,
    const char *body)
{
	struct rk_buf *out = rk_chan_begin(g->gateway, RK_MSG_CALL, id);
	struct rk_admin_call c = { .request_id = RK_STR("RQ00000000000000000000000000000001"),
		.method = rk_str(method),
		.target = rk_str(target),
		.scheme = RK_STR("http"),
		.peer = RK_STR("127.0.0.1") };
	uint16_t n = 0;
	size_t begun;

	g->n = 0;
	rk_admin_call_put_head(out, &c);
	begun = rk_pairs_begin(out);
	for (; headers[2 * n]; n++)
		rk_pairs_put(out, rk_str(headers[2 * n]), rk_str(headers[2 * n + 1]));
	rk_pairs_end(out, begun, n);
	rk_msg_put_str(out, rk_str(body));
	assert_int_equal(rk_chan_end(g->gateway), RK_OK);
	turn(g);
}

static char basic[256];

static const char *const *
signed_in(const char *type, const char *accept)
{
	static const char *headers[9];
	struct rk_buf out = RK_BUF(200);

	rk_codec_put_base64(&out, RK_STR(RIG_ACCOUNT ":" RIG_TOKEN));
	snprintf(basic, sizeof basic, "Basic %.*s", RK_FMT(rk_buf_str(&out)));
	rk_buf_free(&out);
	headers[0] = "Authorization";
	headers[1] = basic;
	headers[2] = "Content-Type";
	headers[3] = type;
	headers[4] = "Accept";
	headers[5] = accept;
	headers[6] = NULL;
	return headers;
}

static void
answers_both_apis(void **state)
{
	struct gate *g = *state;
	static const char *const nobody[] = { NULL };

	call(g, 5, "GET", "/roomkey/v1/Status", nobody, "");
	assert_int_equal(g->n, 1);
	assert_int_equal(g->type, RK_MSG_RESULT);
	assert_int_equal(g->id, 5);
	assert_int_equal(g->how, RK_ADMIN_WHOLE);
	assert_int_equal(g->status, 200);
	assert_non_null(strstr(g->body, "\"is_set_up\":true"));
	call(g, 6, "GET", "/v1/Services", nobody, "");
	assert_int_equal(g->status, 401);
	assert_non_null(strstr(g->body, "RQ00000000000000000000000000000001"));
	call(g, 7, "GET", "/serverless.twilio.com/v1/Services", signed_in("", ""), "");
	assert_int_equal(g->status, 200);
	call(g, 8, "GET", "/nothing", signed_in("", ""), "");
	assert_int_equal(g->status, 404);
}

static void
streams_until_hung_up(void **state)
{
	struct gate *g = *state;
	struct rk_row_log log = { .row.account_sid = RK_STR(RIG_ACCOUNT),
		.kind = RK_STR("line"),
		.level = RK_STR("info"),
		.message = RK_STR("hello") };

	call(g, 9, "GET", "/roomkey/v1/Logs", signed_in("", "text/event-stream"), "");
	assert_int_equal(g->how, RK_ADMIN_STREAM);
	memcpy(log.row.sid, "NO00000000000000000000000000000001", RK_SID_LEN);
	rk_visits_publish(g->visits, &log);
	turn(g);
	assert_int_equal(g->type, RK_MSG_PIECE);
	assert_int_equal(g->id, 9);
	assert_non_null(strstr(g->body, "\"message\":\"hello\""));
	rk_chan_begin(g->gateway, RK_MSG_HANGUP, 9);
	assert_int_equal(rk_chan_end(g->gateway), RK_OK);
	turn(g);
	g->n = 0;
	rk_visits_publish(g->visits, &log);
	turn(g);
	assert_int_equal(g->n, 0);
}

/* A variable changes what the environment serves: its answer comes when estate says so, or when the gateway goes, never. */
static void
holds_answers(void **state)
{
	struct gate *g = *state;
	struct rk_row_service s = { .row.account_sid = RK_STR(RIG_ACCOUNT),
		.unique_name = RK_STR("s"),
		.friendly_name = RK_STR("s") };
	struct rk_row_environment e = { .row.account_sid = RK_STR(RIG_ACCOUNT), .unique_name = RK_STR("e") };
	char base[RK_PLATFORM_LABEL_SIZE], label[RK_PLATFORM_LABEL_SIZE], path[200];
	struct rk_estate_outcome fine = { .err = RK_OK };
	rk_estate_done_fn *done;

	assert_int_equal(rk_platform_create_service(g->o->r->store, &s, base, NULL), RK_OK);
	e.service_sid = rk_str(s.row.sid);
	assert_int_equal(rk_platform_create_environment(g->o->r->store, &e, label, NULL), RK_OK);
	snprintf(path, sizeof path, "/v1/Services/%s/Environments/%s/Variables", s.row.sid, e.row.sid);
	call(g, 1, "POST", path, signed_in("application/x-www-form-urlencoded", ""), "Key=A&Value=1");
	assert_int_equal(g->n, 0);
	assert_int_equal(estate.awaits, 1);
	done = estate.done;
	estate.done = NULL;
	done(estate.arg, &fine);
	turn(g);
	assert_int_equal(g->n, 1);
	assert_int_equal(g->status, 201);
	call(g, 2, "POST", path, signed_in("application/x-www-form-urlencoded", ""), "Key=B&Value=1");
	assert_int_equal(g->n, 0);
	rk_visits_gone(g->visits, g->keeper);
	assert_int_equal(estate.cancels, 1);
	call(g, 3, "POST", path, signed_in("application/x-www-form-urlencoded", ""), "Key=C&Value=1");
	uv_sleep(5300);
	turn(g);
	assert_int_equal(g->n, 1);
	assert_int_equal(g->status, 201);
}

static void
sessions_open_the_vendors_api(void **state)
{
	struct gate *g = *state;
	const char *headers[] = { "Cookie", NULL, "Content-Type", "application/x-www-form-urlencoded",
		"X-Roomkey", "1", NULL };

	own_be(g->o, "developer");
	headers[1] = g->o->cookie;
	call(g, 1, "GET", "/v1/Services", headers, "");
	assert_int_equal(g->status, 200);
	call(g, 2, "POST", "/v1/Services", headers, "UniqueName=a&FriendlyName=a");
	assert_int_equal(g->status, 201);
	call(g, 3, "GET", "/2010-04-01/Accounts/" RIG_ACCOUNT "/Keys.json", headers, "");
	assert_int_equal(g->status, 403);
	headers[5] = "0";
	call(g, 4, "POST", "/v1/Services", headers, "UniqueName=b&FriendlyName=b");
	assert_int_equal(g->status, 403);
	headers[1] = "roomkey_session=SE1.x";
	call(g, 5, "GET", "/v1/Services", headers, "");
	assert_int_equal(g->status, 401);
	own_be(g->o, "reader");
	headers[1] = g->o->cookie;
	headers[5] = "1";
	call(g, 6, "GET", "/v1/Services", headers, "");
	assert_int_equal(g->status, 200);
	call(g, 7, "POST", "/v1/Services", headers, "UniqueName=c&FriendlyName=c");
	assert_int_equal(g->status, 403);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(answers_both_apis),
		T(streams_until_hung_up),
		T(holds_answers),
		T(sessions_open_the_vendors_api),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
