/*
 * own_version.h - what a build holds, read into an arena: functions and assets alike.
 */
#ifndef RK_KEEPER_OWN_VERSION_H
#define RK_KEEPER_OWN_VERSION_H

#include "keeper/own_call.h"

struct rk_own_version {
	bool is_asset;
	struct rk_str sid, owner; /* ZN..., ZH...; owner empty: not made yet */
	struct rk_str path, visibility, content_type;
	struct rk_str digest; /* RK_VAULT_DIGEST_SIZE bytes */
	int64_t size;
	/* Of a change (own_changes.c): what is new, and why. */
	struct rk_str content; /* p == NULL: that of the digest */
	enum { RK_OWN_KEPT, RK_OWN_ADDED, RK_OWN_CHANGED, RK_OWN_REMOVED } state;
};

struct rk_own_build {
	struct rk_own_version *v; /* functions first, then assets */
	size_t n;
};

/* Of a build that may be removed, with room for `more` behind them. build empty: nothing. */
RK_CHECKED enum rk_err rk_own_build_read(
    struct rk_own_call *oc, struct rk_str build, size_t more, struct rk_own_build *ret_build);

/* Its content, in the arena. */
RK_CHECKED enum rk_err rk_own_version_read(
    struct rk_own_call *oc, const struct rk_own_version *version, struct rk_str *ret_content);

#endif
