/*
 * slot.h - one JSGlobalContext: its globals, its hooks, and the invocation that it runs.
 *
 * One invocation at a time. The globals live on from one to the next, as in the vendor's cloud.
 */
#ifndef RK_WORKER_SLOT_H
#define RK_WORKER_SLOT_H

#include "worker/engine.h"
#include "worker/invocation.h"

struct rk_slot {
	struct rk_engine *engine;
	JSGlobalContextRef ctx;
	JSObjectRef invoke, wake, end; /* hooks of native.h; protected */
	JSObjectRef type_error;        /* the constructor, as it was before any function ran; protected */
	struct rk_invocation *inv;     /* NULL when idle */
	bool stopped;                  /* its last run was ended by the limit */
	double wake_at;                /* on the clock of native.now(); INFINITY: not armed */
	struct rk_slot *next;          /* among all slots of the process */
};

/* Makes a context and runs our JavaScript in it. RK_INTERNAL when that throws. */
RK_CHECKED enum rk_err rk_slot_new(struct rk_engine *engine, struct rk_slot **ret_slot, struct rk_why *why);
void rk_slot_free(struct rk_slot *slot);

/* The slot whose JavaScript this is; NULL when there is none any more. */
struct rk_slot *rk_slot_of(JSContextRef ctx);

/* Each enters JavaScript, once. The invocation may be answered when it returns. */
void rk_slot_invoke(struct rk_slot *slot, struct rk_invocation *inv);
void rk_slot_wake(struct rk_slot *slot);
/* The invocation is over: its timers and pending work are dropped. It stays the caller's to free. */
void rk_slot_end(struct rk_slot *slot);

/* After a run that the limit ended: what is left of the ending would swallow the next run. The slot is not
 * used again. */
void rk_slot_calm(struct rk_slot *slot);

/* Milliseconds of native.now(). */
double rk_slot_now(void);

#endif
