/*
 * needs.h - what the functions of a project read: variables that nothing sets, and fields of a request.
 */
#ifndef RK_KEEPER_NEEDS_H
#define RK_KEEPER_NEEDS_H

#include "keeper/project.h"

/* A person is told of that many at most. */
#define RK_NEEDS_MAX 64

struct rk_need {
	struct rk_str name;                     /* borrowed from the function's source */
	const struct rk_function *function;     /* the first that reads it */
	unsigned line;
	bool has_default;                       /* every reader names a value for when it is not set */
};

struct rk_needs {
	struct rk_need v[RK_NEEDS_MAX];
	size_t n;
};

/* Variables that are read and not set, in the order in which they are met. */
void rk_needs_find_variables(const struct rk_project *project, struct rk_needs *ret_needs);

/* Fields of event that one function reads. */
void rk_needs_find_fields(const struct rk_function *function, struct rk_needs *ret_needs);

bool rk_needs_has(const struct rk_needs *needs, struct rk_str name);

#endif
