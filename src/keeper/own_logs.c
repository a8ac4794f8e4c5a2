/*
 * own_logs.c - what functions wrote and how requests ended: page by page, youngest first, or as it happens (server-sent
 * events, https://html.spec.whatwg.org/multipage/server-sent-events.html).
 */
#include <stdio.h>
#include <time.h>

#include "keeper/own_call.h"
#include "keeper/own_page.h"

struct rk_own_filter {
	const char *parameter, *field;
	bool holds;
};

static const struct rk_own_filter filters[] = { { "Service", "service_sid", false },
	{ "Environment", "environment_sid", false }, { "Path", "path", false }, { "Level", "level", false },
	{ "RequestSid", "request_sid", false }, { "Text", "message", true } };
#define FILTERS (sizeof filters / sizeof filters[0])
_Static_assert(FILTERS <= RK_STORE_FILTERS, "all of them at once");

/* "2026-11-24T04:04:21.123456Z" */
static void
put_date(struct rk_buf *out, const char *name, int64_t us)
{
	time_t seconds = (time_t)(us / 1000000);
	char day[32], text[64];
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text, sizeof text, "%s.%06dZ", day, (int)(us % 1000000));
	rk_api_json_text(out, name, rk_str(text));
}

static void
put_log(struct rk_buf *out, const void *row)
{
	const struct rk_row_log *log = row;

	rk_buf_put_c(out, '{');
	rk_api_json_text(out, "sid", rk_str(log->row.sid));
	put_date(out, "date", log->row.date_created);
	rk_api_json_text(out, "service_sid", log->service_sid);
	rk_api_json_text(out, "environment_sid", log->environment_sid);
	rk_api_json_text(out, "build_sid", log->build_sid);
	rk_api_json_text(out, "function_sid", log->function_sid);
	rk_api_json_text(out, "path", log->path.p ? log->path : RK_STR(""));
	rk_api_json_text(out, "kind", log->kind);
	rk_api_json_text(out, "level", log->level);
	rk_api_json_text(out, "request_sid", log->request_sid);
	rk_api_json_text(out, "method", log->method.p ? log->method : RK_STR(""));
	rk_api_json_number(out, "status", log->status);
	rk_api_json_number(out, "took_us", log->took_us);
	rk_api_json_text(out, "message", log->message.p ? log->message : RK_STR(""));
	rk_buf_put_c(out, '}');
}

static struct rk_str
parameter(const struct rk_own_call *oc, const char *name)
{
	const struct rk_api_param *param = rk_api_form_get(&oc->call.query, name);

	return param && param->value.n ? param->value : rk_str(NULL);
}

static bool
take_date(struct rk_own_call *oc, const char *name, int64_t *ret_us)
{
	struct rk_str value = parameter(oc, name);

	if (!value.n || rk_api_date_parse(value, ret_us) == RK_OK)
		return true;
	rk_api_fail(
	    &oc->call, RK_API_PARAMETER, "%s must be a date: 2026-01-31 or 2026-01-31T23:59:59Z.", name);
	return false;
}

static bool
is_level(struct rk_str s)
{
	return rk_str_is(s, RK_STR("error")) || rk_str_is(s, RK_STR("warn")) ||
	       rk_str_is(s, RK_STR("info")) || rk_str_is(s, RK_STR("debug"));
}

static bool
take_filters(struct rk_own_call *oc, struct rk_query *q)
{
	struct rk_str level = parameter(oc, "Level");
	size_t n = 0;

	if (level.n && !is_level(level)) {
		rk_api_fail(&oc->call, RK_API_PARAMETER, "Level must be error, warn, info or debug.");
		return false;
	}
	for (size_t i = 0; i < FILTERS; i++) {
		struct rk_str value = parameter(oc, filters[i].parameter);
		if (value.n && (!rk_str_is_utf8(value) || rk_str_index(value, '\0') < value.n)) {
			rk_api_fail(&oc->call, RK_API_PARAMETER, "%s is no text.", filters[i].parameter);
			return false;
		}
		if (value.n)
			q->filters[n++] = (struct rk_filter){
				.field = filters[i].field, .value = value, .holds = filters[i].holds
			};
	}
	return take_date(oc, "From", &q->from) && take_date(oc, "To", &q->to);
}

/* ---- as it happens ---- */

static bool
wants_events(const struct rk_own_call *oc)
{
	size_t n;
	struct rk_str accept = rk_api_call_header(oc->call.request, RK_STR("Accept"), &n);

	while (accept.n) {
		struct rk_str part = rk_str_take(&accept, ',');
		if (rk_str_is_nocase(rk_str_trim(rk_str_take(&part, ';')), RK_STR("text/event-stream")))
			return true;
	}
	return false;
}

static bool
has(struct rk_str text, struct rk_str part)
{
	for (size_t i = 0; i + part.n <= text.n; i++)
		if (memcmp(text.p + i, part.p, part.n) == 0)
			return true;
	return false;
}

static bool
is_wanted(const struct rk_own_call *oc, const struct rk_row_log *log)
{
	const struct rk_query *q = oc->work;
	const struct rk_record *record = rk_record_get(RK_KIND_LOG);

	if (!rk_str_is(log->row.account_sid, rk_str(oc->call.caller.account)))
		return false;
	for (size_t i = 0; i < RK_STORE_FILTERS && q->filters[i].field; i++) {
		struct rk_str value =
		    *rk_field_text(rk_record_field(record, rk_str(q->filters[i].field)), log);
		if (q->filters[i].holds ? !has(value, q->filters[i].value)
					: !rk_str_is(value, q->filters[i].value))
			return false;
	}
	return true;
}

void
rk_own_call_put_event(const struct rk_own_call *oc, const struct rk_row_log *log, struct rk_buf *out)
{
	if (oc->how != RK_ADMIN_STREAM || !is_wanted(oc, log))
		return;
	rk_buf_printf(out, "event: log\nid: %lld.%s\ndata: ", (long long)log->row.date_created, log->row.sid);
	put_log(out, log);
	rk_buf_lit(out, "\n\n");
}

void
rk_own_logs_get(struct rk_own_call *oc)
{
	struct rk_query *q = rk_arena_take(&oc->call.arena, sizeof *q);

	if (!q) {
		rk_api_fail_err(&oc->call, RK_NOMEM, NULL);
		return;
	}
	oc->work = q;
	if (!take_filters(oc, q))
		return;
	if (!wants_events(oc)) {
		rk_own_page_answer(oc, RK_KIND_LOG, q, "logs", put_log);
		return;
	}
	oc->how = RK_ADMIN_STREAM;
	oc->response.status = 200;
	rk_buf_lit(&oc->response.body, "retry: 2000\n\n");
}
