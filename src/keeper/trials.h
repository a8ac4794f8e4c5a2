/*
 * trials.h - bundles that are only compiled: a few at a time, the rest in order.
 */
#ifndef RK_KEEPER_TRIALS_H
#define RK_KEEPER_TRIALS_H

#include "keeper/estate.h"

#define RK_TRIALS_AT_ONCE 4u
#define RK_TRIALS_MS 10000u

struct rk_trial;

struct rk_trials {
	uint32_t (*number)(void *arg); /* a new generation */
	enum rk_err (*send)(uint32_t generation, int fd, void *arg);
	void *arg;
	struct rk_trial *first;
	unsigned under_way;
};

/* Sent by the next run. */
RK_CHECKED enum rk_err rk_trials_add(struct rk_trials *trials, const struct rk_bundle_function *functions,
    size_t n, rk_estate_done_fn *done, void *arg);
void rk_trials_run(struct rk_trials *trials);
/* READY or FAILED; false when there is no such trial. */
bool rk_trials_end(
    struct rk_trials *trials, uint32_t generation, const struct rk_estate_outcome *outcome);
void rk_trials_tick(struct rk_trials *trials, uint64_t now_ms);
bool rk_trials_is_busy(const struct rk_trials *trials);
void rk_trials_cancel(struct rk_trials *trials, const void *arg);
void rk_trials_done(struct rk_trials *trials);

#endif
