#include "super/site.h"

#include <unistd.h>

/* Pending or live, whichever is newer. */
static struct rk_deploy *
current(const struct rk_site *site)
{
	struct rk_deploy *deploy = site->list;

	while (deploy && deploy->state == RK_DEPLOY_OLD)
		deploy = deploy->next;
	return deploy;
}

/* `dev` has one site, and keeps all its workers; among many, each gets what it needs. */
static unsigned
first_workers(const struct rk_conf *conf)
{
	return conf->command == RK_CONF_DEV ? (unsigned)conf->workers : 1;
}

static void
retire_pending(struct rk_site *site)
{
	struct rk_deploy *deploy, *next;

	for (deploy = site->list; deploy; deploy = next) {
		next = deploy->next;
		if (deploy->state == RK_DEPLOY_PENDING)
			rk_deploy_retire(deploy, 0);
	}
}

void
rk_site_add(struct rk_site *site, struct rk_deploy_home *home, uint32_t generation, int fd)
{
	struct rk_deploy *deploy = current(site);

	if (deploy && generation <= deploy->generation) {
		close(fd);
		return;
	}
	retire_pending(site);
	if (rk_deploy_new(home, site, RK_DEPLOY_PENDING, generation, fd, &deploy) != RK_OK) {
		home->ops->failed(generation, RK_STR("out of memory"), home->arg);
		return;
	}
	rk_deploy_add_workers(deploy, first_workers(home->conf));
}

bool
rk_site_wake(struct rk_site *site)
{
	struct rk_deploy *deploy = current(site);
	unsigned staying = 0;

	if (!deploy)
		return false;
	if (deploy->state == RK_DEPLOY_PENDING)
		return true;
	for (const struct rk_post *worker = deploy->workers; worker; worker = worker->next) {
		if (!worker->ready)
			return true;
		staying += !worker->leaving;
	}
	if (staying < (unsigned)deploy->home->conf->workers)
		rk_deploy_add_workers(deploy, 1);
	return true;
}

static void
drop(struct rk_deploy *deploy)
{
	uint64_t patience = rk_deploy_patience(deploy->home);

	for (struct rk_post *worker = deploy->workers; worker; worker = worker->next)
		if (worker->ready)
			rk_post_quit(worker, (uint32_t)patience);
	rk_deploy_retire(deploy, patience);
}

void
rk_site_drop(struct rk_site *site)
{
	struct rk_deploy *deploy, *next;

	for (deploy = site->list; deploy; deploy = next) {
		next = deploy->next;
		if (deploy->state != RK_DEPLOY_OLD)
			drop(deploy);
	}
}
