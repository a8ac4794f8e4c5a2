/*
 * line.h - what the operator reads on standard output: a line per request, and the functions' logs.
 *
 * Lines are gathered and written once per turn of the loop. A reader that does not keep up loses
 * lines, and is told how many: nothing here ever waits.
 */
#ifndef RK_GATEWAY_LINE_H
#define RK_GATEWAY_LINE_H

#include "proc/loop.h"
#include "wire/call.h"
#include "wire/facts.h"

struct rk_lines;

/* fd is the caller's. `requests`: write lines about requests too. */
RK_CHECKED enum rk_err rk_lines_new(struct rk_loop *loop, int fd, bool requests, struct rk_lines **ret_lines);
void rk_lines_free(struct rk_lines *l); /* what is left is tried once more */

/* One request that has been answered; took_us in microseconds. */
struct rk_request_line {
	unsigned status;
	struct rk_str method, path, request_id;
	uint64_t took_us;
};

void rk_lines_request(struct rk_lines *l, const struct rk_request_line *r);
/* One call of console.* in a function; route may be NULL. */
void rk_lines_function(struct rk_lines *l, const struct rk_route *route, const struct rk_line *line);

/* Appends s with control characters as \xNN, cut at max bytes with "..." after it. */
void rk_lines_put_escaped(struct rk_buf *out, struct rk_str s, size_t max);

#endif
