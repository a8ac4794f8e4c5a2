/*
 * json5_walk.h - where json5.c is in its text, and what stands between the tokens.
 *
 * After a fault every step does nothing and the walk unwinds.
 */
#ifndef RK_WIRE_JSON5_WALK_H
#define RK_WIRE_JSON5_WALK_H

#include "base/buf.h"

struct rk_json5_walk {
	struct rk_str text;
	size_t at;
	struct rk_buf *out;
	const char *fault; /* static; NULL: none yet */
	size_t fault_at;
};

/* Notes a fault; the first one stays. */
void rk_json5_walk_refuse(struct rk_json5_walk *w, size_t at, const char *what);

/* The byte at the front; 0 past the end, and for a NUL, which nothing accepts. */
unsigned char rk_json5_walk_peek(const struct rk_json5_walk *w);

bool rk_json5_walk_starts(const struct rk_json5_walk *w, const char *word);

/* How many bytes of white space (JSON5 section 8; Unicode's Zs) are at the front. */
size_t rk_json5_walk_space(const struct rk_json5_walk *w);

/* Goes over white space and comments. */
void rk_json5_walk_skip(struct rk_json5_walk *w);

#endif
