#include "proc/loop.h"

/* Runs what was armed up to now; what it arms in its turn belongs to the next one. */
static void
run_turn(struct rk_loop *loop)
{
	struct rk_turn *turn, *stop = NULL;

	if (!loop->first)
		return;
	/* A marker that nobody can arm tells where this turn's work ends. */
	struct rk_turn end = { .armed = 1 };

	*loop->last = &end;
	loop->last = &end.next;
	stop = &end;
	while ((turn = loop->first) != stop) {
		loop->first = turn->next;
		turn->armed = 0;
		turn->next = NULL;
		turn->run(turn->arg);
	}
	loop->first = end.next;
	if (loop->last == &end.next)
		loop->last = &loop->first;
}

static void
on_check(uv_check_t *check)
{
	struct rk_loop *loop = check->data;

	run_turn(loop);
	if (!loop->first)
		uv_idle_stop(&loop->idle);
}

/* Its being active is the point: poll does not block then. */
static void
on_idle(uv_idle_t *idle)
{
	(void)idle;
}

enum rk_err
rk_loop_init(struct rk_loop *loop)
{
	*loop = (struct rk_loop){ 0 };
	loop->last = &loop->first;
	if (uv_loop_init(&loop->uv) != 0)
		return RK_IO;
	loop->uv.data = loop;
	uv_idle_init(&loop->uv, &loop->idle);
	uv_check_init(&loop->uv, &loop->check);
	loop->check.data = loop;
	uv_check_start(&loop->check, on_check);
	return RK_OK;
}

static void
close_handle(uv_handle_t *handle, void *arg)
{
	(void)arg;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

void
rk_loop_done(struct rk_loop *loop)
{
	while (loop->first)
		run_turn(loop);
	uv_walk(&loop->uv, close_handle, NULL);
	while (uv_run(&loop->uv, UV_RUN_DEFAULT) != 0)
		continue;
	uv_loop_close(&loop->uv);
}

void
rk_loop_run(struct rk_loop *loop)
{
	uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void
rk_loop_stop(struct rk_loop *loop)
{
	uv_stop(&loop->uv);
}

void
rk_loop_at_turn_end(struct rk_loop *loop, struct rk_turn *turn)
{
	if (turn->armed)
		return;
	turn->armed = 1;
	turn->next = NULL;
	*loop->last = turn;
	loop->last = &turn->next;
	if (!uv_is_active((uv_handle_t *)&loop->idle) && !uv_is_closing((uv_handle_t *)&loop->idle))
		uv_idle_start(&loop->idle, on_idle);
}

void
rk_loop_turn_cancel(struct rk_loop *loop, struct rk_turn *turn)
{
	struct rk_turn **at = &loop->first;

	if (!turn->armed)
		return;
	while (*at && *at != turn)
		at = &(*at)->next;
	if (!*at)
		return;
	*at = turn->next;
	if (loop->last == &turn->next)
		loop->last = at;
	turn->armed = 0;
	turn->next = NULL;
}
