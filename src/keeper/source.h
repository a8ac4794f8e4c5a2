/*
 * source.h - a file's bytes as JavaScript text, the way Node.js reads a module:
 * without byte order mark, and with U+FFFD for every byte that is not UTF-8.
 */
#ifndef RK_KEEPER_SOURCE_H
#define RK_KEEPER_SOURCE_H

#include "base/buf.h"

/* Moves the text out of `bytes` to the heap, NUL-terminated. *ret_repaired: some bytes were replaced. */
RK_CHECKED enum rk_err rk_source_take(struct rk_buf *bytes, char **ret_text, size_t *ret_n, bool *ret_repaired);

#endif
