/*
 * trouble.h - what could not be read of a project, in words with the way out (docs/errors.md, RK-1xx).
 */
#ifndef RK_KEEPER_TROUBLE_H
#define RK_KEEPER_TROUBLE_H

#include "base/err.h"
#include "base/str.h"

/* The file of variables, after rk_folder_read failed with err. */
void rk_trouble_variables(struct rk_why *why, struct rk_str file, enum rk_err err);
/* A function's file, or a folder of them. */
void rk_trouble_function(struct rk_why *why, struct rk_str file, enum rk_err err);
/* A folder nested too deep, or linking back to one above it. */
void rk_trouble_nesting(struct rk_why *why, struct rk_str dir);

#endif
