/*
 * own_routes.c - the route table of our own API, with what each body may hold.
 */
#include <stdio.h>
#include <string.h>

#include "keeper/own_call.h"

#define FIELDS(...) ((const struct rk_own_field[]){ __VA_ARGS__, { NULL, RK_OWN_TEXT, 0, false } })
#define NOTHING ((const struct rk_own_field[]){ { NULL, RK_OWN_TEXT, 0, false } })
#define TEXT(name, most)                       \
	{                                      \
		name, RK_OWN_TEXT, most, false \
	}
#define NEEDS(name, most)                     \
	{                                     \
		name, RK_OWN_TEXT, most, true \
	}
#define FLAG(name)                          \
	{                                   \
		name, RK_OWN_FLAG, 0, false \
	}
#define ENVIRONMENT RK_OWN_BASE "/Services/{service_sid}/Environments/{environment_sid}"

const struct rk_own_route rk_own_routes[] = {
	{ "GET", RK_OWN_BASE "/Status", RK_OWN_OPEN, rk_own_status_get, NULL },
	{ "POST", RK_OWN_BASE "/Setup", RK_OWN_OPEN, rk_own_setup_post,
	    FIELDS(NEEDS("code", 32), TEXT("account_name", 64), TEXT("name", 254),
		{ "password", RK_OWN_RAW, 1024, false }) },
	{ "GET", RK_OWN_BASE "/Session", RK_OWN_READ, rk_own_session_get, NULL },
	{ "POST", RK_OWN_BASE "/Session", RK_OWN_OPEN, rk_own_session_post,
	    FIELDS(NEEDS("name", 254), { "password", RK_OWN_RAW, 1024, true }) },
	{ "DELETE", RK_OWN_BASE "/Session", RK_OWN_READ, rk_own_session_delete, NULL },
	{ "POST", RK_OWN_BASE "/Session/Password", RK_OWN_READ, rk_own_my_password_post,
	    FIELDS({ "password", RK_OWN_RAW, 1024, true }, { "new_password", RK_OWN_RAW, 1024, true }) },
	{ "GET", RK_OWN_BASE "/Sessions", RK_OWN_READ, rk_own_sessions_get, NULL },
	{ "DELETE", RK_OWN_BASE "/Sessions", RK_OWN_READ, rk_own_sessions_delete, NULL },
	{ "DELETE", RK_OWN_BASE "/Sessions/{sid}", RK_OWN_READ, rk_own_session_end, NULL },

	{ "GET", RK_OWN_BASE "/Account", RK_OWN_READ, rk_own_account_get, NULL },
	{ "POST", RK_OWN_BASE "/Account", RK_OWN_MANAGE, rk_own_account_post,
	    FIELDS(NEEDS("friendly_name", 64)) },
	{ "GET", RK_OWN_BASE "/Account/AuthToken", RK_OWN_MANAGE, rk_own_token_get, NULL },
	{ "GET", RK_OWN_BASE "/Accounts", RK_OWN_OPERATE, rk_own_accounts_get, NULL },
	{ "POST", RK_OWN_BASE "/Accounts", RK_OWN_OPERATE, rk_own_accounts_post,
	    FIELDS(NEEDS("friendly_name", 64)) },
	{ "GET", RK_OWN_BASE "/People", RK_OWN_MANAGE, rk_own_people_get, NULL },
	{ "POST", RK_OWN_BASE "/People", RK_OWN_MANAGE, rk_own_people_post,
	    FIELDS(NEEDS("name", 254), { "password", RK_OWN_RAW, 1024, true }, NEEDS("role", 16)) },
	{ "POST", RK_OWN_BASE "/People/{sid}", RK_OWN_MANAGE, rk_own_person_post,
	    FIELDS(TEXT("role", 16), FLAG("disabled"), { "password", RK_OWN_RAW, 1024, false }) },
	{ "DELETE", RK_OWN_BASE "/People/{sid}", RK_OWN_MANAGE, rk_own_person_delete, NULL },

	{ "GET", RK_OWN_BASE "/Keys", RK_OWN_MANAGE, rk_own_keys_get, NULL },
	{ "POST", RK_OWN_BASE "/Keys", RK_OWN_MANAGE, rk_own_keys_post,
	    FIELDS(TEXT("friendly_name", 64), TEXT("type", 16), TEXT("region", 16)) },
	{ "POST", RK_OWN_BASE "/Keys/Import", RK_OWN_MANAGE, rk_own_keys_import,
	    FIELDS(NEEDS("sid", 64), NEEDS("secret", 256), TEXT("friendly_name", 64), TEXT("type", 16),
		TEXT("region", 16)) },
	{ "POST", RK_OWN_BASE "/Keys/{sid}", RK_OWN_MANAGE, rk_own_key_post,
	    FIELDS(TEXT("friendly_name", 64), FLAG("disabled")) },
	{ "DELETE", RK_OWN_BASE "/Keys/{sid}", RK_OWN_MANAGE, rk_own_key_delete, NULL },

	{ "GET", RK_OWN_BASE "/Overview", RK_OWN_READ, rk_own_overview_get, NULL },
	{ "GET", ENVIRONMENT "/Content", RK_OWN_READ, rk_own_content_get, NULL },
	{ "POST", ENVIRONMENT "/Changes", RK_OWN_WRITE, rk_own_changes_post,
	    FIELDS(TEXT("base_build", 64), { "put", RK_OWN_LIST, 2000, false },
		{ "remove", RK_OWN_LIST, 2000, false }, FLAG("replace_all"), FLAG("dry_run")) },
	{ "POST", ENVIRONMENT "/Try", RK_OWN_WRITE, rk_own_try_post,
	    FIELDS(NEEDS("method", 16), NEEDS("path", 2048), TEXT("query", 8192),
		{ "headers", RK_OWN_LIST, 100, false }, { "body", RK_OWN_RAW, RK_OWN_TEXT_MAX, false },
		FLAG("signed")) },
	{ "POST", RK_OWN_BASE "/Check", RK_OWN_WRITE, rk_own_check_post,
	    FIELDS(NEEDS("content", 4u * 1024 * 1024)) },
	{ "GET", RK_OWN_BASE "/Logs", RK_OWN_READ, rk_own_logs_get, NULL },
	{ "GET", RK_OWN_BASE "/Audit", RK_OWN_MANAGE, rk_own_audit_get, NULL },

	{ "POST", RK_OWN_BASE "/Tokens", RK_OWN_WRITE, rk_own_tokens_post,
	    FIELDS(NEEDS("key_sid", 64), TEXT("identity", 256), { "ttl", RK_OWN_NUMBER, 0, false },
		{ "nbf", RK_OWN_NUMBER, 0, false }, { "grants", RK_OWN_OBJECT, 0, true }) },
	{ "POST", RK_OWN_BASE "/Tokens/Inspect", RK_OWN_READ, rk_own_inspect_post,
	    FIELDS(NEEDS("token", 16384)) },
	{ "GET", RK_OWN_BASE "/Settings", RK_OWN_READ, rk_own_settings_get, NULL },
	{ "POST", RK_OWN_BASE "/Backup", RK_OWN_OPERATE, rk_own_backup_post, NOTHING },
};

const size_t rk_own_route_count = sizeof rk_own_routes / sizeof rk_own_routes[0];

bool
rk_own_get_route(size_t i, const char **ret_method, const char **ret_path)
{
	if (i >= rk_own_route_count)
		return false;
	*ret_method = rk_own_routes[i].method;
	*ret_path = rk_own_routes[i].path;
	return true;
}

static void
fail_method(struct rk_own_call *oc)
{
	char allow[64] = "";

	for (size_t i = 0; i < rk_own_route_count; i++) {
		size_t n = strlen(allow);
		if (rk_api_path_is(rk_own_routes[i].path, oc->call.path) && n < 40)
			snprintf(allow + n, sizeof allow - n, "%s%s", n ? ", " : "", rk_own_routes[i].method);
	}
	rk_api_put_header(&oc->response, "Allow", rk_str(allow));
	rk_api_fail(&oc->call, RK_API_METHOD, "Method not allowed");
}

bool
rk_own_find_route(struct rk_own_call *oc)
{
	bool known = false;

	for (size_t i = 0; i < rk_own_route_count && !oc->route; i++) {
		if (!rk_api_path_is(rk_own_routes[i].path, oc->call.path))
			continue;
		known = true;
		if (rk_str_is(oc->call.request->method, rk_str(rk_own_routes[i].method)))
			oc->route = &rk_own_routes[i];
	}
	if (oc->route)
		return true;
	if (known)
		fail_method(oc);
	else
		rk_api_fail_not_found(&oc->call);
	return false;
}
