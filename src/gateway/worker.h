/*
 * worker.h - a worker as a gateway sees it: what lease.c, which chooses among them, and worker.c,
 * which listens to them, share.
 */
#ifndef RK_GATEWAY_WORKER_H
#define RK_GATEWAY_WORKER_H

#include "gateway/lease.h"

#define RK_WORKER_SLOT_BITS 8u /* an id is a serial number above the slot */
#define RK_WORKER_SLOTS (1u << RK_WORKER_SLOT_BITS)

TAILQ_HEAD(job_list, rk_job);

struct rk_worker {
	TAILQ_ENTRY(rk_worker) link;
	struct rk_lease *lease;
	struct rk_chan *chan;
	struct rk_routes *routes; /* of its generation, once known */
	uint32_t number, generation, slots, in_flight, serial;
	uint64_t heard;     /* ms: it said something, or got its first job */
	bool retired;       /* nothing new to it */
	bool handed_back;   /* nothing new until it speaks */
	bool pinged;        /* asked whether it is awake; not answered yet */
	uint64_t pinged_at; /* ms */
	struct rk_job *jobs[RK_WORKER_SLOTS];
};

struct rk_lease {
	struct rk_loop *loop;
	const struct rk_lease_ops *ops;
	void *arg;
	uint32_t site;
	uint64_t timeout_ms;
	uint64_t woken;  /* ms: `wake` was said last; 0: not since something waits */
	uint64_t waited; /* ms: something waited last */
	struct rk_routes *routes;
	TAILQ_HEAD(, rk_worker) workers;
	struct job_list queue, flight; /* both in the order of their deadlines */
	uint32_t queued;
	uv_timer_t *sweep;
	bool sweeping;
	struct rk_turn turn; /* pump and reap */
};

/* ---- lease.c ---- */

uint64_t rk_lease_now(const struct rk_lease *lease); /* ms */
void rk_lease_pump_later(struct rk_lease *lease);
/* Frees the job's slot; the worker's late words about it will find nothing. */
void rk_lease_take_back(struct rk_lease *lease, struct rk_job *job);
/* Asks whether it is awake. An answer later than an invocation's is the end of it. */
void rk_worker_ping(struct rk_worker *w);

void rk_lease_unqueue(struct rk_lease *lease, struct rk_job *job);

/* ---- lease_sweep.c ---- */

void rk_lease_keep_sweeping(struct rk_lease *lease); /* while something waits or runs */
void rk_lease_wake(struct rk_lease *lease);          /* when jobs wait, and it is time to say so */

/* ---- worker.c ---- */

void rk_worker_drop(struct rk_worker *w); /* closes its channel */

#endif
