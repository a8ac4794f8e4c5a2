/*
 * api_deployments.c - deployments: which build an environment serves.
 */
#include "keeper/api_json.h"
#include "keeper/api_routes.h"
#include "keeper/api_rows.h"
#include "keeper/platform.h"

static void
put_deployment(struct rk_api_call *call, struct rk_buf *out, const void *row)
{
	const struct rk_row_deployment *d = row;

	rk_buf_put_c(out, '{');
	rk_api_json_head(out, &d->row, d->service_sid, false);
	rk_api_json_text(out, "environment_sid", d->environment_sid);
	rk_api_json_text(out, "build_sid", d->build_sid);
	rk_api_json_url(call, out, "url", "/Services/%.*s/Environments/%.*s/Deployments/%s",
	    RK_FMT(d->service_sid), RK_FMT(d->environment_sid), d->row.sid);
	rk_buf_put_c(out, '}');
}

const struct rk_api_resource rk_api_deployments = { .kind = RK_KIND_DEPLOYMENT,
	.noun = "Deployment",
	.key = "deployments",
	.newest_first = true,
	.put = put_deployment };

/* The build must be of this service and compiled; what is live already is a conflict, which the vendor's client knows. */
static bool
may_deploy(struct rk_api_call *call, struct rk_str build_sid)
{
	struct rk_row_environment environment;
	struct rk_query q = { .account = rk_str(call->caller.account),
		.limit = 1,
		.filters = { { .field = "sid", .value = build_sid },
		    { .field = "service_sid", .value = rk_api_call_owner(call, "service_sid") } } };
	struct rk_row_build build;
	enum rk_err err = rk_store_find(call->api->store, RK_KIND_BUILD, &q, &call->arena, &build);

	if (err == RK_NOT_FOUND)
		rk_api_fail(call, RK_API_PARAMETER, "BuildSid: %.*s was not found in this service.",
		    RK_FMT(build_sid));
	else if (err)
		rk_api_fail_err(call, err, NULL);
	if (err ||
	    !rk_api_get(call, RK_KIND_ENVIRONMENT, rk_api_call_owner(call, "environment_sid"), &environment))
		return false;
	if (rk_str_is(environment.build_sid, build_sid))
		rk_api_fail(call, RK_API_CONFLICT, "Deployment already exists");
	else if (!rk_str_is(build.status, RK_STR("completed")))
		rk_api_fail(call, RK_API_PARAMETER, "BuildSid: the build is %.*s, not completed.",
		    RK_FMT(build.status));
	else
		return true;
	return false;
}

void
rk_api_deployment_create(struct rk_api_call *call)
{
	struct rk_row_deployment d = { .row.account_sid = rk_str(call->caller.account),
		.environment_sid = rk_api_call_owner(call, "environment_sid") };
	struct rk_why why = { .code = "" };
	struct rk_row_audit audit;
	enum rk_err err;

	if (!rk_api_take_sid(call, "BuildSid", "ZB", &d.build_sid) ||
	    !rk_api_take_flag(call, "IsPlugin", &d.is_plugin) || !may_deploy(call, d.build_sid))
		return;
	rk_api_audit_init(call, "create", d.environment_sid, &audit);
	err = rk_platform_deploy(call->api->store, &d, &audit, &why);
	if (err) {
		rk_api_fail_err(call, err, &why);
		return;
	}
	d.service_sid = rk_api_call_owner(call, "service_sid");
	rk_api_show(call, 201, &d);
	rk_api_tell_environment(call, d.environment_sid);
}
