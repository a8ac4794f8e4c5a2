/*
 * request.c - the steps of a request, in this order:
 *
 *   screen   is the head well-formed, and does it say clearly where it ends?   at once
 *   route    what answers at this path?                                        at once; gate.c
 *   cors     a preflight is answered here, without JavaScript                  at once; gate.c
 *   gate     is it private?                                                    at once; gate.c
 *   body     is read whole             deadline: listener.c, 30 s and one more for every 16 KB
 *   check    protected: keeper checks the signature              deadline: ask.c, 2 s; gate.c
 *   open     an asset: keeper opens its file                    deadline: ask.c, 2 s; asset.c
 *   lease    a function: a worker with a free slot
 *                                     deadline: lease.c, time limit + 1 s; 5 s for the first routes
 *   invoke   it runs                  deadline: lease.c, time limit + 250 ms
 *   answer   goes out                 deadline: listener.c, 60 s of silence
 *
 * The head's steps return false when they have answered. Routes may change while a request waits, so
 * route, cors and gate are gone through again after each wait; what was checked stays checked. A
 * request that came before the first routes skips to `lease`, where it waits for them.
 */
#include "gateway/request.h"

#include <stddef.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/auto.h"
#include "gateway/asset.h"
#include "gateway/gate.h"

#define ARENA_MAX (64u * RK_KB)
#define BODY_KEPT (64u * RK_KB) /* a larger buffer is not kept for the next request */

/* ---- answer ------------------------------------------------------------------------------- */

void
rk_request_answer(struct rk_request *r)
{
	struct rk_answer *a = &r->front->answer;

	a->close |= r->front->leaving;
	if (r->stale.n > 0)
		rk_answer_put(a, RK_STR("X-Roomkey-Stale"), r->stale);
	r->status = a->status;
	rk_listener_answer(r->conn, a);
}

void
rk_request_fault(struct rk_request *r, enum rk_fault which, struct rk_str what)
{
	rk_answer_fault(&r->front->answer, which, what, rk_request_id(r));
	rk_request_answer(r);
}

/* ---- screen ----------------------------------------------------------------------------------- */

static bool
screen(struct rk_request *r)
{
	static const enum rk_fault faults[] = {
		[RK_SCREEN_BAD] = RK_FAULT_BAD_REQUEST,
		[RK_SCREEN_METHOD] = RK_FAULT_METHOD,
		[RK_SCREEN_VERSION] = RK_FAULT_VERSION,
		[RK_SCREEN_TARGET_LONG] = RK_FAULT_TARGET_LONG,
		[RK_SCREEN_HEAD_LARGE] = RK_FAULT_HEAD_LARGE,
		[RK_SCREEN_EXPECT] = RK_FAULT_EXPECT,
	};
	const char *reason;
	enum rk_screen verdict = rk_screen_check(&r->head, &r->facts, &reason);

	if (verdict == RK_SCREEN_PASS && !rk_conn_is_crowded(r->conn))
		return true;
	if (verdict == RK_SCREEN_PASS)
		rk_answer_fault(&r->front->answer, RK_FAULT_CROWDED, (struct rk_str){ 0 }, rk_request_id(r));
	else
		rk_answer_fault(&r->front->answer, faults[verdict], rk_str(reason), rk_request_id(r));
	/* What follows a head that is not believed is not read as a request. */
	r->front->answer.close = true;
	rk_request_answer(r);
	return false;
}

/* ---- body ------------------------------------------------------------------------------------------ */

static void
body_too_large(struct rk_request *r)
{
	RK_AUTO(rk_buf_free) struct rk_buf what = RK_BUF(128);

	rk_buf_printf(&what, "The request body is larger than %ld bytes.", r->front->conf->body_max);
	rk_request_fault(r, RK_FAULT_BODY_LARGE, rk_buf_str(&what));
}

static bool
body_fits(struct rk_request *r)
{
	if (r->facts.length <= (uint64_t)r->front->conf->body_max)
		return true;
	body_too_large(r);
	return false;
}

static void
on_data(void *request, struct rk_str bytes)
{
	struct rk_request *r = request;

	/* Room for what is announced, but no more than has a chance to come soon. */
	if (r->body.n == 0 && r->facts.length <= 8 * BODY_KEPT)
		(void)rk_buf_reserve(&r->body, r->facts.length);
	rk_buf_put(&r->body, bytes);
	if (rk_buf_end(&r->body) == RK_TOO_LARGE)
		body_too_large(r);
	else if (rk_buf_end(&r->body) != RK_OK)
		rk_request_fault(r, RK_FAULT_INTERNAL, (struct rk_str){ 0 });
}

/* ---- lease and invoke --------------------------------------------------------------------------------- */

static struct rk_request *
request_of(struct rk_job *job)
{
	return (struct rk_request *)((char *)job - offsetof(struct rk_request, job));
}

static void
lease(struct rk_request *r)
{
	enum rk_err err = rk_lease_put(r->front->lease, &r->job);

	if (err != RK_OK)
		rk_request_failed(&r->job, err);
}

void
rk_request_go_on(struct rk_request *r)
{
	if (r->route->visibility == RK_PROTECTED && !r->let_through)
		rk_gate_check(r);
	else if (r->route->kind == RK_ROUTE_ASSET)
		rk_asset_serve(r);
	else
		lease(r);
}

static void
on_whole(void *request)
{
	struct rk_request *r = request;

	if (!rk_lease_routes(r->front->lease))
		lease(r);
	else if (rk_gate_admit(r))
		rk_request_go_on(r);
}

/* The routes may be others than when the head came. */
bool
rk_request_place(struct rk_job *job, struct rk_routes *routes)
{
	struct rk_request *r = request_of(job);

	r->route = rk_gate_find(routes, r->facts.path);
	return r->route && r->route->kind == RK_ROUTE_FUNCTION && !rk_gate_is_preflight(r) &&
	       (r->route->visibility == RK_PUBLIC ||
		   (r->route->visibility == RK_PROTECTED && r->let_through));
}

void
rk_request_write(struct rk_job *job, struct rk_buf *out)
{
	struct rk_request *r = request_of(job);
	struct rk_call call = { .function = r->route->function,
		.timeout_ms = (uint32_t)r->front->conf->timeout_ms,
		.request_id = rk_request_id(r),
		.method = r->head.method,
		.path = r->facts.path,
		.query = r->facts.query,
		.host = rk_str(r->front->host) };
	size_t begun;

	r->stale = rk_arena_dup(&r->arena, r->route->stale);
	rk_call_put_head(out, &call);
	begun = rk_pairs_begin(out);
	for (uint32_t i = 0; i < r->head.count; i++)
		rk_pairs_put(out, r->fields[i].name, r->fields[i].value);
	rk_pairs_end(out, begun, (uint16_t)r->head.count);
	rk_msg_put_str(out, rk_buf_str(&r->body));
}

void
rk_request_reply(struct rk_job *job, const struct rk_reply *reply)
{
	struct rk_request *r = request_of(job);
	enum rk_err err = rk_answer_reply(&r->front->answer, reply, rk_request_id(r));

	if (err == RK_OK)
		rk_request_answer(r);
	else
		rk_request_fault(r, err == RK_TOO_LARGE ? RK_FAULT_REPLY_HEAD_LARGE : RK_FAULT_REPLY_BAD,
		    (struct rk_str){ 0 });
}

void
rk_request_failed(struct rk_job *job, enum rk_err err)
{
	struct rk_request *r = request_of(job);
	enum rk_fault which = RK_FAULT_INTERNAL;

	if (err == RK_NOT_FOUND) { /* no function that it may reach: what, then? */
		if (rk_gate_admit(r))
			rk_request_go_on(r);
		return;
	}
	if (err == RK_BUSY)
		which = RK_FAULT_BUSY;
	else if (err == RK_NOT_YET)
		which = RK_FAULT_STARTING;
	else if (err == RK_TIMEOUT)
		which = RK_FAULT_TIMEOUT;
	else if (err == RK_GONE)
		which = RK_FAULT_WORKER_GONE;
	rk_request_fault(r, which, (struct rk_str){ 0 });
}

/* ---- check and open ----------------------------------------------------------------------------- */

static struct rk_request *
asker_of(struct rk_ask *ask)
{
	return (struct rk_request *)((char *)ask - offsetof(struct rk_request, ask));
}

void
rk_request_verdict(struct rk_ask *ask, const struct rk_verdict *verdict)
{
	struct rk_request *r = asker_of(ask);

	if (verdict->status != 0) {
		rk_answer_verdict(&r->front->answer, verdict, rk_request_id(r));
		rk_request_answer(r);
		return;
	}
	if (r->asked == RK_ASKED_CHECK)
		r->let_through = true;
	if (rk_gate_admit(r))
		rk_request_go_on(r);
}

void
rk_request_file(struct rk_ask *ask, int fd)
{
	rk_asset_take(asker_of(ask), fd);
}

void
rk_request_unanswered(struct rk_ask *ask, enum rk_err err)
{
	rk_request_fault(asker_of(ask), RK_FAULT_KEEPER, (struct rk_str){ 0 });
}

void
rk_request_set_routes(struct rk_front *front, struct rk_routes *routes)
{
	rk_shelf_clear(front->shelf);
	rk_lease_set_routes(front->lease, routes);
}

/* ---- the listener's side ------------------------------------------------------------------------- */

static struct rk_request *
take_idle(struct rk_front *front)
{
	struct rk_request *r = front->idle;

	if (r) {
		front->idle = r->next;
		return r;
	}
	r = calloc(1, sizeof(*r));
	if (!r)
		return NULL;
	rk_arena_init(&r->arena, ARENA_MAX);
	r->front = front;
	return r;
}

/* "RQ" and 32 hex digits that nobody can guess. */
static void
make_id(struct rk_front *front, char *id)
{
	static const char hex[] = "0123456789abcdef";

	if (front->entropy_left < 16) {
		if (getrandom(front->entropy, sizeof(front->entropy), 0) != (ssize_t)sizeof(front->entropy))
			abort();
		front->entropy_left = sizeof(front->entropy);
	}
	id[0] = 'R';
	id[1] = 'Q';
	for (char *at = id + 2; at < id + RK_SID_LEN; at += 2) {
		unsigned char byte = front->entropy[--front->entropy_left];

		at[0] = hex[byte >> 4];
		at[1] = hex[byte & 15];
	}
	id[RK_SID_LEN] = '\0';
}

static void *
on_open(void *arg, struct rk_conn *conn, struct rk_str target)
{
	struct rk_front *front = arg;
	struct rk_request *r = take_idle(front);

	if (!r)
		return NULL;
	r->conn = conn;
	r->begun = uv_hrtime();
	r->status = 0;
	r->job = (struct rk_job){ 0 };
	r->ask = (struct rk_ask){ 0 };
	r->let_through = false;
	r->tries = 0;
	r->stale = (struct rk_str){ 0 };
	r->head = (struct rk_head){ .target = rk_arena_dup(&r->arena, target) };
	r->facts = (struct rk_head_facts){ 0 };
	r->body.max = (size_t)front->conf->body_max;
	make_id(front, r->id);
	front->under_way++;
	return r;
}

static void
on_head(void *request, const struct rk_head *head, struct rk_head_facts *ret_facts)
{
	struct rk_request *r = request;
	struct rk_str target = r->head.target;
	uint32_t count = head->count < RK_HEAD_FIELDS ? head->count : RK_HEAD_FIELDS;
	bool goes_on;

	r->head = *head;
	r->head.target = target;
	r->head.fields = r->fields;
	memcpy(r->fields, head->fields, count * sizeof(r->fields[0]));
	goes_on = screen(r);
	*ret_facts = r->facts;
	if (goes_on && rk_lease_routes(r->front->lease))
		goes_on = rk_gate_admit(r);
	if (goes_on)
		(void)body_fits(r);
}

static void
on_late(void *request)
{
	rk_request_fault(request, RK_FAULT_SLOW_REQUEST, (struct rk_str){ 0 });
}

static void
say_line(const struct rk_request *r)
{
	struct rk_request_line line = { .status = r->status,
		.method = r->head.method,
		.path = r->facts.path,
		.request_id = rk_request_id(r),
		.took_us = (uv_hrtime() - r->begun) / 1000 };

	/* A head that was not believed has no path: its target is shown as it came. */
	if (line.path.n == 0)
		line.path = r->head.target;
	if (r->status)
		rk_lines_request(r->front->lines, &line);
}

static void
on_closed(void *request)
{
	struct rk_request *r = request;
	struct rk_front *front = r->front;

	rk_lease_cancel(front->lease, &r->job);
	rk_asks_cancel(front->asks, &r->ask);
	say_line(r);
	rk_arena_clear(&r->arena);
	if (r->body.cap > BODY_KEPT)
		rk_buf_free(&r->body);
	rk_buf_clear(&r->body);
	r->next = front->idle;
	front->idle = r;
	if (--front->under_way == 0 && front->leaving)
		front->emptied(front);
}

const struct rk_listener_ops rk_request_listener_ops = {
	.open = on_open,
	.head = on_head,
	.data = on_data,
	.whole = on_whole,
	.late = on_late,
	.closed = on_closed,
};

void
rk_request_done(struct rk_front *front)
{
	struct rk_request *r;

	while ((r = front->idle)) {
		front->idle = r->next;
		rk_arena_done(&r->arena);
		rk_buf_free(&r->body);
		free(r);
	}
	rk_answer_done(&front->answer);
}
