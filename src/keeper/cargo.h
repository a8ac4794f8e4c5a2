/*
 * cargo.h - a site made ready to leave: the sealed bundle for its workers, from the store.
 *
 * Numbers functions as the site does. The bytes it was made from are wiped.
 */
#ifndef RK_KEEPER_CARGO_H
#define RK_KEEPER_CARGO_H

#include "keeper/site.h"
#include "wire/bundle.h"

/* Content, private assets, variables and verifiers of the account's keys as the store has them now. */
RK_CHECKED enum rk_err rk_cargo_seal(
    struct rk_store *store, const struct rk_site *site, uint32_t generation, int *ret_fd);

/* A bundle of nothing but these functions, to see whether they compile. */
RK_CHECKED enum rk_err rk_cargo_seal_trial(
    const struct rk_bundle_function *functions, size_t n, uint32_t generation, int *ret_fd);

#endif
