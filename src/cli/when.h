/*
 * when.h - moments as people and programs read them: ISO 8601, UTC, whole seconds.
 */
#ifndef RK_CLI_WHEN_H
#define RK_CLI_WHEN_H

#include <stdint.h>

#include "base/buf.h"

/* "2026-11-24T10:03:15Z"; a moment outside the years 1 to 9999 is its number of seconds. */
void rk_when_put(struct rk_buf *out, double unix_seconds);

/* Reads "3600", "90m", "12h", "1d", "30s", with a sign if there is one: seconds. */
bool rk_when_parse_span(struct rk_str text, int64_t *ret_seconds);

#endif
