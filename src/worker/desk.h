/*
 * desk.h - where invocations wait, get a slot, and come to their end.
 *
 * The gateways' channels come in here. A frame is queued first and begun when the whole read is
 * delivered, so that what has not begun can be handed back while a function holds the process up.
 */
#ifndef RK_WORKER_DESK_H
#define RK_WORKER_DESK_H

#include <uv.h>

#include "worker/idle.h"
#include "worker/limit.h"
#include "worker/slot.h"

struct rk_desk_seat;    /* a slot and its timer */
struct rk_desk_gateway; /* a channel */

struct rk_desk {
	struct rk_loop *loop;
	const struct rk_conf *conf;
	struct rk_engine *engine; /* NULL until there is a deployment; the owner's */
	struct rk_limit limit;
	struct rk_desk_gateway *gateways;
	struct rk_invocation *first, **last; /* not begun, in order of arrival */
	struct rk_desk_seat *seats;          /* all */
	struct rk_desk_seat *free;           /* idle: the last used first, so that one slot stays warm */
	unsigned seat_count, busy;
	struct rk_slot *running; /* JavaScript of this slot is on the stack */
	uint64_t limit_at;       /* when that is ended */
	uint64_t flushed;        /* when replies last went out in the middle of a turn */
	bool handed_back;        /* in this run */
	bool leaving;            /* nothing new is begun */
	bool over;               /* told */
	uv_timer_t linger;  /* after the last invocation: for what is still on its way here */
	uint64_t linger_ms; /* how long */
	struct rk_idle idle; /* `serve` only: nobody called for long */
	struct rk_turn turn;
	void (*retired)(void *arg); /* takes no more; NULL: nobody cares. Set after init */
	void (*ended)(void *arg);   /* nothing is left to do: the process may exit */
	void *arg;
};

/* ended comes from the loop, once. */
void rk_desk_init(struct rk_desk *desk, struct rk_loop *loop, const struct rk_conf *conf,
    void (*ended)(void *arg), void *arg);

/* The deployment is there: makes the first slot, watches over running time, begins what waits. */
RK_CHECKED enum rk_err rk_desk_open(struct rk_desk *desk, struct rk_engine *engine, struct rk_why *why);

/* Takes over fd. */
RK_CHECKED enum rk_err rk_desk_add_gateway(struct rk_desk *desk, int fd);

/* Takes no more: tells the gateways, hands back what waits and what still comes, ends when what runs has ended
 * and every gateway has closed its channel, or a quarter of a second later; an idle one waits longer for them. */
void rk_desk_leave(struct rk_desk *desk);

/* Before the engine goes; timers are closed by the loop's end. */
void rk_desk_done(struct rk_desk *desk);

#endif
