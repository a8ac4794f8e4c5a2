#include "super/sites.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "super/trial.h"

#define CAP_FIRST 16u
#define SPARES_FIRST 2u
#define RENUMBER_MS 30000 /* for the new keeper to read its store and to send routes */

/* ---- the table ------------------------------------------------------------------------ */

/* Keeper numbers upwards from one: neighbours lie in neighbouring buckets. */
static struct rk_site **
bucket_of(const struct rk_sites *sites, uint32_t number)
{
	return &sites->buckets[number & (sites->cap - 1)];
}

static struct rk_site *
get(const struct rk_sites *sites, uint32_t number)
{
	struct rk_site *site = sites->cap ? *bucket_of(sites, number) : NULL;

	while (site && site->number != number)
		site = site->next;
	return site;
}

static void
insert(struct rk_sites *sites, struct rk_site *site)
{
	struct rk_site **bucket = bucket_of(sites, site->number);

	site->next = *bucket;
	*bucket = site;
	sites->count++;
}

static void
move_list(struct rk_sites *sites, struct rk_site *list)
{
	for (struct rk_site *site = list, *next; site; site = next) {
		next = site->next;
		if (site->list)
			insert(sites, site);
		else
			free(site);
	}
}

static uint32_t
count_running(const struct rk_sites *sites)
{
	uint32_t running = 0;

	for (uint32_t i = 0; i < sites->cap; i++)
		for (const struct rk_site *site = sites->buckets[i]; site; site = site->next)
			running += site->list != NULL;
	return running;
}

/* Forgets the sites on which nothing runs, and doubles the table unless that made enough room. */
static bool
grow(struct rk_sites *sites)
{
	struct rk_site **old = sites->buckets, **buckets;
	uint32_t old_cap = sites->cap, cap = old_cap ? old_cap : CAP_FIRST;

	if (count_running(sites) >= cap / 2)
		cap *= 2;
	buckets = calloc(cap, sizeof(struct rk_site *));
	if (!buckets)
		return false;
	sites->buckets = buckets;
	sites->cap = cap;
	sites->count = 0;
	for (uint32_t i = 0; i < old_cap; i++)
		move_list(sites, old[i]);
	free(old);
	return true;
}

/* The site, made when it is not there; NULL when memory is short. */
static struct rk_site *
take(struct rk_sites *sites, uint32_t number)
{
	struct rk_site *site = get(sites, number);

	if (site)
		return site;
	if (sites->count >= sites->cap && !grow(sites))
		return NULL;
	site = calloc(1, sizeof(*site));
	if (!site)
		return NULL;
	site->number = number;
	insert(sites, site);
	return site;
}

/* ---- what keeper and gateways say ------------------------------------------------------- */

void
rk_sites_add(struct rk_sites *sites, uint32_t number, uint32_t generation, int fd)
{
	struct rk_deploy_home *home = &sites->home;
	struct rk_site *site;

	if (home->quitting) {
		close(fd);
		return;
	}
	if (generation > sites->newest)
		sites->newest = generation;
	if (number == RK_SITE_TRIAL) {
		rk_trials_add(&sites->trials, home, generation, fd);
		return;
	}
	site = take(sites, number);
	if (site) {
		rk_site_add(site, home, generation, fd);
		return;
	}
	close(fd);
	home->ops->failed(generation, RK_STR("out of memory"), home->arg);
}

bool
rk_sites_wake(struct rk_sites *sites, uint32_t number)
{
	struct rk_site *site = get(sites, number);

	return sites->home.quitting || (site && rk_site_wake(site));
}

void
rk_sites_drop(struct rk_sites *sites, uint32_t number)
{
	struct rk_site *site = get(sites, number);

	if (site)
		rk_site_drop(site);
}

void
rk_sites_forget(struct rk_sites *sites)
{
	struct rk_deploy *deploy = LIST_FIRST(&sites->home.all), *next;

	for (; deploy; deploy = next) {
		next = LIST_NEXT(deploy, all);
		if (deploy->state == RK_DEPLOY_LIVE)
			rk_deploy_retire(deploy, rk_deploy_patience(&sites->home) + RENUMBER_MS);
		else if (deploy->state != RK_DEPLOY_OLD)
			rk_deploy_retire(deploy, 0);
	}
}

/* ---- workers ------------------------------------------------------------------------------ */

void
rk_sites_each(struct rk_sites *sites, void (*each)(struct rk_post *worker, void *arg), void *arg)
{
	struct rk_deploy *deploy;

	rk_pool_each(&sites->home.pool, each, arg);
	LIST_FOREACH(deploy, &sites->home.all, all)
	for (struct rk_post *worker = deploy->workers; worker; worker = worker->next)
		each(worker, arg);
}

void
rk_sites_lost(struct rk_sites *sites, struct rk_post *worker, int status, const char *words)
{
	if (worker->deploy)
		rk_deploy_lost(worker, status, words);
	else
		rk_pool_lost(&sites->home.pool, worker, words);
}

/* Spares that do not live are done without, if workers do. */
static void
on_hopeless(const char *words, void *arg)
{
	struct rk_deploy_home *home = arg;
	char reason[256];

	snprintf(reason, sizeof(reason), "a worker %s before it was ready", words);
	rk_error("no worker can be kept ready: %s", reason);
	if (!home->was_ready && !home->quitting)
		home->ops->failed(0, rk_str(reason), home->arg);
}

/* ---- the beginning and the end -------------------------------------------------------------- */

void
rk_sites_init(struct rk_sites *sites, struct rk_loop *loop, const struct rk_conf *conf,
    const struct rk_deploy_ops *ops, void *arg)
{
	*sites = (struct rk_sites){ .home = { .loop = loop, .conf = conf, .ops = ops, .arg = arg } };
	LIST_INIT(&sites->home.all);
	rk_trials_init(&sites->trials);
	rk_pool_init(&sites->home.pool, loop, conf, on_hopeless, &sites->home);
}

void
rk_sites_warm(struct rk_sites *sites)
{
	const struct rk_conf *conf = sites->home.conf;

	rk_pool_warm(
	    &sites->home.pool, conf->command == RK_CONF_DEV ? (unsigned)conf->workers : SPARES_FIRST);
}

void
rk_sites_stop(struct rk_sites *sites)
{
	sites->home.quitting = true;
	rk_pool_stop(&sites->home.pool);
}

void
rk_sites_done(struct rk_sites *sites)
{
	struct rk_site *site;

	sites->home.quitting = true;
	while (!LIST_EMPTY(&sites->home.all))
		rk_deploy_free(LIST_FIRST(&sites->home.all));
	rk_pool_done(&sites->home.pool);
	for (uint32_t i = 0; i < sites->cap; i++)
		while ((site = sites->buckets[i])) {
			sites->buckets[i] = site->next;
			free(site);
		}
	free(sites->buckets);
}
