/*
 * input.h - whole files and standard input, with a ceiling.
 */
#ifndef RK_CLI_INPUT_H
#define RK_CLI_INPUT_H

#include "base/buf.h"

/*
 * Appends everything in the file `path`, or of standard input when path is "-", to `out`,
 * which is never moved while it grows (its ceiling is reserved at once), so that a
 * secret leaves no copies behind. RK_IO or RK_TOO_LARGE with the reason in why.
 */
RK_CHECKED enum rk_err rk_input_read(struct rk_buf *out, const char *path, struct rk_why *why);

#endif
