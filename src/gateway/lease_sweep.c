/*
 * lease_sweep.c - what a lease does as time goes by: jobs that waited too long, workers that stay silent, and
 * sites that nobody works for.
 */
#include "gateway/worker.h"

#define ROUTES_MS 5000u     /* how long jobs wait for the first routes */
#define QUEUE_MORE_MS 1000u /* on top of the time limit of an invocation */
#define REPLY_MORE_MS 250u  /* what a worker has to notice the limit by itself */
#define SWEEP_MS 25u

/* ---- waking ------------------------------------------------------------------------- */

static bool
has_worker(const struct rk_lease *lease)
{
	const struct rk_worker *w;

	TAILQ_FOREACH(w, &lease->workers, link)
	{
		if (w->routes == lease->routes && !w->retired)
			return true;
	}
	return false;
}

/*
 * The first time at once when there is no worker at all; one that is only busy gets time. A busy worker takes
 * all that waits between two of its calls, and hands it back a moment later: such a gap in the queue does not
 * begin the time anew, or a second worker would never come.
 */
void
rk_lease_wake(struct rk_lease *lease)
{
	uint64_t now = rk_lease_now(lease);

	if (!lease->routes) {
		lease->woken = 0;
		return;
	}
	if (TAILQ_EMPTY(&lease->queue)) {
		if (now - lease->waited >= RK_LEASE_CALM_MS)
			lease->woken = 0;
		return;
	}
	lease->waited = now;
	if (lease->woken == 0 && has_worker(lease))
		lease->woken = now;
	else if (lease->woken == 0 || now - lease->woken >= RK_LEASE_WAKE_MS) {
		lease->woken = now;
		lease->ops->wake(lease->arg, lease->site);
	}
}

/* ---- deadlines -------------------------------------------------------------------------- */

static void
sweep_queue(struct rk_lease *lease)
{
	uint64_t limit = lease->routes ? lease->timeout_ms + QUEUE_MORE_MS : ROUTES_MS;
	struct rk_job *job;

	while ((job = TAILQ_FIRST(&lease->queue)) && rk_lease_now(lease) - job->since >= limit) {
		rk_lease_unqueue(lease, job);
		lease->ops->failed(job, lease->routes ? RK_BUSY : RK_NOT_YET);
	}
}

static void
sweep_flight(struct rk_lease *lease)
{
	struct rk_job *job;

	while ((job = TAILQ_FIRST(&lease->flight)) &&
	       rk_lease_now(lease) - job->since >= lease->timeout_ms + REPLY_MORE_MS) {
		struct rk_worker *w = job->worker;

		rk_lease_take_back(lease, job);
		/* Its slot is still taken over there: nothing new goes to it. super will end it. */
		if (!w->retired)
			lease->ops->overdue(lease->arg, w->number);
		w->retired = true;
		lease->ops->failed(job, RK_TIMEOUT);
	}
}

/* One that runs on after its answers owes none, and must still come back. True while an answer to a ping is due. */
static bool
sweep_pings(struct rk_lease *lease)
{
	struct rk_worker *w;
	bool waiting = false;

	TAILQ_FOREACH(w, &lease->workers, link)
	{
		if (w->pinged && !w->retired &&
		    rk_lease_now(lease) - w->pinged_at >= lease->timeout_ms + REPLY_MORE_MS) {
			lease->ops->overdue(lease->arg, w->number);
			w->retired = true;
		}
		waiting |= w->pinged && !w->retired;
	}
	return waiting;
}

static void
on_sweep(uv_timer_t *timer)
{
	struct rk_lease *lease = timer->data;
	bool waiting;

	sweep_queue(lease);
	sweep_flight(lease);
	waiting = sweep_pings(lease);
	rk_lease_wake(lease);
	rk_lease_pump_later(lease);
	if (TAILQ_EMPTY(&lease->queue) && TAILQ_EMPTY(&lease->flight) && !waiting) {
		uv_timer_stop(timer);
		lease->sweeping = false;
		lease->woken = 0;
	}
}

void
rk_lease_keep_sweeping(struct rk_lease *lease)
{
	if (!lease->sweeping)
		uv_timer_start(lease->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
	lease->sweeping = true;
}
