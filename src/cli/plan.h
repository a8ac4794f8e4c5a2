/*
 * plan.h - what a deploy changes: between a project's folder and what an environment serves.
 */
#ifndef RK_CLI_PLAN_H
#define RK_CLI_PLAN_H

#include "cli/parts.h"
#include "cli/variables.h"

#define RK_PLAN_BODY_MAX (66u * 1024u * 1024u)

/* Zero it, but for the place and the ceiling of the removals. */
struct rk_plan {
	struct rk_errand *e;
	struct rk_place place; /* without an environment in a dry run that would make one */
	struct rk_parts parts;
	struct rk_variables wanted, there;
	char live[RK_SID_LEN + 1]; /* the build that the comparison is with; "": none */
	struct rk_buf removals;    /* the inside of a JSON array */
	unsigned changes, variables;
};

void rk_plan_done(struct rk_plan *plan);

/* Compares, by digests and values, and tells each difference in a line: + new, ~ changed, - gone. */
RK_CHECKED enum rk_err rk_plan_make(struct rk_plan *plan, struct rk_why *why);

/* The body of POST Changes: what is new and changed with its content, and what is gone. */
void rk_plan_put_body(const struct rk_plan *plan, struct rk_buf *body);

#endif
