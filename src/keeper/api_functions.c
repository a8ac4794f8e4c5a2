/*
 * api_functions.c - functions and assets, which differ in name only, and their versions.
 */
#include <stdio.h>

#include "base/json.h"
#include "keeper/api_json.h"
#include "keeper/api_routes.h"
#include "keeper/api_rows.h"
#include "keeper/platform.h"

#define FRIENDLY_NAME_MAX 255
#define PATH_MAX_CHARACTERS 255

/* What the two are called. */
struct words {
	const char *collection, *owner, *versions;
};

static const struct words function_words = { "Functions", "function_sid", "function_versions" };
static const struct words asset_words = { "Assets", "asset_sid", "asset_versions" };

/* Rows of functions and of assets have the same fields; so have their versions. */
_Static_assert(sizeof(struct rk_row_function) == sizeof(struct rk_row_asset), "one shape");
_Static_assert(sizeof(struct rk_row_function_version) == sizeof(struct rk_row_asset_version), "one shape");
_Static_assert(
    offsetof(struct rk_row_function_version, function_sid) ==
	    offsetof(struct rk_row_asset_version, asset_sid) &&
	offsetof(struct rk_row_function_version, path) == offsetof(struct rk_row_asset_version, path),
    "one shape");

static void
put_named(
    struct rk_api_call *call, struct rk_buf *out, const struct rk_row_function *f, const struct words *words)
{
	char at[128];

	snprintf(
	    at, sizeof at, "/Services/%.*s/%s/%s", RK_FMT(f->service_sid), words->collection, f->row.sid);
	rk_buf_put_c(out, '{');
	rk_api_json_head(out, &f->row, f->service_sid, false);
	rk_api_json_text(out, "friendly_name", f->friendly_name);
	rk_api_json_url(call, out, "url", "%s", at);
	rk_api_json_name(out, "links");
	rk_buf_put_c(out, '{');
	rk_api_json_url(call, out, words->versions, "%s/Versions", at);
	rk_buf_lit(out, "}}");
}

static void
put_function(struct rk_api_call *call, struct rk_buf *out, const void *row)
{
	put_named(call, out, row, &function_words);
}

static void
put_asset(struct rk_api_call *call, struct rk_buf *out, const void *row)
{
	put_named(call, out, row, &asset_words);
}

static void
put_any_version(struct rk_api_call *call, struct rk_buf *out, const struct rk_row_function_version *v,
    const struct words *words)
{
	char at[192];

	snprintf(at, sizeof at, "/Services/%.*s/%s/%.*s/Versions/%s", RK_FMT(v->service_sid),
	    words->collection, RK_FMT(v->function_sid), v->row.sid);
	rk_buf_put_c(out, '{');
	rk_api_json_head(out, &v->row, v->service_sid, true);
	rk_api_json_text(out, words->owner, v->function_sid);
	rk_api_json_text(out, "path", v->path);
	rk_api_json_text(out, "visibility", v->visibility);
	rk_api_json_url(call, out, "url", "%s", at);
	if (words == &function_words) {
		rk_api_json_name(out, "links");
		rk_buf_put_c(out, '{');
		rk_api_json_url(call, out, "function_version_content", "%s/Content", at);
		rk_buf_put_c(out, '}');
	}
	rk_buf_put_c(out, '}');
}

static void
put_function_version(struct rk_api_call *call, struct rk_buf *out, const void *row)
{
	put_any_version(call, out, row, &function_words);
}

static void
put_asset_version(struct rk_api_call *call, struct rk_buf *out, const void *row)
{
	put_any_version(call, out, row, &asset_words);
}

const struct rk_api_resource rk_api_functions = {
	.kind = RK_KIND_FUNCTION, .noun = "Function", .key = "functions", .put = put_function
};
const struct rk_api_resource rk_api_assets = {
	.kind = RK_KIND_ASSET, .noun = "Asset", .key = "assets", .put = put_asset
};
const struct rk_api_resource rk_api_function_versions = { .kind = RK_KIND_FUNCTION_VERSION,
	.noun = "FunctionVersion",
	.key = "function_versions",
	.newest_first = true,
	.put = put_function_version };
const struct rk_api_resource rk_api_asset_versions = { .kind = RK_KIND_ASSET_VERSION,
	.noun = "AssetVersion",
	.key = "asset_versions",
	.newest_first = true,
	.put = put_asset_version };

void
rk_api_function_create(struct rk_api_call *call)
{
	struct rk_row_function f = { .row.account_sid = rk_str(call->caller.account),
		.service_sid = rk_api_call_owner(call, "service_sid") };
	struct rk_why why = { .code = "" };
	enum rk_err err;

	if (!rk_api_take_text(call, "FriendlyName", RK_API_REQUIRED, FRIENDLY_NAME_MAX, &f.friendly_name) ||
	    !rk_api_begin(call))
		return;
	err = rk_store_create(call->api->store, call->route->resource->kind, &f, &why);
	if (rk_api_settle(call, err, &why, "create", rk_str(f.row.sid)))
		rk_api_show(call, 201, &f);
}

void
rk_api_function_update(struct rk_api_call *call)
{
	struct rk_row_function f;
	struct rk_why why = { .code = "" };
	enum rk_err err;

	if (!rk_api_find(call, false, &f) ||
	    !rk_api_take_text(call, "FriendlyName", RK_API_OPTIONAL, FRIENDLY_NAME_MAX, &f.friendly_name) ||
	    !rk_api_begin(call))
		return;
	err = rk_store_update(call->api->store, call->route->resource->kind, &f, &why);
	if (rk_api_settle(call, err, &why, "update", rk_str(f.row.sid)))
		rk_api_show(call, 200, &f);
}

/* ---- versions ---- */

/* A path is a key that requests are matched against, byte by byte: what no request line can say is refused, and what
 * intermediaries rewrite (RFC 3986, section 5.2.4). */
bool
rk_api_is_path(struct rk_str path)
{
	struct rk_str left = rk_str_sub(path, 1, path.n);

	if (path.n == 0 || path.p[0] != '/')
		return false;
	for (size_t i = 0; i < path.n; i++)
		if ((unsigned char)path.p[i] <= ' ' || path.p[i] == 0x7f || strchr("?#%\\\"<>", path.p[i]))
			return false;
	while (left.n) {
		struct rk_str part = rk_str_take(&left, '/');
		if (part.n == 0 || rk_str_is(part, RK_STR(".")) || rk_str_is(part, RK_STR("..")))
			return false;
	}
	return path.n == 1 || path.p[path.n - 1] != '/';
}

bool
rk_api_is_visibility(struct rk_str s)
{
	return rk_str_is(s, RK_STR("public")) || rk_str_is(s, RK_STR("protected")) ||
	       rk_str_is(s, RK_STR("private"));
}

static bool
take_version(struct rk_api_call *call, struct rk_row_function_version *v)
{
	if (!rk_api_take_text(call, "Path", RK_API_REQUIRED, PATH_MAX_CHARACTERS, &v->path) ||
	    !rk_api_take_text(call, "Visibility", RK_API_REQUIRED, 16, &v->visibility))
		return false;
	if (!rk_api_is_path(v->path))
		rk_api_fail(call, RK_API_PARAMETER,
		    "Path must begin with '/', and hold no blanks, no '%%', and no empty, '.' or '..' part.");
	else if (!rk_api_is_visibility(v->visibility))
		rk_api_fail(call, RK_API_PARAMETER, "Visibility must be public, protected or private.");
	else
		return true;
	return false;
}

/* Source is text; an asset may be any bytes. */
static bool
take_content(struct rk_api_call *call, struct rk_row_function_version *v, struct rk_str *ret_content)
{
	const struct rk_api_param *content = rk_api_form_get(&call->form, "Content");
	bool is_function = call->route->resource->kind == RK_KIND_FUNCTION_VERSION;
	size_t most = is_function ? RK_API_FUNCTION_MAX : RK_PLATFORM_CONTENT_MAX;

	if (!content)
		rk_api_fail(call, RK_API_PARAMETER, "Missing required parameter Content in the post body.");
	else if (content->value.n > most)
		rk_api_fail(call, RK_API_TOO_LARGE, "Content must be at most %zu bytes long.", most);
	else if (is_function &&
		 (!rk_str_is_utf8(content->value) || rk_str_index(content->value, '\0') < content->value.n))
		rk_api_fail(call, RK_API_PARAMETER, "Content must be text in UTF-8 without NUL.");
	else if (content->type.n > 255 || !rk_str_is_utf8(content->type))
		rk_api_fail(call, RK_API_PARAMETER, "The Content-Type of Content is not valid.");
	else {
		*ret_content = content->value;
		v->content_type = content->type.p ? content->type : RK_STR("");
		return true;
	}
	return false;
}

void
rk_api_version_create(struct rk_api_call *call)
{
	bool is_function = call->route->resource->kind == RK_KIND_FUNCTION_VERSION;
	struct rk_row_function_version v = { .row.account_sid = rk_str(call->caller.account),
		.service_sid = rk_api_call_owner(call, "service_sid"),
		.function_sid = rk_api_call_owner(call, is_function ? "function_sid" : "asset_sid") };
	unsigned char digest[RK_VAULT_DIGEST_SIZE];
	struct rk_why why = { .code = "" };
	struct rk_str content;
	enum rk_err err;

	if (!take_version(call, &v) || !take_content(call, &v, &content) || !rk_api_begin(call))
		return;
	err = rk_platform_create_version(
	    call->api->store, call->route->resource->kind, &v, content, digest, &why);
	if (rk_api_settle(call, err, &why, "create", rk_str(v.row.sid)))
		rk_api_show(call, 201, &v);
}

void
rk_api_content_fetch(struct rk_api_call *call)
{
	struct rk_buf content = RK_BUF(RK_PLATFORM_CONTENT_MAX);
	struct rk_buf *out = &call->response->body;
	struct rk_row_function_version v;
	enum rk_err err;

	if (!rk_api_find(call, false, &v))
		return;
	err = rk_platform_get_content(call->api->store, v.content_digest, &content);
	if (err) {
		rk_api_fail_err(call, err == RK_NOT_FOUND ? RK_DAMAGED : err, NULL);
	} else {
		call->response->status = 200;
		rk_buf_put_c(out, '{');
		rk_api_json_text(out, "sid", rk_str(v.row.sid));
		rk_api_json_text(out, "account_sid", v.row.account_sid);
		rk_api_json_text(out, "service_sid", v.service_sid);
		rk_api_json_text(out, "function_sid", v.function_sid);
		rk_api_json_text(out, "content", content.p ? rk_buf_str(&content) : RK_STR(""));
		rk_api_json_url(call, out, "url", "/Services/%.*s/Functions/%.*s/Versions/%s/Content",
		    RK_FMT(v.service_sid), RK_FMT(v.function_sid), v.row.sid);
		rk_buf_put_c(out, '}');
	}
	rk_buf_free(&content);
}
