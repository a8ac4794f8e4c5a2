/*
 * problems.h - what workers found while compiling a project's functions.
 */
#ifndef RK_KEEPER_PROBLEMS_H
#define RK_KEEPER_PROBLEMS_H

#include "keeper/project.h"

/* A copy is added; a function that has a problem keeps it, for it has one at most: it does not compile. */
RK_CHECKED enum rk_err rk_problems_put(struct rk_project *project, const struct rk_problem *problem);

/* The problem of one function, or NULL. */
const struct rk_problem *rk_problems_get(const struct rk_project *project, size_t function);

/* READY, after its generation: put into the project. RK_INVALID when the frame is broken or
 * speaks of a function that is none. */
RK_CHECKED enum rk_err rk_problems_take(struct rk_project *project, struct rk_msg_view *view);

/* The project had the very same complaint. before may be NULL. */
bool rk_problems_has_complaint(const struct rk_project *before, const struct rk_why *complaint);

/* The project had the very same problem, in the same file. before may be NULL. */
bool rk_problems_has(const struct rk_project *before, struct rk_str file, const struct rk_problem *problem);

#endif
