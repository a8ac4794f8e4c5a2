/*
 * call.h - an invocation on its way to a worker, and what comes back.
 *
 * All views borrow from the frame that was read. Lists of pairs (headers) are
 * walked with rk_call_pair().
 */
#ifndef RK_WIRE_CALL_H
#define RK_WIRE_CALL_H

#include "wire/msg.h"

/* A list of name/value pairs as it lies in a frame: u16 count, then two strings each. */
struct rk_pairs {
	uint16_t count;
	struct rk_str bytes; /* the encoded strings */
};

/* Takes the next pair off *left; false at the end. */
bool rk_pairs_take(struct rk_pairs *left, struct rk_str *ret_name, struct rk_str *ret_value);

/* INVOKE */
struct rk_call {
	uint32_t function;        /* index in the bundle */
	uint32_t timeout_ms;      /* what is left of the limit when it was sent */
	struct rk_str request_id; /* RQ... */
	struct rk_str method;     /* as sent: "POST" */
	struct rk_str path;       /* raw, still percent-encoded, no query */
	struct rk_str query;      /* raw, without '?' */
	struct rk_str host;       /* DOMAIN_NAME: what the listener is called, "localhost:3000" */
	struct rk_pairs headers;  /* as received, in order, names in their own spelling */
	struct rk_str body;       /* raw; Content-Encoding not undone */
};

/* Writes everything but headers and body, then the headers one by one, then the body:
 *   size_t at = rk_msg_begin(out, RK_MSG_INVOKE, id);
 *   rk_call_put_head(out, &call);
 *   size_t h = rk_pairs_begin(out); rk_pairs_put(out, name, value); ... rk_pairs_end(out, h, count);
 *   rk_msg_put_str(out, body);
 *   rk_msg_end(out, at); */
void rk_call_put_head(struct rk_buf *out, const struct rk_call *call);
size_t rk_pairs_begin(struct rk_buf *out);
void rk_pairs_put(struct rk_buf *out, struct rk_str name, struct rk_str value);
void rk_pairs_end(struct rk_buf *out, size_t begun, uint16_t count);
struct rk_pairs rk_pairs_get(
    struct rk_msg_view *v); /* v->bad tells; rk_pairs_take then gives exactly count */
RK_CHECKED enum rk_err rk_call_get(struct rk_msg_view *v, struct rk_call *ret_call);

/* REPLY: how it ended. */
enum rk_outcome {
	RK_OUTCOME_ANSWER,  /* the function's own answer */
	RK_OUTCOME_REFUSED, /* the request was refused before the function ran (400, 413, 415) */
	RK_OUTCOME_ERROR,   /* it threw, rejected, or passed an error to its callback */
	RK_OUTCOME_TIMEOUT, /* stopped at its limit */
	RK_OUTCOME_INVALID, /* what it gave the callback cannot be sent (bad status, header) */
};

struct rk_reply {
	uint8_t outcome;         /* enum rk_outcome */
	uint16_t status;         /* 100-999 */
	struct rk_pairs headers; /* in order, content-type among them, no Content-Length */
	struct rk_str body;
};

void rk_reply_put_head(
    struct rk_buf *out, enum rk_outcome outcome, uint16_t status); /* then pairs, then body str */
RK_CHECKED enum rk_err rk_reply_get(struct rk_msg_view *v, struct rk_reply *ret_reply);

/* LOG: one call of console.*, masked already, without its last newline. */
struct rk_line {
	uint8_t level;            /* enum rk_log_level of base/log.h */
	uint32_t function;        /* index in the bundle; UINT32_MAX when it is none's */
	struct rk_str request_id; /* empty when it is none's */
	struct rk_str text;
};

void rk_line_put(struct rk_buf *out, const struct rk_line *line);
RK_CHECKED enum rk_err rk_line_get(struct rk_msg_view *v, struct rk_line *ret_line);

#endif
