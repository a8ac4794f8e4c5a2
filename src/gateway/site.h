/*
 * site.h - the sites of this gateway: which one a host name means, its routes, and its lease.
 *
 * Finding one costs the same however many there are. A site's lease is made when its first worker or job
 * comes, so that an idle one is its routes and little more. A site lives as long as someone holds it: one
 * that is dropped answers what is under way, and is found no more.
 */
#ifndef RK_GATEWAY_SITE_H
#define RK_GATEWAY_SITE_H

#include "gateway/lease.h"

struct rk_sites;

struct rk_site {
	struct rk_site *next_number, *next_host; /* in their chains */
	struct rk_sites *sites;
	unsigned refs;
	uint32_t number;
	uint32_t told; /* by which keeper, counted */
	struct rk_routes *routes; /* NULL: none yet */
	struct rk_lease *lease;   /* NULL: not needed yet; see rk_site_lease */
	struct rk_str host;       /* in routes, without a port; empty: none */
	bool is_found;            /* by its host */
	bool dropped;
};

RK_CHECKED enum rk_err rk_sites_new(struct rk_loop *loop, unsigned timeout_ms, const struct rk_lease_ops *ops,
    void *arg, struct rk_sites **ret_sites);
void rk_sites_free(struct rk_sites *sites); /* nobody holds a site any more; NULL is fine */

/* The one site that every host means until some other site has it: the project of `roomkey dev`, or the lobby. */
RK_CHECKED enum rk_err rk_sites_set_default(struct rk_sites *sites, uint32_t number);

/* The site of a Host field's value: case and port make no difference. NULL: no site's. Borrowed. */
struct rk_site *rk_sites_find(const struct rk_sites *sites, struct rk_str host);
struct rk_site *rk_sites_get(const struct rk_sites *sites, uint32_t number); /* borrowed; NULL when there is none */

/* From here on these routes hold for their site, which may be new. Takes over the reference. */
RK_CHECKED enum rk_err rk_sites_set_routes(struct rk_sites *sites, struct rk_routes *routes);
/* Takes over fd. The site may be new: a worker can be quicker than the routes. */
RK_CHECKED enum rk_err rk_sites_add_worker(struct rk_sites *sites, int fd, uint32_t number, uint32_t site,
    uint32_t generation, uint32_t slots);
void rk_sites_drop(struct rk_sites *sites, uint32_t number);

/* Another keeper tells of its sites from here on; and it has told of all: what only the one before knew is dropped. */
void rk_sites_tell_anew(struct rk_sites *sites);
void rk_sites_told(struct rk_sites *sites);

struct rk_site *rk_site_dup(struct rk_site *site);
void rk_site_free(struct rk_site *site); /* one reference; NULL is fine */
struct rk_lease *rk_site_lease(struct rk_site *site); /* borrowed; NULL: no memory */

#endif
