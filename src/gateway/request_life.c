/*
 * request_life.c - where requests come from and go: the listener's calls, ids, what is kept to be used again,
 * and what is said of one when it is over.
 */
#include <stdlib.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/log.h"
#include "gateway/call.h"
#include "gateway/gate.h"

#define ARENA_MAX (64u * RK_KB)

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

void
rk_request_make_id(struct rk_front *front, char *id)
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

struct rk_request *
rk_request_open(struct rk_front *front, struct rk_conn *conn, struct rk_str target)
{
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
	r->route = NULL;
	r->generation = 0;
	r->failure = "";
	r->head = (struct rk_head){ .target = rk_arena_dup(&r->arena, target) };
	r->facts = (struct rk_head_facts){ 0 };
	r->body.max = (size_t)front->conf->body_max;
	rk_request_make_id(front, r->id);
	front->under_way++;
	return r;
}

static void *
on_open(void *arg, struct rk_conn *conn, struct rk_str target)
{
	return rk_request_open(arg, conn, target);
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
	goes_on = rk_request_screen(r) && rk_request_choose_site(r);
	*ret_facts = r->facts;
	if (goes_on && r->site->routes)
		goes_on = rk_gate_admit(r);
	if (goes_on)
		(void)rk_request_body_fits(r);
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

/* For keeper's log: what was meant for a function. */
static void
trace(const struct rk_request *r)
{
	struct rk_trace t = { .site = r->site ? r->site->number : 0,
		.generation = r->generation,
		.kind = RK_TRACE_REQUEST,
		.level = r->status >= 500   ? RK_LOG_ERROR
			 : r->status >= 400 ? RK_LOG_WARN
					    : RK_LOG_INFO,
		.status = (uint16_t)r->status,
		.took_us = (uv_hrtime() - r->begun) / 1000,
		.request_id = rk_request_id(r),
		.method = r->head.method,
		.path = r->facts.path,
		.text = rk_str(r->failure) };

	if (r->front->conf->command != RK_CONF_SERVE || r->generation == 0 || r->status == 0)
		return;
	t.at_us = (uint64_t)rk_clock_unix_ms() * 1000 - t.took_us;
	rk_asks_trace(r->front->asks, &t);
}

void
rk_request_closed(void *request)
{
	struct rk_request *r = request;
	struct rk_front *front = r->front;

	if (r->site && r->site->lease)
		rk_lease_cancel(r->site->lease, &r->job);
	rk_asks_cancel(front->asks, &r->ask);
	say_line(r);
	trace(r);
	rk_site_free(r->site);
	r->site = NULL;
	r->route = NULL;
	rk_arena_clear(&r->arena);
	if (r->body.cap > RK_REQUEST_BODY_KEPT)
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
	.data = rk_request_data,
	.whole = rk_request_whole,
	.late = on_late,
	.closed = rk_request_closed,
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
