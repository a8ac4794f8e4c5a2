/*
 * interest.h - which changed names in the project's folder are worth a look.
 */
#ifndef RK_KEEPER_INTEREST_H
#define RK_KEEPER_INTEREST_H

#include "base/conf.h"

struct rk_interest {
	const struct rk_conf *conf;
	struct rk_str assets_dir; /* below the project's folder; empty: none is served */
};

/* The folder of the file of variables, below the project's; empty when they are the same. */
struct rk_str rk_interest_env_dir(const struct rk_conf *conf);

/* True when `name` in `dir` (below the project's folder) may be a function, an asset, a variable, or lead there. */
bool rk_interest_has(const struct rk_interest *in, struct rk_str dir, struct rk_str name);

#endif
