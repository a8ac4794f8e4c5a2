/*
 * ask.h - what the gateway asks keeper, and what keeper says: verdicts, files, routes.
 *
 * Calls of the admin listener go the same way: call.h. A question ends once: in `verdict`, in `file`, or in `failed` (RK_TIMEOUT: no answer in
 * RK_ASK_MS; RK_GONE: keeper went away), never inside the call that asked.
 */
#ifndef RK_GATEWAY_ASK_H
#define RK_GATEWAY_ASK_H

#include <sys/queue.h>

#include "gateway/route.h"
#include "proc/chan.h"
#include "wire/check.h"

#define RK_ASK_MS 2000u

struct rk_asks;

/* Embedded in the request; zero it once. */
struct rk_ask {
	TAILQ_ENTRY(rk_ask) link;
	uint32_t id; /* on the channel */
	uint64_t since;
	bool is_open; /* asked, and no answer yet */
};

struct rk_ask_ops {
	void (*verdict)(struct rk_ask *ask, const struct rk_verdict *verdict); /* borrowed */
	void (*file)(struct rk_ask *ask, int fd, uint64_t mtime_ms);           /* takes fd over */
	void (*failed)(struct rk_ask *ask, enum rk_err err);
	void (*routes)(void *arg, struct rk_routes *routes); /* takes the reference over */
	void (*drop)(void *arg, uint32_t site);              /* it is no more */
	/* What the admin listener shows to those who speak TLS; borrowed. */
	void (*tls)(void *arg, struct rk_str certificates, struct rk_str key);
};

RK_CHECKED enum rk_err rk_asks_new(
    struct rk_loop *loop, const struct rk_ask_ops *ops, void *arg, struct rk_asks **ret_asks);
void rk_asks_free(struct rk_asks *asks); /* drops questions without a callback; NULL is fine */

/* Takes fd over: from here on this keeper is asked. What the one before has not answered fails. */
RK_CHECKED enum rk_err rk_asks_set_keeper(struct rk_asks *asks, int fd);
bool rk_asks_has_keeper(const struct rk_asks *asks);

/* RK_GONE: there is nobody to ask. */
RK_CHECKED enum rk_err rk_asks_check(struct rk_asks *asks, struct rk_ask *ask, const struct rk_check *check);
RK_CHECKED enum rk_err rk_asks_open(
    struct rk_asks *asks, struct rk_ask *ask, uint32_t site, uint32_t generation, uint32_t asset);
/* The owner goes away: no callback for this question any more. */
void rk_asks_cancel(struct rk_asks *asks, struct rk_ask *ask);

#endif
