/*
 * t_own_changes.c - what our own API does with code: changes, content, checks, tries, logs, the overview, tokens.
 */
#include "own_rig.h"

#define CODE "exports.handler = (c, e, cb) => cb(null, 'hello');"
#define MINTS                                                                                 \
	"const t = new Twilio.jwt.AccessToken(process.env.ACCOUNT_SID, process.env.API_KEY, " \
	"context.API_SECRET || 1);"

static char service[RK_SID_LEN + 1], environment[RK_SID_LEN + 1], place[160];

static void
make_service(struct own_rig *o)
{
	struct rk_row_service s = { .row.account_sid = RK_STR(RIG_ACCOUNT),
		.unique_name = RK_STR("tokens"),
		.friendly_name = RK_STR("<b>Tokens</b>"),
		.include_credentials = true };
	struct rk_row_environment e = { .row.account_sid = RK_STR(RIG_ACCOUNT),
		.unique_name = RK_STR("dev") };
	char base[RK_PLATFORM_LABEL_SIZE], label[RK_PLATFORM_LABEL_SIZE];

	assert_int_equal(rk_platform_create_service(o->r->store, &s, base, NULL), RK_OK);
	e.service_sid = rk_str(s.row.sid);
	assert_int_equal(rk_platform_create_environment(o->r->store, &e, label, NULL), RK_OK);
	memcpy(service, s.row.sid, sizeof service);
	memcpy(environment, e.row.sid, sizeof environment);
	snprintf(place, sizeof place, "/Services/%s/Environments/%s", service, environment);
}

static const char *
at(const char *tail)
{
	static char path[256];

	snprintf(path, sizeof path, "%s%s", place, tail);
	return path;
}

/* A change from what is live; the build becomes `live`. */
static char live[600] = "null";

static int
change(struct own_rig *o, const char *members)
{
	char body[2048];
	int status;

	snprintf(body, sizeof body, "{\"base_build\":%s,%s}", live, members);
	status = own_post(o, at("/Changes"), body);
	if (status == 201)
		snprintf(live, sizeof live, "\"%s\"", rig_text(o->r, "build_sid"));
	return status;
}

static int
set_up(void **state)
{
	int status = own_set_up(state);

	make_service(*state);
	snprintf(live, sizeof live, "null");
	return status;
}

#define PUT(kind, path, visibility, content)                                        \
	"{\"kind\":\"" kind "\",\"path\":\"" path "\",\"visibility\":\"" visibility \
	"\",\"content\":\"" content "\"}"

static void
changes_what_is_live(void **state)
{
	struct own_rig *o = *state;
	char first[600];

	assert_int_equal(change(o, "\"put\":[" PUT("function", "/token", "public", CODE) "," PUT(
				       "asset", "/index.html", "public", "<h1>") "]"),
	    201);
	assert_int_equal(own_count(o, "added"), 2);
	assert_int_equal(estate.compiles, 1);
	assert_int_equal(estate.changes, 1);
	assert_int_equal(estate.awaits, 1);
	assert_true(rk_sid_is(rk_str(rig_text(o->r, "deployment_sid")), "ZD"));
	assert_non_null(strstr(rig_text(o->r, "url"), "http://tokens-"));
	snprintf(first, sizeof first, "%s", live);
	assert_int_equal(change(o, "\"put\":[" PUT("function", "/token", "public", CODE) "]"), 200);
	assert_null(rk_json_get(o->r->json, "build_sid"));
	assert_int_equal(estate.compiles, 1);
	assert_int_equal(change(o, "\"put\":[" PUT("function", "/token", "protected", CODE) "]"), 201);
	assert_int_equal(own_count(o, "changed"), 1);
	assert_int_equal(estate.compiles, 1); /* it was compiled before */
	assert_int_equal(own_get(o, at("/Content")), 200);
	assert_int_equal(own_count(o, "functions"), 1);
	assert_int_equal(own_count(o, "assets"), 1);
	assert_true(rk_str_is(
	    rk_json_str(rk_json_get(own_at(o, "functions", 0), "visibility")), RK_STR("protected")));
	snprintf(live, sizeof live, "%s", first);
	assert_int_equal(change(o, "\"remove\":[{\"kind\":\"asset\",\"path\":\"/index.html\"}]"), 409);
	assert_true(rk_sid_is(rk_str(rig_text(o->r, "live_build")), "ZB"));
	snprintf(live, sizeof live, "\"%s\"", rig_text(o->r, "live_build"));
	assert_int_equal(
	    change(o, "\"remove\":[{\"kind\":\"asset\",\"path\":\"/index.html\"}],\"dry_run\":true"), 200);
	assert_int_equal(own_count(o, "removed"), 1);
	assert_int_equal(change(o, "\"remove\":[{\"kind\":\"asset\",\"path\":\"/index.html\"}]"), 201);
	assert_int_equal(
	    change(o, "\"replace_all\":true,\"put\":[" PUT("function", "/other", "public", CODE) "]"), 201);
	assert_int_equal(own_count(o, "removed"), 1);
	assert_int_equal(own_count(o, "added"), 1);
}

static void
leaves_nothing_of_what_does_not_compile(void **state)
{
	struct own_rig *o = *state;
	const struct rk_json *problem;

	estate.problem = (struct rk_problem){ .function = 0,
		.kind = RK_STR("SyntaxError"),
		.message = RK_STR("Unexpected token"),
		.line = 3,
		.column = 7,
		.source = RK_STR("  )") };
	estate.outcome =
	    (struct rk_estate_outcome){ .err = RK_REFUSED, .problems = &estate.problem, .problem_n = 1 };
	assert_int_equal(change(o, "\"put\":[" PUT("function", "/token", "public", "(") "]"), 422);
	problem = own_at(o, "problems", 0);
	assert_true(rk_str_is(rk_json_str(rk_json_get(problem, "path")), RK_STR("/token")));
	assert_true(
	    rk_str_is(rk_json_str(rk_json_get(problem, "message")), RK_STR("SyntaxError: Unexpected token")));
	assert_int_equal(estate.changes, 0);
	assert_int_equal(own_get(o, at("/Content")), 200);
	assert_int_equal(own_count(o, "functions"), 0);
	estate.outcome = (struct rk_estate_outcome){ .err = RK_TIMEOUT };
	assert_int_equal(change(o, "\"put\":[" PUT("function", "/token", "public", "(") "]"), 503);
}

#define BAD_BASE64 "{\"kind\":\"asset\",\"path\":\"/a\",\"visibility\":\"public\",\"content_base64\":\"!\"}"

static void
refuses_changes(void **state)
{
	static const char *const bad[] = { "\"put\":[1]", "\"put\":[{}]", "\"put\":{}",
		"\"put\":[" PUT("thing", "/a", "public", "1") "]",
		"\"put\":[" PUT("function", "a", "public", "1") "]",
		"\"put\":[" PUT("function", "/a/../b", "public", "1") "]",
		"\"put\":[" PUT("function", "/a", "open", "1") "]",
		"\"put\":[" PUT("function", "/a", "public", "a\\u0000") "]",
		"\"put\":[" PUT("function", "/a", "public", "1") "," PUT("function", "/a", "public", "2") "]",
		"\"put\":[" PUT("function", "/a", "public", "1") "," PUT("asset", "/a", "public", "2") "]",
		"\"put\":[{\"kind\":\"function\",\"path\":\"/a\",\"visibility\":\"public\"}]",
		"\"put\":[" BAD_BASE64 "]",
		"\"put\":[{\"kind\":\"asset\",\"path\":\"/a\",\"visibilty\":\"public\"}]",
		"\"remove\":[{\"kind\":\"asset\",\"path\":\"/a\"}]", "\"removes\":[]" };
	struct own_rig *o = *state;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(change(o, bad[i]), 400);
	assert_int_equal(estate.compiles, 0);
	o->r->user = RIG_OTHER;
	o->r->password = RIG_OTHER_TOKEN;
	assert_int_equal(change(o, "\"put\":[" PUT("function", "/a", "public", "1") "]"), 404);
	assert_int_equal(own_get(o, at("/Content")), 404);
}

/* A visit that goes while it is compiled leaves nothing behind. */
static void
goes_while_it_waits(void **state)
{
	struct own_rig *o = *state;

	o->keeps = true;
	assert_int_equal(change(o, "\"put\":[" PUT("function", "/token", "public", CODE) "]"), 0);
	own_drop(o);
	assert_int_equal(estate.cancels, 1);
	assert_int_equal(change(o, "\"put\":[" PUT("function", "/token", "public", CODE) "]"), 0);
	rk_own_call_tick(o->call, o->r->now_ms + 29000);
	assert_false(o->is_done);
	rk_own_call_tick(o->call, o->r->now_ms + 31000);
	assert_true(o->is_done);
	assert_int_equal(own_look(o), 503);
	assert_int_equal(estate.cancels, 2);
}

static void
tells_variables(void **state)
{
	struct own_rig *o = *state;

	assert_int_equal(change(o, "\"put\":[" PUT("function", "/token", "public", MINTS) "]"), 201);
	assert_int_equal(own_get(o, at("/Content")), 200);
	assert_int_equal(own_count(o, "variables_read"), 3);
	assert_int_equal(
	    own_count(o, "variables_missing"), 1); /* ACCOUNT_SID is a credential, API_SECRET has a default */
	assert_int_equal(own_post(o, "/Check", "{\"content\":\"process.env.A + context.B\"}"), 200);
	assert_int_equal(own_count(o, "problems"), 0);
	assert_int_equal(own_count(o, "variables_read"), 2);
}

static void
overview(void **state)
{
	struct own_rig *o = *state;
	struct rk_row_log log = { .row.account_sid = RK_STR(RIG_ACCOUNT),
		.environment_sid = rk_str(environment),
		.kind = RK_STR("request"),
		.level = RK_STR("error"),
		.status = 500 };
	const struct rk_json *s, *e;
	long long n = 0;

	assert_int_equal(change(o, "\"put\":[" PUT("function", "/token", "public", MINTS) "," PUT(
				       "function", "/hello", "public", "// AccessToken\\n" CODE) "]"),
	    201);
	assert_int_equal(rk_store_create(o->r->store, RK_KIND_LOG, &log, NULL), RK_OK);
	o->r->now_ms = rk_clock_unix_ms() + 1000;
	assert_int_equal(own_get(o, "/Overview"), 200);
	s = own_at(o, "services", 0);
	assert_true(rk_str_is(rk_json_str(rk_json_get(s, "friendly_name")), RK_STR("<b>Tokens</b>")));
	e = rk_json_at(rk_json_get(s, "environments"), 0);
	assert_int_equal(rk_json_count(rk_json_get(e, "open_functions")), 1);
	assert_true(rk_json_integer(rk_json_get(e, "errors_1h"), &n) && n == 1);
	assert_int_equal(own_count(o, "requests"), 60);
	o->r->user = RIG_OTHER;
	o->r->password = RIG_OTHER_TOKEN;
	assert_int_equal(own_get(o, "/Overview"), 200);
	assert_int_equal(own_count(o, "services"), 0);
}

static void
tries(void **state)
{
	struct own_rig *o = *state;
	struct rk_admin_run run;
	struct rk_msg_view view;
	struct rk_str name, value;

	assert_int_equal(own_post(o, at("/Try"),
			     "{\"method\":\"POST\",\"path\":\"/token\",\"query\":\"a=1\",\"headers\":"
			     "[[\"X-A\",\"b\"]],\"body\":\"x\\u0000y\",\"signed\":true}"),
	    200);
	assert_int_equal(o->how, RK_ADMIN_RUN);
	view.p = (const unsigned char *)rk_own_call_response(o->call)->body.p;
	view.end = view.p + rk_own_call_response(o->call)->body.n;
	view.bad = false;
	assert_int_equal(rk_admin_run_get(&view, &run), RK_OK);
	assert_int_equal(run.site, 7);
	assert_true(run.is_signed && run.body.n == 3 && rk_str_is(run.target, RK_STR("/token?a=1")));
	assert_true(rk_pairs_take(&run.headers, &name, &value) && rk_str_is(value, RK_STR("b")));
	static const char *const bad[] = { "{\"method\":\"GET\"}", "{\"method\":\"G ET\",\"path\":\"/\"}",
		"{\"method\":\"GET\",\"path\":\"token\"}", "{\"method\":\"GET\",\"path\":\"/a b\"}",
		"{\"method\":\"GET\",\"path\":\"/a\\r\\nX: y\"}",
		"{\"method\":\"GET\",\"path\":\"/\",\"headers\":[[1,2]]}",
		"{\"method\":\"GET\",\"path\":\"/\",\"headers\":[[\"a\",\"b\\r\\nc: d\"]]}",
		"{\"method\":\"GET\",\"path\":\"/\",\"headers\":[[\"a:\",\"b\"]]}" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(own_post(o, at("/Try"), bad[i]), 400);
	estate.site = RK_SITE_TRIAL;
	assert_int_equal(own_post(o, at("/Try"), "{\"method\":\"GET\",\"path\":\"/\"}"), 409);
}

static void
logs(void **state)
{
	struct own_rig *o = *state;
	struct rk_row_log log = { .row.account_sid = RK_STR(RIG_ACCOUNT),
		.kind = RK_STR("line"),
		.path = RK_STR("/token"),
		.level = RK_STR("warn"),
		.message = RK_STR("<script>\nalert(1)</script>") };
	struct rk_buf event = RK_BUF(65536);

	assert_int_equal(rk_store_create(o->r->store, RK_KIND_LOG, &log, NULL), RK_OK);
	assert_int_equal(own_get(o, "/Logs"), 200);
	assert_int_equal(own_count(o, "logs"), 1);
	assert_int_equal(own_get(o, "/Logs?Level=error"), 200);
	assert_int_equal(own_count(o, "logs"), 0);
	assert_int_equal(own_get(o, "/Logs?Path=%2Ftoken&Text=alert&Level=warn"), 200);
	assert_int_equal(own_count(o, "logs"), 1);
	assert_int_equal(own_get(o, "/Logs?Level=loud"), 400);
	assert_int_equal(own_get(o, "/Logs?From=yesterday"), 400);
	assert_int_equal(own_get(o, "/Logs?Text=%ff"), 400);
	o->accept = "text/event-stream";
	assert_int_equal(own_get(o, "/Logs?Path=%2Ftoken"), 200);
	assert_int_equal(o->how, RK_ADMIN_STREAM);
	rk_own_call_put_event(o->call, &log, &event);
	assert_true(rk_str_has_prefix(rk_buf_str(&event), RK_STR("event: log\nid: ")));
	assert_int_equal(rk_str_has_suffix(rk_buf_str(&event), RK_STR("}\n\n")), true);
	rk_buf_clear(&event);
	log.path = RK_STR("/other");
	rk_own_call_put_event(o->call, &log, &event);
	log.path = RK_STR("/token");
	log.row.account_sid = RK_STR(RIG_OTHER);
	rk_own_call_put_event(o->call, &log, &event);
	assert_int_equal(event.n, 0);
	rk_buf_free(&event);
}

static void
tokens(void **state)
{
	struct own_rig *o = *state;
	char token[1024], body[1200];

	assert_int_equal(own_post(o, "/Tokens",
			     "{\"key_sid\":\"" RIG_KEY
			     "\",\"identity\":\"alice\",\"grants\":{\"video\":{\"room\":\"daily\"}}}"),
	    201);
	snprintf(token, sizeof token, "%.*s", RK_FMT(rk_json_str(rk_json_get(o->r->json, "token"))));
	assert_int_equal(
	    rk_json_type(rk_json_get(rk_json_get(o->r->json, "decoded"), "payload")), RK_JSON_OBJECT);
	snprintf(body, sizeof body, "{\"token\":\"%s\"}", token);
	assert_int_equal(own_post(o, "/Tokens/Inspect", body), 200);
	assert_string_equal(rig_text(o->r, "signature"), "valid");
	assert_string_equal(rig_text(o->r, "key_sid"), RIG_KEY);
	o->r->user = RIG_OTHER;
	o->r->password = RIG_OTHER_TOKEN;
	assert_int_equal(own_post(o, "/Tokens/Inspect", body), 200);
	assert_string_equal(rig_text(o->r, "signature"), "unknown key");
	assert_int_equal(own_post(o, "/Tokens", "{\"key_sid\":\"" RIG_KEY "\",\"grants\":{}}"), 400);
	own_use_token(o);
	char *third = &token[strlen(token) - 3];

	*third = *third == 'A' ? 'B' : 'A';
	snprintf(body, sizeof body, "{\"token\":\"%s\"}", token);
	assert_int_equal(own_post(o, "/Tokens/Inspect", body), 200);
	assert_string_equal(rig_text(o->r, "signature"), "invalid");
	assert_int_equal(own_post(o, "/Tokens/Inspect", "{\"token\":\"a.b.c\"}"), 400);
	assert_int_equal(
	    own_post(o, "/Tokens", "{\"key_sid\":\"" RIG_KEY "\",\"ttl\":90000,\"grants\":{}}"), 422);
	assert_true(own_count(o, "findings") > 0);
	assert_int_equal(
	    own_post(o, "/Tokens", "{\"key_sid\":\"" RIG_KEY "\",\"grants\":{\"video\":1}}"), 400);
	assert_int_equal(own_post(o, "/Tokens", "{\"key_sid\":\"SK1\",\"grants\":{}}"), 400);
}

static void
settings(void **state)
{
	struct own_rig *o = *state;

	assert_int_equal(own_get(o, "/Settings"), 200);
	assert_int_equal(
	    rk_json_type(rk_json_get(rk_json_get(o->r->json, "limits"), "timeout_ms")), RK_JSON_INTEGER);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, own_tear_down)
	const struct CMUnitTest tests[] = {
		T(changes_what_is_live),
		T(leaves_nothing_of_what_does_not_compile),
		T(refuses_changes),
		T(goes_while_it_waits),
		T(tells_variables),
		T(overview),
		T(tries),
		T(logs),
		T(tokens),
		T(settings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
