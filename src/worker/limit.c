#include "worker/limit.h"

#include <dlfcn.h>
#include <pthread.h>
#include <time.h>

#include "worker/jsc.h"

static struct rk_limit *watch; /* of the thread that runs JavaScript */
static pthread_t watched;

/* The engine enters JavaScript. Its locks may be held: jobs() must not touch it. */
static void
look(struct rk_limit *limit, uint64_t now_ms)
{
	if (now_ms < limit->due_ms || !pthread_equal(pthread_self(), watched))
		return;
	limit->due_ms = now_ms + RK_LIMIT_MS;
	limit->jobs(limit->arg);
}

/*
 * JavaScriptCore reads CLOCK_THREAD_CPUTIME_ID each time C enters JavaScript while a limit is set: a real
 * system call of 0.3-1.8 us, against 0.2 us for the whole entry. Here the limit is one of elapsed time, as
 * people are promised (504 after N seconds), so that clock is answered by the monotonic one, which costs 0.03
 * us. The executable's definition goes before the C library's. Nothing else in a worker reads that clock.
 */
int
clock_gettime(clockid_t which, struct timespec *ret_time)
{
	static int (*real)(clockid_t, struct timespec *);
	int status;

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
	status = real(which == CLOCK_THREAD_CPUTIME_ID ? CLOCK_MONOTONIC : which, ret_time);
	if (which == CLOCK_THREAD_CPUTIME_ID && watch && status == 0)
		look(watch, (uint64_t)ret_time->tv_sec * 1000 + (uint64_t)ret_time->tv_nsec / 1000000);
	return status;
}

static bool on_limit(JSContextRef ctx, void *arg);

static void
arm(struct rk_limit *limit)
{
	JSContextGroupSetExecutionTimeLimit(limit->group, RK_LIMIT_MS / 1000.0, on_limit, limit);
}

static bool
on_limit(JSContextRef ctx, void *arg)
{
	struct rk_limit *limit = arg;

	(void)ctx;
	if (limit->fn(limit->arg))
		return true;
	arm(limit);
	return false;
}

void
rk_limit_enter(struct rk_limit *limit, uint64_t now_ms)
{
	limit->due_ms = now_ms + RK_LIMIT_MS;
}

void
rk_limit_leave(struct rk_limit *limit)
{
	limit->due_ms = UINT64_MAX;
}

void
rk_limit_start(
    struct rk_limit *limit, JSContextGroupRef group, rk_limit_fn *fn, rk_limit_jobs_fn *jobs, void *arg)
{
	*limit = (struct rk_limit){ group, fn, jobs, arg, UINT64_MAX };
	watch = limit;
	watched = pthread_self();
	arm(limit);
}

void
rk_limit_stop(struct rk_limit *limit)
{
	watch = NULL;
	JSContextGroupClearExecutionTimeLimit(limit->group);
}
