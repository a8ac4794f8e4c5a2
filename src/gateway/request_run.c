/*
 * request_run.c - a request that no client made: keeper asks for it on behalf of the console.
 */
#include "gateway/request.h"

/* Its fields and body are copied: what they came in goes away. False: more than a request may have. */
static bool
copy_run(struct rk_request *r, const struct rk_admin_run *run)
{
	struct rk_pairs left = run->headers;
	struct rk_field *f = r->fields;
	struct rk_str name, value;
	uint32_t count = 0;
	size_t bytes = 0;
	bool has_host = false;

	while (count < RK_HEAD_FIELDS - 1 && rk_pairs_take(&left, &name, &value)) {
		has_host |= rk_str_is_nocase(name, RK_STR("Host"));
		bytes += name.n + value.n;
		f[count++] =
		    (struct rk_field){ rk_arena_dup(&r->arena, name), rk_arena_dup(&r->arena, value) };
	}
	if (!has_host)
		f[count++] = (struct rk_field){ RK_STR("Host"), rk_request_domain_name(r) };
	r->head.method = rk_arena_dup(&r->arena, run->method);
	r->head.version = RK_STR("HTTP/1.1");
	r->head.fields = f;
	r->head.count = left.count ? RK_HEAD_FIELDS + 1 : count;
	r->head.bytes = bytes;
	rk_buf_put(&r->body, run->body);
	return r->head.method.p && r->head.target.p && bytes < RK_HEAD_BYTES;
}

static void
start_run(struct rk_request *r, const struct rk_admin_run *run)
{
	bool copied = copy_run(r, run);

	if (!copied) {
		rk_request_fault(r, RK_FAULT_HEAD_LARGE, (struct rk_str){ 0 });
		return;
	}
	if (!rk_request_screen(r))
		return;
	/* It is framed by its own length, whatever its fields say. */
	r->facts.length = run->body.n;
	if (rk_buf_end(&r->body) != RK_OK)
		rk_request_body_too_large(r);
	else
		rk_request_go_through(r);
}

struct rk_request *
rk_request_run(struct rk_front *front, const struct rk_admin_run *run,
    void (*sink)(struct rk_request *r, const struct rk_answer *answer), void *sink_arg)
{
	struct rk_site *site = rk_sites_get(front->sites, run->site);
	struct rk_request *r = rk_request_open(front, NULL, run->target);

	if (!r)
		return NULL;
	r->sink = sink;
	r->sink_arg = sink_arg;
	r->let_through = run->is_signed;
	if (!site || !site->routes) {
		rk_request_fault(r, RK_FAULT_NO_SITE, (struct rk_str){ 0 });
		return r;
	}
	r->site = rk_site_dup(site);
	start_run(r, run);
	return r;
}

void
rk_request_close(struct rk_request *r)
{
	rk_request_closed(r);
}
