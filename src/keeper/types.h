/*
 * types.h - which Content-Type a file is served with, by its extension alone.
 */
#ifndef RK_KEEPER_TYPES_H
#define RK_KEEPER_TYPES_H

#include "base/str.h"

struct rk_type_row {
	const char *extension, *type;
};

/* Sorted by extension. The build writes it: types.mjs. */
extern const struct rk_type_row rk_type_rows[];
extern const size_t rk_type_row_n;

/* What follows the last '.' or '/' of the name, in any case; "application/octet-stream" when that is
 * not known. Static. */
struct rk_str rk_types_get(struct rk_str file);

#endif
