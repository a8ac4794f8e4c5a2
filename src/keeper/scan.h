/*
 * scan.h - which variables and request fields a function's text reads.
 *
 * Found: process.env.X, context.X, event.X, their ['X'] and ?. forms, and what is
 * taken apart by `{ A, B: b, C = 1 } = process.env` (or context, event), also in
 * the handler's own parameters, whatever these are called. Not found: names that
 * are computed. A hint for people, never a rule: nothing is refused for it.
 */
#ifndef RK_KEEPER_SCAN_H
#define RK_KEEPER_SCAN_H

#include "base/str.h"

enum rk_scan_source { RK_SCAN_VARIABLE, RK_SCAN_EVENT };

struct rk_scan_read {
	enum rk_scan_source source;   /* process.env and context are one: variables */
	struct rk_str name;           /* borrowed from the text */
	unsigned line;                /* from 1 */
	bool has_default;             /* the code names a value for when it is not set */
};

/* Calls each() for every read in the order of the text, repeats included. The fields that context
 * has of its own (PATH, DOMAIN_NAME, ...) and writes (process.env.X = 1) are left out. */
void rk_scan_each(struct rk_str text, void (*each)(const struct rk_scan_read *read, void *arg), void *arg);

#endif
