/*
 * arena.h - memory of one request or connection, given back whole.
 *
 * Allocations are 16-byte aligned and live until rk_arena_done() or
 * rk_arena_clear(); clear keeps the first block for the next use.
 */
#ifndef RK_BASE_ARENA_H
#define RK_BASE_ARENA_H

#include "base/str.h"

struct rk_arena_block;

struct rk_arena {
	struct rk_arena_block *head;
	size_t used;    /* of the head block */
	size_t total;   /* bytes of all blocks */
	size_t max;     /* ceiling for total; 0 means none */
};

void rk_arena_init(struct rk_arena *a, size_t max);
void rk_arena_done(struct rk_arena *a);
void rk_arena_clear(struct rk_arena *a);
void *rk_arena_take(struct rk_arena *a, size_t n);            /* zeroed; NULL when over max */
struct rk_str rk_arena_dup(struct rk_arena *a, struct rk_str s); /* p == NULL when over max */
char *rk_arena_z(struct rk_arena *a, struct rk_str s);        /* NUL-terminated copy */

#endif
