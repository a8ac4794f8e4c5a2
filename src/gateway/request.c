/*
 * request.c - the steps of a request, in this order:
 *
 *   screen   is the head well-formed, and does it say clearly where it ends?   at once
 *   site     which one does the host name mean?                                at once
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
 * request that came before its site's first routes skips to `lease`, where it waits for them.
 */
#include "gateway/request.h"

#include <stddef.h>

#include "base/auto.h"
#include "base/log.h"
#include "gateway/asset.h"
#include "gateway/gate.h"
#include "gateway/host.h"

/* ---- answer ------------------------------------------------------------------------------- */

void
rk_request_answer(struct rk_request *r)
{
	struct rk_answer *a = &r->front->answer;

	a->close |= r->front->leaving;
	if (r->stale.n > 0)
		rk_answer_put(a, RK_STR("X-Roomkey-Stale"), r->stale);
	r->status = a->status;
	if (r->conn)
		rk_listener_answer(r->conn, a);
	else
		r->sink(r, a);
}

void
rk_request_fault(struct rk_request *r, enum rk_fault which, struct rk_str what)
{
	r->failure = rk_answer_what(which);
	rk_answer_fault(&r->front->answer, which, what, rk_request_id(r));
	rk_request_answer(r);
}

/* ---- screen ----------------------------------------------------------------------------------- */

bool
rk_request_screen(struct rk_request *r)
{
	const char *reason;
	enum rk_screen verdict = rk_screen_check(&r->head, &r->facts, &reason);

	if (verdict == RK_SCREEN_PASS && !(r->conn && rk_conn_is_crowded(r->conn)))
		return true;
	if (verdict == RK_SCREEN_PASS)
		rk_answer_fault(&r->front->answer, RK_FAULT_CROWDED, (struct rk_str){ 0 }, rk_request_id(r));
	else
		rk_answer_screened(&r->front->answer, verdict, reason, rk_request_id(r));
	r->front->answer.close = true;
	rk_request_answer(r);
	return false;
}

/* ---- site ----------------------------------------------------------------------------------------- */

static struct rk_str
host_of(const struct rk_request *r)
{
	return rk_host_get(&r->head, r->front->conf->trust_proxy && r->conn && rk_conn_is_near(r->conn));
}

/* Names the host, which is the client's own; escaped, and cut. */
static void
fault_no_site(struct rk_request *r)
{
	RK_AUTO(rk_buf_free) struct rk_buf what = RK_BUF(1024);

	rk_buf_lit(&what, "Nothing is deployed under the host ");
	rk_lines_put_escaped(&what, host_of(r), 255);
	rk_buf_lit(&what, ".");
	rk_request_fault(r, RK_FAULT_NO_SITE, rk_buf_str(&what));
}

bool
rk_request_choose_site(struct rk_request *r)
{
	struct rk_site *site = rk_sites_find(r->front->sites, host_of(r));

	rk_site_free(r->site);
	r->site = site ? rk_site_dup(site) : NULL;
	if (!site)
		fault_no_site(r);
	return site;
}

/* ---- body ------------------------------------------------------------------------------------------ */

void
rk_request_body_too_large(struct rk_request *r)
{
	RK_AUTO(rk_buf_free) struct rk_buf what = RK_BUF(128);

	rk_buf_printf(&what, "The request body is larger than %ld bytes.", r->front->conf->body_max);
	rk_request_fault(r, RK_FAULT_BODY_LARGE, rk_buf_str(&what));
}

bool
rk_request_body_fits(struct rk_request *r)
{
	if (r->facts.length <= (uint64_t)r->front->conf->body_max)
		return true;
	rk_request_body_too_large(r);
	return false;
}

void
rk_request_data(void *request, struct rk_str bytes)
{
	struct rk_request *r = request;

	/* Room for what is announced, but no more than has a chance to come soon. */
	if (r->body.n == 0 && r->facts.length <= 8 * RK_REQUEST_BODY_KEPT)
		(void)rk_buf_reserve(&r->body, r->facts.length);
	rk_buf_put(&r->body, bytes);
	if (rk_buf_end(&r->body) == RK_TOO_LARGE)
		rk_request_body_too_large(r);
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
	struct rk_lease *lease;
	enum rk_err err = RK_NOMEM;

	if (r->site->dropped && !rk_request_choose_site(r))
		return;
	lease = rk_site_lease(r->site);
	if (lease)
		err = rk_lease_put(lease, &r->job);
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

/* From the body on: to the gate, or to wait for the site's first routes. */
void
rk_request_go_through(struct rk_request *r)
{
	if (!r->site->routes)
		lease(r);
	else if (rk_gate_admit(r))
		rk_request_go_on(r);
}

void
rk_request_whole(void *request)
{
	struct rk_request *r = request;

	rk_request_go_through(r);
}

/* The routes may be others than when the head came. */
bool
rk_request_place(struct rk_job *job, struct rk_routes *routes)
{
	struct rk_request *r = request_of(job);

	r->route = rk_gate_find(routes, r->facts.path);
	r->generation = rk_routes_generation(routes);
	return r->route && r->route->kind == RK_ROUTE_FUNCTION && !rk_gate_is_preflight(r) &&
	       (r->route->visibility == RK_PUBLIC ||
		   (r->route->visibility == RK_PROTECTED && r->let_through));
}

struct rk_str
rk_request_domain_name(const struct rk_request *r)
{
	struct rk_str name = rk_routes_head(r->site->routes)->domain_name;

	return name.n > 0 ? name : rk_str(r->front->host);
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
		.host = rk_request_domain_name(r) };
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
	static const char *const failures[] = {
		[RK_OUTCOME_ANSWER] = "",
		[RK_OUTCOME_REFUSED] = "The request was refused before the function ran.",
		[RK_OUTCOME_ERROR] = "The function threw, or gave its callback an error.",
		[RK_OUTCOME_TIMEOUT] = "The function was stopped at its time limit.",
		[RK_OUTCOME_INVALID] = "What the function gave its callback cannot be sent.",
	};
	enum rk_err err = rk_answer_reply(&r->front->answer, reply, rk_request_id(r));

	if (reply->outcome <= RK_OUTCOME_INVALID)
		r->failure = failures[reply->outcome];

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
		if ((r->site->dropped || !r->site->routes) && !rk_request_choose_site(r))
			return;
		rk_request_go_through(r);
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
rk_request_file(struct rk_ask *ask, int fd, uint64_t mtime_ms)
{
	rk_asset_take(asker_of(ask), fd, mtime_ms);
}

void
rk_request_unanswered(struct rk_ask *ask, enum rk_err err)
{
	rk_request_fault(asker_of(ask), RK_FAULT_KEEPER, (struct rk_str){ 0 });
}

void
rk_request_set_routes(struct rk_front *front, struct rk_routes *routes)
{
	rk_shelf_clear(front->shelf, rk_routes_site(routes));
	if (rk_sites_set_routes(front->sites, routes) != RK_OK)
		rk_error("there is no memory for a site");
}
