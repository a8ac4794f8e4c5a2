/*
 * waiting.h - who waits for the end of a swap.
 */
#ifndef RK_KEEPER_WAITING_H
#define RK_KEEPER_WAITING_H

#include "keeper/estate.h"
#include "keeper/places.h"

struct rk_waiter;

struct rk_waiting {
	struct rk_waiter *first;
	uint64_t numbers; /* of waiters so far */
};

/* place NULL: waits for the turn's end alone. late: not for the swap under way, but for the one after it. */
RK_CHECKED enum rk_err rk_waiting_add(struct rk_waiting *waiting, const struct rk_place *place, bool late,
    rk_estate_done_fn *done, void *arg);
/* The swap after begins: those who were late are not any more. */
void rk_waiting_turn(struct rk_waiting *waiting, const struct rk_place *place);
/* Each who waits for it and is not late, once; they may add and cancel meanwhile. */
void rk_waiting_tell(
    struct rk_waiting *waiting, const struct rk_place *place, const struct rk_estate_outcome *outcome);
void rk_waiting_cancel(struct rk_waiting *waiting, const void *arg);
void rk_waiting_done(struct rk_waiting *waiting);

#endif
