/*
 * t_grants.c - building grants.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include <roomkey/grants.h>

#include "base/str.h"

static int
setup(void **state)
{
	*state = rk_grants_new();
	return *state ? 0 : -1;
}

static int
teardown(void **state)
{
	rk_grants_free((struct rk_grants *)*state);
	return 0;
}

static void
assert_json(struct rk_grants *g, const char *expected)
{
	struct rk_str json;
	char text[4096];

	assert_int_equal(rk_grants_json(g, &json), RK_OK);
	assert_true(json.n < sizeof(text));
	memcpy(text, json.p, json.n);
	text[json.n] = '\0';
	assert_string_equal(text, expected);
}

static void
none_is_an_empty_object(void **state)
{
	assert_json((struct rk_grants *)*state, "{}");
}

static void
empty_fields_are_omitted_and_empty_grants_kept(void **state)
{
	struct rk_grants *g = (struct rk_grants *)*state;
	struct rk_grant_chat chat = { .endpoint_id = rk_str("ep") };
	struct rk_grant_voice voice = { .outgoing_params = rk_str("{}") };

	rk_grants_add_video(g, rk_str(NULL));
	rk_grants_add_chat(g, &chat);
	rk_grants_add_voice(g, &voice); /* params without an application are dropped */
	rk_grants_add_playback(g, rk_str(NULL));
	assert_json(g, "{\"video\":{},\"chat\":{\"endpoint_id\":\"ep\"},\"voice\":{},\"player\":{}}");
}

static void
every_grant_in_full(void **state)
{
	struct rk_grants *g = (struct rk_grants *)*state;
	struct rk_grant_chat chat = { rk_str("IS1"), rk_str("e"), rk_str("RL1"), rk_str("CR1") };
	struct rk_grant_voice voice = { true, rk_str("AP1"), rk_str("{\"a\":1}"), rk_str("CR1"),
		rk_str("e") };

	rk_grants_add_chat(g, &chat);
	rk_grants_add_ip_messaging(g, &chat);
	rk_grants_add_sync(g, rk_str("IS1"), rk_str("e"));
	rk_grants_add_voice(g, &voice);
	rk_grants_add_task_router(g, rk_str("WS1"), rk_str("WK1"), rk_str("worker"));
	rk_grants_add_rtc(g, rk_str("VS1"));
	rk_grants_add_json(g, rk_str("other \"one\""), rk_str("[1]"));
	assert_json(g,
	    "{\"chat\":{\"service_sid\":\"IS1\",\"endpoint_id\":\"e\",\"deployment_role_sid\":\"RL1\",\"push_"
	    "credential_sid\":\"CR1\"},"
	    "\"ip_messaging\":{\"service_sid\":\"IS1\",\"endpoint_id\":\"e\",\"deployment_role_sid\":\"RL1\","
	    "\"push_credential_sid\":\"CR1\"},"
	    "\"data_sync\":{\"service_sid\":\"IS1\",\"endpoint_id\":\"e\"},"
	    "\"voice\":{\"incoming\":{\"allow\":true},\"outgoing\":{\"application_sid\":\"AP1\",\"params\":{"
	    "\"a\":1}},"
	    "\"push_credential_sid\":\"CR1\",\"endpoint_id\":\"e\"},"
	    "\"task_router\":{\"workspace_sid\":\"WS1\",\"worker_sid\":\"WK1\",\"role\":\"worker\"},"
	    "\"rtc\":{\"configuration_profile_sid\":\"VS1\"},\"other \\\"one\\\"\":[1]}");
}

static void
the_same_key_again_keeps_its_place(void **state)
{
	struct rk_grants *g = (struct rk_grants *)*state;

	rk_grants_add_video(g, rk_str("one"));
	rk_grants_add_sync(g, rk_str("default"), rk_str(NULL));
	rk_grants_add_video(g, rk_str("two"));
	assert_json(g, "{\"video\":{\"room\":\"two\"},\"data_sync\":{\"service_sid\":\"default\"}}");
	rk_grants_clear(g);
	assert_json(g, "{}");
}

static void
text_is_escaped(void **state)
{
	struct rk_grants *g = (struct rk_grants *)*state;

	rk_grants_add_video(g, rk_str("a\"},\"identity\":\"admin\n"));
	assert_json(g, "{\"video\":{\"room\":\"a\\\"},\\\"identity\\\":\\\"admin\\n\"}}");
}

static void
assert_fails(struct rk_grants *g, enum rk_err err)
{
	struct rk_str json = { "untouched", 9 };

	assert_int_equal(rk_grants_json(g, &json), err);
	assert_int_equal(json.n, 9);
	rk_grants_add_video(g, rk_str("later"));
	assert_int_equal(rk_grants_json(g, &json), err); /* for good */
	rk_grants_clear(g);
	assert_json(g, "{}");
}

static void
what_cannot_be_said_fails_for_good(void **state)
{
	struct rk_grants *g = (struct rk_grants *)*state;
	static char large[RK_GRANTS_MAX + 1];
	char key[8];

	rk_grants_add_video(g, rk_str("\xff"));
	assert_fails(g, RK_INVALID);
	rk_grants_add_json(g, rk_str("identity"), rk_str("\"admin\""));
	assert_fails(g, RK_INVALID);
	rk_grants_add_json(g, rk_str("a"), rk_str(NULL));
	assert_fails(g, RK_INVALID);
	memset(large, 'x', sizeof(large));
	rk_grants_add_video(g, rk_str_n(large, sizeof(large)));
	assert_fails(g, RK_TOO_LARGE);
	for (int i = 0; i <= RK_GRANTS_KEYS; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		rk_grants_add_json(g, rk_str(key), rk_str("1"));
	}
	assert_fails(g, RK_TOO_LARGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(none_is_an_empty_object, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    empty_fields_are_omitted_and_empty_grants_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(every_grant_in_full, setup, teardown),
		cmocka_unit_test_setup_teardown(the_same_key_again_keeps_its_place, setup, teardown),
		cmocka_unit_test_setup_teardown(text_is_escaped, setup, teardown),
		cmocka_unit_test_setup_teardown(what_cannot_be_said_fails_for_good, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
