/*
 * join.h - a channel between two children of super, which from then on talk without it.
 *
 * A child that is not running misses it, and is joined when it is started.
 */
#ifndef RK_SUPER_JOIN_H
#define RK_SUPER_JOIN_H

#include "super/post.h"

void rk_join_keeper(struct rk_post *gateway, struct rk_post *keeper);

/* `slots` is how many invocations the gateway may have in the worker at once. */
void rk_join_worker(struct rk_post *gateway, struct rk_post *worker, long slots);

#endif
