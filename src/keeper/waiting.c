/*
 * waiting.c - one short list, searched from its beginning each time: those who are told may change it.
 */
#include "keeper/waiting.h"

#include <stdlib.h>

struct rk_waiter {
	struct rk_waiter *next;
	uint64_t number;
	const struct rk_place *place; /* only compared */
	bool late;
	rk_estate_done_fn *done;
	void *arg;
};

enum rk_err
rk_waiting_add(
    struct rk_waiting *waiting, const struct rk_place *place, bool late, rk_estate_done_fn *done, void *arg)
{
	struct rk_waiter *w = malloc(sizeof *w), **at = &waiting->first;

	if (!w)
		return RK_NOMEM;
	*w = (struct rk_waiter){
		.number = ++waiting->numbers, .place = place, .late = late, .done = done, .arg = arg
	};
	while (*at)
		at = &(*at)->next;
	*at = w;
	return RK_OK;
}

void
rk_waiting_turn(struct rk_waiting *waiting, const struct rk_place *place)
{
	for (struct rk_waiter *w = waiting->first; w; w = w->next)
		if (w->place == place)
			w->late = false;
}

static struct rk_waiter *
take(struct rk_waiting *waiting, const struct rk_place *place, uint64_t newest)
{
	struct rk_waiter **at = &waiting->first, *w;

	while (*at && ((*at)->place != place || (*at)->late || (*at)->number > newest))
		at = &(*at)->next;
	w = *at;
	if (w)
		*at = w->next;
	return w;
}

void
rk_waiting_tell(
    struct rk_waiting *waiting, const struct rk_place *place, const struct rk_estate_outcome *outcome)
{
	uint64_t newest = waiting->numbers;
	struct rk_waiter *w;

	while ((w = take(waiting, place, newest))) {
		w->done(w->arg, outcome);
		free(w);
	}
}

void
rk_waiting_cancel(struct rk_waiting *waiting, const void *arg)
{
	struct rk_waiter **at = &waiting->first;

	while (*at) {
		struct rk_waiter *w = *at;
		if (w->arg != arg) {
			at = &w->next;
			continue;
		}
		*at = w->next;
		free(w);
	}
}

void
rk_waiting_done(struct rk_waiting *waiting)
{
	while (waiting->first) {
		struct rk_waiter *w = waiting->first;
		waiting->first = w->next;
		free(w);
	}
}
