/*
 * admin.c - CALL, RESULT and what a RESULT may ask to be run, field by field.
 */
#include "wire/admin.h"

void
rk_admin_call_put_head(struct rk_buf *out, const struct rk_admin_call *call)
{
	rk_msg_put_str(out, call->request_id);
	rk_msg_put_str(out, call->method);
	rk_msg_put_str(out, call->target);
	rk_msg_put_str(out, call->scheme);
	rk_msg_put_str(out, call->peer);
}

enum rk_err
rk_admin_call_get(struct rk_msg_view *v, struct rk_admin_call *ret_call)
{
	struct rk_admin_call call = { .request_id = rk_msg_get_str(v) };

	call.method = rk_msg_get_str(v);
	call.target = rk_msg_get_str(v);
	call.scheme = rk_msg_get_str(v);
	call.peer = rk_msg_get_str(v);
	call.headers = rk_pairs_get(v);
	call.body = rk_msg_get_str(v);
	if (!rk_msg_is_done(v))
		return RK_INVALID;
	*ret_call = call;
	return RK_OK;
}

void
rk_admin_result_put_head(struct rk_buf *out, enum rk_admin_how how, uint16_t status)
{
	rk_msg_put_u8(out, (uint8_t)how);
	rk_msg_put_u16(out, status);
}

enum rk_err
rk_admin_result_get(struct rk_msg_view *v, struct rk_admin_result *ret_result)
{
	struct rk_admin_result result = { .how = rk_msg_get_u8(v) };

	result.status = rk_msg_get_u16(v);
	result.headers = rk_pairs_get(v);
	result.body = rk_msg_get_str(v);
	if (!rk_msg_is_done(v) || result.how > RK_ADMIN_RUN || result.status < 100 || result.status > 999)
		return RK_INVALID;
	*ret_result = result;
	return RK_OK;
}

void
rk_admin_run_put_head(struct rk_buf *out, const struct rk_admin_run *run)
{
	rk_msg_put_u32(out, run->site);
	rk_msg_put_u8(out, run->is_signed);
	rk_msg_put_str(out, run->method);
	rk_msg_put_str(out, run->target);
}

enum rk_err
rk_admin_run_get(struct rk_msg_view *v, struct rk_admin_run *ret_run)
{
	struct rk_admin_run run = { .site = rk_msg_get_u32(v) };
	uint8_t is_signed = rk_msg_get_u8(v);

	run.is_signed = is_signed == 1;
	run.method = rk_msg_get_str(v);
	run.target = rk_msg_get_str(v);
	run.headers = rk_pairs_get(v);
	run.body = rk_msg_get_str(v);
	if (!rk_msg_is_done(v) || is_signed > 1)
		return RK_INVALID;
	*ret_run = run;
	return RK_OK;
}
