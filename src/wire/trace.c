/*
 * trace.c - TRACE, field by field.
 */
#include "wire/trace.h"

#include "base/log.h"

void
rk_trace_put(struct rk_buf *out, const struct rk_trace *t)
{
	rk_msg_put_u32(out, t->site);
	rk_msg_put_u32(out, t->generation);
	rk_msg_put_u8(out, t->kind);
	rk_msg_put_u8(out, t->level);
	rk_msg_put_u16(out, t->status);
	rk_msg_put_u64(out, t->at_us);
	rk_msg_put_u64(out, t->took_us);
	rk_msg_put_str(out, t->request_id);
	rk_msg_put_str(out, t->method);
	rk_msg_put_str(out, t->path);
	rk_msg_put_str(out, t->text);
}

enum rk_err
rk_trace_get(struct rk_msg_view *v, struct rk_trace *ret_trace)
{
	struct rk_trace t = { .site = rk_msg_get_u32(v) };

	t.generation = rk_msg_get_u32(v);
	t.kind = rk_msg_get_u8(v);
	t.level = rk_msg_get_u8(v);
	t.status = rk_msg_get_u16(v);
	t.at_us = rk_msg_get_u64(v);
	t.took_us = rk_msg_get_u64(v);
	t.request_id = rk_msg_get_str(v);
	t.method = rk_msg_get_str(v);
	t.path = rk_msg_get_str(v);
	t.text = rk_msg_get_str(v);
	if (!rk_msg_is_done(v) || t.kind > RK_TRACE_LINE || t.level > RK_LOG_DEBUG)
		return RK_INVALID;
	*ret_trace = t;
	return RK_OK;
}
