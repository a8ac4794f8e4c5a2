/*
 * own_changes.h - one change of what an environment serves: read from a body, then written as one.
 */
#ifndef RK_KEEPER_OWN_CHANGES_H
#define RK_KEEPER_OWN_CHANGES_H

#include "keeper/own_version.h"

/* A change under way; all of it lies in the call's arena. */
struct rk_own_change {
	struct rk_row_environment environment; /* as it was read */
	struct rk_own_build build;             /* what is live, and what is added behind it */
	struct rk_str *paths;                  /* of the functions that are compiled */
	size_t path_n;
	char build_sid[RK_SID_LEN + 1], deployment_sid[RK_SID_LEN + 1];
	int64_t began_us;
};

/* "put" and "remove" onto what is live: each version has its state then. */
RK_CHECKED bool rk_own_change_take(struct rk_own_call *oc, struct rk_own_change *change);

/* Functions and assets, versions, build and deployment, with the audit entry, all or nothing. */
RK_CHECKED bool rk_own_change_write(struct rk_own_call *oc, struct rk_own_change *change);

/* "added", "changed", "removed", "unchanged". */
void rk_own_change_put(struct rk_buf *out, const struct rk_own_change *change);

#endif
