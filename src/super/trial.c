#include "super/trial.h"

/* How many have a worker, and the oldest that has none. */
static unsigned
count_running(const struct rk_site *trials, struct rk_deploy **ret_waiting)
{
	unsigned running = 0;

	*ret_waiting = NULL;
	for (struct rk_deploy *deploy = trials->list; deploy; deploy = deploy->next)
		if (deploy->workers)
			running++;
		else if (deploy->state == RK_DEPLOY_TRIAL)
			*ret_waiting = deploy;
	return running;
}

static void
go_on(struct rk_site *trials)
{
	struct rk_deploy *waiting;

	if (count_running(trials, &waiting) < RK_TRIALS_MAX && waiting && !waiting->home->quitting)
		rk_deploy_add_workers(waiting, 1);
}

void
rk_trials_init(struct rk_site *trials)
{
	*trials = (struct rk_site){ .number = RK_SITE_TRIAL, .freed = go_on };
}

void
rk_trials_add(struct rk_site *trials, struct rk_deploy_home *home, uint32_t generation, int fd)
{
	struct rk_deploy *deploy;

	if (rk_deploy_new(home, trials, RK_DEPLOY_TRIAL, generation, fd, &deploy) != RK_OK)
		home->ops->failed(generation, RK_STR("out of memory"), home->arg);
	else
		go_on(trials);
}
