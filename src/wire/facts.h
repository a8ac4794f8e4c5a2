/*
 * facts.h - what keeper tells gateways (routes) and workers tell keeper (problems).
 */
#ifndef RK_WIRE_FACTS_H
#define RK_WIRE_FACTS_H

#include "wire/msg.h"

enum rk_visibility { RK_PUBLIC, RK_PROTECTED, RK_PRIVATE };
enum rk_route_kind { RK_ROUTE_FUNCTION, RK_ROUTE_ASSET };

/* ROUTES: this, then count routes. The generation replaces the one that the site had. */
struct rk_routes_head {
	uint32_t site, generation;
	struct rk_str host; /* "name-1234-dev.localhost", without a port; empty under `roomkey dev` */
	struct rk_str
	    domain_name; /* as functions see it, "name-1234-dev.localhost:3000"; empty: the listener's own name */
	bool is_default; /* answers under every host name that is no other site's */
	uint32_t count;
};

void rk_routes_head_put(struct rk_buf *out, const struct rk_routes_head *head);
void rk_routes_head_get(struct rk_msg_view *v, struct rk_routes_head *ret_head); /* v->bad tells */

struct rk_route {
	struct rk_str path; /* "/create-room-token"; matched byte by byte */
	union {
		uint32_t function; /* index in the bundle */
		uint32_t asset;    /* number among keeper's assets, for OPEN */
	};
	uint8_t kind; /* enum rk_route_kind */
	uint8_t visibility;
	struct rk_str file;  /* "functions/create-room-token.js", for logs */
	struct rk_str type;  /* an asset's Content-Type; empty for functions */
	struct rk_str stale; /* why a function's last good version is served; printable ASCII, else empty */
};

void rk_route_put(struct rk_buf *out, const struct rk_route *r);
void rk_route_get(struct rk_msg_view *v, struct rk_route *ret_r); /* v->bad tells */

/* READY: u32 generation, u32 count, then count of these. */
struct rk_problem {
	uint32_t function;  /* index in the bundle */
	struct rk_str kind; /* "SyntaxError" */
	struct rk_str message;
	uint32_t line, column; /* 1-based; 0 when not known */
	struct rk_str source;  /* the line itself, cut at 200 bytes */
};

void rk_problem_put(struct rk_buf *out, const struct rk_problem *p);
void rk_problem_get(struct rk_msg_view *v, struct rk_problem *ret_p);

#endif
