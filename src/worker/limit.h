/*
 * limit.h - the watch over how long JavaScript runs without coming back.
 *
 * Armed once for the life of the VM: each time C enters JavaScript the watch begins anew, and
 * when a run has lasted RK_LIMIT_MS (and every RK_LIMIT_MS after that) the owner is asked whether
 * to end it. It sees loops, slow regular expressions and allocation loops at their back edges.
 *
 * Promise jobs each enter JavaScript anew, so that jobs which make jobs for ever never run for long. The owner says
 * when its own run begins and ends, and is told at the next job's start when that has lasted too long.
 */
#ifndef RK_WORKER_LIMIT_H
#define RK_WORKER_LIMIT_H

#include <JavaScriptCore/JavaScript.h>
#include <stdbool.h>
#include <stdint.h>

#define RK_LIMIT_MS 50

/* True ends the run: the call that entered JavaScript returns, catch and finally do not run. Runs in the
 * middle of JavaScript: it may write to channels, and must not enter the VM. */
typedef bool rk_limit_fn(void *arg);
/* The same between two jobs of a run, which cannot be ended: only the process can. */
typedef void rk_limit_jobs_fn(void *arg);

struct rk_limit {
	JSContextGroupRef group;
	rk_limit_fn *fn;
	rk_limit_jobs_fn *jobs;
	void *arg;
	uint64_t due_ms; /* rk_clock_mono_ms(): when jobs() is called; UINT64_MAX outside of a run */
};

/* One a process. */
void rk_limit_start(struct rk_limit *limit, JSContextGroupRef group, rk_limit_fn *fn, rk_limit_jobs_fn *jobs,
    void *arg);
/* A run of the owner's begins (now_ms) and ends. */
void rk_limit_enter(struct rk_limit *limit, uint64_t now_ms);
void rk_limit_leave(struct rk_limit *limit);
void rk_limit_stop(struct rk_limit *limit);

#endif
