/*
 * own_audit.c - who did what, when, from where, youngest first.
 */
#include "keeper/own_page.h"

static void
put_entry(struct rk_buf *out, const void *row)
{
	const struct rk_row_audit *a = row;

	rk_buf_put_c(out, '{');
	rk_api_json_text(out, "sid", rk_str(a->row.sid));
	rk_api_json_date(out, "date", a->row.date_created);
	rk_api_json_text(out, "actor", a->actor);
	rk_api_json_text(out, "action", a->action);
	rk_api_json_text(out, "target_sid", a->target_sid);
	rk_api_json_text(out, "origin", a->origin);
	rk_api_json_name(out, "detail");
	rk_buf_put(out, a->detail.n ? a->detail : RK_STR("{}"));
	rk_buf_put_c(out, '}');
}

void
rk_own_audit_get(struct rk_own_call *oc)
{
	struct rk_query q = { .limit = 0 };

	rk_own_page_answer(oc, RK_KIND_AUDIT, &q, "entries", put_entry);
}
