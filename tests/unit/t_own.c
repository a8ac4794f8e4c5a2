/*
 * t_own.c - our own API: who may call, set-up, sessions, people, keys, accounts, and bodies that are refused.
 */
#include "own_rig.h"
#include "documented.h"

#include <time.h>

/* ---- who may call ---- */

static void
needs_somebody(void **state)
{
	struct own_rig *o = *state;

	o->r->user = NULL;
	assert_int_equal(own_get(o, "/Account"), 401);
	assert_int_equal(own_get(o, "/Status"), 200);
	assert_int_equal(own_get(o, "/Nothing"), 404);
	assert_int_equal(own_delete(o, "/Status"), 405);
	o->r->user = RIG_ACCOUNT;
	o->r->password = "wrong";
	assert_int_equal(own_get(o, "/Account"), 401);
}

static void
roles(void **state)
{
	struct own_rig *o = *state;

	own_be(o, "reader");
	assert_int_equal(own_get(o, "/Overview"), 200);
	assert_int_equal(own_get(o, "/Logs"), 200);
	assert_int_equal(own_get(o, "/Keys"), 403);
	assert_int_equal(own_get(o, "/Account/AuthToken"), 403);
	assert_int_equal(own_post(o, "/Account", "{\"friendly_name\":\"x\"}"), 403);
	assert_int_equal(own_post(o, "/Check", "{\"content\":\"1\"}"), 403);
	own_be(o, "developer");
	assert_int_equal(own_post(o, "/Check", "{\"content\":\"1\"}"), 200);
	assert_int_equal(own_get(o, "/Keys"), 403);
	assert_int_equal(own_get(o, "/People"), 403);
	own_be(o, "admin");
	assert_int_equal(own_get(o, "/Keys"), 200);
	assert_int_equal(own_get(o, "/People"), 200);
	assert_int_equal(own_get(o, "/Accounts"), 403);
	assert_int_equal(
	    own_post(o, "/People", "{\"name\":\"n\",\"password\":\"" PASSWORD "\",\"role\":\"owner\"}"), 403);
	own_be(o, "owner");
	assert_int_equal(own_get(o, "/Accounts"), 200);
	assert_int_equal(own_count(o, "accounts"), 2);
}

static void
only_the_first_account_operates(void **state)
{
	struct own_rig *o = *state;

	o->r->user = RIG_OTHER;
	o->r->password = RIG_OTHER_TOKEN;
	assert_int_equal(own_get(o, "/Accounts"), 403);
	assert_int_equal(own_post(o, "/Backup", "{}"), 403);
	own_use_token(o);
	assert_int_equal(own_post(o, "/Accounts", "{\"friendly_name\":\"Third\"}"), 201);
	assert_int_equal(strlen(rig_text(o->r, "auth_token")), 32);
	assert_int_equal(own_post(o, "/Backup", "{}"), 201);
	assert_non_null(strstr(rig_text(o->r, "file"), ".db"));
}

/* ---- pages of other origins ---- */

static void
cookies_need_our_own_page(void **state)
{
	struct own_rig *o = *state;

	own_be(o, "owner");
	o->mark = NULL;
	assert_int_equal(own_get(o, "/Account"), 200);
	assert_int_equal(own_post(o, "/Account", "{\"friendly_name\":\"x\"}"), 403);
	o->mark = "1";
	assert_int_equal(own_post(o, "/Account", "{\"friendly_name\":\"x\"}"), 200);
	o->origin = "http://127.0.0.1:3001";
	assert_int_equal(own_post(o, "/Account", "{\"friendly_name\":\"y\"}"), 200);
	static const char *const others[] = { "http://evil.example", "null", "", "http://127.0.0.1:3000",
		"http://127.0.0.1:3001.evil.example" };
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		o->origin = others[i];
		assert_int_equal(own_post(o, "/Account", "{\"friendly_name\":\"z\"}"), 403);
		assert_int_equal(own_post(o, "/Session", "{\"name\":\"a\",\"password\":\"b\"}"), 403);
	}
	o->origin = NULL;
	o->fetch_site = "cross-site";
	assert_int_equal(own_delete(o, "/Session"), 403);
	o->fetch_site = NULL;
	assert_int_equal(own_get(o, "/Account"), 200);
	assert_string_equal(rig_text(o->r, "friendly_name"), "y");
}

/* ---- set-up ---- */

static void
empty(struct own_rig *o)
{
	struct rk_own_opts opts = { &o->loop, o->r->store, o->r->api, &estate, &o->conf };

	assert_int_equal(
	    rk_store_remove(o->r->store, RK_KIND_ACCOUNT, RK_STR(RIG_ACCOUNT), RK_STR(RIG_ACCOUNT)), RK_OK);
	assert_int_equal(
	    rk_store_remove(o->r->store, RK_KIND_ACCOUNT, RK_STR(RIG_OTHER), RK_STR(RIG_OTHER)), RK_OK);
	rk_own_free(o->own);
	assert_int_equal(rk_own_new(&opts, &o->own), RK_OK);
	o->r->user = NULL;
}

static void
sets_up_once(void **state)
{
	struct own_rig *o = *state;
	char body[256], code[16];

	assert_null(rk_own_setup_code(o->own));
	assert_int_equal(own_post(o, "/Setup", "{\"code\":\"AAAA-AAAA\"}"), 409);
	empty(o);
	assert_int_equal(own_get(o, "/Status"), 200);
	assert_int_equal(rk_json_type(rk_json_get(o->r->json, "is_set_up")), RK_JSON_FALSE);
	snprintf(code, sizeof code, "%s", rk_own_setup_code(o->own));
	assert_int_equal(strlen(code), 9);
	assert_int_equal(own_post(o, "/Setup", "{\"code\":\"0000-0000\"}"), 403);
	snprintf(body, sizeof body, "{\"code\":\"%s\",\"name\":\"a\",\"password\":\"short\"}", code);
	assert_int_equal(own_post(o, "/Setup", body), 400);
	for (char *c = code; *c; c++) /* as people type it */
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
	snprintf(body, sizeof body,
	    "{\"code\":\" %s\",\"account_name\":\"Mine\",\"name\":\"a\",\"password\":\"" PASSWORD "\"}",
	    code);
	assert_int_equal(own_post(o, "/Setup", body), 201);
	assert_string_equal(rig_text(o->r, "friendly_name"), "Mine");
	assert_null(rk_own_setup_code(o->own));
	own_use_cookie(o);
	assert_int_equal(own_get(o, "/Session"), 200);
	assert_int_equal(own_get(o, "/Accounts"), 200);
	assert_int_equal(own_post(o, "/Setup", body), 409);
}

static void
guessing_the_code_is_throttled(void **state)
{
	struct own_rig *o = *state;
	char body[64];

	empty(o);
	for (int i = 0; i < RK_API_THROTTLE_TRIES; i++)
		assert_int_equal(own_post(o, "/Setup", "{\"code\":\"AAAA-AAAA\"}"), 403);
	snprintf(body, sizeof body, "{\"code\":\"%s\"}", rk_own_setup_code(o->own));
	assert_int_equal(own_post(o, "/Setup", body), 429);
	o->r->now_ms += RK_API_THROTTLE_MS + 1;
	assert_int_equal(own_post(o, "/Setup", body), 201);
	assert_int_equal(o->set_cookie[0], 0);
}

/* ---- sessions ---- */

static void
signs_in_and_out(void **state)
{
	struct own_rig *o = *state;
	char first[256];

	own_be(o, "owner");
	assert_non_null(strstr(o->set_cookie, "; HttpOnly; SameSite=Strict"));
	assert_non_null(strstr(o->set_cookie, "Path=/;"));
	assert_int_equal(own_get(o, "/Session"), 200);
	snprintf(first, sizeof first, "%s", o->cookie);
	assert_int_equal(
	    own_post(o, "/Session", "{\"name\":\"owner@x\",\"password\":\"" PASSWORD "\"}"), 201);
	own_use_cookie(o);
	assert_string_not_equal(first, o->cookie);
	assert_int_equal(own_get(o, "/Sessions"), 200);
	assert_int_equal(own_count(o, "sessions"), 2);
	assert_int_equal(own_delete(o, "/Sessions"), 204);
	assert_int_equal(own_get(o, "/Session"), 200);
	snprintf(o->cookie, sizeof o->cookie, "%s", first);
	assert_int_equal(own_get(o, "/Session"), 401);
	assert_int_equal(
	    own_post(o, "/Session", "{\"name\":\"owner@x\",\"password\":\"" PASSWORD "\"}"), 201);
	own_use_cookie(o);
	assert_int_equal(own_delete(o, "/Session"), 204);
	assert_non_null(strstr(o->set_cookie, "Max-Age=0"));
	assert_int_equal(own_get(o, "/Session"), 401);
}

static void
sessions_end(void **state)
{
	struct own_rig *o = *state;

	own_be(o, "owner");
	o->r->now_ms += 11ll * 3600 * 1000;
	assert_int_equal(own_get(o, "/Session"), 200);
	o->r->now_ms += 11ll * 3600 * 1000;
	assert_int_equal(own_get(o, "/Session"), 200);
	o->r->now_ms += 13ll * 3600 * 1000;
	assert_int_equal(own_get(o, "/Session"), 401);
}

static void
cookies_that_are_none(void **state)
{
	struct own_rig *o = *state;
	char good[256];

	own_be(o, "owner");
	snprintf(good, sizeof good, "%s", o->cookie);
	static const char *const bad[] = { "roomkey_session=", "roomkey_session=SE.x",
		"roomkey_session=SE00000000000000000000000000000001.AAAA", "other=1",
		"roomkey_session=%00\xff" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		snprintf(o->cookie, sizeof o->cookie, "%s", bad[i]);
		assert_int_equal(own_get(o, "/Account"), 401);
	}
	snprintf(o->cookie, sizeof o->cookie, "roomkey_session=a; %.200s", good);
	assert_int_equal(own_get(o, "/Account"), 401);
	snprintf(o->cookie, sizeof o->cookie, "%s", good);
	o->cookie[strlen(o->cookie) - 2] ^= 1;
	assert_int_equal(own_get(o, "/Account"), 401);
	snprintf(o->cookie, sizeof o->cookie, "a=b; %.200s; c=d", good);
	assert_int_equal(own_get(o, "/Account"), 200);
}

static void
wrong_passwords_are_throttled(void **state)
{
	struct own_rig *o = *state;

	own_be(o, "owner");
	own_use_token(o);
	o->r->user = NULL;
	for (int i = 0; i < RK_API_THROTTLE_TRIES; i++) {
		char peer[32];
		snprintf(peer, sizeof peer, "10.0.0.%d", i);
		o->r->peer = peer; /* by name, from wherever */
		assert_int_equal(
		    own_post(o, "/Session", "{\"name\":\"owner@x\",\"password\":\"wrong\"}"), 401);
		assert_string_equal(rig_text(o->r, "roomkey_code"), "RK-742");
		o->r->peer = "10.0.1.1";
	}
	assert_int_equal(
	    own_post(o, "/Session", "{\"name\":\"owner@x\",\"password\":\"" PASSWORD "\"}"), 429);
	assert_int_equal(own_post(o, "/Session", "{\"name\":\"nobody\",\"password\":\"x\"}"), 401);
	o->r->now_ms += RK_API_THROTTLE_MS + 1;
	assert_int_equal(
	    own_post(o, "/Session", "{\"name\":\"owner@x\",\"password\":\"" PASSWORD "\"}"), 201);
}

static uint64_t
cpu_ns(void) /* of all threads: what others do meanwhile is not measured */
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void
strangers_cost_as_much(void **state)
{
	struct own_rig *o = *state;
	uint64_t took[2];

	own_be(o, "owner");
	own_use_token(o);
	o->r->user = NULL;
	for (int k = 0; k < 2; k++) {
		uint64_t from = cpu_ns();
		for (int i = 0; i < 3; i++)
			assert_int_equal(own_post(o, "/Session",
					     k ? "{\"name\":\"nobody\",\"password\":\"wrong wrong\"}"
					       : "{\"name\":\"owner@x\",\"password\":\"wrong wrong\"}"),
			    401);
		took[k] = cpu_ns() - from;
	}
	print_message("# three wrong passwords of somebody %.0f ms, of nobody %.0f ms\n",
	    (double)took[0] / 1e6, (double)took[1] / 1e6);
	assert_true(took[0] < 2 * took[1] && took[1] < 2 * took[0]);
}

static void
too_many_passwords_wait(void **state)
{
	struct own_rig *o = *state;
	struct rk_own_call *calls[5];

	o->r->user = NULL;
	o->keeps = true;
	for (int i = 0; i < 5; i++) {
		assert_int_equal(own_post(o, "/Session", "{\"name\":\"n\",\"password\":\"p\"}"), 0);
		calls[i] = o->call;
		o->call = NULL;
	}
	assert_int_equal(own_post(o, "/Session", "{\"name\":\"n\",\"password\":\"p\"}"), 503);
	for (int i = 0; i < 5; i++) /* they go while they wait: nothing is left of them */
		rk_own_call_end(calls[i]);
	uv_run(&o->loop.uv, UV_RUN_ONCE);
	o->keeps = false;
	assert_int_equal(own_post(o, "/Session", "{\"name\":\"n\",\"password\":\"p\"}"), 401);
}

/* ---- people ---- */

static void
people(void **state)
{
	struct own_rig *o = *state;
	char path[64];

	own_be(o, "owner");
	assert_int_equal(own_get(o, "/People"), 200);
	snprintf(path, sizeof path, "/People/%.*s",
	    RK_FMT(rk_json_str(rk_json_get(own_at(o, "people", 0), "sid"))));
	assert_int_equal(own_delete(o, path), 409);
	assert_int_equal(own_post(o, path, "{\"disabled\":true}"), 409);
	assert_int_equal(own_post(o, path, "{\"role\":\"reader\"}"), 409);
	assert_int_equal(own_post(o, path, "{\"role\":\"king\"}"), 400);
	assert_int_equal(own_post(o, path, "{\"password\":\"too short\"}"), 400);
	assert_int_equal(own_post(o, path, "{\"password\":\"another good one\"}"), 200);
	assert_int_equal(own_get(o, "/Session"), 200); /* one's own goes on */
	assert_int_equal(
	    own_post(o, "/Session", "{\"name\":\"owner@x\",\"password\":\"" PASSWORD "\"}"), 401);
	assert_int_equal(own_post(o, "/People",
			     "{\"name\":\"owner@x\",\"password\":\"" PASSWORD "\",\"role\":\"reader\"}"),
	    409);
	assert_int_equal(
	    own_post(o, "/People",
		"{\"name\":\"<script>alert(1)</script>\",\"password\":\"" PASSWORD "\",\"role\":\"reader\"}"),
	    201);
	assert_string_equal(rig_text(o->r, "name"), "<script>alert(1)</script>");
	o->cookie[0] = '\0';
	o->r->user = RIG_OTHER;
	o->r->password = RIG_OTHER_TOKEN;
	assert_int_equal(own_delete(o, path), 404);
	assert_int_equal(own_post(o, path, "{\"disabled\":true}"), 404);
}

/* ---- keys ---- */

static void
keys(void **state)
{
	struct own_rig *o = *state;
	char path[64], secret[64];

	assert_int_equal(own_post(o, "/Keys", "{\"friendly_name\":\"k\",\"type\":\"main\"}"), 201);
	snprintf(path, sizeof path, "/Keys/%s", rig_text(o->r, "sid"));
	snprintf(secret, sizeof secret, "%s", rig_text(o->r, "secret"));
	assert_int_equal(strlen(secret), 32);
	assert_int_equal(own_get(o, "/Keys"), 200);
	assert_int_equal(own_count(o, "keys"), 2);
	assert_null(rk_json_get(own_at(o, "keys", 1), "secret"));
	o->r->user = path + 6;
	o->r->password = secret;
	assert_int_equal(own_get(o, "/Account/AuthToken"), 200);
	assert_string_equal(rig_text(o->r, "auth_token"), RIG_TOKEN);
	own_use_token(o);
	assert_int_equal(own_get(o, "/Keys"), 200);
	assert_int_equal(rk_json_type(rk_json_get(own_at(o, "keys", 1), "last_used")), RK_JSON_STRING);
	assert_int_equal(own_post(o, path, "{\"disabled\":true,\"friendly_name\":\"off\"}"), 200);
	o->r->user = path + 6;
	o->r->password = secret;
	assert_int_equal(own_get(o, "/Account"), 401);
	o->r->user = RIG_OTHER;
	o->r->password = RIG_OTHER_TOKEN;
	assert_int_equal(own_delete(o, path), 404);
	own_use_token(o);
	assert_int_equal(own_delete(o, path), 204);
	assert_int_equal(own_delete(o, path), 404);
	assert_int_equal(own_post(o, "/Keys", "{\"type\":\"restricted\"}"), 400);
	assert_int_equal(own_post(o, "/Keys", "{\"region\":\"US 1\"}"), 400);
}

static void
imports_keys(void **state)
{
	struct own_rig *o = *state;

	assert_int_equal(own_post(o, "/Keys/Import",
			     "{\"sid\":\"SK000000000000000000000000000000aa\",\"secret\":\"theirs\"}"),
	    201);
	assert_null(rk_json_get(o->r->json, "secret"));
	assert_int_equal(own_post(o, "/Keys/Import",
			     "{\"sid\":\"SK000000000000000000000000000000aa\",\"secret\":\"theirs\"}"),
	    409);
	assert_int_equal(own_post(o, "/Keys/Import", "{\"sid\":\"SK00\",\"secret\":\"theirs\"}"), 400);
	assert_int_equal(
	    own_post(o, "/Keys/Import", "{\"sid\":\"SK000000000000000000000000000000ab\",\"secret\":\" x\"}"),
	    400);
	assert_int_equal(
	    own_post(o, "/Keys/Import", "{\"sid\":\"SK000000000000000000000000000000ab\"}"), 400);
}

/* ---- bodies ---- */

static void
refuses_bodies(void **state)
{
	static const struct {
		const char *body, *says;
	} bad[] = { { "", "JSON" }, { "[]", "object" }, { "{", "JSON" },
		{ "{\"friendly_nam\":\"x\"}", "friendly_name" }, { "{}", "friendly_name" },
		{ "{\"friendly_name\":null}", "friendly_name" }, { "{\"friendly_name\":1}", "friendly_name" },
		{ "{\"friendly_name\":\"a\\u0000b\"}", "friendly_name" },
		{ "{\"friendly_name\":\"x\",\"friendly_name\":\"y\"}", "JSON" },
		{ "{\"friendly_name\":"
		  "\"0123456789012345678901234567890123456789012345678901234567890123456789\"}",
		    "friendly_name" } };
	struct own_rig *o = *state;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(own_post(o, "/Account", bad[i].body), 400);
		assert_int_equal(rig_code(o->r), 20001);
		assert_non_null(strstr(rig_text(o->r, "message"), bad[i].says));
	}
	o->r->type = "text/plain";
	assert_int_equal(own_post(o, "/Account", "{\"friendly_name\":\"x\"}"), 415);
	o->r->type = NULL;
	assert_int_equal(own_post(o, "/Account", "{\"friendly_name\":\"x\"}"), 415);
	o->r->type = "Application/JSON; charset=utf-8";
	assert_int_equal(own_post(o, "/Account", "{\"friendly_name\":\"x\"}"), 200);
}

static void
changes_leave_an_entry(void **state)
{
	struct own_rig *o = *state;
	char after[128];

	assert_int_equal(own_post(o, "/Account", "{\"friendly_name\":\"a \\\"b\\\"\"}"), 200);
	own_be(o, "owner");
	assert_int_equal(own_post(o, "/Account", "{\"friendly_name\":\"c\"}"), 200);
	assert_int_equal(own_get(o, "/Audit?PageSize=1"), 200);
	assert_true(
	    rk_str_is(rk_json_str(rk_json_get(own_at(o, "entries", 0), "action")), RK_STR("Account.update")));
	assert_true(rk_sid_is(rk_json_str(rk_json_get(own_at(o, "entries", 0), "actor")), "US"));
	assert_true(
	    rk_str_is(rk_json_str(rk_json_get(own_at(o, "entries", 0), "origin")), RK_STR("127.0.0.1")));
	snprintf(after, sizeof after, "/Audit?PageSize=50&After=%s", rig_text(o->r, "next_after"));
	assert_int_equal(own_get(o, after), 200);
	assert_int_equal(own_count(o, "entries"), 3); /* session, person, account */
	assert_int_equal(rk_json_type(rk_json_get(o->r->json, "next_after")), RK_JSON_NULL);
	assert_int_equal(own_get(o, "/Audit?After=x"), 400);
	assert_int_equal(own_get(o, "/Audit?PageSize=0"), 400);
}

static void
routes_are_documented(void **state)
{
	compare_routes(rk_own_get_route, "/roomkey/", false);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, own_set_up, own_tear_down)
	const struct CMUnitTest tests[] = {
		T(needs_somebody),
		T(roles),
		T(only_the_first_account_operates),
		T(cookies_need_our_own_page),
		T(sets_up_once),
		T(guessing_the_code_is_throttled),
		T(signs_in_and_out),
		T(sessions_end),
		T(cookies_that_are_none),
		T(wrong_passwords_are_throttled),
		T(strangers_cost_as_much),
		T(too_many_passwords_wait),
		T(people),
		T(keys),
		T(imports_keys),
		T(refuses_bodies),
		T(changes_leave_an_entry),
		cmocka_unit_test(routes_are_documented),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
