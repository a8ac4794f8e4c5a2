/*
 * clash.h - two files that would answer at one path.
 */
#ifndef RK_KEEPER_CLASH_H
#define RK_KEEPER_CLASH_H

#include "keeper/project.h"

/* Sorts functions and assets by path, and drops whoever shares a path with another, of either kind,
 * with one complaint (RK-108) a path. */
void rk_clash_drop(struct rk_project *p);

#endif
