/*
 * admin.h - a request to the admin listener on its way to keeper, and what keeper says.
 *
 * The gateway knows nothing of accounts: it passes whole requests on and sends what comes back. Only
 * the console's files are its own (gateway/console.c).
 */
#ifndef RK_WIRE_ADMIN_H
#define RK_WIRE_ADMIN_H

#include "wire/call.h"

/* CALL. Headers as they were received, in order. */
struct rk_admin_call {
	struct rk_str request_id; /* RQ... */
	struct rk_str method;     /* "POST" */
	struct rk_str target;     /* raw path and query */
	struct rk_str scheme;     /* "http", "https" */
	struct rk_str peer;       /* the client's address as text, without a port */
	struct rk_pairs headers;
	struct rk_str body;
};

/* Everything but headers and body; they follow as in INVOKE (wire/call.h). */
void rk_admin_call_put_head(struct rk_buf *out, const struct rk_admin_call *call);
RK_CHECKED enum rk_err rk_admin_call_get(struct rk_msg_view *v, struct rk_admin_call *ret_call); /* borrows */

/* RESULT */
enum rk_admin_how {
	RK_ADMIN_WHOLE,  /* status, headers, body: the answer */
	RK_ADMIN_STREAM, /* the same, and PIECEs follow until an empty one; no Content-Length */
	RK_ADMIN_RUN,    /* body is struct rk_admin_run: run it, and answer with its outcome as JSON */
};

struct rk_admin_result {
	uint8_t how;             /* enum rk_admin_how */
	uint16_t status;         /* 100-999; 200 for RUN */
	struct rk_pairs headers; /* no Content-Length */
	struct rk_str body;
};

void rk_admin_result_put_head(struct rk_buf *out, enum rk_admin_how how, uint16_t status);
RK_CHECKED enum rk_err rk_admin_result_get(
    struct rk_msg_view *v, struct rk_admin_result *ret_result); /* borrows */

/* A request to a function that is made inside: the console's "Try it". The gateway answers the CALL with
 * {"status","headers":[[name,value],...],"body","base64":bool,"took_us","request_id"}, or with its own error. */
struct rk_admin_run {
	uint32_t site;
	struct rk_str method, target; /* raw path and query */
	struct rk_pairs headers;
	struct rk_str body;
	bool is_signed; /* keeper vouches for it: protected paths are open */
};

void rk_admin_run_put_head(struct rk_buf *out, const struct rk_admin_run *run);
RK_CHECKED enum rk_err rk_admin_run_get(struct rk_msg_view *v, struct rk_admin_run *ret_run); /* borrows */

#endif
