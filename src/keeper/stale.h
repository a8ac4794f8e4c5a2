/*
 * stale.h - a function that stops compiling keeps its last good version.
 *
 * What counts is what the live project serves at the same path: a function that never compiled there has
 * no good version, and answers with its error.
 */
#ifndef RK_KEEPER_STALE_H
#define RK_KEEPER_STALE_H

#include "keeper/project.h"

#define RK_STALE_TEXT 200u

/* The text that workers are given: the last good version where there is one. Borrowed. */
struct rk_str rk_stale_served(const struct rk_function *function);

/* Before `now` is sent: a file that is as broken as it was in `live` takes over its good version, and its
 * problem, at once. live may be NULL. */
RK_CHECKED enum rk_err rk_stale_carry(struct rk_project *now, const struct rk_project *live);

/* The problems of `now` are known: functions that have one now and had none in `live` get what `live`
 * serves. *ret_n is their number: if any, `now` must be sent again. live may be NULL. */
RK_CHECKED enum rk_err rk_stale_hold(struct rk_project *now, const struct rk_project *live, size_t *ret_n);

/* Takes all good versions back: what is broken is served as it is. */
void rk_stale_drop(struct rk_project *project);

/* "SyntaxError functions/a.js:2:13 Unexpected token", as a header's value: ASCII, at most RK_STALE_TEXT
 * bytes. Nothing for a function whose own text is served. */
void rk_stale_put(struct rk_buf *out, const struct rk_project *project, size_t function);

#endif
