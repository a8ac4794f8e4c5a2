/*
 * api_variables.c - the variables of an environment.
 */
#include <stdio.h>

#include "keeper/api_json.h"
#include "keeper/api_routes.h"
#include "keeper/api_rows.h"

#define KEY_MAX 128
#define VALUE_MAX 450 /* bytes */
#define VARIABLES_MAX 500

static void
put_variable(struct rk_api_call *call, struct rk_buf *out, const void *row)
{
	const struct rk_row_variable *v = row;

	rk_buf_put_c(out, '{');
	rk_api_json_head(out, &v->row, v->service_sid, false);
	rk_api_json_text(out, "environment_sid", v->environment_sid);
	rk_api_json_text(out, "key", v->key);
	rk_api_json_text(out, "value", v->value);
	rk_api_json_url(call, out, "url", "/Services/%.*s/Environments/%.*s/Variables/%s",
	    RK_FMT(v->service_sid), RK_FMT(v->environment_sid), v->row.sid);
	rk_buf_put_c(out, '}');
}

const struct rk_api_resource rk_api_variables = {
	.kind = RK_KIND_VARIABLE, .noun = "Variable", .key = "variables", .secrets = true, .put = put_variable
};

/* No key that .env or a shell could not say again: nothing with '=', blanks or control characters. */
static bool
is_key(struct rk_str key)
{
	for (size_t i = 0; i < key.n; i++)
		if ((unsigned char)key.p[i] <= ' ' || key.p[i] == '=' || key.p[i] == 0x7f)
			return false;
	return true;
}

static bool
take(struct rk_api_call *call, struct rk_row_variable *v)
{
	bool is_new = !v->row.sid[0];

	if (!rk_api_take_text(call, "Key", is_new ? RK_API_REQUIRED : RK_API_OPTIONAL, KEY_MAX, &v->key) ||
	    !rk_api_take_text(call, "Value", RK_API_MAY_BE_EMPTY, VALUE_MAX, &v->value))
		return false;
	if (!v->value.p)
		rk_api_fail(call, RK_API_PARAMETER, "Missing required parameter Value in the post body.");
	else if (v->value.n > VALUE_MAX)
		rk_api_fail(call, RK_API_PARAMETER, "Value must be at most %d bytes long.", VALUE_MAX);
	else if (!is_key(v->key))
		rk_api_fail(call, RK_API_PARAMETER, "Key must not hold '=', blanks or control characters.");
	else
		return true;
	return false;
}

static void
explain(enum rk_err err, const struct rk_row_variable *v, struct rk_why *why)
{
	if (err == RK_EXISTS)
		snprintf(
		    why->what, sizeof why->what, "Variable with key '%.*s' already exists.", RK_FMT(v->key));
}

static void
count(const void *row, void *arg)
{
	(*(unsigned *)arg)++;
}

static bool
has_room(struct rk_api_call *call, struct rk_str environment)
{
	struct rk_query q = { .account = rk_str(call->caller.account),
		.filters = { { .field = "environment_sid", .value = environment } } };
	unsigned n = 0;
	bool more = false;
	enum rk_err err = rk_store_list(call->api->store, RK_KIND_VARIABLE, &q, count, &n, &more);

	if (err && err != RK_NOT_FOUND) {
		rk_api_fail_err(call, err, NULL);
		return false;
	}
	if (n >= VARIABLES_MAX)
		rk_api_fail(
		    call, RK_API_PARAMETER, "An environment has at most %d variables.", VARIABLES_MAX);
	return n < VARIABLES_MAX;
}

void
rk_api_variable_create(struct rk_api_call *call)
{
	struct rk_row_variable v = { .row.account_sid = rk_str(call->caller.account),
		.service_sid = rk_api_call_owner(call, "service_sid"),
		.environment_sid = rk_api_call_owner(call, "environment_sid") };
	struct rk_why why = { .code = "" };
	enum rk_err err;

	if (!take(call, &v) || !has_room(call, v.environment_sid) || !rk_api_begin(call))
		return;
	err = rk_store_create(call->api->store, RK_KIND_VARIABLE, &v, &why);
	explain(err, &v, &why);
	if (!rk_api_settle(call, err, &why, "create", rk_str(v.row.sid)))
		return;
	rk_api_show(call, 201, &v);
	rk_api_tell_environment(call, v.environment_sid);
}

void
rk_api_variable_update(struct rk_api_call *call)
{
	struct rk_row_variable v;
	struct rk_why why = { .code = "" };
	enum rk_err err;

	if (!rk_api_find(call, true, &v) || !take(call, &v) || !rk_api_begin(call))
		return;
	err = rk_store_update(call->api->store, RK_KIND_VARIABLE, &v, &why);
	explain(err, &v, &why);
	if (!rk_api_settle(call, err, &why, "update", rk_str(v.row.sid)))
		return;
	rk_api_show(call, 200, &v);
	rk_api_tell_environment(call, v.environment_sid);
}
