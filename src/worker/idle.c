#include "worker/idle.h"

#include "base/clock.h"

static void on_timer(uv_timer_t *timer);

/* A call only notes the time: the timer is set anew when it goes off, not a thousand times a second. */
static void
arm(struct rk_idle *idle, uint64_t now)
{
	uv_timer_start(&idle->timer, on_timer, idle->called + idle->ms - now, 0);
}

static void
on_timer(uv_timer_t *timer)
{
	struct rk_idle *idle = timer->data;
	uint64_t now = rk_clock_mono_ms();

	if (now < idle->called + idle->ms) {
		arm(idle, now);
		return;
	}
	rk_idle_start(idle);
	idle->fn(idle->arg);
}

void
rk_idle_init(struct rk_idle *idle, struct rk_loop *loop, uint64_t ms, void (*fn)(void *arg), void *arg)
{
	*idle = (struct rk_idle){ .ms = ms, .fn = fn, .arg = arg };
	uv_timer_init(&loop->uv, &idle->timer);
	idle->timer.data = idle;
}

void
rk_idle_start(struct rk_idle *idle)
{
	if (idle->ms == 0)
		return;
	idle->called = rk_clock_mono_ms();
	arm(idle, idle->called);
}

void
rk_idle_stop(struct rk_idle *idle)
{
	uv_timer_stop(&idle->timer);
}

void
rk_idle_done(struct rk_idle *idle)
{
	uv_close((uv_handle_t *)&idle->timer, NULL);
}
