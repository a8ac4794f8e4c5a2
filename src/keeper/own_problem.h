/*
 * own_problem.h - what a compile found, for people: the problems as JSON, and whole answers made of them.
 */
#ifndef RK_KEEPER_OWN_PROBLEM_H
#define RK_KEEPER_OWN_PROBLEM_H

#include "keeper/own_call.h"

/* "problems":[{path,line,column,message,source}]. paths: of the functions that were given; NULL: without path. */
void rk_own_problems_put(
    struct rk_buf *out, const struct rk_estate_outcome *outcome, const struct rk_str *paths, size_t n);

/* 422 when there are problems, else what the error is. False: it has answered, for it is no success. */
RK_CHECKED bool rk_own_compiled(struct rk_own_call *oc, const struct rk_estate_outcome *outcome,
    const struct rk_str *paths, size_t n);

#endif
