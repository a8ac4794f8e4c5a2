/*
 * api_routes.c - the route table, and matching a path against it.
 */
#include "keeper/api_routes.h"

#include <stdio.h>

#include "base/codec.h"
#include "keeper/api_json.h"
#include "keeper/api_page.h"
#include "keeper/api_rows.h"

#define ACCOUNT "/2010-04-01/Accounts/{account_sid}"
#define SERVICE "/v1/Services/{service_sid}"
#define ENVIRONMENT SERVICE "/Environments/{environment_sid}"
#define FUNCTION SERVICE "/Functions/{function_sid}"
#define ASSET SERVICE "/Assets/{asset_sid}"

const struct rk_api_route rk_api_routes[] = {
	{ "GET", "/v1/Services", rk_api_list, &rk_api_services },
	{ "POST", "/v1/Services", rk_api_service_create, &rk_api_services },
	{ "GET", "/v1/Services/{sid}", rk_api_fetch, &rk_api_services },
	{ "POST", "/v1/Services/{sid}", rk_api_service_update, &rk_api_services },
	{ "DELETE", "/v1/Services/{sid}", rk_api_remove, &rk_api_services },

	{ "GET", SERVICE "/Environments", rk_api_list, &rk_api_environments },
	{ "POST", SERVICE "/Environments", rk_api_environment_create, &rk_api_environments },
	{ "GET", SERVICE "/Environments/{sid}", rk_api_fetch, &rk_api_environments },
	{ "DELETE", SERVICE "/Environments/{sid}", rk_api_remove, &rk_api_environments },
	{ "GET", ENVIRONMENT "/Variables", rk_api_list, &rk_api_variables },
	{ "POST", ENVIRONMENT "/Variables", rk_api_variable_create, &rk_api_variables },
	{ "GET", ENVIRONMENT "/Variables/{sid}", rk_api_fetch, &rk_api_variables },
	{ "POST", ENVIRONMENT "/Variables/{sid}", rk_api_variable_update, &rk_api_variables },
	{ "DELETE", ENVIRONMENT "/Variables/{sid}", rk_api_remove, &rk_api_variables },
	{ "GET", ENVIRONMENT "/Deployments", rk_api_list, &rk_api_deployments },
	{ "POST", ENVIRONMENT "/Deployments", rk_api_deployment_create, &rk_api_deployments },
	{ "GET", ENVIRONMENT "/Deployments/{sid}", rk_api_fetch, &rk_api_deployments },
	{ "GET", ENVIRONMENT "/Logs", rk_api_log_list, &rk_api_logs },
	{ "GET", ENVIRONMENT "/Logs/{sid}", rk_api_fetch, &rk_api_logs },

	{ "GET", SERVICE "/Functions", rk_api_list, &rk_api_functions },
	{ "POST", SERVICE "/Functions", rk_api_function_create, &rk_api_functions },
	{ "GET", SERVICE "/Functions/{sid}", rk_api_fetch, &rk_api_functions },
	{ "POST", SERVICE "/Functions/{sid}", rk_api_function_update, &rk_api_functions },
	{ "DELETE", SERVICE "/Functions/{sid}", rk_api_remove, &rk_api_functions },
	{ "GET", FUNCTION "/Versions", rk_api_list, &rk_api_function_versions },
	{ "POST", FUNCTION "/Versions", rk_api_version_create, &rk_api_function_versions },
	{ "GET", FUNCTION "/Versions/{sid}", rk_api_fetch, &rk_api_function_versions },
	{ "GET", FUNCTION "/Versions/{sid}/Content", rk_api_content_fetch, &rk_api_function_versions },

	{ "GET", SERVICE "/Assets", rk_api_list, &rk_api_assets },
	{ "POST", SERVICE "/Assets", rk_api_function_create, &rk_api_assets },
	{ "GET", SERVICE "/Assets/{sid}", rk_api_fetch, &rk_api_assets },
	{ "POST", SERVICE "/Assets/{sid}", rk_api_function_update, &rk_api_assets },
	{ "DELETE", SERVICE "/Assets/{sid}", rk_api_remove, &rk_api_assets },
	{ "GET", ASSET "/Versions", rk_api_list, &rk_api_asset_versions },
	{ "POST", ASSET "/Versions", rk_api_version_create, &rk_api_asset_versions },
	{ "GET", ASSET "/Versions/{sid}", rk_api_fetch, &rk_api_asset_versions },

	{ "GET", SERVICE "/Builds", rk_api_list, &rk_api_builds },
	{ "POST", SERVICE "/Builds", rk_api_build_create, &rk_api_builds },
	{ "GET", SERVICE "/Builds/{sid}", rk_api_fetch, &rk_api_builds },
	{ "DELETE", SERVICE "/Builds/{sid}", rk_api_remove, &rk_api_builds },
	{ "GET", SERVICE "/Builds/{sid}/Status", rk_api_fetch, &rk_api_build_status },

	{ "GET", ACCOUNT "/Keys.json", rk_api_key_list, &rk_api_keys },
	{ "POST", ACCOUNT "/Keys.json", rk_api_key_create, &rk_api_keys },
	{ "GET", ACCOUNT "/Keys/{sid}.json", rk_api_key_fetch, &rk_api_keys },
	{ "POST", ACCOUNT "/Keys/{sid}.json", rk_api_key_update, &rk_api_keys },
	{ "DELETE", ACCOUNT "/Keys/{sid}.json", rk_api_key_remove, &rk_api_keys },
	{ "GET", ACCOUNT "/SigningKeys.json", rk_api_key_list, &rk_api_signing_keys },
	{ "POST", ACCOUNT "/SigningKeys.json", rk_api_key_create, &rk_api_signing_keys },
	{ "GET", ACCOUNT "/SigningKeys/{sid}.json", rk_api_key_fetch, &rk_api_signing_keys },
	{ "POST", ACCOUNT "/SigningKeys/{sid}.json", rk_api_key_update, &rk_api_signing_keys },
	{ "DELETE", ACCOUNT "/SigningKeys/{sid}.json", rk_api_key_remove, &rk_api_signing_keys },

	{ "GET", "/v1/Keys", rk_api_iam_key_list, &rk_api_iam_keys },
	{ "POST", "/v1/Keys", rk_api_iam_key_create, &rk_api_iam_keys },
	{ "GET", "/v1/Keys/{sid}", rk_api_key_fetch, &rk_api_iam_keys },
	{ "POST", "/v1/Keys/{sid}", rk_api_key_update, &rk_api_iam_keys },
	{ "DELETE", "/v1/Keys/{sid}", rk_api_key_remove, &rk_api_iam_keys },
};

const size_t rk_api_route_count = sizeof rk_api_routes / sizeof rk_api_routes[0];

bool
rk_api_get_route(size_t i, const char **ret_method, const char **ret_path)
{
	if (i >= rk_api_route_count)
		return false;
	*ret_method = rk_api_routes[i].method;
	*ret_path = rk_api_routes[i].path;
	return true;
}

/* What a "{name}" of the pattern, with what follows it, takes of a segment; both are cut down to it. */
static bool
take_parameter(struct rk_str *pattern, struct rk_str *segment)
{
	struct rk_str tail = *pattern;

	*pattern = rk_str_sub(rk_str_take(&tail, '}'), 1, pattern->n);
	if (!rk_str_has_suffix(*segment, tail) || segment->n == tail.n)
		return false;
	segment->n -= tail.n;
	return true;
}

bool
rk_api_path_is(const char *route, struct rk_str path)
{
	struct rk_str pattern = rk_str(route);

	while (pattern.n && path.n) {
		bool more_pattern = rk_str_index(pattern, '/') < pattern.n,
		     more = rk_str_index(path, '/') < path.n;
		struct rk_str want = rk_str_take(&pattern, '/'), got = rk_str_take(&path, '/');
		if (more_pattern != more ||
		    (want.n && want.p[0] == '{' ? !take_parameter(&want, &got) : !rk_str_is(want, got)))
			return false;
		if (!more)
			return true;
	}
	return false;
}

/* 405 names what there is (RFC 9110, section 15.5.6). */
static void
fail_method(struct rk_api_call *call)
{
	char allow[64] = "";

	for (size_t i = 0; i < rk_api_route_count; i++) {
		size_t n = strlen(allow);
		if (rk_api_path_is(rk_api_routes[i].path, call->path))
			snprintf(allow + n, sizeof allow - n, "%s%s", n ? ", " : "", rk_api_routes[i].method);
	}
	rk_api_put_header(call->response, "Allow", rk_str(allow));
	rk_api_fail(call, RK_API_METHOD, "Method not allowed");
}

bool
rk_api_path_resolve(struct rk_api_call *call, const char *route)
{
	struct rk_str pattern = rk_str(route), path = call->path;

	while (pattern.n) {
		struct rk_str want = rk_str_take(&pattern, '/'), got = rk_str_take(&path, '/'), value;
		struct rk_buf decoded = RK_BUF(got.n);
		char name[32];
		if (!want.n || want.p[0] != '{' || !take_parameter(&want, &got))
			continue;
		rk_codec_get_percent(&decoded, got);
		value = rk_arena_dup(&call->arena, rk_buf_str(&decoded));
		rk_buf_free(&decoded);
		if (!value.p || !rk_str_is_utf8(value) || rk_str_index(value, '\0') < value.n) {
			rk_api_fail_not_found(call);
			return false;
		}
		snprintf(name, sizeof name, "%.*s", RK_FMT(want));
		if (!rk_api_resolve(call, name, value))
			return false;
	}
	return true;
}

bool
rk_api_route(struct rk_api_call *call)
{
	bool known = false;

	for (size_t i = 0; i < rk_api_route_count && !call->route; i++) {
		if (!rk_api_path_is(rk_api_routes[i].path, call->path))
			continue;
		known = true;
		if (rk_str_is(call->request->method, rk_str(rk_api_routes[i].method)))
			call->route = &rk_api_routes[i];
	}
	if (call->route)
		return rk_api_path_resolve(call, call->route->path);
	if (known)
		fail_method(call);
	else
		rk_api_fail_not_found(call);
	return false;
}
