/*
 * api_services.c - services.
 */
#include <stdio.h>

#include "base/sid.h"
#include "keeper/api_json.h"
#include "keeper/api_routes.h"
#include "keeper/api_rows.h"
#include "keeper/platform.h"

#define UNIQUE_NAME_MAX 50
#define FRIENDLY_NAME_MAX 255

static void
put_service(struct rk_api_call *call, struct rk_buf *out, const void *row)
{
	const struct rk_row_service *service = row;
	const char *sid = service->row.sid;

	rk_buf_put_c(out, '{');
	rk_api_json_head(out, &service->row, rk_str(NULL), false);
	rk_api_json_text(out, "unique_name", service->unique_name);
	rk_api_json_text(out, "friendly_name", service->friendly_name);
	rk_api_json_flag(out, "include_credentials", service->include_credentials);
	rk_api_json_flag(out, "ui_editable", service->ui_editable);
	rk_api_json_text(out, "domain_base", service->domain_base);
	rk_api_json_url(call, out, "url", "/Services/%s", sid);
	rk_api_json_name(out, "links");
	rk_buf_put_c(out, '{');
	rk_api_json_url(call, out, "environments", "/Services/%s/Environments", sid);
	rk_api_json_url(call, out, "functions", "/Services/%s/Functions", sid);
	rk_api_json_url(call, out, "assets", "/Services/%s/Assets", sid);
	rk_api_json_url(call, out, "builds", "/Services/%s/Builds", sid);
	rk_buf_lit(out, "}}");
}

const struct rk_api_resource rk_api_services = {
	.kind = RK_KIND_SERVICE, .noun = "Service", .key = "services", .put = put_service
};

static bool
take(struct rk_api_call *call, struct rk_row_service *service)
{
	return rk_api_take_text(call, "FriendlyName", service->row.sid[0] ? RK_API_OPTIONAL : RK_API_REQUIRED,
		   FRIENDLY_NAME_MAX, &service->friendly_name) &&
	       rk_api_take_flag(call, "IncludeCredentials", &service->include_credentials) &&
	       rk_api_take_flag(call, "UiEditable", &service->ui_editable);
}

void
rk_api_service_create(struct rk_api_call *call)
{
	struct rk_row_service service = { .include_credentials = true };
	char base[RK_PLATFORM_LABEL_SIZE];
	struct rk_why why = { .code = "" };
	enum rk_err err;

	if (!rk_api_take_name(call, "UniqueName", RK_API_REQUIRED, UNIQUE_NAME_MAX, &service.unique_name) ||
	    !take(call, &service))
		return;
	if (rk_sid_is(service.unique_name, "ZS")) {
		rk_api_fail(call, RK_API_PARAMETER, "UniqueName must not look like a SID.");
		return;
	}
	if (!rk_api_begin(call))
		return;
	service.row.account_sid = rk_str(call->caller.account);
	err = rk_platform_create_service(call->api->store, &service, base, &why);
	if (err == RK_EXISTS)
		snprintf(why.what, sizeof why.what, "Service with unique name: '%.*s' already exists.",
		    RK_FMT(service.unique_name));
	if (rk_api_settle(call, err, &why, "create", rk_str(service.row.sid)))
		rk_api_show(call, 201, &service);
}

void
rk_api_service_update(struct rk_api_call *call)
{
	struct rk_row_service service;
	struct rk_why why = { .code = "" };
	enum rk_err err;

	if (!rk_api_find(call, false, &service) || !take(call, &service) || !rk_api_begin(call))
		return;
	err = rk_store_update(call->api->store, RK_KIND_SERVICE, &service, &why);
	if (!rk_api_settle(call, err, &why, "update", rk_str(service.row.sid)))
		return;
	rk_api_show(call, 200, &service);
	rk_api_tell_service(call, rk_str(service.row.sid), false);
}
