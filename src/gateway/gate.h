/*
 * gate.h - may a request come in? Its route, a preflight, what is private, and the check of a
 * signature, which keeper makes.
 */
#ifndef RK_GATEWAY_GATE_H
#define RK_GATEWAY_GATE_H

#include "gateway/request.h"

/* Sets r->route by the routes of the moment. False: the request is answered. */
bool rk_gate_admit(struct rk_request *r);

/* Asks keeper about a protected route; goes on in rk_request_go_on or ends. */
void rk_gate_check(struct rk_request *r);

/* Some route answers at the request's path, or at the one that stands in for "/". */
const struct rk_route *rk_gate_find(const struct rk_routes *routes, struct rk_str path);

bool rk_gate_is_preflight(const struct rk_request *r);

#endif
