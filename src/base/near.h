/*
 * near.h - the word that somebody probably meant.
 */
#ifndef RK_BASE_NEAR_H
#define RK_BASE_NEAR_H

#include "base/str.h"

struct rk_near {
	struct rk_str word;
	const char *best; /* borrowed from the caller of rk_near_put; NULL: nothing is near */
	unsigned distance;
};

#define RK_NEAR(typed) ((struct rk_near){ .word = (typed) })

/* Offers a candidate; the nearest one stays, the first among equals. Far ones never count. */
void rk_near_put(struct rk_near *near, const char *candidate);

#endif
