/*
 * sites.h - all sites, found by number at a cost that does not grow with them, and the spare workers that they share.
 *
 * Only a site on which something ran is here, and one on which nothing runs any more is forgotten when the table grows.
 */
#ifndef RK_SUPER_SITES_H
#define RK_SUPER_SITES_H

#include "super/site.h"

struct rk_sites {
	struct rk_deploy_home home;
	struct rk_site trials;
	struct rk_site **buckets; /* cap lists; cap is 0 or a power of two */
	uint32_t cap, count;
	uint32_t newest; /* the highest generation seen, of whatever site */
};

void rk_sites_init(struct rk_sites *sites, struct rk_loop *loop, const struct rk_conf *conf,
    const struct rk_deploy_ops *ops, void *arg);
/* Starts workers ahead of the first bundle, so that their engines warm up meanwhile. */
void rk_sites_warm(struct rk_sites *sites);
/* Every process must be dead. */
void rk_sites_done(struct rk_sites *sites);

/* A bundle from keeper; owns fd. RK_SITE_TRIAL: only compiled. */
void rk_sites_add(struct rk_sites *sites, uint32_t number, uint32_t generation, int fd);
/* False: keeper must send the bundle first. */
bool rk_sites_wake(struct rk_sites *sites, uint32_t number);
void rk_sites_drop(struct rk_sites *sites, uint32_t number);

/* Another keeper numbers the sites and the generations anew. What runs finishes what it has, and is asked no more. */
void rk_sites_forget(struct rk_sites *sites);

/* Every worker, spares too, which have no deploy. */
void rk_sites_each(struct rk_sites *sites, void (*each)(struct rk_post *worker, void *arg), void *arg);

/* A worker's process was buried (rk_post_buried). */
void rk_sites_lost(struct rk_sites *sites, struct rk_post *worker, int status, const char *words);

/* Nothing is started any more. */
void rk_sites_stop(struct rk_sites *sites);

#endif
