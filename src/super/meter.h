/*
 * meter.h - how much memory each worker holds, against the limit.
 *
 * The engine reserves far more address space than it uses, so only what is resident
 * counts, and only looking at it often enough limits it.
 */
#ifndef RK_SUPER_METER_H
#define RK_SUPER_METER_H

#include "super/sites.h"

struct rk_meter {
	uv_timer_t timer;
	struct rk_sites *sites;
	uint64_t max_pages;
	char fate[64];
};

void rk_meter_start(struct rk_meter *meter, struct rk_sites *sites);
void rk_meter_stop(struct rk_meter *meter);

#endif
