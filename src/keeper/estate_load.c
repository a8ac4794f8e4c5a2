/*
 * estate_load.c - the sites as the store has them at the start, and the end of all of them.
 */
#include "keeper/estates.h"

#include <stdlib.h>

#include "keeper/pages.h"

struct loading {
	struct rk_estate *estate;
	enum rk_err err;
};

static void
load_one(const void *row, void *arg)
{
	const struct rk_row_environment *environment = row;
	struct loading *l = arg;
	struct rk_place *place;
	struct rk_site *site = NULL;

	if (l->err)
		return;
	l->err = rk_site_read_row(l->estate->opts.store, environment, &site);
	if (l->err == RK_NOT_FOUND) {
		l->err = RK_OK;
		return;
	}
	if (!l->err)
		l->err = rk_places_add(&l->estate->places, rk_estate_number(l->estate),
		    environment->row.account_sid, rk_str(environment->row.sid), &place);
	if (l->err)
		rk_site_free(site);
	else
		place->live = site;
}

/* In one transaction, though it only reads: thousands of queries then share one lock of the file. */
static enum rk_err
load(struct rk_estate *estate)
{
	struct loading l = { .estate = estate };
	enum rk_err err = rk_store_begin(estate->opts.store);

	if (err)
		return err;
	err = rk_pages_each(estate->opts.store, RK_KIND_ENVIRONMENT,
	    &(struct rk_query){ .account = RK_EVERY_ACCOUNT }, load_one, &l);
	rk_store_rollback(estate->opts.store);
	/* After the sites' numbers, so that no later keeper gives one of those to another (proc/role.h). */
	for (struct rk_place *p = estate->places.first; p; p = p->next)
		p->generation = rk_estate_number(estate);
	return err ? err : l.err;
}

enum rk_err
rk_estate_new(const struct rk_estate_opts *opts, struct rk_estate **ret_estate)
{
	struct rk_estate *estate = calloc(1, sizeof *estate);
	uv_timer_t *tick = calloc(1, sizeof *tick);
	enum rk_err err;

	if (!estate || !tick) {
		free(estate);
		free(tick);
		return RK_NOMEM;
	}
	*estate = (struct rk_estate){ .opts = *opts, .tick = tick };
	estate->counter = opts->generation < RK_SITE_DEV ? RK_SITE_DEV : opts->generation;
	estate->turn = (struct rk_turn){ .run = rk_estate_turn, .arg = estate };
	estate->trials =
	    (struct rk_trials){ .number = rk_estate_number, .send = rk_estate_send_trial, .arg = estate };
	uv_timer_init(&opts->loop->uv, tick);
	tick->data = estate;
	err = load(estate);
	if (err) {
		rk_estate_free(estate);
		return err;
	}
	*ret_estate = estate;
	return RK_OK;
}

static void
free_tick(uv_handle_t *handle)
{
	free(handle);
}

void
rk_estate_free(struct rk_estate *estate)
{
	if (!estate)
		return;
	rk_loop_turn_cancel(estate->opts.loop, &estate->turn);
	uv_close((uv_handle_t *)estate->tick, free_tick);
	rk_trials_done(&estate->trials);
	rk_waiting_done(&estate->waiting);
	rk_places_done(&estate->places);
	free(estate);
}
