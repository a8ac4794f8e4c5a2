/*
 * landlock.h - the seal on the file system, TCP and abstract sockets (Linux 5.13 and later).
 */
#ifndef RK_PROC_LANDLOCK_H
#define RK_PROC_LANDLOCK_H

#include "base/err.h"

/* The kernel's version of it; below 1 when it has none. */
int rk_landlock_version(void);

struct rk_landlock {
	const char *const *readable; /* a list that ends with NULL */
	const char *writable;        /* one folder; NULL: none */
};

/* From now on nothing of the file system but what lies beneath `readable` (or is it), and `writable`, which may be
 * read too. A kernel without Landlock is no error: rk_sandbox_lacks tells of it; one that has it and refuses us
 * is. */
RK_CHECKED enum rk_err rk_landlock_start(const struct rk_landlock *allowed, struct rk_why *why);

#endif
