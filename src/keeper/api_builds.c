/*
 * api_builds.c - builds: which versions belong together, and whether they compile.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/json.h"
#include "base/log.h"
#include "keeper/api_json.h"
#include "keeper/api_routes.h"
#include "keeper/api_rows.h"
#include "keeper/platform.h"

#define FUNCTIONS_MAX RK_STORE_PAGE_MAX /* one page holds all that a build has */
#define ASSETS_MAX RK_STORE_PAGE_MAX
#define DEPENDENCIES_MAX 500
#define ERROR_MAX 16384
#define RUNTIME_DEFAULT "node22"
#define BUILDS_AT_ONCE 100 /* that a restart asks for in one page */

struct listing {
	struct rk_api_call *call;
	struct rk_buf *out;
	const struct rk_api_resource *resource;
};

static void
put_one(const void *row, void *arg)
{
	struct listing *l = arg;

	if (l->out->n && l->out->p[l->out->n - 1] != '[')
		rk_buf_put_c(l->out, ',');
	l->resource->put(l->call, l->out, row);
}

static void
put_versions(struct rk_api_call *call, struct rk_buf *out, const struct rk_row_build *build, const char *name,
    const struct rk_api_resource *resource)
{
	struct listing l = { call, out, resource };
	struct rk_query q = { .account = build->row.account_sid, .build = rk_str(build->row.sid) };
	bool more = false;
	enum rk_err err;

	rk_api_json_name(out, name);
	rk_buf_put_c(out, '[');
	err = rk_store_list(call->api->store, resource->kind, &q, put_one, &l, &more);
	if (err && err != RK_NOT_FOUND && !out->bad)
		out->bad = err;
	rk_buf_put_c(out, ']');
}

static void
put_build(struct rk_api_call *call, struct rk_buf *out, const void *row)
{
	const struct rk_row_build *build = row;
	char at[128];

	snprintf(at, sizeof at, "/Services/%.*s/Builds/%s", RK_FMT(build->service_sid), build->row.sid);
	rk_buf_put_c(out, '{');
	rk_api_json_head(out, &build->row, build->service_sid, false);
	rk_api_json_text(out, "status", build->status);
	put_versions(call, out, build, "function_versions", &rk_api_function_versions);
	put_versions(call, out, build, "asset_versions", &rk_api_asset_versions);
	rk_api_json_name(out, "dependencies");
	rk_buf_put(out, build->dependencies);
	rk_api_json_text(out, "runtime", build->runtime);
	if (build->error.p)
		rk_api_json_text(out, "error", build->error);
	rk_api_json_url(call, out, "url", "%s", at);
	rk_api_json_name(out, "links");
	rk_buf_put_c(out, '{');
	rk_api_json_url(call, out, "build_status", "%s/Status", at);
	rk_buf_lit(out, "}}");
}

static void
put_status(struct rk_api_call *call, struct rk_buf *out, const void *row)
{
	const struct rk_row_build *build = row;

	rk_buf_put_c(out, '{');
	rk_api_json_text(out, "sid", rk_str(build->row.sid));
	rk_api_json_text(out, "account_sid", build->row.account_sid);
	rk_api_json_text(out, "service_sid", build->service_sid);
	rk_api_json_text(out, "status", build->status);
	if (build->error.p)
		rk_api_json_text(out, "error", build->error);
	rk_api_json_url(
	    call, out, "url", "/Services/%.*s/Builds/%s/Status", RK_FMT(build->service_sid), build->row.sid);
	rk_buf_put_c(out, '}');
}

const struct rk_api_resource rk_api_builds = {
	.kind = RK_KIND_BUILD, .noun = "Build", .key = "builds", .newest_first = true, .put = put_build
};
const struct rk_api_resource rk_api_build_status = {
	.kind = RK_KIND_BUILD, .noun = "BuildStatus", .key = "build_status", .put = put_status
};

/* ---- making one ---- */

/* Rewrites the list with nothing but names and versions. */
static bool
put_dependencies(struct rk_buf *out, const struct rk_json *list)
{
	if (rk_json_type(list) != RK_JSON_ARRAY || rk_json_count(list) > DEPENDENCIES_MAX)
		return false;
	rk_buf_put_c(out, '[');
	for (size_t i = 0; i < rk_json_count(list); i++) {
		const struct rk_json *one = rk_json_at(list, i);
		const struct rk_json *name, *version;
		if (rk_json_type(one) != RK_JSON_OBJECT)
			return false;
		name = rk_json_get(one, "name");
		version = rk_json_get(one, "version");
		if (!rk_json_is_string(name) || !rk_json_is_string(version) || !rk_json_str(name).n)
			return false;
		rk_buf_put(out, i ? RK_STR(",{") : RK_STR("{"));
		rk_api_json_text(out, "name", rk_json_str(name));
		rk_api_json_text(out, "version", rk_json_str(version));
		rk_buf_put_c(out, '}');
	}
	rk_buf_put_c(out, ']');
	return true;
}

/* The vendor's client puts the array in double quotes of its own, with the inner ones unescaped. */
static bool
take_dependencies(struct rk_api_call *call, struct rk_buf *out)
{
	RK_AUTO(rk_json_auto) struct rk_json *root = NULL;
	struct rk_str text = RK_STR("[]");

	if (!rk_api_take_text(call, "Dependencies", RK_API_MAY_BE_EMPTY, 65536, &text))
		return false;
	text = rk_str_trim(text);
	if (text.n >= 2 && text.p[0] == '"' && text.p[text.n - 1] == '"')
		text = rk_str_trim(rk_str_sub(text, 1, text.n - 2));
	if (!text.n)
		text = RK_STR("[]");
	if (rk_json_parse(text, &root, NULL) == RK_OK && put_dependencies(out, root) &&
	    rk_buf_end(out) == RK_OK)
		return true;
	rk_api_fail(call, RK_API_PARAMETER, "Dependencies must be a JSON array of {\"name\", \"version\"}.");
	return false;
}

static bool
take_runtime(struct rk_api_call *call, struct rk_str *ret_runtime)
{
	unsigned long long version = 0;

	*ret_runtime = RK_STR(RUNTIME_DEFAULT);
	if (!rk_api_take_text(call, "Runtime", RK_API_OPTIONAL, 32, ret_runtime))
		return false;
	if (rk_str_has_prefix(*ret_runtime, RK_STR("node")) &&
	    rk_str_parse_u64(rk_str_sub(*ret_runtime, 4, 32), 24, &version) && version >= 8 &&
	    version % 2 == 0)
		return true;
	rk_api_fail(call, RK_API_PARAMETER, "Runtime must be one of node8, node10, ... node24.");
	return false;
}

static int
compare_paths(const void *a, const void *b)
{
	return rk_str_compare(*(const struct rk_str *)a, *(const struct rk_str *)b);
}

/* Looks every version up within the service, and keeps their paths: no two may answer to the same. */
static bool
take_versions(struct rk_api_call *call, const char *name, enum rk_kind kind, const struct rk_str *sids,
    size_t n, struct rk_str *paths)
{
	for (size_t i = 0; i < n; i++) {
		struct rk_query q = { .account = rk_str(call->caller.account), .limit = 1 };
		union rk_row_any row;
		enum rk_err err;

		q.filters[0] = (struct rk_filter){ .field = "sid", .value = sids[i] };
		q.filters[1] = (struct rk_filter){ .field = "service_sid",
			.value = rk_api_call_owner(call, "service_sid") };
		err = rk_store_find(call->api->store, kind, &q, &call->arena, &row);
		if (err == RK_NOT_FOUND)
			rk_api_fail(call, RK_API_PARAMETER, "%s: %.*s was not found in this service.", name,
			    RK_FMT(sids[i]));
		else if (err)
			rk_api_fail_err(call, err, NULL);
		if (err)
			return false;
		paths[i] = row.function_version.path;
	}
	return true;
}

static bool
has_distinct_paths(struct rk_api_call *call, struct rk_str *paths, size_t n)
{
	qsort(paths, n, sizeof *paths, compare_paths);
	for (size_t i = 1; i < n; i++)
		if (rk_str_is(paths[i - 1], paths[i])) {
			rk_api_fail(
			    call, RK_API_PARAMETER, "Two versions have the path %.*s.", RK_FMT(paths[i]));
			return false;
		}
	return true;
}

struct parts {
	struct rk_str *functions, *assets;
	size_t function_n, asset_n;
};

static bool
take_parts(struct rk_api_call *call, struct parts *p)
{
	struct rk_str *paths;

	if (!rk_api_take_sids(call, "FunctionVersions", "ZN", FUNCTIONS_MAX, &p->functions, &p->function_n) ||
	    !rk_api_take_sids(call, "AssetVersions", "ZN", ASSETS_MAX, &p->assets, &p->asset_n))
		return false;
	if (p->function_n + p->asset_n == 0) {
		rk_api_fail(call, RK_API_PARAMETER, "A build needs FunctionVersions or AssetVersions.");
		return false;
	}
	paths = rk_arena_take(&call->arena, (p->function_n + p->asset_n) * sizeof *paths);
	if (!paths) {
		rk_api_fail_err(call, RK_NOMEM, NULL);
		return false;
	}
	return take_versions(
		   call, "FunctionVersions", RK_KIND_FUNCTION_VERSION, p->functions, p->function_n, paths) &&
	       take_versions(call, "AssetVersions", RK_KIND_ASSET_VERSION, p->assets, p->asset_n,
		   paths + p->function_n) &&
	       has_distinct_paths(call, paths, p->function_n + p->asset_n);
}

/* Asks for the compile; nobody to ask is a failed build, not a hanging one. */
static void
ask(struct rk_api *api, const struct rk_row_build *build)
{
	enum rk_err err = api->ops.compile ? api->ops.compile(build, api->arg) : RK_UNSUPPORTED;

	if (err && rk_api_build_done(api, rk_str(build->row.sid), false,
		       RK_STR("The build could not be compiled now. Try again.")) != RK_OK)
		rk_error("a build that cannot be compiled stays unfinished: %s", rk_err_text(err));
}

void
rk_api_build_create(struct rk_api_call *call)
{
	struct rk_row_build build = { .row.account_sid = rk_str(call->caller.account),
		.service_sid = rk_api_call_owner(call, "service_sid"),
		.status = RK_STR("building") };
	RK_AUTO(rk_buf_free) struct rk_buf dependencies = RK_BUF(65536);
	struct parts parts = { .function_n = 0 };
	struct rk_why why = { .code = "" };
	enum rk_err err;

	if (!take_dependencies(call, &dependencies) || !take_runtime(call, &build.runtime) ||
	    !take_parts(call, &parts) || !rk_api_begin(call))
		return;
	build.dependencies = rk_buf_str(&dependencies);
	err = rk_platform_create_build(
	    call->api->store, &build, parts.functions, parts.function_n, parts.assets, parts.asset_n, &why);
	if (!rk_api_settle(call, err, &why, "create", rk_str(build.row.sid)))
		return;
	rk_api_show(call, 201, &build);
	ask(call->api, &build);
}

/* What a compiler said, cut to what a row holds. */
static struct rk_str
reason(struct rk_str text)
{
	text = rk_str_sub(text, 0, ERROR_MAX);
	while (text.n && !rk_str_is_utf8(text) && text.n > ERROR_MAX - 4)
		text.n--;
	return text.n && rk_str_is_utf8(text) && rk_str_index(text, '\0') == text.n
		   ? text
		   : RK_STR("It does not compile.");
}

enum rk_err
rk_api_build_done(struct rk_api *api, struct rk_str sid, bool ok, struct rk_str text)
{
	struct rk_query q = { .account = RK_EVERY_ACCOUNT,
		.limit = 1,
		.filters = {
		    { .field = "sid", .value = sid }, { .field = "status", .value = RK_STR("building") } } };
	struct rk_row_build build;
	struct rk_arena arena;
	enum rk_err err;

	rk_arena_init(&arena, 0);
	err = rk_store_find(api->store, RK_KIND_BUILD, &q, &arena, &build);
	if (!err) {
		build.status = ok ? RK_STR("completed") : RK_STR("failed");
		build.error = ok ? rk_str(NULL) : reason(text);
		err = rk_store_update(api->store, RK_KIND_BUILD, &build, NULL);
	}
	rk_arena_done(&arena);
	return err;
}

static void
ask_again(const void *row, void *arg)
{
	ask(arg, row);
}

enum rk_err
rk_api_resume(struct rk_api *api)
{
	struct rk_query q = { .account = RK_EVERY_ACCOUNT,
		.limit = BUILDS_AT_ONCE,
		.filters = { { .field = "status", .value = RK_STR("building") } } };
	bool more = false;
	enum rk_err err = rk_store_list(api->store, RK_KIND_BUILD, &q, ask_again, api, &more);

	return err == RK_NOT_FOUND ? RK_OK : err;
}
