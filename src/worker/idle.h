/*
 * idle.h - when a worker was called last, and that nobody has called it for long.
 */
#ifndef RK_WORKER_IDLE_H
#define RK_WORKER_IDLE_H

#include "proc/loop.h"

struct rk_idle {
	uv_timer_t timer;
	uint64_t ms;           /* 0: never */
	uint64_t called;       /* rk_clock_mono_ms() */
	void (*fn)(void *arg); /* from the loop; again when it was not stopped and `ms` more have passed */
	void *arg;
};

void rk_idle_init(struct rk_idle *idle, struct rk_loop *loop, uint64_t ms, void (*fn)(void *arg), void *arg);
/* From now on. */
void rk_idle_start(struct rk_idle *idle);
void rk_idle_stop(struct rk_idle *idle);
/* The handle is closed by the loop's end. */
void rk_idle_done(struct rk_idle *idle);

static inline void
rk_idle_call(struct rk_idle *idle, uint64_t now_ms)
{
	idle->called = now_ms;
}

#endif
