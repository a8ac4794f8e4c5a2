/*
 * request.h - the life of one request, from its head to its answer.
 */
#ifndef RK_GATEWAY_REQUEST_H
#define RK_GATEWAY_REQUEST_H

#include "base/conf.h"
#include "gateway/lease.h"
#include "gateway/line.h"
#include "gateway/listener.h"

/* What all requests of this gateway share. main.c fills it; pieces that are not there yet are NULL. */
struct rk_front {
	struct rk_loop *loop;
	const struct rk_conf *conf;
	struct rk_lines *lines;
	struct rk_lease *lease;
	char *host;              /* "localhost:3000", as people type it */
	struct rk_answer answer; /* the one being made; sent before the call ends */
	struct rk_request *idle; /* to be used again */
	unsigned under_way;
	unsigned char entropy[4096]; /* of the kernel, for request ids: one call serves 256 of them */
	unsigned entropy_left;
	bool leaving;                            /* every answer ends its connection */
	void (*emptied)(struct rk_front *front); /* leaving, and nothing is under way any more */
};

extern const struct rk_listener_ops rk_request_listener_ops; /* arg: struct rk_front */

/* The lease's side of a request; `line` and `overdue` are main.c's. */
bool rk_request_place(struct rk_job *job, struct rk_routes *routes);
void rk_request_write(struct rk_job *job, struct rk_buf *out);
void rk_request_reply(struct rk_job *job, const struct rk_reply *reply);
void rk_request_failed(struct rk_job *job, enum rk_err err);

/* Frees what the front keeps for requests; none is under way. */
void rk_request_done(struct rk_front *front);

#endif
