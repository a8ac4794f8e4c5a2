/*
 * places.h - the set of an estate's sites: by number, by environment, and what state each is in.
 */
#ifndef RK_KEEPER_PLACES_H
#define RK_KEEPER_PLACES_H

#include "keeper/site.h"

struct rk_place {
	struct rk_place *next, *before;            /* of all, oldest first */
	struct rk_place *same_number, *same_sid;   /* of one bucket */
	uint32_t number;
	char account[RK_SID_LEN + 1], environment[RK_SID_LEN + 1];

	struct rk_site *live; /* what gateways route to, as `generation`; NULL: nothing yet */
	uint32_t generation;
	struct rk_site *coming; /* sent as `coming_generation` at `since_ms`, not answered yet */
	uint32_t coming_generation;
	uint64_t since_ms;
	bool dirty; /* the store has something newer than either */
	bool warm;  /* super was given a bundle of it */
	uint32_t given; /* the generation that was sent to it when it woke, at `given_ms` */
	uint64_t given_ms;
};

struct rk_places {
	struct rk_place *first, *last;
	struct rk_place **by_number, **by_sid; /* `size` buckets each */
	size_t n, size;
};

RK_CHECKED enum rk_err rk_places_add(struct rk_places *places, uint32_t number, struct rk_str account,
    struct rk_str environment, struct rk_place **ret_place);
void rk_places_take(struct rk_places *places, struct rk_place *place); /* it is the caller's to free then */
void rk_place_free(struct rk_place *place);
void rk_places_done(struct rk_places *places);

struct rk_place *rk_places_find(const struct rk_places *places, uint32_t number);
struct rk_place *rk_places_find_sid(const struct rk_places *places, struct rk_str environment);

/* The first that is dirty and has nothing under way; that waits for this generation; that has waited that long. */
struct rk_place *rk_places_find_dirty(const struct rk_places *places);
struct rk_place *rk_places_find_coming(const struct rk_places *places, uint32_t generation);
struct rk_place *rk_places_find_late(const struct rk_places *places, uint64_t now_ms, uint64_t waited_ms);

#endif
