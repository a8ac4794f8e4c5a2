/*
 * own.c - one request through our own API: where, who, with what, and the answer.
 */
#include "keeper/own.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/secret.h"
#include "keeper/own_call.h"
#include "keeper/own_password.h"
#include "keeper/own_session.h"
#include "keeper/own_setup.h"

enum rk_err
rk_own_new(const struct rk_own_opts *opts, struct rk_own **ret_own)
{
	struct rk_own *own = calloc(1, sizeof *own);
	enum rk_err err;

	if (!own)
		return RK_NOMEM;
	own->opts = *opts;
	own->last = &own->first;
	err = rk_own_make_code(own);
	if (err) {
		free(own);
		return err;
	}
	*ret_own = own;
	return RK_OK;
}

void
rk_own_free(struct rk_own *own)
{
	if (!own)
		return;
	rk_own_password_leave(own);
	rk_secret_wipe(own->code, sizeof own->code);
	free(own);
}

const char *
rk_own_setup_code(const struct rk_own *own)
{
	return own->code[0] ? own->code : NULL;
}

bool
rk_own_is_path(struct rk_str target)
{
	return rk_str_has_prefix(target, RK_STR(RK_OWN_BASE "/"));
}

/* ---- the steps, in their order; each has answered when it returns false ---- */

/* By Authorization, as for the vendor's API, or else by a session. */
static bool
recognise(struct rk_own_call *oc)
{
	struct rk_api_call *call = &oc->call;

	if (rk_own_has_session(call->request))
		return rk_own_session_recognise(oc);
	if (!rk_api_call_authenticate(call))
		return false;
	oc->power = call->caller.power == RK_API_POWER_ALL        ? RK_OWN_OPERATE
		    : call->caller.power == RK_API_POWER_STANDARD ? RK_OWN_WRITE
								  : RK_OWN_OPEN;
	return true;
}

static bool
authorize(struct rk_own_call *oc)
{
	enum rk_own_who who = oc->route->who;

	if (oc->power < who) {
		rk_api_fail(&oc->call, RK_API_FORBIDDEN, "This credential may not do that.");
		return false;
	}
	if (who == RK_OWN_OPERATE && !rk_own_is_operator(oc)) {
		if (!oc->response.body.n)
			rk_api_fail(&oc->call, RK_API_FORBIDDEN,
			    "Only the account that was set up first may do that.");
		return false;
	}
	return true;
}

/* Scripts of other origins can send what the browser's own page can, but not hide where they are from. */
static bool
is_same_origin(struct rk_own_call *oc)
{
	struct rk_str origin, site, left;
	size_t n, sites;

	if (rk_str_is(oc->call.request->method, RK_STR("GET")))
		return true;
	origin = rk_api_call_header(oc->call.request, RK_STR("Origin"), &n);
	site = rk_api_call_header(oc->call.request, RK_STR("Sec-Fetch-Site"), &sites);
	left = rk_str_has_prefix(origin, RK_STR("https://"))  ? rk_str_sub(origin, 8, origin.n)
	       : rk_str_has_prefix(origin, RK_STR("http://")) ? rk_str_sub(origin, 7, origin.n)
							      : rk_str(NULL);
	if ((n == 0 || (n == 1 && left.n && rk_str_is_nocase(left, oc->call.host))) &&
	    (sites == 0 || rk_str_is(site, RK_STR("same-origin")) || rk_str_is(site, RK_STR("none"))))
		return true;
	rk_api_fail(&oc->call, RK_API_FORBIDDEN, "The request comes from a page of another origin.");
	return false;
}

static bool
is_of_our_page(struct rk_own_call *oc)
{
	size_t n;
	struct rk_str mark = rk_api_call_header(oc->call.request, RK_STR("X-Roomkey"), &n);

	if (rk_str_is(oc->call.request->method, RK_STR("GET")) || rk_str_is(mark, RK_STR("1")))
		return is_same_origin(oc);
	rk_api_fail(&oc->call, RK_API_FORBIDDEN, "With a session, changes need the header X-Roomkey: 1.");
	return false;
}

static bool
let_in(struct rk_own_call *oc)
{
	if (oc->route->who == RK_OWN_OPEN)
		return is_same_origin(oc);
	if (!recognise(oc) || (oc->session[0] && !is_of_our_page(oc)))
		return false;
	return authorize(oc) && rk_api_path_resolve(&oc->call, oc->route->path);
}

static void
run(struct rk_own_call *oc)
{
	if (rk_api_call_parse_target(&oc->call) != RK_OK)
		rk_api_fail(&oc->call, RK_API_PARAMETER, "The query is longer than the limit.");
	else if (rk_own_find_route(oc) && let_in(oc) && rk_own_take_body(oc))
		oc->route->handler(oc);
}

/* A body that streams has a type of its own, and one that is to be run has none. */
static void
end_answer(struct rk_own_call *oc)
{
	struct rk_api_response *response = &oc->response;

	if (rk_buf_end(&response->body) != RK_OK)
		rk_api_fail_err(&oc->call, RK_INTERNAL, NULL);
	if (response->status >= 400)
		oc->how = RK_ADMIN_WHOLE;
	if (oc->how == RK_ADMIN_STREAM)
		rk_api_put_header(response, "Content-Type", RK_STR("text/event-stream"));
	else if (oc->how == RK_ADMIN_WHOLE && response->body.n)
		rk_api_put_header(response, "Content-Type", RK_STR("application/json"));
	rk_api_put_header(response, "Cache-Control", RK_STR("no-store"));
}

struct rk_own_call *
rk_own_begin(struct rk_own *own, const struct rk_api_request *request, rk_own_done_fn *done, void *arg)
{
	struct rk_own_call *oc = calloc(1, sizeof *oc);

	if (!oc)
		return NULL;
	oc->own = own;
	oc->done = done;
	oc->arg = arg;
	rk_api_call_start(own->opts.api, request, &oc->response, &oc->call);
	run(oc);
	if (!oc->waits)
		end_answer(oc);
	return oc;
}

bool
rk_own_call_waits(const struct rk_own_call *oc)
{
	return oc->waits;
}

void
rk_own_call_end(struct rk_own_call *oc)
{
	rk_own_password_forget(oc);
	if (oc->own->opts.estate)
		rk_estate_cancel(oc->own->opts.estate, oc);
	rk_json_free(oc->body);
	rk_api_response_done(&oc->response);
	rk_arena_done(&oc->call.arena);
	free(oc);
}

const struct rk_api_response *
rk_own_call_response(const struct rk_own_call *oc)
{
	return &oc->response;
}

enum rk_admin_how
rk_own_call_how(const struct rk_own_call *oc)
{
	return oc->how;
}

/* ---- sessions at the vendor's API ---- */

bool
rk_own_has_session(const struct rk_api_request *request)
{
	size_t n;

	return !rk_api_call_header(request, RK_STR("Authorization"), &n).p && n == 0 &&
	       rk_own_session_cookie(request).p;
}

bool
rk_own_admit(struct rk_own *own, const struct rk_api_request *request, struct rk_api_caller *ret_caller,
    struct rk_api_response *ret_response)
{
	struct rk_own_call oc = { .own = own };
	bool ok;

	rk_api_call_start(own->opts.api, request, ret_response, &oc.call);
	ok = rk_api_call_parse_target(&oc.call) == RK_OK;
	if (!ok)
		rk_api_fail(&oc.call, RK_API_PARAMETER, "The query is longer than the limit.");
	ok = ok && rk_own_session_recognise(&oc) && is_of_our_page(&oc);
	if (ok)
		*ret_caller = oc.call.caller;
	rk_api_call_end(&oc.call);
	return ok;
}

/* ---- what handlers share ---- */

struct rk_buf *
rk_own_open(struct rk_own_call *oc)
{
	rk_buf_clear(&oc->response.body);
	rk_buf_put_c(&oc->response.body, '{');
	return &oc->response.body;
}

void
rk_own_close(struct rk_own_call *oc, int status)
{
	rk_buf_put_c(&oc->response.body, '}');
	oc->response.status = status;
}

struct rk_buf *
rk_own_fail_open(struct rk_own_call *oc, enum rk_api_error error, const char *code, const char *message)
{
	struct rk_buf *out = &oc->response.body;

	rk_api_fail(&oc->call, error, "%s", message);
	if (!out->bad && out->n)
		out->n--; /* the brace */
	rk_api_json_text(out, "roomkey_code", rk_str(code));
	return out;
}

void
rk_own_fail_why(struct rk_own_call *oc, enum rk_api_error error, const char *code, const char *message)
{
	rk_buf_put_c(rk_own_fail_open(oc, error, code, message), '}');
}

bool
rk_own_begin_change(struct rk_own_call *oc)
{
	enum rk_err err = rk_store_begin(oc->own->opts.store);

	if (err)
		rk_api_fail_err(&oc->call, err, NULL);
	return !err;
}

static enum rk_err
put_audit(struct rk_own_call *oc, const char *action, struct rk_str target, struct rk_str detail)
{
	struct rk_buf text = RK_BUF(4000);
	struct rk_str peer = rk_str_sub(oc->call.request->peer, 0, 64);
	struct rk_row_audit audit = { .row.account_sid = rk_str(oc->call.caller.account),
		.actor = rk_str(oc->call.caller.actor),
		.action = rk_str(action),
		.target_sid = target,
		.origin = rk_str_is_utf8(peer) ? peer : RK_STR("unknown") };
	enum rk_err err;

	rk_buf_printf(&text, "{\"request\":\"%s\"", oc->response.request_id);
	if (detail.n && detail.n < 3900) {
		rk_buf_put_c(&text, ',');
		rk_buf_put(&text, detail);
	}
	rk_buf_put_c(&text, '}');
	audit.detail = rk_buf_str(&text);
	err = rk_buf_end(&text);
	if (!err)
		err = rk_store_create(oc->own->opts.store, RK_KIND_AUDIT, &audit, NULL);
	rk_buf_free(&text);
	return err;
}

bool
rk_own_settle(struct rk_own_call *oc, enum rk_err err, const struct rk_why *why, const char *action,
    struct rk_str target, struct rk_str detail)
{
	if (!err) {
		err = put_audit(oc, action, target, detail);
		why = NULL;
	}
	if (err)
		rk_store_rollback(oc->own->opts.store);
	else
		err = rk_store_commit(oc->own->opts.store);
	if (err)
		rk_api_fail_err(&oc->call, err, why);
	return !err;
}

/* ---- waiting ---- */

void
rk_own_wait(struct rk_own_call *oc, enum rk_err asked, int64_t most_ms,
    void (*next)(struct rk_own_call *oc, const struct rk_estate_outcome *outcome))
{
	if (asked) {
		rk_api_fail_err(&oc->call, asked, NULL);
		return;
	}
	oc->next = next;
	oc->deadline_ms = oc->call.request->now_ms + most_ms;
	oc->waits = true;
}

void
rk_own_finish(struct rk_own_call *oc)
{
	if (oc->waits) {
		oc->waits = false;
		end_answer(oc);
		oc->done(oc, oc->arg);
	}
}

/* One step of a wait is over: the next one goes on waiting, or answers. */
static void
take_outcome(struct rk_own_call *oc, const struct rk_estate_outcome *outcome)
{
	void (*next)(struct rk_own_call * oc, const struct rk_estate_outcome *outcome) = oc->next;

	oc->next = NULL;
	oc->deadline_ms = 0;
	oc->waits = false;
	next(oc, outcome);
	if (!oc->waits) {
		oc->waits = true;
		rk_own_finish(oc);
	}
}

void
rk_own_outcome(void *arg, const struct rk_estate_outcome *outcome)
{
	struct rk_own_call *oc = arg;

	if (oc->next)
		take_outcome(oc, outcome);
}

void
rk_own_call_tick(struct rk_own_call *oc, int64_t now_ms)
{
	static const struct rk_estate_outcome late = { .err = RK_TIMEOUT,
		.text = { "It took longer than the limit.", 30 } };

	if (!oc->waits || !oc->next || !oc->deadline_ms || now_ms < oc->deadline_ms)
		return;
	rk_estate_cancel(oc->own->opts.estate, oc);
	take_outcome(oc, &late);
}
