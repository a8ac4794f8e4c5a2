/*
 * check.h - a request on its way to the check of its signature, and the verdict.
 *
 * The check is keeper's, because the key is a secret; it happens before any JavaScript runs.
 */
#ifndef RK_WIRE_CHECK_H
#define RK_WIRE_CHECK_H

#include "wire/msg.h"

/* CHECK: what the caller signed, as far as the gateway can know it. */
struct rk_check {
	uint32_t site;
	struct rk_str scheme; /* "http", "https" */
	struct rk_str host;   /* "example.com:3000", as the caller is believed to have named it */
	struct rk_str target; /* raw path and query, "/sms?a=1" */
	bool has_signature;
	struct rk_str signature; /* X-Twilio-Signature */
	struct rk_str type;      /* Content-Type */
	struct rk_str body;      /* raw */

	/* These only help to name the cause of a refusal. Empty when they did not come. */
	struct rk_str origin, seen_host, forwarded_host;
};

void rk_check_put(struct rk_buf *out, const struct rk_check *c);
RK_CHECKED enum rk_err rk_check_get(struct rk_msg_view *v, struct rk_check *ret_check); /* borrows */

/*
 * VERDICT. status 0 answers CHECK with "let it through", and OPEN with "these are not the routes
 * any more: look again". Otherwise it is the answer for the client.
 */
struct rk_verdict {
	uint16_t status;
	struct rk_str code, message, todo; /* "RK-403", what happened, what to do */
};

#define RK_VERDICT_TEXT 2048u /* a longer message or todo is cut */

void rk_verdict_put(struct rk_buf *out, const struct rk_verdict *verdict);
RK_CHECKED enum rk_err rk_verdict_get(struct rk_msg_view *v, struct rk_verdict *ret_verdict); /* borrows */

#endif
