/*
 * lease.h - which worker runs what in one site: workers, their slots, what is in flight, and the queue.
 *
 * A job goes to a worker of the present generation only. Jobs under way on older generations end
 * there; an older worker's channel is closed once nothing is in flight on it. Waiting jobs fail
 * with RK_BUSY (queue), RK_NOT_YET (no routes yet), jobs in flight with RK_TIMEOUT or RK_GONE.
 * No callback runs inside the call that armed it, but for `place` and `write` in rk_lease_put.
 */
#ifndef RK_GATEWAY_LEASE_H
#define RK_GATEWAY_LEASE_H

#include <sys/queue.h>

#include "gateway/route.h"
#include "proc/chan.h"
#include "wire/call.h"

#define RK_LEASE_WAKE_MS 100u
#define RK_LEASE_CALM_MS 150u /* a queue that is empty for so long is one where nothing waits */

struct rk_lease;
struct rk_worker;

/* Embedded in the request; zero it once. */
struct rk_job {
	TAILQ_ENTRY(rk_job) link; /* in the queue, or among all in flight */
	struct rk_worker *worker; /* NULL while it waits */
	uint32_t id;              /* on the worker's channel */
	uint64_t since;           /* ms: when it was put, then when it was sent */
	bool queued;
};

/* Where a line comes from. */
struct rk_origin {
	uint32_t site, generation;
	const struct rk_routes *routes; /* NULL: those of the generation are not known */
};

struct rk_lease_ops {
	/* Finds the job's function in these routes; false: there is none any more (`failed` with
	 * RK_NOT_FOUND). */
	bool (*place)(struct rk_job *job, struct rk_routes *routes);
	/* Puts the payload of INVOKE. */
	void (*write)(struct rk_job *job, struct rk_buf *out);
	/* The end of a job, one of two. The reply is borrowed. */
	void (*reply)(struct rk_job *job, const struct rk_reply *reply);
	void (*failed)(struct rk_job *job, enum rk_err err);
	/* A line of a function's log. */
	void (*line)(void *arg, const struct rk_origin *origin, const struct rk_line *line);
	/* A worker is past a deadline and silent; said once a worker. */
	void (*overdue)(void *arg, uint32_t worker);
	/* Jobs wait: no worker is there, or none has taken one for RK_LEASE_WAKE_MS; said again as often. */
	void (*wake)(void *arg, uint32_t site);
};

RK_CHECKED enum rk_err rk_lease_new(struct rk_loop *loop, uint32_t site, unsigned timeout_ms,
    const struct rk_lease_ops *ops, void *arg, struct rk_lease **ret_lease);
void rk_lease_free(struct rk_lease *lease); /* drops jobs without a callback */

/* Takes over fd. */
RK_CHECKED enum rk_err rk_lease_add_worker(
    struct rk_lease *lease, int fd, uint32_t number, uint32_t generation, uint32_t slots);
/* From here on these routes hold; takes over the reference. */
void rk_lease_set_routes(struct rk_lease *lease, struct rk_routes *routes);
struct rk_routes *rk_lease_routes(const struct rk_lease *lease); /* borrowed; NULL before the first */

/* RK_OK: it ends in `reply` or `failed`, later. RK_BUSY: the queue is full. Else why it cannot be sent. */
RK_CHECKED enum rk_err rk_lease_put(struct rk_lease *lease, struct rk_job *job);
/* What waits fails with RK_NOT_FOUND, and may look for another place. */
void rk_lease_flush(struct rk_lease *lease);
/* The owner goes away: no callback for this job any more. */
void rk_lease_cancel(struct rk_lease *lease, struct rk_job *job);

#endif
