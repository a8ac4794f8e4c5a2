/*
 * secret.h - bytes that must not be seen: kept apart, wiped, never formatted.
 */
#ifndef RK_BASE_SECRET_H
#define RK_BASE_SECRET_H

#include "base/err.h"
#include "base/str.h"

struct rk_secret {
	char *p;
	size_t n;
};

RK_CHECKED enum rk_err rk_secret_set(struct rk_secret *s, struct rk_str bytes);  /* copies; wipes the old value */
void rk_secret_done(struct rk_secret *s);                             /* wipes and frees */
bool rk_secret_is(const struct rk_secret *s, struct rk_str other);    /* constant time for equal lengths */
bool rk_secret_equal(struct rk_str a, struct rk_str b);               /* the same for two views */
void rk_secret_wipe(void *p, size_t n);                               /* never optimised away */

#endif
