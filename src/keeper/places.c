/*
 * places.c - two hash tables of chains over one list.
 */
#include "keeper/places.h"

#include <stdio.h>
#include <stdlib.h>

#define SIZE_LEAST 64u

/* SIDs are random where it matters: those of one bucket are few. */
static size_t
hash_sid(struct rk_str sid)
{
	uint32_t h = 2166136261u; /* FNV-1a */

	for (size_t i = 0; i < sid.n; i++)
		h = (h ^ (unsigned char)sid.p[i]) * 16777619u;
	return h;
}

static void
hang(struct rk_places *places, struct rk_place *place)
{
	size_t number = place->number & (places->size - 1);
	size_t sid = hash_sid(rk_str(place->environment)) & (places->size - 1);

	place->same_number = places->by_number[number];
	places->by_number[number] = place;
	place->same_sid = places->by_sid[sid];
	places->by_sid[sid] = place;
}

static enum rk_err
grow(struct rk_places *places)
{
	size_t size = places->size ? places->size * 2 : SIZE_LEAST;
	struct rk_place **by_number = calloc(size, sizeof *by_number),
			**by_sid = calloc(size, sizeof *by_sid);

	if (!by_number || !by_sid) {
		free(by_number);
		free(by_sid);
		return RK_NOMEM;
	}
	free(places->by_number);
	free(places->by_sid);
	places->by_number = by_number;
	places->by_sid = by_sid;
	places->size = size;
	for (struct rk_place *p = places->first; p; p = p->next)
		hang(places, p);
	return RK_OK;
}

enum rk_err
rk_places_add(struct rk_places *places, uint32_t number, struct rk_str account, struct rk_str environment,
    struct rk_place **ret_place)
{
	struct rk_place *place;
	enum rk_err err = places->n == places->size ? grow(places) : RK_OK;

	if (err)
		return err;
	place = calloc(1, sizeof *place);
	if (!place)
		return RK_NOMEM;
	place->number = number;
	snprintf(place->account, sizeof place->account, "%.*s", RK_FMT(account));
	snprintf(place->environment, sizeof place->environment, "%.*s", RK_FMT(environment));
	place->before = places->last;
	*(places->last ? &places->last->next : &places->first) = place;
	places->last = place;
	places->n++;
	hang(places, place);
	*ret_place = place;
	return RK_OK;
}

void
rk_places_take(struct rk_places *places, struct rk_place *place)
{
	struct rk_place **at = &places->by_number[place->number & (places->size - 1)];

	while (*at != place)
		at = &(*at)->same_number;
	*at = place->same_number;
	at = &places->by_sid[hash_sid(rk_str(place->environment)) & (places->size - 1)];
	while (*at != place)
		at = &(*at)->same_sid;
	*at = place->same_sid;
	*(place->before ? &place->before->next : &places->first) = place->next;
	*(place->next ? &place->next->before : &places->last) = place->before;
	places->n--;
}

void
rk_place_free(struct rk_place *place)
{
	rk_site_free(place->live);
	rk_site_free(place->coming);
	free(place);
}

void
rk_places_done(struct rk_places *places)
{
	struct rk_place *next;

	for (struct rk_place *p = places->first; p; p = next) {
		next = p->next;
		rk_place_free(p);
	}
	free(places->by_number);
	free(places->by_sid);
	*places = (struct rk_places){ 0 };
}

struct rk_place *
rk_places_find(const struct rk_places *places, uint32_t number)
{
	struct rk_place *p = places->size ? places->by_number[number & (places->size - 1)] : NULL;

	while (p && p->number != number)
		p = p->same_number;
	return p;
}

struct rk_place *
rk_places_find_sid(const struct rk_places *places, struct rk_str environment)
{
	struct rk_place *p = places->size ? places->by_sid[hash_sid(environment) & (places->size - 1)] : NULL;

	while (p && !rk_str_is(rk_str(p->environment), environment))
		p = p->same_sid;
	return p;
}

struct rk_place *
rk_places_find_dirty(const struct rk_places *places)
{
	struct rk_place *p = places->first;

	while (p && (!p->dirty || p->coming))
		p = p->next;
	return p;
}

struct rk_place *
rk_places_find_coming(const struct rk_places *places, uint32_t generation)
{
	struct rk_place *p = places->first;

	while (p && (!p->coming || p->coming_generation != generation))
		p = p->next;
	return p;
}

struct rk_place *
rk_places_find_late(const struct rk_places *places, uint64_t now_ms, uint64_t waited_ms)
{
	struct rk_place *p = places->first;

	while (p && (!p->coming || p->since_ms + waited_ms > now_ms))
		p = p->next;
	return p;
}
