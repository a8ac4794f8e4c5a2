/*
 * tally.h - which answered requests get a row of their own in the log, and how many went without.
 *
 * A row costs several times what answering does. Above a rate per site requests are counted, a second at a time.
 */
#ifndef RK_KEEPER_TALLY_H
#define RK_KEEPER_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RK_TALLY_RATE 200u   /* rows of a site in a second */
#define RK_TALLY_SITES 1024u /* that are counted at a time; what is beyond them gets rows */

struct rk_tally {
	struct rk_tally_slot {
		uint32_t site;
		uint32_t rows, counted;
		uint64_t second; /* of the rows */
		uint64_t since;  /* of the first that was counted */
	} slots[RK_TALLY_SITES];
	size_t waiting; /* slots whose count nobody took yet */
};

/* False: it is counted, and gets no row. */
bool rk_tally_is_row(struct rk_tally *tally, uint32_t site, uint64_t now_ms);

/* A site whose second is over, and how many requests of it had no row; false when there is none. */
bool rk_tally_take(struct rk_tally *tally, uint64_t now_ms, uint32_t *ret_site, uint32_t *ret_n);

#endif
