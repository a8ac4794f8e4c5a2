/*
 * call.h - requests to the admin listener on their way to keeper (CALL), and what happened in functions (TRACE).
 */
#ifndef RK_GATEWAY_CALL_H
#define RK_GATEWAY_CALL_H

#include "gateway/ask.h"
#include "gateway/screen.h"
#include "wire/admin.h"
#include "wire/trace.h"

#define RK_CALL_MS 70000u /* how long keeper may take for an answer; a stream has no end */

struct rk_ask_call;

/* None comes inside the call that asked. */
struct rk_call_ops {
	void (*result)(struct rk_ask_call *call, const struct rk_admin_result *result); /* borrowed */
	void (*piece)(struct rk_ask_call *call, struct rk_str bytes);                   /* of a stream; empty: the end */
	void (*failed)(struct rk_ask_call *call, enum rk_err err); /* RK_GONE: keeper is gone, also within a stream */
};

/* Embedded in the request; zero it once. */
struct rk_ask_call {
	TAILQ_ENTRY(rk_ask_call) link;
	const struct rk_call_ops *ops;
	uint32_t id;
	bool is_open; /* in the list */
	bool streams;
};

/* Sends CALL: `fields` become its headers. RK_GONE: there is nobody to ask. */
RK_CHECKED enum rk_err rk_call_start(struct rk_asks *asks, struct rk_ask_call *call,
    const struct rk_admin_call *what, const struct rk_field *fields, uint32_t count);
/* The client is gone, or waited long enough: no callback any more. A stream hangs up. */
void rk_call_cancel(struct rk_asks *asks, struct rk_ask_call *call);

/* Bytes on their way to keeper that it has not read yet. */
size_t rk_asks_waiting(const struct rk_asks *asks);

/* Tells keeper, unless it is too far behind: then the trace is dropped and counted. */
void rk_asks_trace(struct rk_asks *asks, const struct rk_trace *trace);

#endif
