/*
 * mask.h - the values of a deployment's variables, and tokens, taken out of what people read.
 *
 * Every value of at least RK_MASK_MIN bytes is known as it is and as JSON and the console write it; a value of several
 * lines also by its long lines. In its place stands [NAME], in a token's [token]. Values that say nothing ("true")
 * stay. Built once a deployment; looking through a text is one pass.
 */
#ifndef RK_WORKER_MASK_H
#define RK_WORKER_MASK_H

#include "wire/bundle.h"

#define RK_MASK_MIN 4u

struct rk_mask_row {
	size_t at, n;       /* what is looked for, in the mask's bytes */
	struct rk_str name; /* borrowed from the bundle */
	uint32_t next;      /* in its chain, longest first; 0 at the end */
};

struct rk_mask {
	struct rk_mask_row *rows; /* the first is unused */
	size_t count, room, longest;
	struct rk_buf bytes;
	uint32_t chains[256];
	uint8_t pairs[8192]; /* a bit for each two bytes that a row begins with */
};

/* The bundle's names must outlive the mask. */
RK_CHECKED enum rk_err rk_mask_init(struct rk_mask *mask, const struct rk_bundle *bundle);
void rk_mask_done(struct rk_mask *mask);

/* False: the text has nothing to hide. True: out holds it, masked, or is bad when it does not fit. A token that is cut
 * off by the text's end counts as one. */
RK_CHECKED bool rk_mask_text(const struct rk_mask *mask, struct rk_str text, struct rk_buf *out);

#endif
