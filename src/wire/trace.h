/*
 * trace.h - what happened in a site's functions, for keeper's log.
 */
#ifndef RK_WIRE_TRACE_H
#define RK_WIRE_TRACE_H

#include "wire/msg.h"

enum rk_trace_kind {
	RK_TRACE_REQUEST, /* answered: status and took_us hold */
	RK_TRACE_LINE,    /* one call of console.*: level and text hold, masked already */
};

/* TRACE */
struct rk_trace {
	uint32_t site, generation;
	uint8_t kind;  /* enum rk_trace_kind */
	uint8_t level; /* enum rk_log_level of base/log.h */
	uint16_t status;
	uint64_t at_us; /* since 1970 */
	uint64_t took_us;
	struct rk_str request_id; /* empty when a line belongs to none */
	struct rk_str method,
	    path;           /* of the function or asset as it is routed; empty when a line is no function's */
	struct rk_str text; /* a line's text, or why an invocation failed */
};

void rk_trace_put(struct rk_buf *out, const struct rk_trace *t);
RK_CHECKED enum rk_err rk_trace_get(struct rk_msg_view *v, struct rk_trace *ret_trace); /* borrows */

#endif
