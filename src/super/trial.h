/*
 * trial.h - bundles that are only compiled: a few at a time, the others wait their turn.
 */
#ifndef RK_SUPER_TRIAL_H
#define RK_SUPER_TRIAL_H

#include "super/deploy.h"

#define RK_TRIALS_MAX 4 /* workers that compile at once */

/* Where trials hang. */
void rk_trials_init(struct rk_site *trials);

/* A bundle from keeper; owns fd. The home's ops tell what comes of it. */
void rk_trials_add(struct rk_site *trials, struct rk_deploy_home *home, uint32_t generation, int fd);

#endif
