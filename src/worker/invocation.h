/*
 * invocation.h - one call of a function on its way through a worker, and its answer.
 *
 * Owns a copy of the frame, so that it outlives the channel's read buffer; the gateway's channel is
 * borrowed and forgotten (chan = NULL) when the gateway goes away.
 */
#ifndef RK_WORKER_INVOCATION_H
#define RK_WORKER_INVOCATION_H

#include <JavaScriptCore/JavaScript.h>

#include "base/log.h"
#include "proc/chan.h"
#include "wire/call.h"

#define RK_INVOCATION_LINES 1000u /* of log, in one invocation */
#define RK_INVOCATION_LINE_MAX (64u * RK_KB)
#define RK_INVOCATION_LOG_MAX (256u * RK_KB) /* of all lines of one invocation */

struct rk_invocation {
	struct rk_invocation *next; /* in the queue */
	struct rk_chan *chan;
	uint32_t id;
	uint64_t deadline; /* rk_clock_mono_ms() */
	unsigned lines;
	size_t log_size;
	bool answered;
	bool closed;         /* JavaScript answered it itself, and knows that it is over */
	struct rk_call call; /* views of bytes[] */
	unsigned char bytes[];
};

RK_CHECKED enum rk_err rk_invocation_new(
    struct rk_chan *chan, uint32_t id, const struct rk_msg_view *view, struct rk_invocation **ret_inv);
void rk_invocation_free(struct rk_invocation *inv);

/* Header fields as native.answer gets them: 'Name: value\n' a line, Latin-1; the body as text or as bytes. */
struct rk_invocation_reply {
	enum rk_outcome outcome;
	uint16_t status;
	const JSChar *fields;
	size_t fields_n;
	const JSChar *text; /* NULL: the body is bytes */
	size_t text_n;
	struct rk_str bytes;
};

/* The answer goes out; later ones are ignored. One that cannot be sent becomes a 500 that says why. */
void rk_invocation_answer(
    struct rk_invocation *inv, const struct rk_invocation_reply *reply, size_t body_max);

/* An answer of ours: a JSON error with a code of docs/errors.md. */
void rk_invocation_fail(struct rk_invocation *inv, enum rk_outcome outcome, uint16_t status, const char *code,
    const char *message);

/* A line of the function's log: cut at RK_INVOCATION_LINE_MAX, and counted. When one of the limits is reached, the
 * log says so and ends. */
void rk_invocation_log(struct rk_invocation *inv, enum rk_log_level level, struct rk_str text);

#endif
