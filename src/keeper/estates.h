/*
 * estates.h - what the files of the estate share; nobody else includes it.
 *
 * estate.c swaps, estate_load.c begins and ends, estate_ask.c answers.
 */
#ifndef RK_KEEPER_ESTATES_H
#define RK_KEEPER_ESTATES_H

#include "keeper/estate.h"
#include "keeper/places.h"
#include "keeper/trials.h"
#include "keeper/waiting.h"

struct rk_estate {
	struct rk_estate_opts opts;
	struct rk_places places;
	struct rk_waiting waiting;
	struct rk_trials trials;
	uint32_t counter; /* the last number given to a site or a generation */
	unsigned moving;  /* swaps under way */
	struct rk_turn turn;
	uv_timer_t *tick;
};

void rk_estate_arm(struct rk_estate *estate); /* what is dirty is read at the turn's end */

/* As callbacks: arg is the estate. */
uint32_t rk_estate_number(void *arg); /* the next */
void rk_estate_turn(void *arg);
RK_CHECKED enum rk_err rk_estate_send_trial(uint32_t generation, int fd, void *arg);

#endif
