#include "gateway/gate.h"

#include "base/auto.h"
#include "gateway/cors.h"
#include "gateway/proxy.h"

#define HOST_MAX 1024u

/* ---- route ------------------------------------------------------------------------- */

/* As on the vendor's platform, "/" is the asset at this path when nothing else is. */
const struct rk_route *
rk_gate_find(const struct rk_routes *routes, struct rk_str path)
{
	const struct rk_route *route = rk_routes_get(routes, path);

	if (route || !rk_str_is(path, RK_STR("/")))
		return route;
	route = rk_routes_get(routes, RK_STR("/assets/index.html"));
	return route && route->kind == RK_ROUTE_ASSET ? route : NULL;
}

/* Names the path, which is the client's own; escaped, and cut. */
static void
fault_at_path(struct rk_request *r, enum rk_fault which, struct rk_str because)
{
	RK_AUTO(rk_buf_free) struct rk_buf what = RK_BUF(1024);

	rk_buf_lit(&what, "Nothing answers at ");
	rk_lines_put_escaped(&what, r->facts.path, 200);
	rk_buf_put(&what, because);
	rk_request_fault(r, which, rk_buf_str(&what));
}

/* A page must be let ask before it can learn that nothing is there: a browser hides the status of a
 * refused preflight, and what the page's author sees then is a CORS failure (Fetch, "CORS-preflight fetch"). */
static bool
is_browsers_question(const struct rk_request *r)
{
	return rk_gate_is_preflight(r) &&
	       rk_head_get(&r->head, RK_STR("Access-Control-Request-Method")).p != NULL;
}

static bool
route(struct rk_request *r)
{
	r->route = rk_gate_find(r->site->routes, r->facts.path);
	r->generation =
	    r->route && r->route->kind == RK_ROUTE_FUNCTION ? rk_routes_generation(r->site->routes) : 0;
	if (r->route || is_browsers_question(r))
		return true;
	fault_at_path(r, RK_FAULT_NO_FUNCTION, RK_STR("."));
	return false;
}

/* ---- cors ---------------------------------------------------------------------------- */

bool
rk_gate_is_preflight(const struct rk_request *r)
{
	return rk_str_is(r->head.method, RK_STR("OPTIONS"));
}

static bool
cors(struct rk_request *r)
{
	if (!rk_gate_is_preflight(r))
		return true;
	rk_answer_start(&r->front->answer, 204, rk_request_id(r));
	rk_cors_preflight(&r->front->answer);
	rk_request_answer(r);
	return false;
}

/* ---- gate ------------------------------------------------------------------------------ */

/* In the words of the original. */
static void
answer_private_asset(struct rk_request *r)
{
	struct rk_answer *a = &r->front->answer;

	rk_answer_start(a, 403, rk_request_id(r));
	rk_answer_put(a, RK_STR("Content-Type"), RK_STR("text/html; charset=utf-8"));
	rk_cors_open(a);
	a->body = RK_STR("This asset has been marked as private");
	rk_request_answer(r);
}

/* What is protected is let on: its body belongs to the check. */
static bool
gate(struct rk_request *r)
{
	if (r->route->visibility != RK_PRIVATE)
		return true;
	if (r->route->kind == RK_ROUTE_ASSET)
		answer_private_asset(r);
	else
		fault_at_path(r, RK_FAULT_PRIVATE, RK_STR(": the function is private."));
	return false;
}

bool
rk_gate_admit(struct rk_request *r)
{
	return route(r) && cors(r) && gate(r);
}

/* ---- check ------------------------------------------------------------------------------ */

/* Path and query as they were sent, also when the request line named a whole URL (RFC 9112 section 3.2.2). */
static struct rk_str
target_of(const struct rk_request *r)
{
	struct rk_str target = r->head.target, path = r->facts.path;

	if (path.p < target.p || path.p > target.p + target.n)
		return path;
	return rk_str_sub(target, (size_t)(path.p - target.p), target.n);
}

void
rk_gate_check(struct rk_request *r)
{
	RK_AUTO(rk_buf_free) struct rk_buf host = RK_BUF(HOST_MAX);
	const struct rk_head *head = &r->head;
	struct rk_str signature = rk_head_get(head, RK_STR("X-Twilio-Signature"));
	struct rk_check check = { .site = r->site->number,
		.target = target_of(r),
		.has_signature = signature.p != NULL,
		.signature = signature,
		.type = rk_head_get(head, RK_STR("Content-Type")),
		.body = rk_buf_str(&r->body),
		.origin = rk_head_get(head, RK_STR("Origin")),
		.seen_host = rk_head_get(head, RK_STR("Host")),
		.forwarded_host = rk_head_get(head, RK_STR("X-Forwarded-Host")) };
	enum rk_err err;

	rk_proxy_read(
	    head, r->front->conf->trust_proxy && r->conn && rk_conn_is_near(r->conn), &check.scheme, &host);
	check.host = rk_buf_str(&host);
	r->asked = RK_ASKED_CHECK;
	err = rk_asks_check(r->front->asks, &r->ask, &check);
	if (err != RK_OK)
		rk_request_fault(r, RK_FAULT_KEEPER, (struct rk_str){ 0 });
}
