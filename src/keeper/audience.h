/*
 * audience.h - the gateways: all of them hear what keeper says, and each asks by its own channel.
 */
#ifndef RK_KEEPER_AUDIENCE_H
#define RK_KEEPER_AUDIENCE_H

#include "proc/chan.h"
#include "wire/check.h"

struct rk_listener;

struct rk_audience_ops {
	void (*joined)(struct rk_chan *chan, void *arg); /* a gateway came: it is told what is live */
	/* CHECK, OPEN, CALL, HANGUP, TRACE. */
	void (*asked)(
	    struct rk_chan *chan, enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, void *arg);
	void (*left)(struct rk_chan *chan, void *arg); /* before its channel closes; may be NULL */
};

struct rk_audience {
	struct rk_loop *loop;
	const struct rk_audience_ops *ops;
	void *arg;
	struct rk_listener *first;
};

/* Owns fd. */
void rk_audience_add(struct rk_audience *audience, int fd);
void rk_audience_each(struct rk_audience *audience, void (*each)(struct rk_chan *chan, void *arg), void *arg);
void rk_audience_done(struct rk_audience *audience);

/* The two answers to CHECK and OPEN. fd stays the caller's. */
void rk_audience_send_verdict(struct rk_chan *chan, uint32_t id, const struct rk_verdict *verdict);
void rk_audience_send_file(struct rk_chan *chan, uint32_t id, int fd, uint64_t size, uint64_t mtime_ms);

#endif
