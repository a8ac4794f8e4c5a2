/*
 * sid.h - string identifiers: two capital letters and 32 lower-case hex digits,
 * as the vendor's "What is a String Identifier (SID)" page has them.
 */
#ifndef RK_BASE_SID_H
#define RK_BASE_SID_H

#include "base/str.h"

#define RK_SID_LEN 34

/* True for `prefix` ("AC") + 32 hex digits (either case, as the vendor accepts both). */
bool rk_sid_is(struct rk_str s, const char prefix[2]);

/* Writes prefix + 32 random hex digits and a NUL. */
void rk_sid_make(char ret_sid[RK_SID_LEN + 1], const char prefix[2]);

#endif
