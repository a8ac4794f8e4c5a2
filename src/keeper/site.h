/*
 * site.h - what an environment serves, as the store had it at one moment: its names and the files of its build.
 *
 * Content and secrets are not here: they are read when a bundle is made (cargo.h) or an asset asked for (stock.h).
 */
#ifndef RK_KEEPER_SITE_H
#define RK_KEEPER_SITE_H

#include "base/arena.h"
#include "base/conf.h"
#include "keeper/store.h"
#include "wire/facts.h"

/* A version of a function or an asset. */
struct rk_site_file {
	struct rk_str path; /* "/create-room-token" */
	struct rk_str file; /* "functions/create-room-token.js": where a project's folder would have it */
	struct rk_str type; /* an asset's Content-Type */
	struct rk_str owner_sid; /* ZH... */
	struct rk_str digest;
	int64_t size;
	uint64_t mtime_ms;
	uint8_t visibility; /* enum rk_visibility */
};

struct rk_site {
	struct rk_arena arena; /* all texts below */
	struct rk_str account_sid, service_sid, environment_sid, build_sid;
	struct rk_str label; /* of the host, "name-1234-dev" */
	struct rk_site_file *functions, *assets; /* by path: their places are the numbers that routes and bundles use */
	size_t function_n, asset_n;
};

/* RK_NOT_FOUND: the environment is gone, or has no build. */
RK_CHECKED enum rk_err rk_site_read(struct rk_store *store, struct rk_str account, struct rk_str environment,
    struct rk_site **ret_site);
/* The same for a row that was read. */
RK_CHECKED enum rk_err rk_site_read_row(struct rk_store *store, const struct rk_row_environment *row,
    struct rk_site **ret_site);
/* A build for no environment, to compile it: its SID and label are empty. */
RK_CHECKED enum rk_err rk_site_read_build(struct rk_store *store, const struct rk_row_build *build,
    struct rk_site **ret_site);
void rk_site_free(struct rk_site *site); /* NULL is fine */

/* By path; NULL when there is none. */
const struct rk_site_file *rk_site_find(const struct rk_site *site, struct rk_str path);

/* "name-1234.localhost", and the same as functions and people see it, with its port. */
void rk_site_put_host(struct rk_buf *out, struct rk_str label, const struct rk_conf *conf);
void rk_site_put_domain(struct rk_buf *out, struct rk_str label, const struct rk_conf *conf);

/* The payload of ROUTES. */
void rk_site_put_routes(struct rk_buf *out, const struct rk_site *site, uint32_t number, uint32_t generation,
    const struct rk_conf *conf);

#endif
