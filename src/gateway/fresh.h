/*
 * fresh.h - does the client have this version of a file already? (RFC 9110 section 13)
 *
 * Entity tags are compared weakly everywhere, If-Range included, as the original does: ours are
 * made of size and modification time to the millisecond, and are all weak.
 */
#ifndef RK_GATEWAY_FRESH_H
#define RK_GATEWAY_FRESH_H

#include <time.h>

#include "gateway/screen.h"

/* Sun, 06 Nov 1994 08:49:37 GMT */
#define RK_FRESH_DATE 30
#define RK_FRESH_ETAG 48

struct rk_version {
	char etag[RK_FRESH_ETAG];     /* W/"a-18bcfe56800": size and milliseconds, in hex */
	char modified[RK_FRESH_DATE]; /* RFC 9110 section 5.6.7 */
	time_t second;
};

void rk_fresh_describe(struct rk_version *ret_version, uint64_t size, uint64_t mtime_ms);

enum rk_fresh {
	RK_FRESH_SEND,
	RK_FRESH_KNOWN,  /* 304 */
	RK_FRESH_FAILED, /* 412: a precondition does not hold */
};

enum rk_fresh rk_fresh_check(const struct rk_head *head, const struct rk_version *version);

/* If-Range: the client has a part of this very version, or does not care. */
bool rk_fresh_allows_range(const struct rk_head *head, const struct rk_version *version);

/* The three forms of RFC 9110 section 5.6.7, in seconds since 1970; false for anything else. */
bool rk_fresh_parse_date(struct rk_str s, time_t *ret_second);

#endif
