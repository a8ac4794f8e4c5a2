/*
 * own_change_take.c - what a body wants of the versions that are live.
 */
#include <stdio.h>

#include "base/codec.h"
#include "keeper/own_changes.h"
#include "keeper/platform.h"

static const struct rk_own_field put_fields[] = { { "kind", RK_OWN_TEXT, 16, true },
	{ "path", RK_OWN_TEXT, 255, true }, { "visibility", RK_OWN_TEXT, 16, true },
	{ "content", RK_OWN_RAW, RK_OWN_TEXT_MAX, false },
	{ "content_base64", RK_OWN_TEXT, 2 * RK_OWN_TEXT_MAX, false },
	{ "content_type", RK_OWN_TEXT, 255, false }, { NULL, RK_OWN_TEXT, 0, false } };
static const struct rk_own_field remove_fields[] = { { "kind", RK_OWN_TEXT, 16, true },
	{ "path", RK_OWN_TEXT, 255, true }, { NULL, RK_OWN_TEXT, 0, false } };

/* One member of "put" or "remove". */
struct item {
	struct rk_own_call *oc;
	struct rk_own_change *change;
	const struct rk_json *json;
	char where[32]; /* "put[3]." */
	bool is_asset;
	struct rk_str path;
};

static struct rk_str
text(const struct rk_json *object, const char *name)
{
	const struct rk_json *value = rk_json_get(object, name);
	struct rk_str s = rk_json_str(value);

	if (!rk_json_is_string(value))
		return rk_str(NULL);
	return s.n ? s : RK_STR("");
}

static bool
refuse(struct item *it, const char *what)
{
	rk_api_fail(&it->oc->call, RK_API_PARAMETER, "%s%s", it->where, what);
	return false;
}

static bool
take_place(struct item *it, const struct rk_own_field *fields)
{
	struct rk_str kind;

	if (!rk_own_check_object(it->oc, it->json, fields, it->where))
		return false;
	kind = text(it->json, "kind");
	it->path = text(it->json, "path");
	it->is_asset = rk_str_is(kind, RK_STR("asset"));
	if (!it->is_asset && !rk_str_is(kind, RK_STR("function")))
		return refuse(it, "kind must be function or asset.");
	if (!rk_api_is_path(it->path))
		return refuse(it,
		    "path must begin with '/', and hold no blanks, no '%', and no empty, '.' or '..' part.");
	return true;
}

static struct rk_own_version *
find(const struct rk_own_build *build, bool is_asset, struct rk_str path)
{
	for (size_t i = 0; i < build->n; i++)
		if (build->v[i].is_asset == is_asset && rk_str_is(build->v[i].path, path))
			return &build->v[i];
	return NULL;
}

/* The bytes: as text, as base64, or p == NULL for those that are live. */
static bool
take_content(struct item *it, struct rk_str *ret_content)
{
	struct rk_str plain = text(it->json, "content"), coded = text(it->json, "content_base64");
	struct rk_buf bytes = RK_BUF(RK_PLATFORM_CONTENT_MAX);
	bool good;

	*ret_content = plain;
	if (plain.p && coded.p)
		return refuse(it, "content and content_base64 exclude each other.");
	if (!coded.p)
		return true;
	good = rk_codec_get_base64(&bytes, coded) == RK_OK && rk_buf_end(&bytes) == RK_OK;
	if (good)
		*ret_content = bytes.n ? rk_arena_dup(&it->oc->call.arena, rk_buf_str(&bytes)) : RK_STR("");
	rk_buf_free(&bytes);
	if (!good)
		return refuse(it, "content_base64 is not base64 with its padding, or too large.");
	if (!ret_content->p)
		rk_api_fail_err(&it->oc->call, RK_NOMEM, NULL);
	return ret_content->p != NULL;
}

static bool
check_content(struct item *it, struct rk_str content)
{
	if (!it->is_asset && (!rk_str_is_utf8(content) || rk_str_index(content, '\0') < content.n))
		return refuse(it, "content must be text in UTF-8 without NUL.");
	if (content.n > (it->is_asset ? RK_PLATFORM_CONTENT_MAX : RK_API_FUNCTION_MAX)) {
		rk_api_fail(
		    &it->oc->call, RK_API_TOO_LARGE, "%scontent is larger than the limit.", it->where);
		return false;
	}
	return true;
}

static bool
set_content(struct item *it, struct rk_own_version *v, struct rk_str content)
{
	char digest[RK_VAULT_DIGEST_SIZE];

	rk_vault_digest(content, (unsigned char *)digest);
	if (v->digest.n && rk_str_is(v->digest, rk_str_n(digest, sizeof digest)))
		return true;
	v->digest = rk_arena_dup(&it->oc->call.arena, rk_str_n(digest, sizeof digest));
	v->size = (int64_t)content.n;
	v->content = content;
	if (v->state == RK_OWN_KEPT)
		v->state = RK_OWN_CHANGED;
	if (!v->digest.p)
		rk_api_fail_err(&it->oc->call, RK_NOMEM, NULL);
	return v->digest.p != NULL;
}

/* A new one, or what is live under that path, which counts as wanted from here on. */
static struct rk_own_version *
claim(struct item *it)
{
	struct rk_own_version *v = find(&it->change->build, it->is_asset, it->path);

	if (!v) {
		v = &it->change->build.v[it->change->build.n++];
		*v = (struct rk_own_version){ .is_asset = it->is_asset,
			.path = it->path,
			.content_type = RK_STR(""),
			.state = RK_OWN_ADDED };
	}
	return v;
}

static bool
take_put(struct item *it)
{
	struct rk_str content, visibility, type;
	struct rk_own_version *v;

	if (!take_place(it, put_fields) || !take_content(it, &content))
		return false;
	visibility = text(it->json, "visibility");
	type = text(it->json, "content_type");
	if (!rk_api_is_visibility(visibility))
		return refuse(it, "visibility must be public, protected or private.");
	if (!it->is_asset && type.p)
		return refuse(it, "content_type is for assets.");
	v = find(&it->change->build, it->is_asset, it->path);
	if (v && (v->state == RK_OWN_ADDED || v->state == RK_OWN_CHANGED))
		return refuse(it, "path is there twice.");
	if (!content.p && !v)
		return refuse(it, "content is missing: there is nothing at this path.");
	v = claim(it);
	if (v->state == RK_OWN_REMOVED)
		v->state = RK_OWN_KEPT;
	if (content.p && (!check_content(it, content) || !set_content(it, v, content)))
		return false;
	if (v->state == RK_OWN_KEPT &&
	    (!rk_str_is(v->visibility, visibility) || (type.p && !rk_str_is(v->content_type, type))))
		v->state = RK_OWN_CHANGED;
	v->visibility = visibility;
	if (type.p)
		v->content_type = type;
	return true;
}

static bool
take_remove(struct item *it)
{
	struct rk_own_version *v;

	if (!take_place(it, remove_fields))
		return false;
	v = find(&it->change->build, it->is_asset, it->path);
	if (!v || v->state == RK_OWN_ADDED || v->state == RK_OWN_CHANGED)
		return refuse(it, v ? "path is put and removed." : "path: there is nothing to remove.");
	v->state = RK_OWN_REMOVED;
	return true;
}

static bool
take_list(
    struct rk_own_call *oc, struct rk_own_change *change, const char *name, bool (*take)(struct item *it))
{
	const struct rk_json *list = rk_json_get(oc->body, name);
	size_t n = list ? rk_json_count(list) : 0;

	for (size_t i = 0; i < n; i++) {
		struct item it = { .oc = oc, .change = change, .json = rk_json_at(list, i) };
		snprintf(it.where, sizeof it.where, "%s[%zu].", name, i);
		if (!take(&it))
			return false;
	}
	return true;
}

/* A function and an asset never share a path, and a build has room for so many of each. */
static bool
is_sound(struct rk_own_call *oc, const struct rk_own_change *change)
{
	size_t n[2] = { 0, 0 };

	for (size_t i = 0; i < change->build.n; i++) {
		const struct rk_own_version *v = &change->build.v[i], *other;
		if (v->state == RK_OWN_REMOVED)
			continue;
		n[v->is_asset]++;
		other = v->state == RK_OWN_ADDED ? find(&change->build, !v->is_asset, v->path) : NULL;
		if (!other || other->state == RK_OWN_REMOVED)
			continue;
		rk_api_fail(&oc->call, RK_API_PARAMETER,
		    "path: a function and an asset cannot both be at %.*s.", RK_FMT(v->path));
		return false;
	}
	if (n[0] <= RK_STORE_PAGE_MAX && n[1] <= RK_STORE_PAGE_MAX)
		return true;
	rk_api_fail(&oc->call, RK_API_PARAMETER, "A build has at most %d functions and as many assets.",
	    RK_STORE_PAGE_MAX);
	return false;
}

bool
rk_own_change_take(struct rk_own_call *oc, struct rk_own_change *change)
{
	const struct rk_json *put = rk_json_get(oc->body, "put");
	enum rk_err err = rk_own_build_read(
	    oc, change->environment.build_sid, put ? rk_json_count(put) : 0, &change->build);

	if (err) {
		rk_api_fail_err(&oc->call, err, NULL);
		return false;
	}
	if (rk_own_flag(oc, "replace_all", false))
		for (size_t i = 0; i < change->build.n; i++)
			change->build.v[i].state = RK_OWN_REMOVED;
	return take_list(oc, change, "put", take_put) && take_list(oc, change, "remove", take_remove) &&
	       is_sound(oc, change);
}

static void
put_paths(struct rk_buf *out, const char *name, const struct rk_own_build *build, int state)
{
	bool first = true;

	rk_api_json_name(out, name);
	rk_buf_put_c(out, '[');
	for (size_t i = 0; i < build->n; i++) {
		if ((int)build->v[i].state != state)
			continue;
		if (!first)
			rk_buf_put_c(out, ',');
		first = false;
		rk_json_put_string(out, build->v[i].path);
	}
	rk_buf_put_c(out, ']');
}

void
rk_own_change_put(struct rk_buf *out, const struct rk_own_change *change)
{
	int64_t kept = 0;

	for (size_t i = 0; i < change->build.n; i++)
		kept += change->build.v[i].state == RK_OWN_KEPT;
	put_paths(out, "added", &change->build, RK_OWN_ADDED);
	put_paths(out, "changed", &change->build, RK_OWN_CHANGED);
	put_paths(out, "removed", &change->build, RK_OWN_REMOVED);
	rk_api_json_number(out, "unchanged", kept);
}
