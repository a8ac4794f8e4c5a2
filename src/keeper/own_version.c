/*
 * own_version.c - what a build holds.
 */
#include "keeper/own_version.h"

#include "keeper/platform.h"

struct reading {
	struct rk_arena *arena;
	struct rk_own_build *build;
	size_t room;
	bool is_asset;
	enum rk_err err;
};

static struct rk_str
keep(struct reading *r, struct rk_str s)
{
	struct rk_str copy = s.n ? rk_arena_dup(r->arena, s) : RK_STR("");

	if (!copy.p)
		r->err = RK_NOMEM;
	return copy;
}

/* Room for `n` versions. The old list stays in the arena: together they are at most twice the last one. */
static bool
grow(struct reading *r, size_t n)
{
	struct rk_own_version *more;

	if (n <= r->room)
		return true;
	if (n < 2 * r->room)
		n = 2 * r->room;
	more = rk_arena_take(r->arena, n * sizeof *more);
	if (!more) {
		r->err = RK_NOMEM;
		return false;
	}
	if (r->build->n)
		memcpy(more, r->build->v, r->build->n * sizeof *more);
	r->build->v = more;
	r->room = n;
	return true;
}

/* Rows of the two kinds have the same shape (api_functions.c holds them to it). */
static void
read_version(const void *row, void *arg)
{
	const struct rk_row_function_version *v = row;
	struct reading *r = arg;

	if (r->err || !grow(r, r->build->n + 1))
		return;
	r->build->v[r->build->n++] = (struct rk_own_version){ .is_asset = r->is_asset,
		.sid = keep(r, rk_str(v->row.sid)),
		.owner = keep(r, v->function_sid),
		.path = keep(r, v->path),
		.visibility = keep(r, v->visibility),
		.content_type = keep(r, v->content_type),
		.digest = keep(r, v->content_digest),
		.size = v->content_size };
}

enum rk_err
rk_own_build_read(struct rk_own_call *oc, struct rk_str build, size_t more, struct rk_own_build *ret_build)
{
	struct rk_query q = { .account = rk_str(oc->call.caller.account), .build = build };
	struct reading r = { &oc->call.arena, ret_build, 0, false, RK_OK };
	bool is_more = false;
	enum rk_err err = RK_OK;

	*ret_build = (struct rk_own_build){ .n = 0 };
	if (build.n)
		err = rk_store_list(
		    oc->own->opts.store, RK_KIND_FUNCTION_VERSION, &q, read_version, &r, &is_more);
	r.is_asset = true;
	if (!err && build.n)
		err =
		    rk_store_list(oc->own->opts.store, RK_KIND_ASSET_VERSION, &q, read_version, &r, &is_more);
	if (!err && !r.err && more && !grow(&r, ret_build->n + more))
		return RK_NOMEM;
	return err ? err : r.err;
}

enum rk_err
rk_own_version_read(struct rk_own_call *oc, const struct rk_own_version *version, struct rk_str *ret_content)
{
	struct rk_buf content = RK_BUF(RK_PLATFORM_CONTENT_MAX);
	enum rk_err err = rk_platform_get_content(oc->own->opts.store, version->digest, &content);

	if (!err) {
		*ret_content = content.n ? rk_arena_dup(&oc->call.arena, rk_buf_str(&content)) : RK_STR("");
		err = ret_content->p ? RK_OK : RK_NOMEM;
	}
	rk_buf_free(&content);
	return err == RK_NOT_FOUND ? RK_DAMAGED : err;
}
