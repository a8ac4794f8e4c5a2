/*
 * api_rows.c - rows of the store in the name of a call.
 */
#include "keeper/api_rows.h"

#include <stdio.h>

#include "base/log.h"
#include "base/sid.h"
#include "keeper/api_json.h"

/* Owners that a path may name, by the field that its rows have. */
static const struct {
	const char *field;
	enum rk_kind kind;
} owners[] = {
	{ "service_sid", RK_KIND_SERVICE },
	{ "environment_sid", RK_KIND_ENVIRONMENT },
	{ "function_sid", RK_KIND_FUNCTION },
	{ "asset_sid", RK_KIND_ASSET },
};

/* A service is found by its unique name too. */
static const char *
field_of(enum rk_kind kind, struct rk_str value)
{
	return kind == RK_KIND_SERVICE && !rk_sid_is(value, "ZS") ? "unique_name" : "sid";
}

static enum rk_err
find(struct rk_api_call *call, enum rk_kind kind, struct rk_str value, bool secrets, void *ret_row)
{
	struct rk_query q = { .account = rk_str(call->caller.account), .limit = 1, .secrets = secrets };

	if (call->filter_n == RK_STORE_FILTERS)
		return RK_INTERNAL;
	memcpy(q.filters, call->filters, call->filter_n * sizeof *q.filters);
	q.filters[call->filter_n] = (struct rk_filter){ .field = field_of(kind, value), .value = value };
	return rk_store_find(call->api->store, kind, &q, &call->arena, ret_row);
}

static bool
resolve_owner(struct rk_api_call *call, const char *field, enum rk_kind kind, struct rk_str value)
{
	union rk_row_any row;
	enum rk_err err = find(call, kind, value, false, &row);
	struct rk_str sid;

	if (!err && call->filter_n >= RK_STORE_FILTERS - 2)
		err = RK_INTERNAL;
	if (err) {
		rk_api_fail_err(call, err, NULL);
		return false;
	}
	sid = rk_arena_dup(&call->arena, rk_str(row.row.sid));
	if (!sid.p) {
		rk_api_fail_err(call, RK_NOMEM, NULL);
		return false;
	}
	call->filters[call->filter_n++] = (struct rk_filter){ .field = field, .value = sid };
	return true;
}

bool
rk_api_resolve(struct rk_api_call *call, const char *name, struct rk_str value)
{
	if (strcmp(name, "sid") == 0) {
		call->sid = value;
		return true;
	}
	if (strcmp(name, "account_sid") == 0) {
		if (rk_str_is(value, rk_str(call->caller.account)))
			return true;
		rk_api_fail_not_found(call);
		return false;
	}
	for (size_t i = 0; i < sizeof owners / sizeof owners[0]; i++)
		if (strcmp(name, owners[i].field) == 0)
			return resolve_owner(call, owners[i].field, owners[i].kind, value);
	rk_api_fail_err(call, RK_INTERNAL, NULL);
	return false;
}

struct rk_str
rk_api_call_owner(const struct rk_api_call *call, const char *field)
{
	for (size_t i = 0; i < call->filter_n; i++)
		if (strcmp(call->filters[i].field, field) == 0)
			return call->filters[i].value;
	return rk_str(NULL);
}

bool
rk_api_find(struct rk_api_call *call, bool secrets, void *ret_row)
{
	enum rk_err err = find(call, call->route->resource->kind, call->sid, secrets, ret_row);

	if (err)
		rk_api_fail_err(call, err, NULL);
	return !err;
}

bool
rk_api_get(struct rk_api_call *call, enum rk_kind kind, struct rk_str sid, void *ret_row)
{
	enum rk_err err =
	    rk_store_get(call->api->store, kind, rk_str(call->caller.account), sid, &call->arena, ret_row);

	if (err)
		rk_api_fail_err(call, err, NULL);
	return !err;
}

void
rk_api_show(struct rk_api_call *call, int status, const void *row)
{
	call->response->status = status;
	call->route->resource->put(call, &call->response->body, row);
}

bool
rk_api_begin(struct rk_api_call *call)
{
	enum rk_err err = rk_store_begin(call->api->store);

	if (err)
		rk_api_fail_err(call, err, NULL);
	return !err;
}

void
rk_api_audit_init(
    struct rk_api_call *call, const char *verb, struct rk_str target, struct rk_row_audit *ret_audit)
{
	char action[64], detail[128];
	struct rk_str peer = rk_str_sub(call->request->peer, 0, 64);

	snprintf(action, sizeof action, "%s.%s", call->route->resource->noun, verb);
	snprintf(detail, sizeof detail, "{\"request\":\"%s\"}", call->response->request_id);
	*ret_audit = (struct rk_row_audit){ .row.account_sid = rk_str(call->caller.account),
		.actor = rk_str(call->caller.actor),
		.action = rk_arena_dup(&call->arena, rk_str(action)),
		.target_sid = target,
		.origin = rk_str_is_utf8(peer) ? peer : RK_STR("unknown"),
		.detail = rk_arena_dup(&call->arena, rk_str(detail)) };
}

bool
rk_api_settle(struct rk_api_call *call, enum rk_err err, const struct rk_why *why, const char *verb,
    struct rk_str target)
{
	struct rk_row_audit audit;

	if (!err) {
		rk_api_audit_init(call, verb, target, &audit);
		err = rk_store_create(call->api->store, RK_KIND_AUDIT, &audit, NULL);
		why = NULL;
	}
	if (err)
		rk_store_rollback(call->api->store);
	else
		err = rk_store_commit(call->api->store);
	if (err)
		rk_api_fail_err(call, err, why);
	return !err;
}

void
rk_api_tell_environment(struct rk_api_call *call, struct rk_str environment)
{
	struct rk_api_response *response = call->response;

	if (response->changed_n < RK_API_CHANGED_MAX && environment.n == RK_SID_LEN)
		memcpy(response->changed[response->changed_n++], environment.p, RK_SID_LEN);
	if (call->api->ops.deployed)
		call->api->ops.deployed(rk_str(call->caller.account), environment, call->api->arg);
}

void
rk_api_tell_keys(struct rk_api_call *call)
{
	if (call->api->ops.keys_changed)
		call->api->ops.keys_changed(rk_str(call->caller.account), call->api->arg);
}

static void
tell(const void *row, void *arg)
{
	const struct rk_row *environment = row;
	struct rk_api_call *call = arg;

	rk_api_tell_environment(call, rk_str(environment->sid));
}

void
rk_api_tell_service(struct rk_api_call *call, struct rk_str service, bool removed)
{
	struct rk_query q = { .account = rk_str(call->caller.account),
		.removed = removed,
		.filters = { { .field = "service_sid", .value = service } } };
	enum rk_err err = RK_OK;
	bool more = false;

	/* A service has fewer environments than a page has rows (api_environments.c). */
	err = rk_store_list(call->api->store, RK_KIND_ENVIRONMENT, &q, tell, call, &more);
	if (err && err != RK_NOT_FOUND)
		rk_error("environments of a changed service cannot be read: %s", rk_err_text(err));
}

void
rk_api_fetch(struct rk_api_call *call)
{
	union rk_row_any row;

	if (rk_api_find(call, call->route->resource->secrets, &row))
		rk_api_show(call, 200, &row);
}

void
rk_api_remove(struct rk_api_call *call)
{
	enum rk_kind kind = call->route->resource->kind;
	struct rk_why why = { .what = "It is in use: an environment serves it." };
	union rk_row_any row;
	enum rk_err err;

	if (!rk_api_find(call, false, &row) || !rk_api_begin(call))
		return;
	err = rk_store_remove(call->api->store, kind, row.row.account_sid, rk_str(row.row.sid));
	if (!rk_api_settle(call, err, err == RK_REFUSED ? &why : NULL, "remove", rk_str(row.row.sid)))
		return;
	call->response->status = 204;
	if (kind == RK_KIND_ENVIRONMENT)
		rk_api_tell_environment(call, rk_str(row.row.sid));
	else if (kind == RK_KIND_KEY)
		rk_api_tell_keys(call);
	else if (kind == RK_KIND_VARIABLE)
		rk_api_tell_environment(call, row.variable.environment_sid);
	else if (kind == RK_KIND_SERVICE)
		rk_api_tell_service(call, rk_str(row.row.sid), true);
}
