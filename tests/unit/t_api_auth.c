/*
 * t_api_auth.c - who is let in, how much they may do, and who has to wait.
 */
#include "api_rig.h"

#include "keeper/api_auth.h"

#define STANDARD "SK00000000000000000000000000000002"
#define KEYS "/2010-04-01/Accounts/" RIG_ACCOUNT "/Keys"

static int
sign_in(struct rig *r, const char *user, const char *password, const char *target)
{
	r->user = user;
	r->password = password;
	return rig_get(r, target);
}

static void
takes_tokens_and_keys(void **state)
{
	struct rig *r = *state;

	assert_int_equal(sign_in(r, RIG_ACCOUNT, RIG_TOKEN, "/v1/Services"), 200);
	assert_int_equal(sign_in(r, RIG_KEY, RIG_SECRET, "/v1/Services"), 200);
	assert_int_equal(sign_in(r, NULL, NULL, "/v1/Services"), 401);
	assert_int_equal(rig_code(r), 20003);
	assert_true(rk_str_has_prefix(rig_header(r, "WWW-Authenticate"), RK_STR("Basic ")));
	assert_int_equal(sign_in(r, RIG_ACCOUNT, RIG_SECRET, "/v1/Services"), 401);
	assert_int_equal(sign_in(r, RIG_KEY, RIG_TOKEN, "/v1/Services"), 401);
	assert_int_equal(sign_in(r, RIG_KEY, "", "/v1/Services"), 401);
	assert_int_equal(sign_in(r, "", "", "/v1/Services"), 401);
	assert_int_equal(sign_in(r, "*", RIG_TOKEN, "/v1/Services"), 401);
	assert_int_equal(sign_in(r, "sk00000000000000000000000000000001", RIG_SECRET, "/v1/Services"), 401);
	assert_int_equal(
	    sign_in(r, STANDARD, RIG_SECRET, "/nothing"), 401); /* before anything is said about paths */
}

static void
takes_one_header_of_one_form(void **state)
{
	static const char *const values[] = { "", "Basic", "Basic ", "Basic !!!!",
		"Basic bm9jb2xvbg==", "Basic Og==", "Bearer QUM6eA==", "Basic  QUM6eA==", "Basic QUM6eA" };
	struct rig *r = *state;
	struct rk_api_header headers[2];
	struct rk_api_request request = { .method = RK_STR("GET"),
		.target = RK_STR("/v1/Services"),
		.headers = headers,
		.peer = RK_STR("10.0.0.1") };

	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		headers[0] = (struct rk_api_header){ RK_STR("Authorization"), rk_str(values[i]) };
		request.header_n = 1;
		request.now_ms += RK_API_THROTTLE_MS;
		assert_int_equal(rig_handle(r, &request), 401);
	}
}

static void
ends_what_is_disabled(void **state)
{
	struct rig *r = *state;
	struct rk_row_key key;
	struct rk_row_account account;
	struct rk_arena arena;

	rk_arena_init(&arena, 0);
	assert_int_equal(
	    rk_store_get(r->store, RK_KIND_KEY, RK_STR(RIG_ACCOUNT), RK_STR(RIG_KEY), &arena, &key), RK_OK);
	key.disabled = true;
	assert_int_equal(rk_store_update(r->store, RK_KIND_KEY, &key, NULL), RK_OK);
	assert_int_equal(sign_in(r, RIG_KEY, RIG_SECRET, "/v1/Services"), 401);
	key.disabled = false;
	assert_int_equal(rk_store_update(r->store, RK_KIND_KEY, &key, NULL), RK_OK);
	assert_int_equal(sign_in(r, RIG_KEY, RIG_SECRET, "/v1/Services"), 200);
	assert_int_equal(rk_store_get(r->store, RK_KIND_ACCOUNT, RK_STR(RIG_ACCOUNT), RK_STR(RIG_ACCOUNT),
			     &arena, &account),
	    RK_OK);
	account.disabled = true;
	assert_int_equal(rk_store_update(r->store, RK_KIND_ACCOUNT, &account, NULL), RK_OK);
	assert_int_equal(sign_in(r, RIG_KEY, RIG_SECRET, "/v1/Services"), 401);
	assert_int_equal(sign_in(r, RIG_ACCOUNT, RIG_TOKEN, "/v1/Services"), 401);
	rk_arena_done(&arena);
}

static void
makes_guessers_wait(void **state)
{
	struct rig *r = *state;

	for (int i = 0; i < RK_API_THROTTLE_TRIES; i++)
		assert_int_equal(sign_in(r, RIG_ACCOUNT, "wrong", "/v1/Services"), 401);
	assert_int_equal(sign_in(r, RIG_ACCOUNT, "wrong", "/v1/Services"), 429);
	assert_int_equal(rig_code(r), 20429);
	assert_true(rk_str_is(rig_header(r, "Retry-After"), RK_STR("60")));
	assert_int_equal(sign_in(r, RIG_ACCOUNT, RIG_TOKEN, "/v1/Services"),
	    429); /* or a guess would be seen to be right */
	r->peer = "127.0.0.2";
	assert_int_equal(sign_in(r, RIG_ACCOUNT, RIG_TOKEN, "/v1/Services"), 200);
	r->peer = "127.0.0.1";
	r->now_ms += RK_API_THROTTLE_MS - 1;
	assert_int_equal(sign_in(r, RIG_ACCOUNT, RIG_TOKEN, "/v1/Services"), 429);
	r->now_ms++;
	assert_int_equal(sign_in(r, RIG_ACCOUNT, RIG_TOKEN, "/v1/Services"), 200);
	/* one IPv6 network is one guesser, and a right credential clears the count */
	for (int i = 0; i < RK_API_THROTTLE_TRIES; i++) {
		r->peer = i % 2 ? "2001:db8::1" : "2001:db8::2";
		assert_int_equal(sign_in(r, RIG_ACCOUNT, "wrong", "/v1/Services"), 401);
	}
	r->peer = "2001:db8::3";
	assert_int_equal(sign_in(r, RIG_ACCOUNT, RIG_TOKEN, "/v1/Services"), 429);
	r->peer = "10.1.1.1";
	for (int i = 0; i < 3 * RK_API_THROTTLE_TRIES; i++)
		assert_int_equal(sign_in(r, RIG_ACCOUNT, i % 9 == 8 ? RIG_TOKEN : "wrong", "/v1/Services"),
		    i % 9 == 8 ? 200 : 401);
	for (int i = 0; i < 3 * RK_API_THROTTLE_TRIES; i++) /* to send nothing is no guess */
		assert_int_equal(sign_in(r, NULL, NULL, "/v1/Services"), 401);
}

static void
makes_keys_and_shows_secrets_once(void **state)
{
	struct rig *r = *state;
	char sid[RK_SID_LEN + 1], secret[64], path[128];

	assert_int_equal(rig_post(r, KEYS ".json", "FriendlyName=Ci"), 201);
	snprintf(sid, sizeof sid, "%s", rig_text(r, "sid"));
	snprintf(secret, sizeof secret, "%s", rig_text(r, "secret"));
	assert_true(rk_sid_is(rk_str(sid), "SK") && strlen(secret) == 32);
	assert_true(rk_str_has_suffix(rk_str(rig_text(r, "date_created")), RK_STR(" +0000")));
	snprintf(path, sizeof path, KEYS "/%s.json", sid);
	assert_int_equal(rig_get(r, path), 200);
	assert_string_equal(rig_text(r, "friendly_name"), "Ci");
	assert_null(memmem(r->response.body.p, r->response.body.n, secret, 32));
	assert_int_equal(rig_get(r, KEYS ".json?PageSize=1"), 200);
	assert_int_equal(rk_json_count(rk_json_get(r->json, "keys")), 1);
	assert_true(rk_str_has_prefix(rk_json_str(rk_json_get(r->json, "next_page_uri")),
	    RK_STR(KEYS ".json?PageSize=1&Page=1&PageToken=")));
	assert_int_equal(rig_get(r, "/2010-04-01/Accounts/" RIG_ACCOUNT "/SigningKeys.json"), 200);
	assert_int_equal(rk_json_count(rk_json_get(r->json, "signing_keys")), 2);
	assert_int_equal(rig_post(r, path, "FriendlyName=Build"), 200);
	assert_int_equal(sign_in(r, sid, secret, "/v1/Services"), 200);
	assert_int_equal(rig_post(r, KEYS ".json", ""), 403); /* a standard key makes no keys */
	assert_int_equal(rig_get(r, path), 403);
	r->user = RIG_KEY;
	r->password = RIG_SECRET;
	assert_int_equal(rig_delete(r, path), 204);
	assert_int_equal(sign_in(r, sid, secret, "/v1/Services"), 401);
}

static void
speaks_iam(void **state)
{
	struct rig *r = *state;
	char sid[RK_SID_LEN + 1], secret[64], path[128];

	assert_int_equal(rig_post(r, "/v1/Keys", "FriendlyName=x"), 400);
	assert_int_equal(rig_post(r, "/v1/Keys", "AccountSid=" RIG_OTHER), 404);
	assert_int_equal(rig_post(r, "/v1/Keys", "AccountSid=" RIG_ACCOUNT "&KeyType=main"), 400);
	assert_int_equal(
	    rig_post(r, "/v1/Keys", "AccountSid=" RIG_ACCOUNT "&KeyType=restricted&Policy=%5B"), 400);
	assert_int_equal(rig_post(r, "/v1/Keys",
			     "AccountSid=" RIG_ACCOUNT
			     "&FriendlyName=x&KeyType=restricted&Policy=%7B%22allow%22:%5B%5D%7D"),
	    201);
	assert_int_equal(rk_json_type(rk_json_get(r->json, "policy")), RK_JSON_OBJECT);
	snprintf(sid, sizeof sid, "%s", rig_text(r, "sid"));
	snprintf(secret, sizeof secret, "%s", rig_text(r, "secret"));
	snprintf(path, sizeof path, "/v1/Keys/%s", sid);
	assert_int_equal(rig_get(r, path), 200);
	assert_int_equal(rig_get(r, "/v1/Keys"), 400);
	assert_int_equal(rig_get(r, "/v1/Keys?AccountSid=" RIG_ACCOUNT), 200);
	assert_int_equal(rk_json_count(rk_json_get(r->json, "keys")), 2);
	assert_int_equal(
	    sign_in(r, sid, secret, "/v1/Services"), 403); /* a restricted key opens nothing here */
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_set_up, rig_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(takes_tokens_and_keys),
		TEST(takes_one_header_of_one_form),
		TEST(ends_what_is_disabled),
		TEST(makes_guessers_wait),
		TEST(makes_keys_and_shows_secrets_once),
		TEST(speaks_iam),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
