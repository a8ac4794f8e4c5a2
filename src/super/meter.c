#include "super/meter.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PERIOD_MS 25 /* an allocation bomb reaches 256 MB in about 300 */

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

static void
weigh(struct rk_post *worker, void *arg)
{
	struct rk_meter *meter = arg;

	if (worker->pid && worker->statm >= 0 && resident_pages(worker->statm) > meter->max_pages)
		rk_post_kill(worker, meter->fate);
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
