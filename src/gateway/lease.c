#include "gateway/worker.h"

#include <stdlib.h>

#include "base/log.h"

#define QUEUE_MAX 10000u
#define STALL_MS 20u /* silent for so long with work in flight: busy in JavaScript */
#define UNSENT_MAX (4u * RK_MB)

uint64_t
rk_lease_now(const struct rk_lease *lease)
{
	return uv_now(&lease->loop->uv);
}

void
rk_lease_pump_later(struct rk_lease *lease)
{
	rk_loop_at_turn_end(lease->loop, &lease->turn);
}

/* ---- choosing --------------------------------------------------------------------- */

static bool
has_room(const struct rk_lease *lease, const struct rk_worker *w)
{
	return w->routes == lease->routes && !w->retired && w->in_flight < w->slots &&
	       rk_chan_waiting(w->chan) < UNSENT_MAX;
}

static bool
is_open(const struct rk_lease *lease, const struct rk_worker *w)
{
	return has_room(lease, w) && !w->handed_back;
}

static bool
is_stalled(const struct rk_lease *lease, const struct rk_worker *w)
{
	return w->in_flight && rk_lease_now(lease) - w->heard >= STALL_MS;
}

/* Silence is no proof: a worker whose functions all wait for a timer has nothing to say either. */
void
rk_worker_ping(struct rk_worker *w)
{
	if (w->pinged)
		return;
	rk_chan_begin(w->chan, RK_MSG_PING, 0);
	w->pinged = rk_chan_end(w->chan) == RK_OK;
	w->pinged_at = rk_lease_now(w->lease);
	rk_lease_keep_sweeping(w->lease);
}

/*
 * The fewest in flight. Never one that is stalled: what a worker stuck in JavaScript was given would die
 * with it. When there is no other, they are asked whether they are awake, and the job waits for the
 * first that answers, or for a new worker.
 */
static struct rk_worker *
choose(const struct rk_lease *lease)
{
	struct rk_worker *w, *best = NULL;

	if (!lease->routes)
		return NULL;
	TAILQ_FOREACH(w, &lease->workers, link)
	{
		if (is_open(lease, w) && !is_stalled(lease, w) && (!best || w->in_flight < best->in_flight))
			best = w;
	}
	if (best)
		return best;
	TAILQ_FOREACH(w, &lease->workers, link)
	{
		if (has_room(lease, w))
			rk_worker_ping(w);
	}
	return NULL;
}

/* ---- a job's places ----------------------------------------------------------------- */

void
rk_lease_unqueue(struct rk_lease *lease, struct rk_job *job)
{
	TAILQ_REMOVE(&lease->queue, job, link);
	job->queued = false;
	lease->queued--;
}

void
rk_lease_take_back(struct rk_lease *lease, struct rk_job *job)
{
	struct rk_worker *w = job->worker;

	w->jobs[job->id % RK_WORKER_SLOTS] = NULL;
	w->in_flight--;
	TAILQ_REMOVE(&lease->flight, job, link);
	job->worker = NULL;
}

static void
occupy(struct rk_lease *lease, struct rk_worker *w, struct rk_job *job)
{
	uint32_t slot = 0;

	while (w->jobs[slot])
		slot++;
	job->id = (++w->serial << RK_WORKER_SLOT_BITS) | slot;
	job->worker = w;
	job->since = rk_lease_now(lease);
	w->jobs[slot] = job;
	if (w->in_flight++ == 0)
		w->heard = job->since;
	TAILQ_INSERT_TAIL(&lease->flight, job, link);
}

/* RK_OK: sent. Anything else: the job is nowhere, and the reason is why it cannot be run at all. */
static enum rk_err
send_job(struct rk_lease *lease, struct rk_worker *w, struct rk_job *job)
{
	struct rk_buf *out;
	enum rk_err err;

	if (!lease->ops->place(job, lease->routes))
		return RK_NOT_FOUND;
	occupy(lease, w, job);
	out = rk_chan_begin(w->chan, RK_MSG_INVOKE, job->id);
	lease->ops->write(job, out);
	err = rk_chan_end(w->chan);
	if (err != RK_OK)
		rk_lease_take_back(lease, job);
	return err;
}

static void
pump(struct rk_lease *lease)
{
	struct rk_job *job;
	struct rk_worker *w;

	while ((job = TAILQ_FIRST(&lease->queue)) && (w = choose(lease))) {
		enum rk_err err;

		rk_lease_unqueue(lease, job);
		err = send_job(lease, w, job);
		if (err != RK_OK)
			lease->ops->failed(job, err);
	}
}

/* ---- jobs ----------------------------------------------------------------------------------- */

enum rk_err
rk_lease_put(struct rk_lease *lease, struct rk_job *job)
{
	struct rk_worker *w = TAILQ_EMPTY(&lease->queue) ? choose(lease) : NULL;

	rk_lease_keep_sweeping(lease);
	if (w)
		return send_job(lease, w, job);
	if (lease->queued >= QUEUE_MAX)
		return RK_BUSY;
	job->since = rk_lease_now(lease);
	job->queued = true;
	lease->queued++;
	TAILQ_INSERT_TAIL(&lease->queue, job, link);
	if (lease->woken == 0)
		rk_lease_wake(lease);
	return RK_OK;
}

void
rk_lease_flush(struct rk_lease *lease)
{
	struct job_list all = TAILQ_HEAD_INITIALIZER(all);
	struct rk_job *job;

	TAILQ_CONCAT(&all, &lease->queue, link);
	lease->queued = 0;
	TAILQ_FOREACH(job, &all, link)
	job->queued = false;
	while ((job = TAILQ_FIRST(&all))) {
		TAILQ_REMOVE(&all, job, link);
		lease->ops->failed(job, RK_NOT_FOUND);
	}
}

void
rk_lease_cancel(struct rk_lease *lease, struct rk_job *job)
{
	if (job->queued)
		rk_lease_unqueue(lease, job);
	else if (job->worker)
		rk_lease_take_back(lease, job);
}

/* Closing tells an older or retired worker that this gateway needs it no more. */
static void
reap(struct rk_lease *lease)
{
	uint32_t generation = lease->routes ? rk_routes_generation(lease->routes) : 0;
	struct rk_worker *w, *next;

	for (w = TAILQ_FIRST(&lease->workers); w; w = next) {
		next = TAILQ_NEXT(w, link);
		if (w->in_flight == 0 && (w->retired || w->generation < generation))
			rk_worker_drop(w);
	}
}

static void
on_turn_end(void *arg)
{
	struct rk_lease *lease = arg;

	pump(lease);
	reap(lease);
}

void
rk_lease_set_routes(struct rk_lease *lease, struct rk_routes *routes)
{
	struct rk_worker *w;

	rk_routes_free(lease->routes);
	lease->routes = routes;
	TAILQ_FOREACH(w, &lease->workers, link)
	{
		if (w->generation != rk_routes_generation(routes))
			continue;
		rk_routes_free(w->routes);
		w->routes = rk_routes_dup(routes);
	}
	rk_lease_pump_later(lease);
}

struct rk_routes *
rk_lease_routes(const struct rk_lease *lease)
{
	return lease->routes;
}

/* ---- birth and death ------------------------------------------------------------------------ */

static void
on_timer_closed(uv_handle_t *handle)
{
	free(handle);
}

enum rk_err
rk_lease_new(struct rk_loop *loop, uint32_t site, unsigned timeout_ms, const struct rk_lease_ops *ops,
    void *arg, struct rk_lease **ret_lease)
{
	struct rk_lease *lease = calloc(1, sizeof(*lease));
	uv_timer_t *sweep = calloc(1, sizeof(*sweep));

	if (!lease || !sweep || uv_timer_init(&loop->uv, sweep)) {
		free(lease);
		free(sweep);
		return RK_NOMEM;
	}
	*lease = (struct rk_lease){ .loop = loop,
		.site = site,
		.timeout_ms = timeout_ms,
		.ops = ops,
		.arg = arg,
		.sweep = sweep,
		.turn = { .run = on_turn_end, .arg = lease } };
	sweep->data = lease;
	TAILQ_INIT(&lease->workers);
	TAILQ_INIT(&lease->queue);
	TAILQ_INIT(&lease->flight);
	*ret_lease = lease;
	return RK_OK;
}

void
rk_lease_free(struct rk_lease *lease)
{
	struct rk_worker *w;

	if (!lease)
		return;
	while ((w = TAILQ_FIRST(&lease->workers)))
		rk_worker_drop(w);
	rk_loop_turn_cancel(lease->loop, &lease->turn);
	uv_close((uv_handle_t *)lease->sweep, on_timer_closed);
	rk_routes_free(lease->routes);
	free(lease);
}
