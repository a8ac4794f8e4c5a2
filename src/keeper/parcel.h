/*
 * parcel.h - a project made ready to leave: the sealed bundle for workers, the routes for gateways.
 *
 * Both number the functions alike, in the project's order.
 */
#ifndef RK_KEEPER_PARCEL_H
#define RK_KEEPER_PARCEL_H

#include "keeper/project.h"

/* A sealed memfd; the bytes it was made from are wiped. */
RK_CHECKED enum rk_err rk_parcel_seal(const struct rk_project *project, uint32_t generation, int *ret_fd);

/* The payload of ROUTES. */
void rk_parcel_put_routes(struct rk_buf *out, const struct rk_project *project, uint32_t generation);

#endif
