/*
 * estate.c - the sites, and the way of each from a change in the store to what gateways route to.
 *
 * A change is only noted; it is read at the turn's end, so that several in one request are one swap. While a swap
 * is under way a further change waits for its end, and those who wait for that change wait on.
 */
#include "keeper/estates.h"

#include "base/auto.h"
#include "base/clock.h"
#include "base/log.h"
#include "keeper/cargo.h"

#define SWAP_MS 10000u
#define TICK_MS 250u
#define TEXT_TIMEOUT "No worker has loaded it within 10 seconds."

/* ---- sending --------------------------------------------------------------------------- */

static enum rk_err
send_bundle(struct rk_estate *estate, uint32_t site, uint32_t generation, int fd)
{
	struct rk_buf *out = rk_chan_begin(estate->opts.control, RK_MSG_BUNDLE, 0);

	rk_msg_put_u32(out, site);
	rk_msg_put_u32(out, generation);
	return rk_chan_end_fd(estate->opts.control, fd);
}

static enum rk_err
seal_and_send(struct rk_estate *estate, const struct rk_site *site, uint32_t number, uint32_t generation)
{
	RK_AUTO(rk_auto_close) int fd = -1;
	enum rk_err err = rk_cargo_seal(estate->opts.store, site, generation, &fd);

	return err ? err : send_bundle(estate, number, generation, fd);
}

struct telling {
	struct rk_estate *estate;
	const struct rk_place *place;
};

static void
tell_routes(struct rk_chan *chan, void *arg)
{
	const struct telling *t = arg;
	enum rk_err err;

	rk_site_put_routes(rk_chan_begin(chan, RK_MSG_ROUTES, 0), t->place->live, t->place->number,
	    t->place->generation, t->estate->opts.conf);
	err = rk_chan_end(chan);
	if (err)
		rk_error("RK-118: The routes could not be sent: %s.", rk_err_text(err));
}

static void
flush(struct rk_chan *chan, void *arg)
{
	(void)arg;
	rk_chan_flush(chan);
}

void
rk_estate_welcome(struct rk_estate *estate, struct rk_chan *chan)
{
	struct telling t = { .estate = estate };

	for (t.place = estate->places.first; t.place; t.place = t.place->next)
		if (t.place->live)
			tell_routes(chan, &t);
	rk_chan_flush(chan);
}

static void
tell_drop(struct rk_chan *chan, void *arg)
{
	enum rk_err err;

	rk_msg_put_u32(rk_chan_begin(chan, RK_MSG_DROP, 0), *(const uint32_t *)arg);
	err = rk_chan_end(chan);
	if (err)
		rk_error("a site that is gone could not be told: %s", rk_err_text(err));
}

static void
drop_number(struct rk_estate *estate, uint32_t number)
{
	rk_audience_each(estate->opts.audience, tell_drop, &number);
	tell_drop(estate->opts.control, &number);
}

/* ---- a swap ------------------------------------------------------------------------------ */

static void
end_move(struct rk_estate *estate, struct rk_place *place)
{
	if (!place->coming)
		return;
	rk_site_free(place->coming);
	place->coming = NULL;
	estate->moving--;
}

/* Whoever waited for this swap hears of it; `place` may be changed anew by them. */
static void
finish(struct rk_estate *estate, struct rk_place *place, const struct rk_estate_outcome *outcome)
{
	end_move(estate, place);
	if (outcome->err)
		rk_error("RK-750: The change of %s is not served: %.*s What was there before goes on.",
		    place->environment, RK_FMT(outcome->text));
	if (place->dirty)
		rk_estate_arm(estate);
	rk_waiting_tell(&estate->waiting, place, outcome);
}

static void
fail(struct rk_estate *estate, struct rk_place *place, enum rk_err err)
{
	RK_AUTO(rk_buf_free) struct rk_buf text = RK_BUF(256);

	rk_buf_printf(&text, "it could not be made ready: %s.", rk_err_text(err));
	finish(estate, place, &(struct rk_estate_outcome){ .err = err, .text = rk_buf_str(&text) });
}

static void
remove_place(struct rk_estate *estate, struct rk_place *place)
{
	if (place->live)
		drop_number(estate, place->number);
	end_move(estate, place);
	rk_places_take(&estate->places, place);
	rk_waiting_tell(&estate->waiting, place, &(struct rk_estate_outcome){ .err = RK_OK });
	rk_place_free(place);
}

static void start_tick(struct rk_estate *estate);

/* A site that no worker was started for runs nothing that could be old: its bundle is made when it wakes. */
static bool
is_asleep(const struct rk_place *place, const struct rk_site *now)
{
	return place->live && !place->warm && rk_str_is(place->live->build_sid, now->build_sid);
}

/* Owns the site. */
static void
move(struct rk_estate *estate, struct rk_place *place, struct rk_site *site)
{
	uint32_t generation = rk_estate_number(estate);
	enum rk_err err = seal_and_send(estate, site, place->number, generation);

	if (err) {
		rk_site_free(site);
		fail(estate, place, err);
		return;
	}
	place->coming = site;
	place->coming_generation = generation;
	place->since_ms = rk_clock_mono_ms();
	place->warm = true;
	estate->moving++;
	start_tick(estate);
}

static void
begin(struct rk_estate *estate, struct rk_place *place)
{
	struct rk_site *site = NULL;
	enum rk_err err =
	    rk_site_read(estate->opts.store, rk_str(place->account), rk_str(place->environment), &site);

	place->dirty = false;
	rk_waiting_turn(&estate->waiting, place);
	if (err == RK_NOT_FOUND) {
		remove_place(estate, place);
	} else if (err) {
		fail(estate, place, err);
	} else if (is_asleep(place, site)) {
		rk_site_free(site);
		finish(estate, place, &(struct rk_estate_outcome){ .err = RK_OK });
	} else {
		move(estate, place, site);
	}
}

void
rk_estate_turn(void *arg)
{
	struct rk_estate *estate = arg;
	struct rk_place *place;

	rk_waiting_tell(&estate->waiting, NULL, &(struct rk_estate_outcome){ .err = RK_OK });
	rk_trials_run(&estate->trials);
	/* The list may change with every one that begins; those that must wait are passed over. */
	while ((place = rk_places_find_dirty(&estate->places)))
		begin(estate, place);
}

static void
go_live(struct rk_estate *estate, struct rk_place *place, const struct rk_estate_outcome *outcome)
{
	struct telling t = { estate, place };

	rk_site_free(place->live);
	place->live = place->coming;
	place->generation = place->coming_generation;
	place->coming = NULL;
	estate->moving--;
	rk_audience_each(estate->opts.audience, tell_routes, &t);
	rk_audience_each(estate->opts.audience, flush, NULL); /* before anybody says that it is live */
	finish(estate, place, outcome);
}

/* ---- what super says ----------------------------------------------------------------------- */

static struct rk_problem *
read_problems(struct rk_msg_view *view, size_t *ret_n)
{
	uint32_t n = rk_msg_get_u32(view);
	struct rk_problem *problems =
	    n <= (size_t)(view->end - view->p) ? calloc((size_t)n + 1, sizeof *problems) : NULL;

	*ret_n = 0;
	while (problems && *ret_n < n && !view->bad)
		rk_problem_get(view, &problems[(*ret_n)++]);
	if (!problems || !rk_msg_is_done(view)) {
		rk_error("super told of problems in a form that cannot be read");
		*ret_n = 0;
	}
	return problems;
}

void
rk_estate_ready(struct rk_estate *estate, struct rk_msg_view *view)
{
	uint32_t generation = rk_msg_get_u32(view);
	size_t n;
	RK_AUTO(rk_auto_free) struct rk_problem *problems = read_problems(view, &n);
	struct rk_estate_outcome outcome = { .err = RK_OK, .problems = problems, .problem_n = n };
	struct rk_place *place = rk_places_find_coming(&estate->places, generation);

	if (place)
		go_live(estate, place, &outcome);
	else
		rk_trials_end(&estate->trials, generation, &outcome);
}

/* A bundle that was made for a site that woke: nobody waits for it but those who call. */
static void
log_failed_wake(const struct rk_estate *estate, uint32_t generation, struct rk_str reason)
{
	for (const struct rk_place *p = estate->places.first; p; p = p->next)
		if (p->live && p->generation == generation)
			rk_error("RK-750: No worker could load %s: %.*s", p->environment, RK_FMT(reason));
}

void
rk_estate_failed(struct rk_estate *estate, struct rk_msg_view *view)
{
	uint32_t generation = rk_msg_get_u32(view);
	struct rk_str reason = rk_msg_get_str(view);
	struct rk_estate_outcome outcome = { .err = RK_GONE, .text = reason };
	struct rk_place *place = rk_places_find_coming(&estate->places, generation);

	if (view->bad)
		return;
	if (place)
		finish(estate, place, &outcome);
	else if (!rk_trials_end(&estate->trials, generation, &outcome))
		log_failed_wake(estate, generation, reason);
}

static bool
was_given(const struct rk_place *place)
{
	return place->given == place->generation && rk_clock_mono_ms() - place->given_ms < TICK_MS;
}

void
rk_estate_wake(struct rk_estate *estate, struct rk_msg_view *view)
{
	uint32_t number = rk_msg_get_u32(view);
	struct rk_place *place = rk_places_find(&estate->places, number);
	enum rk_err err;

	if (!rk_msg_is_done(view))
		return;
	if (!place || !place->live) {
		drop_number(estate, number);
		return;
	}
	if (place->coming || was_given(place)) /* what is on its way will do */
		return;
	err = seal_and_send(estate, place->live, number, place->generation);
	if (err) {
		rk_error("RK-750: %s could not be woken: %s.", place->environment, rk_err_text(err));
		return;
	}
	place->warm = true;
	place->given = place->generation;
	place->given_ms = rk_clock_mono_ms();
}

/* ---- time ------------------------------------------------------------------------------------- */

static void
on_tick(uv_timer_t *timer)
{
	struct rk_estate *estate = timer->data;
	uint64_t now = rk_clock_mono_ms();
	struct rk_place *place;

	while ((place = rk_places_find_late(&estate->places, now, SWAP_MS)))
		finish(estate, place,
		    &(struct rk_estate_outcome){ .err = RK_TIMEOUT, .text = RK_STR(TEXT_TIMEOUT) });
	rk_trials_tick(&estate->trials, now);
	if (estate->moving == 0 && !rk_trials_is_busy(&estate->trials))
		uv_timer_stop(timer);
}

static void
start_tick(struct rk_estate *estate)
{
	if (!uv_is_active((uv_handle_t *)estate->tick))
		uv_timer_start(estate->tick, on_tick, TICK_MS, TICK_MS);
}

enum rk_err
rk_estate_send_trial(uint32_t generation, int fd, void *arg)
{
	struct rk_estate *estate = arg;

	start_tick(estate);
	return send_bundle(estate, RK_SITE_TRIAL, generation, fd);
}
