#include "worker/desk.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"

#define FLUSH_MS 2       /* replies do not wait longer for the rest of a batch */
#define PUMP_MS 10       /* then timers and channels have their turn */
#define JOBS_MORE_MS 100 /* what is one long run is ended by on_limit first, which costs others less */
#define END_MS 1000      /* what our own clean-up after an invocation may take */
#define LINGER_MS 250
#define LINGER_IDLE_MS 2000 /* nothing else waits for the process */
#define HANDBACK_IDS 8192u

struct rk_desk_seat {
	struct rk_desk *desk;
	struct rk_slot *slot;
	uv_timer_t timer; /* the deadline or wakeAt(), whichever is first */
	struct rk_desk_seat *next, *next_free;
};

struct rk_desk_gateway {
	struct rk_desk *desk;
	struct rk_chan *chan;
	struct rk_desk_gateway *next;
};

static void pump_later(struct rk_desk *desk);

/* ---- to the gateways ------------------------------------------------------------------ */

static void
flush_all(struct rk_desk *desk)
{
	for (struct rk_desk_gateway *g = desk->gateways; g; g = g->next)
		rk_chan_flush(g->chan);
	desk->flushed = rk_clock_mono_ms();
}

/* Hands back at most HANDBACK_IDS of this channel's that have not begun, and frees them. False when none is
 * left. */
static bool
hand_back_some(struct rk_desk *desk, struct rk_chan *chan)
{
	struct rk_invocation **at = &desk->first, *inv;
	struct rk_buf *out;
	uint32_t count = 0;

	for (inv = desk->first; inv && count < HANDBACK_IDS; inv = inv->next)
		count += inv->chan == chan;
	if (count == 0)
		return false;
	out = rk_chan_begin(chan, RK_MSG_HANDBACK, 0);
	rk_msg_put_u32(out, count);
	for (uint32_t left = count; left > 0;) {
		inv = *at;
		if (inv->chan != chan) {
			at = &inv->next;
			continue;
		}
		rk_msg_put_u32(out, inv->id);
		*at = inv->next;
		rk_invocation_free(inv);
		left--;
	}
	(void)!rk_chan_end(chan);
	return true;
}

static void
hand_back(struct rk_desk *desk)
{
	for (struct rk_desk_gateway *g = desk->gateways; g; g = g->next)
		while (hand_back_some(desk, g->chan))
			continue;
	desk->last = &desk->first;
	while (*desk->last)
		desk->last = &(*desk->last)->next;
}

static void
tell_retired(struct rk_desk_gateway *g)
{
	rk_chan_begin(g->chan, RK_MSG_RETIRE, 0);
	(void)!rk_chan_end(g->chan);
}

/* Told from the end of the turn, where `ended` may take everything down. */
static void
check_over(struct rk_desk *desk)
{
	if (!desk->over && desk->busy == 0 && desk->leaving)
		pump_later(desk);
}

void
rk_desk_leave(struct rk_desk *desk)
{
	if (desk->leaving)
		return;
	desk->leaving = true;
	rk_idle_stop(&desk->idle);
	for (struct rk_desk_gateway *g = desk->gateways; g; g = g->next)
		tell_retired(g);
	if (desk->retired)
		desk->retired(desk->arg);
	hand_back(desk);
	flush_all(desk);
	check_over(desk);
}

/* ---- the limit -------------------------------------------------------------------------- */

/* Nothing of theirs may wait here, but they may not know that this process is busy: the run may have answered. */
static void
tell_busy(struct rk_desk_gateway *g)
{
	rk_msg_put_u32(rk_chan_begin(g->chan, RK_MSG_HANDBACK, 0), 0);
	(void)!rk_chan_end(g->chan);
}

/* A run has passed RK_LIMIT_MS: what waits behind it goes elsewhere, what is done goes out. */
static void
make_way(struct rk_desk *desk)
{
	if (desk->handed_back)
		return;
	desk->handed_back = true;
	hand_back(desk);
	for (struct rk_desk_gateway *g = desk->gateways; g; g = g->next)
		tell_busy(g);
	flush_all(desk);
}

static bool
on_limit(void *arg)
{
	struct rk_desk *desk = arg;

	if (!desk->running)
		return false;
	make_way(desk);
	if (rk_clock_mono_ms() < desk->limit_at)
		return false;
	desk->running->stopped = true;
	return true;
}

/* Promise jobs that make promise jobs: nothing but the end of the process ends them. What else runs here is lost. */
static void
on_jobs(void *arg)
{
	struct rk_desk *desk = arg;

	if (desk->running->stopped)
		return;
	make_way(desk);
	if (rk_clock_mono_ms() < desk->limit_at + JOBS_MORE_MS)
		return;
	if (desk->running->inv)
		rk_invocation_fail(desk->running->inv, RK_OUTCOME_TIMEOUT, 504, "RK-504",
		    "The function did not answer within its time limit.");
	rk_desk_leave(desk);
	_exit(0);
}

static void
enter(struct rk_desk *desk, struct rk_slot *slot, uint64_t limit_at)
{
	rk_limit_enter(&desk->limit, rk_clock_mono_ms());
	desk->running = slot;
	desk->limit_at = limit_at;
	desk->handed_back = false;
}

/* After a run was ended the VM may not be whole any more: its answers leave first, then others finish, then
 * it goes. */
static void
leave(struct rk_desk *desk, struct rk_slot *slot)
{
	desk->running = NULL;
	rk_limit_leave(&desk->limit);
	if (!slot->stopped || desk->leaving)
		return;
	if (slot->inv)
		rk_invocation_fail(slot->inv, RK_OUTCOME_TIMEOUT, 504, "RK-504",
		    "The function did not answer within its time limit.");
	rk_desk_leave(desk);
	rk_slot_calm(slot);
}

/* ---- an invocation's way -------------------------------------------------------------------- */

static void
finish(struct rk_desk_seat *seat)
{
	struct rk_desk *desk = seat->desk;
	struct rk_slot *slot = seat->slot;
	struct rk_invocation *inv = slot->inv;
	uint64_t soonest = rk_clock_mono_ms() + END_MS;

	uv_timer_stop(&seat->timer);
	/* JavaScript is told of the end unless it knows, and has no timer that would outlive it. */
	if (!slot->stopped && (!inv->closed || slot->wake_at < INFINITY)) {
		enter(desk, slot, inv->deadline > soonest ? inv->deadline : soonest);
		rk_slot_end(slot);
		leave(desk, slot);
	}
	slot->inv = NULL;
	rk_invocation_free(inv);
	desk->busy--;
	if (!slot->stopped) {
		seat->next_free = desk->free;
		desk->free = seat;
	}
	if (desk->first)
		pump_later(desk);
	check_over(desk);
}

static void on_timer(uv_timer_t *timer);

/* Sleeps until the deadline or the slot's own timer. */
static void
wait_on(struct rk_desk_seat *seat)
{
	uint64_t now = rk_clock_mono_ms(), deadline = seat->slot->inv->deadline;
	double ms = deadline > now ? (double)(deadline - now) : 0;

	ms = fmin(ms, fmax(0, ceil(seat->slot->wake_at - rk_slot_now())));
	uv_timer_start(&seat->timer, on_timer, (uint64_t)ms, 0);
}

/* JavaScript came back. */
static void
settle(struct rk_desk_seat *seat)
{
	struct rk_slot *slot = seat->slot;

	leave(seat->desk, slot);
	if (slot->stopped || slot->inv->answered || !slot->inv->chan)
		finish(seat);
	else
		wait_on(seat);
}

static void
on_timer(uv_timer_t *timer)
{
	struct rk_desk_seat *seat = timer->data;
	struct rk_slot *slot = seat->slot;

	if (rk_clock_mono_ms() >= slot->inv->deadline) {
		rk_invocation_fail(slot->inv, RK_OUTCOME_TIMEOUT, 504, "RK-504",
		    "The function did not answer within its time limit.");
		finish(seat);
	} else if (slot->wake_at <= rk_slot_now()) {
		enter(seat->desk, slot, slot->inv->deadline);
		rk_slot_wake(slot);
		settle(seat);
	} else {
		wait_on(seat);
	}
}

static enum rk_err
new_seat(struct rk_desk *desk, struct rk_desk_seat **ret_seat, struct rk_why *why)
{
	struct rk_desk_seat *seat = calloc(1, sizeof(*seat));
	enum rk_err err;

	if (!seat)
		return RK_NOMEM;
	err = rk_slot_new(desk->engine, &seat->slot, why);
	if (err) {
		free(seat);
		return err;
	}
	seat->desk = desk;
	uv_timer_init(&desk->loop->uv, &seat->timer);
	seat->timer.data = seat;
	seat->next = desk->seats;
	desk->seats = seat;
	desk->seat_count++;
	*ret_seat = seat;
	return RK_OK;
}

static enum rk_err
take_seat(struct rk_desk *desk, struct rk_desk_seat **ret_seat)
{
	struct rk_why why = { 0 };
	enum rk_err err;

	if (desk->free) {
		*ret_seat = desk->free;
		desk->free = desk->free->next_free;
		return RK_OK;
	}
	err = new_seat(desk, ret_seat, &why);
	if (err)
		rk_error("no slot: %s %s", rk_err_text(err), why.what);
	return err;
}

static void
begin(struct rk_desk *desk, struct rk_invocation *inv)
{
	struct rk_desk_seat *seat;
	uint64_t now = rk_clock_mono_ms();

	rk_idle_call(&desk->idle, now);
	if (now >= inv->deadline)
		rk_invocation_fail(inv, RK_OUTCOME_TIMEOUT, 504, "RK-504",
		    "The function did not answer within its time limit.");
	else if (inv->call.function >= desk->engine->bundle->function_count)
		rk_invocation_fail(inv, RK_OUTCOME_ERROR, 500, "RK-500", "Something failed inside Roomkey.");
	else if (inv->chan && take_seat(desk, &seat))
		rk_invocation_fail(inv, RK_OUTCOME_ERROR, 500, "RK-500", "Something failed inside Roomkey.");
	if (inv->answered || !inv->chan) {
		rk_invocation_free(inv);
		return;
	}
	desk->busy++;
	enter(desk, seat->slot, inv->deadline);
	rk_slot_invoke(seat->slot, inv);
	settle(seat);
}

/* ---- the queue ---------------------------------------------------------------------------------- */

static struct rk_invocation *
take_first(struct rk_desk *desk)
{
	struct rk_invocation *inv = desk->first;

	desk->first = inv->next;
	if (!desk->first)
		desk->last = &desk->first;
	inv->next = NULL;
	return inv;
}

static void
pump(struct rk_desk *desk)
{
	uint64_t began = rk_clock_mono_ms(), now;

	desk->flushed = began;
	while (desk->engine && desk->first && !desk->leaving &&
	       (desk->free || desk->seat_count < (unsigned)desk->conf->slots)) {
		begin(desk, take_first(desk));
		now = rk_clock_mono_ms();
		if (now - desk->flushed >= FLUSH_MS)
			flush_all(desk);
		if (now - began >= PUMP_MS && desk->first) {
			pump_later(desk);
			return;
		}
	}
}

static void
end(struct rk_desk *desk)
{
	if (desk->over || desk->busy > 0)
		return;
	desk->over = true;
	uv_timer_stop(&desk->linger);
	desk->ended(desk->arg);
}

static void
on_linger_over(uv_timer_t *timer)
{
	end(timer->data);
}

/* What arrives up to the gateways' answer to RETIRE is handed back, and so runs elsewhere. */
static void
on_idle(void *arg)
{
	struct rk_desk *desk = arg;

	if (desk->busy > 0 || desk->first)
		return;
	desk->linger_ms = LINGER_IDLE_MS;
	rk_desk_leave(desk);
}

/* While gateways are there, an invocation may be on its way that they sent before they heard: it would be lost. */
static void
on_turn(void *arg)
{
	struct rk_desk *desk = arg;

	if (!desk->leaving)
		pump(desk);
	else if (!desk->gateways)
		end(desk);
	else if (desk->busy == 0 && !uv_is_active((uv_handle_t *)&desk->linger))
		uv_timer_start(&desk->linger, on_linger_over, desk->linger_ms, 0);
}

static void
pump_later(struct rk_desk *desk)
{
	rk_loop_at_turn_end(desk->loop, &desk->turn);
}

static void
on_message(
    struct rk_chan *chan, enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, int fd, void *arg)
{
	struct rk_desk_gateway *g = arg;
	struct rk_invocation *inv;
	enum rk_err err;

	(void)fd;
	if (type == RK_MSG_PING) {
		rk_chan_begin(chan, RK_MSG_PONG, 0);
		(void)!rk_chan_end(chan);
	}
	if (type != RK_MSG_INVOKE)
		return;
	err = rk_invocation_new(chan, id, view, &inv);
	if (err) {
		rk_error("an invocation cannot be read: %s", rk_err_text(err));
		return;
	}
	*g->desk->last = inv;
	g->desk->last = &inv->next;
}

static void
on_batch_end(struct rk_chan *chan, void *arg)
{
	struct rk_desk *desk = ((struct rk_desk_gateway *)arg)->desk;

	(void)chan;
	if (desk->leaving)
		hand_back(desk);
	else
		pump(desk);
}

/* Nobody waits for the answers of this gateway any more. */
static void
on_closed(struct rk_chan *chan, enum rk_err err, void *arg)
{
	struct rk_desk_gateway *g = arg, **at = &g->desk->gateways;
	struct rk_desk *desk = g->desk;

	if (err)
		rk_error("a gateway sent what it must not: %s", rk_err_text(err));
	for (struct rk_invocation *inv = desk->first; inv; inv = inv->next)
		if (inv->chan == chan)
			inv->chan = NULL;
	while (*at != g)
		at = &(*at)->next;
	*at = g->next;
	for (struct rk_desk_seat *seat = desk->seats; seat; seat = seat->next)
		if (seat->slot->inv && seat->slot->inv->chan == chan) {
			seat->slot->inv->chan = NULL;
			finish(seat);
		}
	rk_chan_close(chan);
	free(g);
	if (!desk->gateways)
		rk_desk_leave(desk);
	check_over(desk);
}

/* ---- the beginning and the end -------------------------------------------------------------------- */

void
rk_desk_init(struct rk_desk *desk, struct rk_loop *loop, const struct rk_conf *conf, void (*ended)(void *arg),
    void *arg)
{
	*desk = (struct rk_desk){
		.loop = loop, .conf = conf, .ended = ended, .arg = arg, .linger_ms = LINGER_MS
	};
	desk->last = &desk->first;
	desk->turn = (struct rk_turn){ .run = on_turn, .arg = desk };
	uv_timer_init(&loop->uv, &desk->linger);
	desk->linger.data = desk;
	rk_idle_init(
	    &desk->idle, loop, conf->command == RK_CONF_SERVE ? (uint64_t)conf->idle_ms : 0, on_idle, desk);
}

enum rk_err
rk_desk_open(struct rk_desk *desk, struct rk_engine *engine, struct rk_why *why)
{
	enum rk_err err;

	desk->engine = engine;
	err = new_seat(desk, &desk->free, why);
	if (err) {
		desk->engine = NULL;
		return err;
	}
	rk_limit_start(&desk->limit, engine->group, on_limit, on_jobs, desk);
	rk_idle_start(&desk->idle);
	pump_later(desk);
	return RK_OK;
}

enum rk_err
rk_desk_add_gateway(struct rk_desk *desk, int fd)
{
	static const struct rk_chan_ops ops = { on_message, on_batch_end, on_closed };
	struct rk_desk_gateway *g = calloc(1, sizeof(*g));
	enum rk_err err;

	if (!g) {
		close(fd);
		return RK_NOMEM;
	}
	g->desk = desk;
	err = rk_chan_open(desk->loop, fd, RK_WORKER, RK_GATEWAY, &ops, g, &g->chan);
	if (err) {
		free(g);
		return err;
	}
	g->next = desk->gateways;
	desk->gateways = g;
	if (desk->leaving)
		tell_retired(g);
	return RK_OK;
}

static void
on_timer_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void
rk_desk_done(struct rk_desk *desk)
{
	struct rk_desk_seat *seat;
	struct rk_desk_gateway *g;

	if (desk->engine)
		rk_limit_stop(&desk->limit);
	rk_loop_turn_cancel(desk->loop, &desk->turn);
	uv_close((uv_handle_t *)&desk->linger, NULL);
	rk_idle_done(&desk->idle);
	while ((g = desk->gateways)) {
		desk->gateways = g->next;
		rk_chan_close(g->chan);
		free(g);
	}
	while (desk->first)
		rk_invocation_free(take_first(desk));
	while ((seat = desk->seats)) {
		desk->seats = seat->next;
		rk_invocation_free(seat->slot->inv);
		rk_slot_free(seat->slot);
		uv_close((uv_handle_t *)&seat->timer, on_timer_closed);
	}
}
