/*
 * fuzz_msg.c - frames from a peer that may be anybody: every getter, on any bytes, touches only the frame.
 */
#include <stdint.h>
#include <stdlib.h>

#include "wire/call.h"
#include "wire/check.h"
#include "wire/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile unsigned sum;

static void
touch(struct rk_str s)
{
	for (size_t i = 0; i < s.n; i++)
		sum += (unsigned char)s.p[i];
}

static void
touch_pairs(struct rk_pairs left)
{
	struct rk_str name, value;

	while (rk_pairs_take(&left, &name, &value)) {
		touch(name);
		touch(value);
	}
	if (left.count != 0) /* a list that was accepted is whole */
		abort();
}

static void
get_call(struct rk_msg_view v)
{
	struct rk_call call;

	if (rk_call_get(&v, &call) != RK_OK)
		return;
	touch(call.request_id);
	touch(call.method);
	touch(call.path);
	touch(call.query);
	touch(call.host);
	touch_pairs(call.headers);
	touch(call.body);
}

static void
get_reply(struct rk_msg_view v)
{
	struct rk_reply reply;

	if (rk_reply_get(&v, &reply) != RK_OK)
		return;
	touch_pairs(reply.headers);
	touch(reply.body);
}

static void
get_line(struct rk_msg_view v)
{
	struct rk_line line;

	if (rk_line_get(&v, &line) != RK_OK)
		return;
	touch(line.request_id);
	touch(line.text);
}

static void
get_routes(struct rk_msg_view v)
{
	struct rk_route route;

	(void)rk_msg_get_u32(&v);
	for (uint32_t left = rk_msg_get_u32(&v); left && !v.bad; left--) {
		rk_route_get(&v, &route);
		touch(route.path);
		touch(route.file);
		touch(route.type);
		if (route.visibility > RK_PRIVATE)
			abort();
	}
}

static void
get_problems(struct rk_msg_view v)
{
	struct rk_problem problem;

	(void)rk_msg_get_u32(&v);
	for (uint32_t left = rk_msg_get_u32(&v); left && !v.bad; left--) {
		rk_problem_get(&v, &problem);
		touch(problem.kind);
		touch(problem.message);
		touch(problem.source);
	}
}

static void
get_check(struct rk_msg_view v)
{
	struct rk_check check;

	if (rk_check_get(&v, &check) != RK_OK)
		return;
	touch(check.target);
	touch(check.signature);
	touch(check.body);
}

static void
get_verdict(struct rk_msg_view v)
{
	struct rk_verdict verdict;

	if (rk_verdict_get(&v, &verdict) != RK_OK)
		return;
	touch(verdict.code);
	touch(verdict.message);
	touch(verdict.todo);
}

/* Every getter on every payload: a frame's type is no proof of its content. */
static void
get_all(struct rk_msg_view v)
{
	get_call(v);
	get_reply(v);
	get_line(v);
	get_routes(v);
	get_problems(v);
	get_check(v);
	get_verdict(v);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rk_str left = rk_str_n(data, size);
	struct rk_msg_view v;
	enum rk_msg_type type;
	uint32_t id;
	size_t frame;

	while (rk_msg_parse(left, &type, &id, &v, &frame) == RK_OK) {
		if (frame > left.n || (size_t)(v.end - v.p) > rk_msg_row(type)->max)
			abort();
		get_all(v);
		left = rk_str_sub(left, frame, left.n);
	}
	return 0;
}
