/*
 * own_sessions.c - the routes of sessions: the caller's own, listed and ended. Signing in is own_signin.c's.
 */
#include "keeper/own_session.h"

/* Whoever has no session has none to show. */
static bool
need_session(struct rk_own_call *oc)
{
	if (oc->session[0])
		return true;
	rk_api_fail(&oc->call, RK_API_NOT_FOUND, "This credential is no session.");
	return false;
}

static bool
get_session(struct rk_own_call *oc, struct rk_row_session *session, struct rk_row_person *person)
{
	return rk_api_get(&oc->call, RK_KIND_SESSION, rk_str(oc->session), session) &&
	       rk_api_get(&oc->call, RK_KIND_PERSON, rk_str(oc->person), person);
}

void
rk_own_session_get(struct rk_own_call *oc)
{
	struct rk_row_session session;
	struct rk_row_person person;
	struct rk_buf *out;
	int64_t life, idle;

	if (!need_session(oc) || !get_session(oc, &session, &person))
		return;
	out = rk_own_open(oc);
	rk_own_session_put(oc, out, &person);
	life = session.row.date_created + RK_OWN_SESSION_LIFE_MS * 1000;
	idle = oc->call.request->now_ms * 1000 + RK_OWN_SESSION_IDLE_MS * 1000;
	rk_api_json_date(out, "expires", life < idle ? life : idle);
	rk_own_close(oc, 200);
}

static void
end_one(struct rk_own_call *oc, struct rk_str sid)
{
	enum rk_err err;

	if (!rk_own_begin_change(oc))
		return;
	err = rk_store_remove(oc->own->opts.store, RK_KIND_SESSION, rk_str(oc->call.caller.account), sid);
	if (!rk_own_settle(oc, err, NULL, "Session.remove", sid, RK_STR("")))
		return;
	if (rk_str_is(sid, rk_str(oc->session)))
		rk_own_session_put_cookie(oc, "", RK_STR(""));
	oc->response.status = 204;
}

void
rk_own_session_delete(struct rk_own_call *oc)
{
	if (need_session(oc))
		end_one(oc, rk_str(oc->session));
}

struct listing {
	struct rk_own_call *oc;
	struct rk_buf *out;
};

static void
put_session(const void *row, void *arg)
{
	const struct rk_row_session *s = row;
	struct listing *l = arg;

	if (!rk_own_session_is_fresh(s, l->oc->call.request->now_ms))
		return;
	rk_buf_put(l->out, l->out->p[l->out->n - 1] == '[' ? RK_STR("{") : RK_STR(",{"));
	rk_api_json_text(l->out, "sid", rk_str(s->row.sid));
	rk_api_json_date(l->out, "date_created", s->row.date_created);
	rk_api_json_date(l->out, "last_used", s->last_used);
	rk_api_json_text(l->out, "peer", s->peer);
	rk_api_json_text(l->out, "user_agent", s->user_agent);
	rk_api_json_flag(l->out, "current", rk_str_is(rk_str(s->row.sid), rk_str(l->oc->session)));
	rk_buf_put_c(l->out, '}');
}

void
rk_own_sessions_get(struct rk_own_call *oc)
{
	struct rk_query q = { .account = rk_str(oc->call.caller.account),
		.newest_first = true,
		.filters = { { .field = "person_sid", .value = rk_str(oc->person) } } };
	struct listing l = { oc, NULL };
	bool more = false;
	enum rk_err err;

	if (!need_session(oc))
		return;
	l.out = rk_own_open(oc);
	rk_buf_lit(l.out, "\"sessions\":[");
	err = rk_store_list(oc->own->opts.store, RK_KIND_SESSION, &q, put_session, &l, &more);
	rk_buf_put_c(l.out, ']');
	rk_own_close(oc, 200);
	if (err)
		rk_api_fail_err(&oc->call, err, NULL);
}

/* One's own only: another's is as good as none. */
void
rk_own_session_end(struct rk_own_call *oc)
{
	struct rk_row_session session;

	if (!need_session(oc) || !rk_api_get(&oc->call, RK_KIND_SESSION, oc->call.sid, &session))
		return;
	if (rk_str_is(session.person_sid, rk_str(oc->person)))
		end_one(oc, rk_str(session.row.sid));
	else
		rk_api_fail_not_found(&oc->call);
}

void
rk_own_sessions_delete(struct rk_own_call *oc)
{
	enum rk_err err;

	if (!need_session(oc) || !rk_own_begin_change(oc))
		return;
	err = rk_own_session_end_all(oc, rk_str(oc->person), rk_str(oc->session));
	if (rk_own_settle(oc, err, NULL, "Session.remove_others", rk_str(oc->person), RK_STR("")))
		oc->response.status = 204;
}
