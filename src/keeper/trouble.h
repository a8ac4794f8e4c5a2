/*
 * trouble.h - what could not be read of a project, in words with the way out (docs/errors.md, RK-1xx).
 */
#ifndef RK_KEEPER_TROUBLE_H
#define RK_KEEPER_TROUBLE_H

#include "base/err.h"
#include "base/str.h"

/* The same for an asset. RK_TOO_LARGE: the private ones together are. */
void rk_trouble_asset(struct rk_why *why, struct rk_str file, enum rk_err err);
/* The file of variables lies among the assets: it is not served. */
void rk_trouble_asset_variables(struct rk_why *why, struct rk_str file);

/* The file of variables, after rk_folder_read failed with err. */
void rk_trouble_variables(struct rk_why *why, struct rk_str file, enum rk_err err);
/* A function's file, or a folder of them. */
void rk_trouble_function(struct rk_why *why, struct rk_str file, enum rk_err err);
/* A folder nested too deep, or linking back to one above it. */
void rk_trouble_nesting(struct rk_why *why, struct rk_str dir);

#endif
