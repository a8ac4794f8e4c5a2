/*
 * route.h - which function or asset answers at a path: an immutable table, one per generation.
 *
 * Shared by reference count: the front holds the present one, a worker the one of its generation,
 * so that a log line of an older worker still finds its function's path.
 */
#ifndef RK_GATEWAY_ROUTE_H
#define RK_GATEWAY_ROUTE_H

#include "wire/facts.h"

struct rk_routes;

/* Reads the payload of ROUTES. RK_INVALID when it is not whole or names a path twice. */
RK_CHECKED enum rk_err rk_routes_parse(struct rk_msg_view *v, struct rk_routes **ret_routes);
struct rk_routes *rk_routes_dup(struct rk_routes *r);
void rk_routes_free(struct rk_routes *r); /* one reference; NULL is fine */

/* What stands before the rows: host names and the like. Borrowed; lives as long as the routes. */
const struct rk_routes_head *rk_routes_head(const struct rk_routes *r);
uint32_t rk_routes_site(const struct rk_routes *r);
uint32_t rk_routes_generation(const struct rk_routes *r);
uint32_t rk_routes_count(const struct rk_routes *r);
/* Byte by byte on the raw path; NULL when nothing answers there. Borrowed. */
const struct rk_route *rk_routes_get(const struct rk_routes *r, struct rk_str path);
/* By the function's index in the bundle; NULL when it has no route. Borrowed. */
const struct rk_route *rk_routes_function(const struct rk_routes *r, uint32_t function);

#endif
