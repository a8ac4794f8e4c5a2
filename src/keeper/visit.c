/*
 * visit.c - requests to the admin listener under way.
 *
 * A visit owns a copy of its CALL. It waits for our own API (own.h), or, when the vendor-shaped API has changed what
 * environments serve, for their swaps; or it streams. One clock ticks while anybody does either.
 */
#include "keeper/visit.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "keeper/own.h"

#define TICK_MS 250
#define SWAP_MS 5000           /* that an answer is held */
#define BEAT_MS 15000          /* a streaming connection that says nothing is taken for dead */
#define WAITING_MAX (4u << 20) /* bytes of a channel: behind that, events are left out */

struct visit {
	struct rk_visits *visits;
	struct visit *next, **link;
	struct rk_chan *chan;
	uint32_t id;
	struct rk_arena arena;
	struct rk_api_request request;
	struct rk_own_call *own;         /* of our own API */
	struct rk_api_response response; /* of the vendor's, while it is held */
	bool is_held;
	size_t swaps; /* that it waits for */
	int64_t deadline_ms, beat_ms;
	bool streams;
};

struct rk_visits {
	struct rk_visits_opts opts;
	struct rk_own *own;
	struct visit *first;
	uv_timer_t *clock; /* closes by itself, after the visits are freed */
	bool ticks;
};

static void tick(uv_timer_t *clock);

enum rk_err
rk_visits_new(const struct rk_visits_opts *opts, struct rk_visits **ret_visits)
{
	struct rk_own_opts own = { opts->loop, opts->store, opts->api, opts->estate, opts->conf };
	struct rk_visits *visits = calloc(1, sizeof *visits);
	uv_timer_t *clock = calloc(1, sizeof *clock);
	enum rk_err err = visits && clock ? rk_own_new(&own, &visits->own) : RK_NOMEM;

	if (err || uv_timer_init(&opts->loop->uv, clock) != 0) {
		rk_own_free(visits ? visits->own : NULL);
		free(visits);
		free(clock);
		return err ? err : RK_NOMEM;
	}
	visits->opts = *opts;
	visits->clock = clock;
	clock->data = visits;
	*ret_visits = visits;
	return RK_OK;
}

static void
visit_free(struct visit *v)
{
	if (v->swaps)
		rk_estate_cancel(v->visits->opts.estate, v);
	if (v->own)
		rk_own_call_end(v->own);
	if (v->is_held)
		rk_api_response_done(&v->response);
	*v->link = v->next;
	if (v->next)
		v->next->link = v->link;
	rk_arena_done(&v->arena);
	free(v);
}

static void
clock_closed(uv_handle_t *clock)
{
	free(clock);
}

void
rk_visits_free(struct rk_visits *visits)
{
	if (!visits)
		return;
	while (visits->first)
		visit_free(visits->first);
	uv_close((uv_handle_t *)visits->clock, clock_closed);
	rk_own_free(visits->own);
	free(visits);
}

const char *
rk_visits_setup_code(const struct rk_visits *visits)
{
	return rk_own_setup_code(visits->own);
}

/* ---- sending ---- */

static void
put_result(struct rk_buf *out, enum rk_admin_how how, const struct rk_api_response *response)
{
	size_t pairs;

	rk_admin_result_put_head(out, how, (uint16_t)response->status);
	pairs = rk_pairs_begin(out);
	for (size_t i = 0; i < response->header_n; i++)
		rk_pairs_put(out, response->headers[i].name, response->headers[i].value);
	rk_pairs_end(out, pairs, (uint16_t)response->header_n);
	rk_msg_put_str(out, rk_buf_str(&response->body));
}

/* An answer that is too large for its message becomes one that says so. */
static void
send_result(struct visit *v, enum rk_admin_how how, const struct rk_api_response *response)
{
	static const char large[] = "{\"code\":20500,\"message\":\"The answer is too large.\",\"more_info\":"
				    "\"https://www.twilio.com/docs/errors/20500\",\"status\":500}";
	struct rk_buf *out = rk_chan_begin(v->chan, RK_MSG_RESULT, v->id);

	put_result(out, how, response);
	if (rk_chan_end(v->chan) == RK_OK)
		return;
	out = rk_chan_begin(v->chan, RK_MSG_RESULT, v->id);
	rk_admin_result_put_head(out, RK_ADMIN_WHOLE, 500);
	rk_pairs_end(out, rk_pairs_begin(out), 0);
	rk_msg_put_str(out, rk_str(large));
	if (rk_chan_end(v->chan) != RK_OK)
		rk_error("an answer of the API could not be sent");
}

static void
send_piece(struct visit *v, struct rk_str bytes)
{
	struct rk_buf *out = rk_chan_begin(v->chan, RK_MSG_PIECE, v->id);

	rk_msg_put_str(out, bytes);
	if (rk_chan_end(v->chan) != RK_OK)
		rk_warn("an event could not be sent");
}

/* ---- waiting ---- */

static void
start_clock(struct rk_visits *visits)
{
	if (!visits->ticks && uv_timer_start(visits->clock, tick, TICK_MS, TICK_MS) == 0)
		visits->ticks = true;
}

/* The answer is there: it is sent, and the visit is over unless it streams. */
static void
answer_own(struct visit *v)
{
	enum rk_admin_how how = rk_own_call_how(v->own);

	send_result(v, how, rk_own_call_response(v->own));
	if (how != RK_ADMIN_STREAM) {
		visit_free(v);
		return;
	}
	v->streams = true;
	v->beat_ms = v->request.now_ms;
	start_clock(v->visits);
}

static void
own_done(struct rk_own_call *call, void *arg)
{
	(void)call;
	answer_own(arg);
}

static void
answer_held(struct visit *v)
{
	send_result(v, RK_ADMIN_WHOLE, &v->response);
	visit_free(v);
}

/* A swap that failed has its own line in the log: what was asked for is kept. */
static void
swap_done(void *arg, const struct rk_estate_outcome *outcome)
{
	struct visit *v = arg;

	(void)outcome;
	if (--v->swaps == 0)
		answer_held(v);
}

static void
tick_one(struct visit *v, int64_t now_ms)
{
	if (v->is_held && now_ms >= v->deadline_ms) {
		answer_held(v);
	} else if (v->streams && now_ms - v->beat_ms >= BEAT_MS) {
		v->beat_ms = now_ms;
		send_piece(v, RK_STR(":\n\n"));
	} else if (v->own && !v->streams) {
		rk_own_call_tick(v->own, now_ms);
	}
}

static void
tick(uv_timer_t *clock)
{
	struct rk_visits *visits = clock->data;
	int64_t now_ms = rk_clock_unix_ms();
	struct visit *v = visits->first;

	while (v) {
		struct visit *next = v->next;
		tick_one(v, now_ms);
		v = next;
	}
	if (!visits->first) {
		uv_timer_stop(clock);
		visits->ticks = false;
	}
}

/* ---- a CALL ---- */

static bool
keep(struct visit *v, struct rk_str s, struct rk_str *ret_copy)
{
	*ret_copy = s.n ? rk_arena_dup(&v->arena, s) : RK_STR("");
	return ret_copy->p != NULL;
}

static bool
keep_headers(struct visit *v, struct rk_pairs pairs)
{
	struct rk_api_header *headers = rk_arena_take(&v->arena, (pairs.count + 1u) * sizeof *headers);
	struct rk_str name, value;
	size_t n = 0;

	if (!headers)
		return false;
	while (rk_pairs_take(&pairs, &name, &value)) {
		if (!keep(v, name, &headers[n].name) || !keep(v, value, &headers[n].value))
			return false;
		n++;
	}
	v->request.headers = headers;
	v->request.header_n = n;
	return true;
}

static bool
keep_call(struct visit *v, const struct rk_admin_call *call)
{
	struct rk_api_request *r = &v->request;

	r->now_ms = rk_clock_unix_ms();
	return keep(v, call->method, &r->method) && keep(v, call->target, &r->target) &&
	       keep(v, call->scheme, &r->scheme) && keep(v, call->peer, &r->peer) &&
	       keep(v, call->request_id, &r->request_id) && keep(v, call->body, &r->body) &&
	       keep_headers(v, call->headers);
}

static void
visit_own(struct visit *v)
{
	v->own = rk_own_begin(v->visits->own, &v->request, own_done, v);
	if (!v->own) {
		rk_error("a request to the API could not be taken: %s", rk_err_text(RK_NOMEM));
		visit_free(v);
	} else if (rk_own_call_waits(v->own)) {
		start_clock(v->visits);
	} else {
		answer_own(v);
	}
}

static void
hold(struct visit *v)
{
	for (size_t i = 0; i < v->response.changed_n; i++)
		if (rk_estate_await(v->visits->opts.estate, rk_str(v->response.changed[i]), swap_done, v) ==
		    RK_OK)
			v->swaps++;
	if (!v->swaps) {
		answer_held(v);
		return;
	}
	v->deadline_ms = v->request.now_ms + SWAP_MS;
	start_clock(v->visits);
}

static void
visit_vendor(struct visit *v)
{
	struct rk_api_caller caller;

	v->is_held = true;
	if (rk_own_has_session(&v->request)) {
		if (!rk_own_admit(v->visits->own, &v->request, &caller, &v->response)) {
			answer_held(v);
			return;
		}
		rk_api_response_done(&v->response);
		v->request.caller = &caller;
	}
	rk_api_handle(v->visits->opts.api, &v->request, &v->response);
	v->request.caller = NULL;
	hold(v);
}

void
rk_visits_take(struct rk_visits *visits, struct rk_chan *chan, uint32_t id, struct rk_msg_view *view)
{
	struct visit *v = calloc(1, sizeof *v);
	struct rk_admin_call call;

	if (!v || rk_admin_call_get(view, &call) != RK_OK) {
		rk_error("a request to the API could not be read");
		free(v);
		return;
	}
	v->visits = visits;
	v->chan = chan;
	v->id = id;
	rk_arena_init(&v->arena, 0);
	v->next = visits->first;
	v->link = &visits->first;
	if (v->next)
		v->next->link = &v->next;
	visits->first = v;
	if (!keep_call(v, &call)) {
		rk_error("a request to the API could not be taken: %s", rk_err_text(RK_NOMEM));
		visit_free(v);
	} else if (rk_own_is_path(v->request.target)) {
		visit_own(v);
	} else {
		visit_vendor(v);
	}
}

void
rk_visits_hangup(struct rk_visits *visits, struct rk_chan *chan, uint32_t id)
{
	for (struct visit *v = visits->first; v; v = v->next)
		if (v->chan == chan && v->id == id) {
			visit_free(v);
			return;
		}
}

void
rk_visits_gone(struct rk_visits *visits, struct rk_chan *chan)
{
	struct visit *v = visits->first;

	while (v) {
		struct visit *next = v->next;
		if (v->chan == chan)
			visit_free(v);
		v = next;
	}
}

void
rk_visits_publish(struct rk_visits *visits, const struct rk_row_log *log)
{
	for (struct visit *v = visits->first; v; v = v->next) {
		struct rk_buf event = RK_BUF(900u * 1024u);
		if (v->streams && rk_chan_waiting(v->chan) < WAITING_MAX)
			rk_own_call_put_event(v->own, log, &event);
		if (event.n && rk_buf_end(&event) == RK_OK)
			send_piece(v, rk_buf_str(&event));
		rk_buf_free(&event);
	}
}
