/*
 * asks.h - the channel to keeper: what ask.c, which owns it, and call.c share.
 */
#ifndef RK_GATEWAY_ASKS_H
#define RK_GATEWAY_ASKS_H

#include "gateway/call.h"

TAILQ_HEAD(rk_ask_list, rk_ask);
TAILQ_HEAD(rk_call_list, rk_ask_call);

struct rk_asks {
	struct rk_loop *loop;
	const struct rk_ask_ops *ops;
	void *arg;
	struct rk_chan *keeper;   /* NULL: none at the moment */
	struct rk_ask_list open;  /* in the order of asking, which is that of deadlines and mostly of answers */
	struct rk_call_list calls; /* those that stream too */
	uint32_t serial;           /* of questions and calls together */
	uint64_t lost;             /* traces dropped since the last that went out */
	uv_timer_t *sweep;
};

/* What keeper says to calls: RESULT, PIECE. */
void rk_call_heard(struct rk_asks *asks, enum rk_msg_type type, uint32_t id, struct rk_msg_view *view);
/* Keeper is gone: every call ends. */
void rk_calls_fail(struct rk_asks *asks);

#endif
