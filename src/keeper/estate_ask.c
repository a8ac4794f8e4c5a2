/*
 * estate_ask.c - what the rest of keeper asks of the sites, and tells them: that one has changed, that somebody waits.
 */
#include "keeper/estates.h"

#include "base/log.h"

uint32_t
rk_estate_number(void *arg)
{
	return ++((struct rk_estate *)arg)->counter;
}

void
rk_estate_arm(struct rk_estate *estate)
{
	rk_loop_at_turn_end(estate->opts.loop, &estate->turn);
}

void
rk_estate_changed(struct rk_estate *estate, struct rk_str account, struct rk_str environment)
{
	struct rk_place *place = rk_places_find_sid(&estate->places, environment);

	if (!place &&
	    rk_places_add(&estate->places, rk_estate_number(estate), account, environment, &place)) {
		rk_error("RK-750: out of memory: a change of %.*s is not served", RK_FMT(environment));
		return;
	}
	place->dirty = true;
	rk_estate_arm(estate);
}

void
rk_estate_keys_changed(struct rk_estate *estate, struct rk_str account)
{
	for (struct rk_place *p = estate->places.first; p; p = p->next)
		if (p->warm && rk_str_is(rk_str(p->account), account)) {
			p->dirty = true;
			rk_estate_arm(estate);
		}
}

enum rk_err
rk_estate_await(struct rk_estate *estate, struct rk_str environment_sid, rk_estate_done_fn *done, void *arg)
{
	struct rk_place *place = rk_places_find_sid(&estate->places, environment_sid);

	if (place && !place->dirty && !place->coming)
		place = NULL;
	if (!place)
		rk_estate_arm(estate);
	return rk_waiting_add(&estate->waiting, place, place && place->dirty && place->coming, done, arg);
}

enum rk_err
rk_estate_compile(struct rk_estate *estate, const struct rk_bundle_function *functions, size_t n,
    rk_estate_done_fn *done, void *arg)
{
	enum rk_err err = rk_trials_add(&estate->trials, functions, n, done, arg);

	if (!err)
		rk_estate_arm(estate);
	return err;
}

void
rk_estate_cancel(struct rk_estate *estate, void *arg)
{
	rk_waiting_cancel(&estate->waiting, arg);
	rk_trials_cancel(&estate->trials, arg);
}

const struct rk_site *
rk_estate_live(const struct rk_estate *estate, uint32_t site, uint32_t *ret_generation)
{
	const struct rk_place *place = rk_places_find(&estate->places, site);

	if (!place || !place->live)
		return NULL;
	*ret_generation = place->generation;
	return place->live;
}

size_t
rk_estate_count(const struct rk_estate *estate)
{
	size_t n = 0;

	for (const struct rk_place *p = estate->places.first; p; p = p->next)
		n += p->live != NULL;
	return n;
}

uint32_t
rk_estate_site(const struct rk_estate *estate, struct rk_str environment_sid)
{
	const struct rk_place *place = rk_places_find_sid(&estate->places, environment_sid);

	return place && place->live ? place->number : RK_SITE_TRIAL;
}

/* Behind a domain of the operator's own stands a proxy that speaks TLS, unless a port says otherwise. */
void
rk_estate_put_url(const struct rk_estate *estate, struct rk_str domain_label, struct rk_buf *out)
{
	struct rk_str base = rk_str(estate->opts.conf->base_domain);
	bool is_tls = base.n > 0 && rk_str_index(base, ':') == base.n;

	rk_buf_put(out, is_tls ? RK_STR("https://") : RK_STR("http://"));
	rk_site_put_domain(out, domain_label, estate->opts.conf);
}
