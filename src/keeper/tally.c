/*
 * tally.c - a slot for each busy site; a slot whose count was taken is free for another.
 */
#include "keeper/tally.h"

bool
rk_tally_is_row(struct rk_tally *tally, uint32_t site, uint64_t now_ms)
{
	struct rk_tally_slot *s = &tally->slots[site % RK_TALLY_SITES];
	uint64_t second = now_ms / 1000;

	if (s->counted == 0 && (s->site != site || s->second != second))
		*s = (struct rk_tally_slot){ .site = site, .second = second };
	if (s->site != site)
		return true;
	if (s->second != second) { /* the count of the second before goes on, until it is taken */
		s->second = second;
		s->rows = 0;
	}
	if (s->rows < RK_TALLY_RATE) {
		s->rows++;
		return true;
	}
	if (s->counted == 0) {
		s->since = second;
		tally->waiting++;
	}
	s->counted += s->counted < UINT32_MAX;
	return false;
}

bool
rk_tally_take(struct rk_tally *tally, uint64_t now_ms, uint32_t *ret_site, uint32_t *ret_n)
{
	for (size_t i = 0; i < RK_TALLY_SITES && tally->waiting > 0; i++) {
		struct rk_tally_slot *s = &tally->slots[i];

		if (s->counted == 0 || s->since == now_ms / 1000)
			continue;
		*ret_site = s->site;
		*ret_n = s->counted;
		s->counted = 0;
		tally->waiting--;
		return true;
	}
	return false;
}
