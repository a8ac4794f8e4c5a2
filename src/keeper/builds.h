/*
 * builds.h - builds under way: each is compiled by a trial bundle, and the API hears how that ended.
 */
#ifndef RK_KEEPER_BUILDS_H
#define RK_KEEPER_BUILDS_H

#include "keeper/api.h"
#include "keeper/estate.h"
#include "keeper/proven.h"

struct rk_builds_job;

struct rk_builds {
	struct rk_loop *loop;
	struct rk_store *store;
	struct rk_estate *estate;
	struct rk_api *api;
	struct rk_builds_job *first;
	struct rk_proven proven;
	struct rk_turn turn;
};

void rk_builds_init(struct rk_builds *builds, struct rk_loop *loop, struct rk_store *store, struct rk_estate *estate);

/* struct rk_api_ops.compile: begun at the turn's end. */
RK_CHECKED enum rk_err rk_builds_compile(struct rk_builds *builds, const struct rk_row_build *build);
void rk_builds_done(struct rk_builds *builds);

/* The first package of "[{name, version}]" that no worker can load; empty when it has all. Borrows from the arena. */
struct rk_str rk_builds_find_missing(struct rk_str dependencies, struct rk_arena *arena);

#endif
