/*
 * prompt.h - one line from the person at the terminal, or of standard input when that is no terminal.
 */
#ifndef RK_CLI_PROMPT_H
#define RK_CLI_PROMPT_H

#include "base/buf.h"

/*
 * Appends the line without its end. On a terminal `question` is shown on standard error first, and what is typed
 * is not shown when it is secret. RK_INVALID with RK-804 when there is no line, RK_TOO_LARGE, RK_IO.
 */
RK_CHECKED enum rk_err rk_prompt_line(
    const char *question, bool secret, struct rk_buf *out, struct rk_why *why);

#endif
