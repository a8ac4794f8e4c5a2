/*
 * json5.h - JSON5 (spec.json5.org) as strict JSON: what people write by hand, for a reader that takes
 * only RFC 8259.
 */
#ifndef RK_WIRE_JSON5_H
#define RK_WIRE_JSON5_H

#include "base/buf.h"

#define RK_JSON5_DEPTH 32

/* Where a text is no JSON5, and why. */
struct rk_json5_fault {
	unsigned line, column; /* from 1; columns count bytes */
	const char *what;      /* "a string has no end"; static */
};

/*
 * Appends the value as JSON: comments gone, names and strings in double quotes, numbers in decimal.
 * Names given twice stay twice. RK_INVALID with *ret_fault for a text that is none (or holds NaN or
 * Infinity, which JSON cannot say); what the buffer says for one that does not fit.
 */
RK_CHECKED enum rk_err rk_json5_put(struct rk_buf *out, struct rk_str text, struct rk_json5_fault *ret_fault);

#endif
