/*
 * names.h - what a file's name says: the path it answers to, and who may call it.
 *
 * The rules are the vendor's (its documentation, "Visibility"): the path is the
 * file's place below its folder, of a function without ".js"; ".protected" or
 * ".private" right before the extension is the visibility and no part of the path;
 * each whitespace character becomes '-', each backslash '/'.
 */
#ifndef RK_WIRE_NAMES_H
#define RK_WIRE_NAMES_H

#include "base/err.h"
#include "base/str.h"
#include "wire/facts.h"

/* A path has fewer than 256 UTF-16 units, as JavaScript counts: at most 3 bytes each. */
#define RK_NAMES_UNITS 255
#define RK_NAMES_BYTES (3 * RK_NAMES_UNITS)

struct rk_name {
	enum rk_visibility visibility;
	size_t n;                       /* bytes of path */
	char path[RK_NAMES_BYTES + 1];  /* "/sms/reply", NUL-terminated */
};

static inline struct rk_str
rk_name_path(const struct rk_name *name)
{
	return (struct rk_str){ name->path, name->n };
}

/* True for a file that is a function: ends in ".js", and no part of it starts with a dot. */
bool rk_names_is_function(struct rk_str file);

/*
 * `file` lies below the functions folder, '/' between its parts ("sms/reply.protected.js").
 * RK_INVALID: RK-109 (characters that a path cannot hold) or RK-110 (too long).
 */
RK_CHECKED enum rk_err rk_names_parse(struct rk_str file, struct rk_name *ret_name, struct rk_why *why);

/* The same below the assets folder ("img/logo.private.png" is private, at "/img/logo.png"). A name's
 * last part from its last dot on is the extension: "x.private" has nothing else, and is public. */
RK_CHECKED enum rk_err rk_names_parse_asset(struct rk_str file, struct rk_name *ret_name, struct rk_why *why);

#endif
