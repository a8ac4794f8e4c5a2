/*
 * own_change_write.c - a change becomes rows: all of them, with the deployment and its audit entry, or none.
 */
#include <stdio.h>

#include "keeper/own_changes.h"
#include "keeper/platform.h"

/* The row that versions of this path belong to: one that had the path before, or a new one. */
static enum rk_err
own_version(
    struct rk_own_call *oc, const struct rk_own_change *change, struct rk_own_version *v, struct rk_why *why)
{
	enum rk_kind kind = v->is_asset ? RK_KIND_ASSET : RK_KIND_FUNCTION;
	struct rk_query q = { .account = change->environment.row.account_sid,
		.filters = { { .field = "service_sid", .value = change->environment.service_sid },
		    { .field = "friendly_name", .value = v->path } } };
	struct rk_row_function row;
	enum rk_err err;

	if (v->owner.n)
		return RK_OK;
	err = rk_store_find(oc->own->opts.store, kind, &q, &oc->call.arena, &row);
	if (err == RK_NOT_FOUND) {
		row = (struct rk_row_function){ .row.account_sid = change->environment.row.account_sid,
			.service_sid = change->environment.service_sid,
			.friendly_name = v->path };
		err = rk_store_create(oc->own->opts.store, kind, &row, why);
	}
	if (err)
		return err;
	v->owner = rk_arena_dup(&oc->call.arena, rk_str(row.row.sid));
	return v->owner.p ? RK_OK : RK_NOMEM;
}

static enum rk_err
write_version(
    struct rk_own_call *oc, const struct rk_own_change *change, struct rk_own_version *v, struct rk_why *why)
{
	struct rk_row_function_version row = { .row.account_sid = change->environment.row.account_sid,
		.service_sid = change->environment.service_sid,
		.path = v->path,
		.visibility = v->visibility,
		.content_type = v->content_type };
	unsigned char digest[RK_VAULT_DIGEST_SIZE];
	struct rk_str content = v->content;
	enum rk_err err = own_version(oc, change, v, why);

	if (!err && !content.p) /* another visibility or type of what was there */
		err = rk_own_version_read(oc, v, &content);
	row.function_sid = v->owner;
	if (!err)
		err = rk_platform_create_version(oc->own->opts.store,
		    v->is_asset ? RK_KIND_ASSET_VERSION : RK_KIND_FUNCTION_VERSION, &row, content, digest,
		    why);
	if (err)
		return err;
	v->sid = rk_arena_dup(&oc->call.arena, rk_str(row.row.sid));
	return v->sid.p ? RK_OK : RK_NOMEM;
}

/* The versions of the new build, functions first; the rest of the list has the assets. */
static size_t
list_versions(const struct rk_own_build *build, bool assets, struct rk_str *sids)
{
	size_t n = 0;

	for (size_t i = 0; i < build->n; i++)
		if (build->v[i].is_asset == assets && build->v[i].state != RK_OWN_REMOVED)
			sids[n++] = build->v[i].sid;
	return n;
}

/* Runtime and dependencies are those of the build before. */
static enum rk_err
write_build(struct rk_own_call *oc, struct rk_own_change *change, struct rk_why *why)
{
	const struct rk_row_environment *e = &change->environment;
	struct rk_str *sids = rk_arena_take(&oc->call.arena, (change->build.n + 1) * sizeof *sids);
	struct rk_row_build before = { .row.sid = "" }, row = { .row.account_sid = e->row.account_sid,
		.service_sid = e->service_sid,
		.status = RK_STR("completed"),
		.runtime = RK_STR("node22"),
		.dependencies = RK_STR("[]") };
	size_t functions, assets;
	enum rk_err err = sids ? RK_OK : RK_NOMEM;

	if (!err && e->build_sid.n)
		err = rk_store_get(oc->own->opts.store, RK_KIND_BUILD, e->row.account_sid, e->build_sid,
		    &oc->call.arena, &before);
	if (err)
		return err;
	if (before.row.sid[0]) {
		row.runtime = before.runtime;
		row.dependencies = before.dependencies;
	}
	functions = list_versions(&change->build, false, sids);
	assets = list_versions(&change->build, true, sids + functions);
	err = rk_platform_create_build(
	    oc->own->opts.store, &row, sids, functions, sids + functions, assets, why);
	memcpy(change->build_sid, row.row.sid, sizeof change->build_sid);
	return err;
}

static enum rk_err
deploy(struct rk_own_call *oc, struct rk_own_change *change, struct rk_why *why)
{
	const struct rk_row_environment *e = &change->environment;
	struct rk_row_deployment d = { .row.account_sid = e->row.account_sid,
		.environment_sid = rk_str(e->row.sid),
		.build_sid = rk_str(change->build_sid) };
	struct rk_row_audit audit = { .row.account_sid = e->row.account_sid,
		.actor = rk_str(oc->call.caller.actor),
		.action = RK_STR("Deployment.create"),
		.target_sid = rk_str(e->row.sid),
		.origin = rk_str_is_utf8(oc->call.request->peer) ? rk_str_sub(oc->call.request->peer, 0, 64)
								 : RK_STR("unknown") };
	char detail[160];
	enum rk_err err;

	snprintf(detail, sizeof detail, "{\"request\":\"%s\",\"build_before\":\"%.*s\",\"build\":\"%s\"}",
	    oc->response.request_id, RK_FMT(e->build_sid), change->build_sid);
	audit.detail = rk_str(detail);
	err = rk_platform_deploy(oc->own->opts.store, &d, &audit, why);
	memcpy(change->deployment_sid, d.row.sid, sizeof change->deployment_sid);
	return err;
}

bool
rk_own_change_write(struct rk_own_call *oc, struct rk_own_change *change)
{
	struct rk_store *store = oc->own->opts.store;
	struct rk_why why = { .code = "" };
	enum rk_err err;

	if (!rk_own_begin_change(oc))
		return false;
	err = RK_OK;
	for (size_t i = 0; i < change->build.n && !err; i++)
		if (change->build.v[i].state == RK_OWN_ADDED || change->build.v[i].state == RK_OWN_CHANGED)
			err = write_version(oc, change, &change->build.v[i], &why);
	if (!err)
		err = write_build(oc, change, &why);
	if (!err)
		err = deploy(oc, change, &why);
	if (err)
		rk_store_rollback(store);
	else
		err = rk_store_commit(store);
	if (err)
		rk_api_fail_err(&oc->call, err, &why);
	return !err;
}
