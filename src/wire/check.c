/*
 * check.c - the two messages of a signature's check, field by field.
 */
#include "wire/check.h"

void
rk_check_put(struct rk_buf *out, const struct rk_check *c)
{
	rk_msg_put_u32(out, c->site);
	rk_msg_put_str(out, c->scheme);
	rk_msg_put_str(out, c->host);
	rk_msg_put_str(out, c->target);
	rk_msg_put_u8(out, c->has_signature);
	rk_msg_put_str(out, c->signature);
	rk_msg_put_str(out, c->type);
	rk_msg_put_str(out, c->body);
	rk_msg_put_str(out, c->origin);
	rk_msg_put_str(out, c->seen_host);
	rk_msg_put_str(out, c->forwarded_host);
}

enum rk_err
rk_check_get(struct rk_msg_view *v, struct rk_check *ret_check)
{
	struct rk_check c = { .site = rk_msg_get_u32(v) };
	uint8_t has_signature;

	c.scheme = rk_msg_get_str(v);
	c.host = rk_msg_get_str(v);
	c.target = rk_msg_get_str(v);
	has_signature = rk_msg_get_u8(v);
	c.has_signature = has_signature == 1;
	c.signature = rk_msg_get_str(v);
	c.type = rk_msg_get_str(v);
	c.body = rk_msg_get_str(v);
	c.origin = rk_msg_get_str(v);
	c.seen_host = rk_msg_get_str(v);
	c.forwarded_host = rk_msg_get_str(v);
	if (!rk_msg_is_done(v) || has_signature > 1)
		return RK_INVALID;
	*ret_check = c;
	return RK_OK;
}

void
rk_verdict_put(struct rk_buf *out, const struct rk_verdict *verdict)
{
	rk_msg_put_u16(out, verdict->status);
	rk_msg_put_str(out, rk_str_sub(verdict->code, 0, 16));
	rk_msg_put_str(out, rk_str_sub(verdict->message, 0, RK_VERDICT_TEXT));
	rk_msg_put_str(out, rk_str_sub(verdict->todo, 0, RK_VERDICT_TEXT));
}

/* Half a verdict must not read as "let it through". */
enum rk_err
rk_verdict_get(struct rk_msg_view *v, struct rk_verdict *ret_verdict)
{
	struct rk_verdict got = { .status = rk_msg_get_u16(v) };

	got.code = rk_msg_get_str(v);
	got.message = rk_msg_get_str(v);
	got.todo = rk_msg_get_str(v);
	if (!rk_msg_is_done(v) || (got.status != 0 && (got.status < 400 || got.status > 599)))
		return RK_INVALID;
	*ret_verdict = got;
	return RK_OK;
}
