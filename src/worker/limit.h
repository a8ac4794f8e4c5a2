/*
 * limit.h - the watch over how long JavaScript runs without coming back.
 *
 * Armed once for the life of the VM: each time C enters JavaScript the watch begins anew, and
 * when a run has lasted RK_LIMIT_MS (and every RK_LIMIT_MS after that) the owner is asked whether
 * to end it. It sees loops, slow regular expressions and allocation loops at their back edges; a
 * microtask that queues itself for ever is ended from outside (OVERDUE).
 */
#ifndef RK_WORKER_LIMIT_H
#define RK_WORKER_LIMIT_H

#include <JavaScriptCore/JavaScript.h>
#include <stdbool.h>

#define RK_LIMIT_MS 50

/* True ends the run: the call that entered JavaScript returns, catch and finally do not run. Runs in the
 * middle of JavaScript: it may write to channels, and must not enter the VM. */
typedef bool rk_limit_fn(void *arg);

struct rk_limit {
	JSContextGroupRef group;
	rk_limit_fn *fn;
	void *arg;
};

void rk_limit_start(struct rk_limit *limit, JSContextGroupRef group, rk_limit_fn *fn, void *arg);
void rk_limit_stop(struct rk_limit *limit);

#endif
