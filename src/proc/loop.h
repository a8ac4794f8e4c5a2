/*
 * loop.h - the one loop of a process (libuv), and what happens at the end of
 * each of its turns.
 *
 * Memory that a callback may still stand in, and bytes that wait to be written,
 * are dealt with once per turn: that is what batches the system calls.
 */
#ifndef RK_PROC_LOOP_H
#define RK_PROC_LOOP_H

#include <uv.h>

#include "base/err.h"

/* A piece of work for the end of this turn. Zero it once; arming twice is once. */
struct rk_turn {
	void (*run)(void *arg);
	void *arg;
	struct rk_turn *next;
	int armed;
};

struct rk_loop {
	uv_loop_t uv;
	uv_check_t check;
	uv_idle_t idle;         /* keeps poll from blocking while work is armed */
	struct rk_turn *first, **last;
};

RK_CHECKED enum rk_err rk_loop_init(struct rk_loop *loop);
void rk_loop_done(struct rk_loop *loop);          /* closes what is left, then the loop */
void rk_loop_run(struct rk_loop *loop);           /* until rk_loop_stop */
void rk_loop_stop(struct rk_loop *loop);

/* Runs turn->run(turn->arg) when the present turn of the loop ends. */
void rk_loop_at_turn_end(struct rk_loop *loop, struct rk_turn *turn);
/* Takes a turn back, when its owner goes away before the end of the turn. */
void rk_loop_turn_cancel(struct rk_loop *loop, struct rk_turn *turn);

#endif
