/*
 * call.c - INVOKE, REPLY and LOG, field by field.
 *
 * The getters answer for the form only: a frame that is cut, that has bytes
 * left over, or whose closed sets hold an unknown member is RK_INVALID. What an
 * index or a name means is for the reader who knows the bundle.
 */
#include "wire/call.h"

#include "base/log.h"

size_t
rk_pairs_begin(struct rk_buf *out)
{
	size_t begun = out->n;

	rk_msg_put_u16(out, 0);
	return begun;
}

void
rk_pairs_put(struct rk_buf *out, struct rk_str name, struct rk_str value)
{
	rk_msg_put_str(out, name);
	rk_msg_put_str(out, value);
}

void
rk_pairs_end(struct rk_buf *out, size_t begun, uint16_t count)
{
	if (out->bad)
		return;
	out->p[begun] = (char)(count & 0xff);
	out->p[begun + 1] = (char)(count >> 8);
}

bool
rk_pairs_take(struct rk_pairs *left, struct rk_str *ret_name, struct rk_str *ret_value)
{
	const unsigned char *p = (const unsigned char *)left->bytes.p;
	struct rk_msg_view v = { p, p ? p + left->bytes.n : p, false };
	struct rk_str name, value;

	if (left->count == 0)
		return false;
	name = rk_msg_get_str(&v);
	value = rk_msg_get_str(&v);
	if (v.bad)
		return false;
	left->count--;
	left->bytes = rk_str_n(v.p, (size_t)(v.end - v.p));
	*ret_name = name;
	*ret_value = value;
	return true;
}

/* Walks the list once, so that rk_pairs_take cannot fail before the end. */
struct rk_pairs
rk_pairs_get(struct rk_msg_view *v)
{
	struct rk_pairs pairs = { .count = rk_msg_get_u16(v) };
	const unsigned char *from = v->p;

	for (unsigned i = 0; i < 2u * pairs.count && !v->bad; i++)
		(void)rk_msg_get_str(v);
	if (v->bad)
		return (struct rk_pairs){ 0 };
	pairs.bytes = rk_str_n(from, (size_t)(v->p - from));
	return pairs;
}

void
rk_call_put_head(struct rk_buf *out, const struct rk_call *call)
{
	rk_msg_put_u32(out, call->function);
	rk_msg_put_u32(out, call->timeout_ms);
	rk_msg_put_str(out, call->request_id);
	rk_msg_put_str(out, call->method);
	rk_msg_put_str(out, call->path);
	rk_msg_put_str(out, call->query);
	rk_msg_put_str(out, call->host);
}

enum rk_err
rk_call_get(struct rk_msg_view *v, struct rk_call *ret_call)
{
	struct rk_call call;

	call.function = rk_msg_get_u32(v);
	call.timeout_ms = rk_msg_get_u32(v);
	call.request_id = rk_msg_get_str(v);
	call.method = rk_msg_get_str(v);
	call.path = rk_msg_get_str(v);
	call.query = rk_msg_get_str(v);
	call.host = rk_msg_get_str(v);
	call.headers = rk_pairs_get(v);
	call.body = rk_msg_get_str(v);
	if (!rk_msg_is_done(v))
		return RK_INVALID;
	*ret_call = call;
	return RK_OK;
}

void
rk_reply_put_head(struct rk_buf *out, enum rk_outcome outcome, uint16_t status)
{
	rk_msg_put_u8(out, (uint8_t)outcome);
	rk_msg_put_u16(out, status);
}

enum rk_err
rk_reply_get(struct rk_msg_view *v, struct rk_reply *ret_reply)
{
	struct rk_reply reply;

	reply.outcome = rk_msg_get_u8(v);
	reply.status = rk_msg_get_u16(v);
	reply.headers = rk_pairs_get(v);
	reply.body = rk_msg_get_str(v);
	if (!rk_msg_is_done(v) || reply.outcome > RK_OUTCOME_INVALID || reply.status < 100 ||
	    reply.status > 999)
		return RK_INVALID;
	*ret_reply = reply;
	return RK_OK;
}

void
rk_line_put(struct rk_buf *out, const struct rk_line *line)
{
	rk_msg_put_u8(out, line->level);
	rk_msg_put_u32(out, line->function);
	rk_msg_put_str(out, line->request_id);
	rk_msg_put_str(out, line->text);
}

enum rk_err
rk_line_get(struct rk_msg_view *v, struct rk_line *ret_line)
{
	struct rk_line line;

	line.level = rk_msg_get_u8(v);
	line.function = rk_msg_get_u32(v);
	line.request_id = rk_msg_get_str(v);
	line.text = rk_msg_get_str(v);
	if (!rk_msg_is_done(v) || line.level > RK_LOG_DEBUG)
		return RK_INVALID;
	*ret_line = line;
	return RK_OK;
}
