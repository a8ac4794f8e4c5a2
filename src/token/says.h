/*
 * says.h - what a token opens, in words.
 */
#ifndef RK_TOKEN_SAYS_H
#define RK_TOKEN_SAYS_H

#include <roomkey/inspect.h>

#include "token/facts.h"

#define RK_SAYS_MAX (16 * RK_COMPACT_MAX)

/* Appends one sentence. Text out of the token is quoted, and nothing in it can move a terminal's cursor
 * or turn the direction of writing. */
void rk_says_put(struct rk_buf *out, const struct rk_facts *facts, const struct rk_inspection *in, int64_t now);

#endif
