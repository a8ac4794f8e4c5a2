/*
 * api_logs.c - what functions wrote, youngest first.
 */
#include "base/sid.h"
#include "keeper/api_json.h"
#include "keeper/api_page.h"
#include "keeper/api_routes.h"

static void
put_log(struct rk_api_call *call, struct rk_buf *out, const void *row)
{
	const struct rk_row_log *log = row;

	rk_buf_put_c(out, '{');
	rk_api_json_head(out, &log->row, log->service_sid, true);
	rk_api_json_text(out, "environment_sid", log->environment_sid);
	rk_api_json_text(out, "build_sid", log->build_sid);
	rk_api_json_text(out, "deployment_sid", log->deployment_sid);
	rk_api_json_text(out, "function_sid", log->function_sid);
	rk_api_json_text(out, "request_sid", log->request_sid);
	rk_api_json_text(out, "level", log->level);
	rk_api_json_text(out, "message", log->message);
	rk_api_json_url(call, out, "url", "/Services/%.*s/Environments/%.*s/Logs/%s",
	    RK_FMT(log->service_sid), RK_FMT(log->environment_sid), log->row.sid);
	rk_buf_put_c(out, '}');
}

const struct rk_api_resource rk_api_logs = {
	.kind = RK_KIND_LOG, .noun = "Log", .key = "logs", .newest_first = true, .put = put_log
};

static bool
take_date(struct rk_api_call *call, const char *name, int64_t *ret_us)
{
	const struct rk_api_param *param = rk_api_form_get(&call->query, name);

	if (!param || !param->value.n || rk_api_date_parse(param->value, ret_us) == RK_OK)
		return true;
	rk_api_fail(call, RK_API_PARAMETER, "%s must be a date: 2026-01-31 or 2026-01-31T23:59:59Z.", name);
	return false;
}

void
rk_api_log_list(struct rk_api_call *call)
{
	const struct rk_api_param *function = rk_api_form_get(&call->query, "FunctionSid");
	struct rk_query q = { .limit = 0 };

	if (!take_date(call, "StartDate", &q.from) || !take_date(call, "EndDate", &q.to))
		return;
	if (function && !rk_sid_is(function->value, "ZH")) {
		rk_api_fail(
		    call, RK_API_PARAMETER, "FunctionSid must be a SID: ZH and 32 hexadecimal digits.");
		return;
	}
	q.filters[0] = (struct rk_filter){ .field = "kind", .value = RK_STR("line") };
	if (function)
		q.filters[1] = (struct rk_filter){ .field = "function_sid", .value = function->value };
	rk_api_list_where(call, q);
}
