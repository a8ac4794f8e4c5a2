/*
 * facts.c - routes and problems, field by field.
 */
#include "wire/facts.h"

void
rk_routes_head_put(struct rk_buf *out, const struct rk_routes_head *head)
{
	rk_msg_put_u32(out, head->site);
	rk_msg_put_u32(out, head->generation);
	rk_msg_put_str(out, head->host);
	rk_msg_put_str(out, head->domain_name);
	rk_msg_put_u8(out, head->is_default);
	rk_msg_put_u32(out, head->count);
}

void
rk_routes_head_get(struct rk_msg_view *v, struct rk_routes_head *ret_head)
{
	uint8_t is_default;

	ret_head->site = rk_msg_get_u32(v);
	ret_head->generation = rk_msg_get_u32(v);
	ret_head->host = rk_msg_get_str(v);
	ret_head->domain_name = rk_msg_get_str(v);
	is_default = rk_msg_get_u8(v);
	ret_head->is_default = is_default == 1;
	ret_head->count = rk_msg_get_u32(v);
	if (is_default > 1 || ret_head->site == RK_SITE_TRIAL)
		v->bad = true;
	if (v->bad)
		*ret_head = (struct rk_routes_head){ 0 };
}

void
rk_route_put(struct rk_buf *out, const struct rk_route *r)
{
	rk_msg_put_str(out, r->path);
	rk_msg_put_u32(out, r->function);
	rk_msg_put_u8(out, r->kind);
	rk_msg_put_u8(out, r->visibility);
	rk_msg_put_str(out, r->file);
	rk_msg_put_str(out, r->type);
	rk_msg_put_str(out, r->stale);
}

void
rk_route_get(struct rk_msg_view *v, struct rk_route *ret_r)
{
	ret_r->path = rk_msg_get_str(v);
	ret_r->function = rk_msg_get_u32(v);
	ret_r->kind = rk_msg_get_u8(v);
	ret_r->visibility = rk_msg_get_u8(v);
	ret_r->file = rk_msg_get_str(v);
	ret_r->type = rk_msg_get_str(v);
	ret_r->stale = rk_msg_get_str(v);
	if (ret_r->visibility > RK_PRIVATE || ret_r->kind > RK_ROUTE_ASSET)
		v->bad = true;
	if (v->bad) /* half a route must not read as a public one */
		*ret_r = (struct rk_route){ .visibility = RK_PRIVATE };
}

void
rk_problem_put(struct rk_buf *out, const struct rk_problem *p)
{
	rk_msg_put_u32(out, p->function);
	rk_msg_put_str(out, p->kind);
	rk_msg_put_str(out, p->message);
	rk_msg_put_u32(out, p->line);
	rk_msg_put_u32(out, p->column);
	rk_msg_put_str(out, p->source);
}

void
rk_problem_get(struct rk_msg_view *v, struct rk_problem *ret_p)
{
	ret_p->function = rk_msg_get_u32(v);
	ret_p->kind = rk_msg_get_str(v);
	ret_p->message = rk_msg_get_str(v);
	ret_p->line = rk_msg_get_u32(v);
	ret_p->column = rk_msg_get_u32(v);
	ret_p->source = rk_msg_get_str(v);
	if (v->bad)
		*ret_p = (struct rk_problem){ 0 };
}
