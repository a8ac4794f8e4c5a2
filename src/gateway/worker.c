/*
 * worker.c - what a worker says, and how one comes and goes.
 */
#include "gateway/worker.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"

/* ---- what a worker says --------------------------------------------------------------------------- */

static struct rk_job *
job_of(struct rk_worker *w, uint32_t id)
{
	struct rk_job *job = w->jobs[id % RK_WORKER_SLOTS];

	return job && job->id == id ? job : NULL;
}

static void
on_reply(struct rk_worker *w, uint32_t id, struct rk_msg_view *view)
{
	struct rk_job *job = job_of(w, id);
	struct rk_reply reply;

	if (!job)
		return;
	rk_lease_take_back(w->lease, job);
	if (rk_reply_get(view, &reply) == RK_OK)
		w->lease->ops->reply(job, &reply);
	else
		w->lease->ops->failed(job, RK_INTERNAL);
	rk_lease_pump_later(w->lease);
}

static void
on_line(struct rk_worker *w, struct rk_msg_view *view)
{
	struct rk_line line;

	if (rk_line_get(view, &line) == RK_OK)
		w->lease->ops->line(
		    w->lease->arg, &(struct rk_origin){ w->lease->site, w->generation, w->routes }, &line);
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
		rk_lease_take_back(lease, job);
		TAILQ_INSERT_HEAD(&back, job, link);
	}
	while ((job = TAILQ_FIRST(&back))) {
		TAILQ_REMOVE(&back, job, link);
		job->queued = true;
		lease->queued++;
		TAILQ_INSERT_HEAD(&lease->queue, job, link);
	}
	w->handed_back = true;
	rk_worker_ping(w);
	rk_lease_pump_later(lease);
}

static void
on_message(
    struct rk_chan *chan, enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, int fd, void *arg)
{
	struct rk_worker *w = arg;

	w->heard = rk_lease_now(w->lease);
	w->handed_back = false;
	w->pinged = false;
	switch (type) {
	case RK_MSG_PONG:
		rk_lease_pump_later(w->lease);
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
		rk_lease_pump_later(w->lease);
		break;
	default:
		break;
	}
}

/* ---- workers come and go ------------------------------------------------------------------------------ */

void
rk_worker_drop(struct rk_worker *w)
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
		rk_lease_take_back(lease, job);
		lease->ops->failed(job, RK_GONE);
	}
	rk_worker_drop(w);
	rk_lease_pump_later(lease);
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
		.slots = slots < 1                 ? 1
			 : slots > RK_WORKER_SLOTS ? RK_WORKER_SLOTS
						   : slots };
	err = rk_chan_open(lease->loop, fd, RK_GATEWAY, RK_WORKER, &ops, w, &w->chan);
	if (err != RK_OK) {
		free(w);
		return err;
	}
	if (lease->routes && rk_routes_generation(lease->routes) == generation)
		w->routes = rk_routes_dup(lease->routes);
	TAILQ_INSERT_TAIL(&lease->workers, w, link);
	rk_lease_pump_later(lease);
	return RK_OK;
}
