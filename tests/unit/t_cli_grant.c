/* cli/grant: from flags to the grants object. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "cli/grant.h"

struct given {
	int row;
	const char *value;
};

#define GIVEN(...)               \
	(const struct given[])   \
	{                        \
		__VA_ARGS__,     \
		{                \
			-1, NULL \
		}                \
	}

static enum rk_err
build(const struct given *given, char json[4096], struct rk_why *why)
{
	struct rk_grants *grants = rk_grants_new();
	struct rk_grant_flags flags = { 0 };
	struct rk_str text;
	enum rk_err err = RK_OK;

	assert_non_null(grants);
	for (; err == RK_OK && given->row >= 0; given++)
		err = rk_grant_take(&flags, given->row, given->value, why);
	if (err == RK_OK)
		err = rk_grant_add(&flags, grants, why);
	if (err == RK_OK) {
		assert_int_equal(rk_grants_json(grants, &text), RK_OK);
		snprintf(json, 4096, "%.*s", RK_FMT(text));
	}
	rk_grants_free(grants);
	return err;
}

static void
gives(const struct given *given, const char *want)
{
	char json[4096];
	struct rk_why why = { 0 };

	assert_int_equal(build(given, json, &why), RK_OK);
	assert_string_equal(json, want);
}

static void
writes_each_grant(void **state)
{
	gives(GIVEN({ RK_GRANT_VIDEO, NULL }), "{\"video\":{}}");
	gives(GIVEN({ RK_GRANT_VIDEO, "daily" }), "{\"video\":{\"room\":\"daily\"}}");
	gives(GIVEN({ RK_GRANT_CHAT, "IS1" }, { RK_GRANT_CHAT_PUSH, "CR1" }),
	    "{\"chat\":{\"service_sid\":\"IS1\",\"push_credential_sid\":\"CR1\"}}");
	gives(GIVEN({ RK_GRANT_SYNC, "default" }), "{\"data_sync\":{\"service_sid\":\"default\"}}");
	gives(GIVEN({ RK_GRANT_VOICE_IN, NULL }), "{\"voice\":{\"incoming\":{\"allow\":true}}}");
	gives(GIVEN({ RK_GRANT_VOICE_OUT, "AP1" }, { RK_GRANT_VOICE_PARAMS, "{ \"a\": 1 }" }),
	    "{\"voice\":{\"outgoing\":{\"application_sid\":\"AP1\",\"params\":{\"a\":1}}}}");
	gives(GIVEN({ RK_GRANT_ROUTER, "WS1" }, { RK_GRANT_ROUTER_WORKER, "WK1" },
		  { RK_GRANT_ROUTER_ROLE, "worker" }),
	    "{\"task_router\":{\"workspace_sid\":\"WS1\",\"worker_sid\":\"WK1\",\"role\":\"worker\"}}");
	gives(GIVEN({ RK_GRANT_OTHER, "player={ }" }, { RK_GRANT_OTHER, "x=[1, \"a=b\"]" }),
	    "{\"player\":{},\"x\":[1,\"a=b\"]}");
}

static void
refuses(const struct given *given, const char *code)
{
	char json[4096];
	struct rk_why why = { 0 };

	assert_int_not_equal(build(given, json, &why), RK_OK);
	assert_string_equal(why.code, code);
}

static void
refuses_flags_without_their_company(void **state)
{
	refuses(GIVEN({ RK_GRANT_CHAT_PUSH, "CR1" }), "RK-804");
	refuses(GIVEN({ RK_GRANT_VOICE_PARAMS, "{}" }), "RK-804");
	refuses(GIVEN({ RK_GRANT_ROUTER_WORKER, "WK1" }), "RK-804");
	refuses(GIVEN({ RK_GRANT_ROUTER_ROLE, "worker" }), "RK-804");
}

static void
refuses_what_is_not_json(void **state)
{
	refuses(GIVEN({ RK_GRANT_OTHER, "player" }), "RK-807");
	refuses(GIVEN({ RK_GRANT_OTHER, "=1" }), "RK-807");
	refuses(GIVEN({ RK_GRANT_OTHER, "player=" }), "RK-807");
	refuses(GIVEN({ RK_GRANT_OTHER, "player={" }), "RK-807");
	refuses(GIVEN({ RK_GRANT_OTHER, "player={},\"identity\":\"eve\"" }), "RK-807");
	refuses(GIVEN({ RK_GRANT_OTHER, "identity=\"eve\"" }), "RK-807");
	refuses(GIVEN({ RK_GRANT_VOICE_OUT, "AP1" }, { RK_GRANT_VOICE_PARAMS, "[]" }), "RK-807");
}

static void
refuses_too_many(void **state)
{
	struct given many[RK_GRANTS_KEYS + 2];

	for (int i = 0; i < RK_GRANTS_KEYS + 1; i++)
		many[i] = (struct given){ RK_GRANT_OTHER, "a=1" };
	many[RK_GRANTS_KEYS + 1] = (struct given){ -1, NULL };
	refuses(many, "RK-807");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_each_grant),
		cmocka_unit_test(refuses_flags_without_their_company),
		cmocka_unit_test(refuses_what_is_not_json),
		cmocka_unit_test(refuses_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
