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

/* Three quarters of the way from what it holds at rest to the limit. */
static bool
is_nearly_full(struct rk_post *worker, uint64_t pages, uint64_t max)
{
	if (worker->rest_pages == 0)
		worker->rest_pages = pages;
	return worker->rest_pages < max && pages > worker->rest_pages + (max - worker->rest_pages) / 4 * 3;
}

static void
weigh(struct rk_post *worker, void *arg)
{
	struct rk_meter *meter = arg;
	uint64_t pages = worker->pid && worker->statm >= 0 ? resident_pages(worker->statm) : 0;

	if (pages > meter->max_pages)
		rk_post_kill(worker, meter->fate);
	else if (worker->ready && !worker->leaving && is_nearly_full(worker, pages, meter->max_pages))
		/* It finishes what it has, and another takes its place: a slow leak costs no request. */
		rk_post_quit(worker, (uint32_t)rk_deploy_patience(&meter->sites->home));
}

static void
on_tick(uv_timer_t *timer)
{
	struct rk_meter *meter = timer->data;

	rk_sites_each(meter->sites, weigh, meter);
}

void
rk_meter_start(struct rk_meter *meter, struct rk_sites *sites)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	meter->sites = sites;
	meter->max_pages = (uint64_t)sites->home.conf->memory_mb * RK_MB / page;
	snprintf(meter->fate, sizeof(meter->fate), "used more than %ld MB", sites->home.conf->memory_mb);
	uv_timer_init(&sites->home.loop->uv, &meter->timer);
	meter->timer.data = meter;
	uv_timer_start(&meter->timer, on_tick, PERIOD_MS, PERIOD_MS);
}

void
rk_meter_stop(struct rk_meter *meter)
{
	uv_close((uv_handle_t *)&meter->timer, NULL);
}
