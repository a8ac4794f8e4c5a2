#include "gateway/lease.h"

#include <stdlib.h>

#include "base/log.h"

#define QUEUE_MAX 10000u
#define STALL_MS 20u        /* silent for so long with work in flight: busy in JavaScript */
#define ROUTES_MS 5000u     /* how long jobs wait for the first routes */
#define QUEUE_MORE_MS 1000u /* on top of the time limit of an invocation */
#define REPLY_MORE_MS 250u  /* what a worker has to notice the limit by itself */
#define SWEEP_MS 25u
#define UNSENT_MAX (4u * RK_MB)
#define SLOT_BITS 8u /* an id is a serial number above the slot */
#define SLOTS_MAX (1u << SLOT_BITS)

TAILQ_HEAD(job_list, rk_job);

struct rk_worker {
	TAILQ_ENTRY(rk_worker) link;
	struct rk_lease *lease;
	struct rk_chan *chan;
	struct rk_routes *routes; /* of its generation, once known */
	uint32_t number, generation, slots, in_flight, serial;
	uint64_t heard;   /* ms: it said something, or got its first job */
	bool retired;     /* nothing new to it */
	bool handed_back; /* nothing new until it speaks or is empty */
	bool pinged;      /* asked whether it is awake; not answered yet */
	struct rk_job *jobs[SLOTS_MAX];
};

struct rk_lease {
	struct rk_loop *loop;
	const struct rk_lease_ops *ops;
	void *arg;
	uint64_t timeout_ms;
	struct rk_routes *routes;
	TAILQ_HEAD(, rk_worker) workers;
	struct job_list queue, flight; /* both in the order of their deadlines */
	uint32_t queued;
	uv_timer_t *sweep;
	bool sweeping;
	struct rk_turn turn; /* pump and reap */
};

static uint64_t
now(const struct rk_lease *lease)
{
	return uv_now(&lease->loop->uv);
}

static void
pump_later(struct rk_lease *lease)
{
	rk_loop_at_turn_end(lease->loop, &lease->turn);
}

/* ---- choosing --------------------------------------------------------------------- */

static bool
is_open(const struct rk_lease *lease, const struct rk_worker *w)
{
	return w->routes == lease->routes && !w->retired && w->in_flight < w->slots &&
	       !(w->handed_back && w->in_flight) && rk_chan_waiting(w->chan) < UNSENT_MAX;
}

static bool
is_stalled(const struct rk_lease *lease, const struct rk_worker *w)
{
	return w->in_flight && now(lease) - w->heard >= STALL_MS;
}

/* Silence is no proof: a worker whose functions all wait for a timer has nothing to say either. */
static void
ping(struct rk_worker *w)
{
	if (w->pinged)
		return;
	rk_chan_begin(w->chan, RK_MSG_PING, 0);
	w->pinged = rk_chan_end(w->chan) == RK_OK;
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
		if (is_open(lease, w))
			ping(w);
	}
	return NULL;
}

/* ---- a job's places ----------------------------------------------------------------- */

static void
unqueue(struct rk_lease *lease, struct rk_job *job)
{
	TAILQ_REMOVE(&lease->queue, job, link);
	job->queued = false;
	lease->queued--;
}

/* Frees the job's slot; the worker's late words about it will find nothing. */
static void
take_back(struct rk_lease *lease, struct rk_job *job)
{
	struct rk_worker *w = job->worker;

	w->jobs[job->id % SLOTS_MAX] = NULL;
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
	job->id = (++w->serial << SLOT_BITS) | slot;
	job->worker = w;
	job->since = now(lease);
	w->jobs[slot] = job;
	if (w->in_flight++ == 0) {
		w->heard = job->since;
		w->handed_back = false;
	}
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
		take_back(lease, job);
	return err;
}

static void
pump(struct rk_lease *lease)
{
	struct rk_job *job;
	struct rk_worker *w;

	while ((job = TAILQ_FIRST(&lease->queue)) && (w = choose(lease))) {
		enum rk_err err;

		unqueue(lease, job);
		err = send_job(lease, w, job);
		if (err != RK_OK)
			lease->ops->failed(job, err);
	}
}

/* ---- deadlines -------------------------------------------------------------------------- */

static void
sweep_queue(struct rk_lease *lease)
{
	uint64_t limit = lease->routes ? lease->timeout_ms + QUEUE_MORE_MS : ROUTES_MS;
	struct rk_job *job;

	while ((job = TAILQ_FIRST(&lease->queue)) && now(lease) - job->since >= limit) {
		unqueue(lease, job);
		lease->ops->failed(job, lease->routes ? RK_BUSY : RK_NOT_YET);
	}
}

static void
sweep_flight(struct rk_lease *lease)
{
	struct rk_job *job;

	while ((job = TAILQ_FIRST(&lease->flight)) &&
	       now(lease) - job->since >= lease->timeout_ms + REPLY_MORE_MS) {
		struct rk_worker *w = job->worker;

		take_back(lease, job);
		/* Its slot is still taken over there: nothing new goes to it. super will end it. */
		if (!w->retired)
			lease->ops->overdue(lease->arg, w->number);
		w->retired = true;
		lease->ops->failed(job, RK_TIMEOUT);
	}
}

static void
on_sweep(uv_timer_t *timer)
{
	struct rk_lease *lease = timer->data;

	sweep_queue(lease);
	sweep_flight(lease);
	pump_later(lease);
	if (TAILQ_EMPTY(&lease->queue) && TAILQ_EMPTY(&lease->flight)) {
		uv_timer_stop(timer);
		lease->sweeping = false;
	}
}

static void
keep_sweeping(struct rk_lease *lease)
{
	if (!lease->sweeping)
		uv_timer_start(lease->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
	lease->sweeping = true;
}

/* ---- jobs ----------------------------------------------------------------------------------- */

enum rk_err
rk_lease_put(struct rk_lease *lease, struct rk_job *job)
{
	struct rk_worker *w = TAILQ_EMPTY(&lease->queue) ? choose(lease) : NULL;

	keep_sweeping(lease);
	if (w)
		return send_job(lease, w, job);
	if (lease->queued >= QUEUE_MAX)
		return RK_BUSY;
	job->since = now(lease);
	job->queued = true;
	lease->queued++;
	TAILQ_INSERT_TAIL(&lease->queue, job, link);
	return RK_OK;
}

void
rk_lease_cancel(struct rk_lease *lease, struct rk_job *job)
{
	if (job->queued)
		unqueue(lease, job);
	else if (job->worker)
		take_back(lease, job);
}

/* ---- what a worker says --------------------------------------------------------------------------- */

static struct rk_job *
job_of(struct rk_worker *w, uint32_t id)
{
	struct rk_job *job = w->jobs[id % SLOTS_MAX];

	return job && job->id == id ? job : NULL;
}

static void
on_reply(struct rk_worker *w, uint32_t id, struct rk_msg_view *view)
{
	struct rk_job *job = job_of(w, id);
	struct rk_reply reply;

	if (!job)
		return;
	take_back(w->lease, job);
	if (rk_reply_get(view, &reply) == RK_OK)
		w->lease->ops->reply(job, &reply);
	else
		w->lease->ops->failed(job, RK_INTERNAL);
	pump_later(w->lease);
}

static void
on_line(struct rk_worker *w, struct rk_msg_view *view)
{
	struct rk_line line;

	if (rk_line_get(view, &line) == RK_OK)
		w->lease->ops->line(w->lease->arg, w->routes, &line);
}

/* They go to the head of the queue: they have waited longest. Last first keeps their order. */
static void
on_handback(struct rk_worker *w, struct rk_msg_view *view)
{
	struct rk_lease *lease = w->lease;
	uint32_t count = rk_msg_get_u32(view);
	struct job_list back = TAILQ_HEAD_INITIALIZER(back);
	struct rk_job *job;

	while (count-- && !view->bad) {
		job = job_of(w, rk_msg_get_u32(view));
		if (!job || view->bad)
			continue;
		take_back(lease, job);
		TAILQ_INSERT_HEAD(&back, job, link);
	}
	while ((job = TAILQ_FIRST(&back))) {
		TAILQ_REMOVE(&back, job, link);
		job->queued = true;
		lease->queued++;
		TAILQ_INSERT_HEAD(&lease->queue, job, link);
	}
	w->handed_back = true;
	pump_later(lease);
}

static void
on_message(
    struct rk_chan *chan, enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, int fd, void *arg)
{
	struct rk_worker *w = arg;

	w->heard = now(w->lease);
	w->handed_back = false;
	w->pinged = false;
	switch (type) {
	case RK_MSG_PONG:
		pump_later(w->lease);
		break;
	case RK_MSG_REPLY:
		on_reply(w, id, view);
		break;
	case RK_MSG_LOG:
		on_line(w, view);
		break;
	case RK_MSG_HANDBACK:
		on_handback(w, view);
		break;
	case RK_MSG_RETIRE:
		w->retired = true;
		pump_later(w->lease);
		break;
	default:
		break;
	}
}

/* ---- workers come and go ------------------------------------------------------------------------------ */

static void
drop_worker(struct rk_worker *w)
{
	TAILQ_REMOVE(&w->lease->workers, w, link);
	rk_chan_close(w->chan);
	rk_routes_free(w->routes);
	free(w);
}

static void
on_closed(struct rk_chan *chan, enum rk_err err, void *arg)
{
	struct rk_worker *w = arg;
	struct rk_lease *lease = w->lease;

	if (err != RK_OK)
		rk_warn("worker %u broke its channel: %s", w->number, rk_err_text(err));
	for (uint32_t i = 0; i < w->slots; i++) {
		struct rk_job *job = w->jobs[i];

		if (!job)
			continue;
		take_back(lease, job);
		lease->ops->failed(job, RK_GONE);
	}
	drop_worker(w);
	pump_later(lease);
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
			drop_worker(w);
	}
}

static void
on_turn_end(void *arg)
{
	struct rk_lease *lease = arg;

	pump(lease);
	reap(lease);
}

enum rk_err
rk_lease_add_worker(struct rk_lease *lease, int fd, uint32_t number, uint32_t generation, uint32_t slots)
{
	static const struct rk_chan_ops ops = { .message = on_message, .closed = on_closed };
	struct rk_worker *w = calloc(1, sizeof(*w));
	enum rk_err err;

	if (!w) {
		close(fd);
		return RK_NOMEM;
	}
	*w = (struct rk_worker){ .lease = lease,
		.number = number,
		.generation = generation,
		.slots = slots < 1           ? 1
			 : slots > SLOTS_MAX ? SLOTS_MAX
					     : slots };
	err = rk_chan_open(lease->loop, fd, RK_GATEWAY, RK_WORKER, &ops, w, &w->chan);
	if (err != RK_OK) {
		free(w);
		return err;
	}
	if (lease->routes && rk_routes_generation(lease->routes) == generation)
		w->routes = rk_routes_dup(lease->routes);
	TAILQ_INSERT_TAIL(&lease->workers, w, link);
	pump_later(lease);
	return RK_OK;
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
	pump_later(lease);
}

struct rk_routes *
rk_lease_routes(const struct rk_lease *lease)
{
	return lease->routes;
}

/* ---- birth and death
 * --------------------------------------------------------------------------------------- */

static void
on_timer_closed(uv_handle_t *handle)
{
	free(handle);
}

enum rk_err
rk_lease_new(struct rk_loop *loop, unsigned timeout_ms, const struct rk_lease_ops *ops, void *arg,
    struct rk_lease **ret_lease)
{
	struct rk_lease *lease = calloc(1, sizeof(*lease));
	uv_timer_t *sweep = calloc(1, sizeof(*sweep));

	if (!lease || !sweep || uv_timer_init(&loop->uv, sweep)) {
		free(lease);
		free(sweep);
		return RK_NOMEM;
	}
	*lease = (struct rk_lease){ .loop = loop,
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
		drop_worker(w);
	rk_loop_turn_cancel(lease->loop, &lease->turn);
	uv_close((uv_handle_t *)lease->sweep, on_timer_closed);
	rk_routes_free(lease->routes);
	free(lease);
}
