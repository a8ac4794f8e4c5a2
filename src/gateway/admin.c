/*
 * admin.c - the steps of a request to the admin listener, in this order:
 *
 *   screen   is the head well-formed?                                    at once; as for functions
 *   near     without TLS only this machine is answered                   at once
 *   console  is it one of the console's files?                           at once; console.c
 *   body     is read whole                                  deadline: listener.c, as for functions
 *   call     keeper answers it whole, in pieces, or says what to run     deadline: RK_CALL_MS
 *   run      a function, inside                             deadline: lease.c; admin_run.c
 *   answer   goes out                                       deadline: listener.c; a stream has none
 */
#include "gateway/admin.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/log.h"
#include "base/secret.h"

#define SWEEP_MS 1000u
#define ARENA_MAX (64u * RK_KB)

/* ---- answer ------------------------------------------------------------------------- */

void
rk_admin_send(struct rk_admin_request *r)
{
	struct rk_answer *a = &r->admin->answer;

	a->close |= r->admin->front->leaving;
	rk_console_guard(a);
	rk_listener_answer(r->conn, a);
}

void
rk_admin_fault(struct rk_admin_request *r, enum rk_fault which)
{
	rk_answer_fault(&r->admin->answer, which, (struct rk_str){ 0 }, rk_admin_id(r));
	rk_admin_send(r);
}

/* ---- screen ------------------------------------------------------------------ */

static bool
screen(struct rk_admin_request *r)
{
	const char *reason;
	enum rk_screen verdict = rk_screen_check(&r->head, &r->facts, &reason);

	if (verdict == RK_SCREEN_PASS && !rk_conn_is_crowded(r->conn))
		return true;
	if (verdict == RK_SCREEN_PASS)
		rk_answer_fault(&r->admin->answer, RK_FAULT_CROWDED, (struct rk_str){ 0 }, rk_admin_id(r));
	else
		rk_answer_screened(&r->admin->answer, verdict, reason, rk_admin_id(r));
	r->admin->answer.close = true;
	rk_admin_send(r);
	return false;
}

/* ---- call ---------------------------------------------------------------------------------- */

static void
owe(struct rk_admin_request *r, bool owes)
{
	struct rk_front *front = r->admin->front;

	if (r->owes == owes)
		return;
	r->owes = owes;
	if (owes)
		front->under_way++;
	else if (--front->under_way == 0 && front->leaving)
		front->emptied(front);
}

static struct rk_admin_request *
caller_of(struct rk_ask_call *call)
{
	return (struct rk_admin_request *)((char *)call - offsetof(struct rk_admin_request, call));
}

/* A stream may never end: nobody waits for it when the gateway leaves. */
static void
stream(struct rk_admin_request *r, struct rk_str first)
{
	rk_console_guard(&r->admin->answer);
	rk_listener_stream(r->conn, &r->admin->answer);
	if (first.n > 0 && rk_conn_put(r->conn, first) != RK_OK)
		rk_debug("a client left before its stream began");
	owe(r, false);
}

static void
on_result(struct rk_ask_call *call, const struct rk_admin_result *result)
{
	struct rk_admin_request *r = caller_of(call);
	struct rk_reply reply = { .outcome = RK_OUTCOME_ANSWER,
		.status = result->status,
		.headers = result->headers,
		.body = result->body };

	if (result->how == RK_ADMIN_RUN)
		rk_admin_run(r, result->body);
	else if (rk_answer_reply(&r->admin->answer, &reply, rk_admin_id(r)) != RK_OK)
		rk_admin_fault(r, RK_FAULT_INTERNAL);
	else if (result->how == RK_ADMIN_STREAM)
		stream(r, result->body);
	else
		rk_admin_send(r);
}

static void
on_piece(struct rk_ask_call *call, struct rk_str bytes)
{
	struct rk_admin_request *r = caller_of(call);

	if (bytes.n == 0)
		rk_conn_end(r->conn);
	else if (rk_conn_put(r->conn, bytes) != RK_OK)
		rk_call_cancel(r->admin->front->asks, call);
}

static void
on_failed(struct rk_ask_call *call, enum rk_err err)
{
	struct rk_admin_request *r = caller_of(call);

	if (call->streams)
		rk_conn_end(r->conn);
	else
		rk_admin_fault(r, RK_FAULT_KEEPER);
}

static const struct rk_call_ops call_ops = { .result = on_result, .piece = on_piece, .failed = on_failed };

static void
on_whole(void *request)
{
	struct rk_admin_request *r = request;
	struct rk_admin_call what = { .request_id = rk_admin_id(r),
		.method = r->head.method,
		.target = r->head.target,
		.scheme = rk_admin_scheme(r),
		.peer = rk_admin_peer(r),
		.body = rk_buf_str(&r->body) };

	r->call.ops = &call_ops;
	r->since = uv_now(&r->admin->front->loop->uv);
	owe(r, true);
	if (rk_call_start(r->admin->front->asks, &r->call, &what, r->fields, r->head.count) != RK_OK)
		rk_admin_fault(r, RK_FAULT_KEEPER);
	rk_admin_forget_body(r);
}

static void
on_sweep(uv_timer_t *timer)
{
	struct rk_admin *admin = timer->data;
	uint64_t now = uv_now(&admin->front->loop->uv);
	struct rk_admin_request *r;

	TAILQ_FOREACH(r, &admin->all, link)
	{
		if (!r->call.is_open || r->call.streams || now - r->since < RK_CALL_MS)
			continue;
		rk_call_cancel(admin->front->asks, &r->call);
		rk_admin_fault(r, RK_FAULT_KEEPER);
	}
}

/* ---- the listener's side ---------------------------------------------------------------------- */

static void *
on_open(void *arg, struct rk_conn *conn, struct rk_str target)
{
	struct rk_admin *admin = arg;
	struct rk_admin_request *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->admin = admin;
	r->conn = conn;
	rk_arena_init(&r->arena, ARENA_MAX);
	r->head.target = rk_arena_dup(&r->arena, target);
	rk_request_make_id(admin->front, r->id);
	TAILQ_INSERT_TAIL(&admin->all, r, link);
	return r;
}

static void
on_head(void *request, const struct rk_head *head, struct rk_head_facts *ret_facts)
{
	struct rk_admin_request *r = request;
	struct rk_str target = r->head.target;
	uint32_t count = head->count < RK_HEAD_FIELDS ? head->count : RK_HEAD_FIELDS;
	bool goes_on;

	r->head = *head;
	r->head.target = target;
	r->head.fields = r->fields;
	memcpy(r->fields, head->fields, count * sizeof(r->fields[0]));
	goes_on = screen(r);
	*ret_facts = r->facts;
	if (!goes_on || !rk_admin_is_near(r))
		return;
	if (rk_console_answer(r->admin->console, &r->head, r->facts.path, rk_admin_id(r), &r->admin->answer))
		rk_admin_send(r);
	else
		(void)rk_admin_body_fits(r);
}

static void
on_late(void *request)
{
	rk_admin_fault(request, RK_FAULT_SLOW_REQUEST);
}

static void
on_closed(void *request)
{
	struct rk_admin_request *r = request;

	rk_call_cancel(r->admin->front->asks, &r->call);
	if (r->run)
		rk_request_close(r->run);
	owe(r, false);
	rk_admin_forget_body(r);
	TAILQ_REMOVE(&r->admin->all, r, link);
	rk_arena_done(&r->arena);
	free(r);
}

static const struct rk_listener_ops listener_ops = {
	.open = on_open,
	.head = on_head,
	.data = rk_admin_data,
	.whole = on_whole,
	.late = on_late,
	.closed = on_closed,
};

/* ---- birth and death ------------------------------------------------------------------------------ */

enum rk_err
rk_admin_start(struct rk_front *front, const struct rk_console *console, int fd, unsigned connections,
    struct rk_admin **ret_admin)
{
	struct rk_admin *admin = calloc(1, sizeof(*admin));
	uv_timer_t *sweep = calloc(1, sizeof(*sweep));
	enum rk_err err = RK_NOMEM;

	if (!admin || !sweep || uv_timer_init(&front->loop->uv, sweep)) {
		free(admin);
		free(sweep);
		close(fd);
		return err;
	}
	*admin = (struct rk_admin){
		.front = front, .console = console, .connections = connections, .sweep = sweep
	};
	admin->answer.own_origin = true;
	TAILQ_INIT(&admin->all);
	sweep->data = admin;
	uv_timer_start(sweep, on_sweep, SWEEP_MS, SWEEP_MS);
	err = rk_listener_start_fed(
	    front->loop, (struct rk_listener_tls){ 0 }, connections, &listener_ops, admin, &admin->plain);
	if (err == RK_OK)
		err = rk_accept_start(front->loop, fd, admin->plain, &admin->accept);
	else
		close(fd);
	if (err == RK_OK)
		*ret_admin = admin;
	else
		rk_admin_free(admin);
	return err;
}

enum rk_err
rk_admin_set_tls(struct rk_admin *admin, struct rk_str certificates, struct rk_str key)
{
	RK_AUTO(rk_auto_free) char *pem = rk_str_dup(certificates);
	char *secret;
	struct rk_listener *tls = NULL;
	enum rk_err err = RK_NOMEM;

	if (admin->shown && rk_str_is(rk_str(admin->shown), certificates))
		return RK_OK;
	secret = rk_str_dup(key);
	if (pem && secret)
		err = rk_listener_start_fed(admin->front->loop, (struct rk_listener_tls){ pem, secret },
		    admin->connections, &listener_ops, admin, &tls);
	if (secret)
		rk_secret_wipe(secret, key.n);
	free(secret);
	if (err != RK_OK)
		return err;
	if (admin->accept)
		rk_accept_set_tls(admin->accept, tls);
	rk_listener_free(admin->tls);
	admin->tls = tls;
	free(admin->shown);
	admin->shown = rk_steal(&pem);
	return RK_OK;
}

void
rk_admin_quiesce(struct rk_admin *admin)
{
	rk_accept_free(admin->accept);
	admin->accept = NULL;
}

static void
on_timer_closed(uv_handle_t *handle)
{
	free(handle);
}

void
rk_admin_free(struct rk_admin *admin)
{
	if (!admin)
		return;
	rk_accept_free(admin->accept);
	rk_listener_free(admin->plain);
	rk_listener_free(admin->tls);
	uv_close((uv_handle_t *)admin->sweep, on_timer_closed);
	rk_answer_done(&admin->answer);
	free(admin->shown);
	free(admin);
}
