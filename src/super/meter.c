#include "super/meter.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/auto.h"

#define PERIOD_MS 25       /* an allocation bomb reaches 256 MB in about 300 */
#define LEAVE_MORE_MS 2000 /* beyond the time limit of an invocation */

/* The second number of /proc/<pid>/statm: resident pages. 0 when the process is gone. */
static uint64_t
resident_pages(int statm)
{
	char text[128], *at;
	ssize_t n = pread(statm, text, sizeof(text) - 1, 0);

	if (n <= 0)
		return 0;
	text[n] = '\0';
	(void)strtoull(text, &at, 10);
	return strtoull(at, NULL, 10);
}

/* Three quarters of the way from what it holds at rest to the limit. */
static bool
is_nearly_full(struct rk_post *worker, uint64_t pages, uint64_t max)
{
	if (worker->rest_pages == 0)
		worker->rest_pages = pages;
	return worker->rest_pages < max && pages > worker->rest_pages + (max - worker->rest_pages) / 4 * 3;
}

/* It finishes what it has, and another takes its place: a slow leak costs no request. */
static void
ask_to_leave(struct rk_post *worker, const struct rk_conf *conf)
{
	RK_AUTO(rk_buf_free) struct rk_buf payload = RK_BUF(64);

	worker->leaving = true;
	rk_msg_put_u32(&payload, (uint32_t)conf->timeout_ms + LEAVE_MORE_MS);
	rk_post_tell(worker, RK_MSG_QUIT, rk_buf_str(&payload));
}

static void
weigh(struct rk_post *worker, void *arg)
{
	struct rk_meter *meter = arg;
	uint64_t pages = worker->pid && worker->statm >= 0 ? resident_pages(worker->statm) : 0;

	if (pages > meter->max_pages)
		rk_post_kill(worker, meter->fate);
	else if (worker->ready && !worker->leaving && is_nearly_full(worker, pages, meter->max_pages))
		ask_to_leave(worker, meter->deploys->conf);
}

static void
on_tick(uv_timer_t *timer)
{
	struct rk_meter *meter = timer->data;

	rk_deploys_each(meter->deploys, weigh, meter);
}

void
rk_meter_start(struct rk_meter *meter, struct rk_deploys *deploys)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	meter->deploys = deploys;
	meter->max_pages = (uint64_t)deploys->conf->memory_mb * RK_MB / page;
	snprintf(meter->fate, sizeof(meter->fate), "used more than %ld MB", deploys->conf->memory_mb);
	uv_timer_init(&deploys->loop->uv, &meter->timer);
	meter->timer.data = meter;
	uv_timer_start(&meter->timer, on_tick, PERIOD_MS, PERIOD_MS);
}

void
rk_meter_stop(struct rk_meter *meter)
{
	uv_close((uv_handle_t *)&meter->timer, NULL);
}
