/*
 * console.h - the web console's files: read once before the seal, answered from memory.
 *
 * All but index.html have a hash of their content in their name, so that they may be kept for ever. A file
 * with .gz after its name is the same one compressed.
 */
#ifndef RK_GATEWAY_CONSOLE_H
#define RK_GATEWAY_CONSOLE_H

#include "gateway/answer.h"

struct rk_console;

/* `dir` may be missing: then there is no console, and "/" says so. */
RK_CHECKED enum rk_err rk_console_load(const char *dir, struct rk_console **ret_console);
void rk_console_free(struct rk_console *console); /* NULL is fine */

/* Fills the answer, which borrows from console, if this request is for it; false: it is the API's. */
bool rk_console_answer(const struct rk_console *console, const struct rk_head *head, struct rk_str path,
    struct rk_str request_id, struct rk_answer *answer);

/* What every answer on this origin carries. */
void rk_console_guard(struct rk_answer *answer);

#endif
