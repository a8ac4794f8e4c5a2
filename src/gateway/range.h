/*
 * range.h - the part of a file that a Range field asks for (RFC 9110 section 14).
 */
#ifndef RK_GATEWAY_RANGE_H
#define RK_GATEWAY_RANGE_H

#include <stdint.h>

#include "base/str.h"

enum rk_range {
	RK_RANGE_ALL,  /* none asked for, another unit, or several: all of it is sent */
	RK_RANGE_PART, /* from..to, both included */
	RK_RANGE_NONE, /* 416: outside, or not well-formed */
};

/* *ret_from and *ret_to are set for PART only. */
enum rk_range rk_range_parse(struct rk_str field, uint64_t size, uint64_t *ret_from, uint64_t *ret_to);

#endif
