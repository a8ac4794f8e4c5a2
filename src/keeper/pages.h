/*
 * pages.h - all rows of a query, however many pages they are.
 */
#ifndef RK_KEEPER_PAGES_H
#define RK_KEEPER_PAGES_H

#include "keeper/store.h"

/* Calls each for every row, in order. What the query says of limit and after is replaced. */
RK_CHECKED enum rk_err rk_pages_each(struct rk_store *store, enum rk_kind kind, const struct rk_query *query,
    rk_store_fn *each, void *arg);

#endif
