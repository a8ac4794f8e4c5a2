/*
 * request.h - the life of one request, from its head to its answer.
 */
#ifndef RK_GATEWAY_REQUEST_H
#define RK_GATEWAY_REQUEST_H

#include "base/arena.h"
#include "base/conf.h"
#include "base/sid.h"
#include "gateway/ask.h"
#include "gateway/line.h"
#include "gateway/listener.h"
#include "gateway/shelf.h"
#include "gateway/site.h"
#include "wire/admin.h"

/* What all requests of this gateway share. main.c fills it; pieces that are not there yet are NULL. */
struct rk_front {
	struct rk_loop *loop;
	const struct rk_conf *conf;
	struct rk_lines *lines;
	struct rk_sites *sites;
	struct rk_asks *asks;
	struct rk_shelf *shelf;
	char *host;              /* "localhost:3000", as people type it */
	struct rk_answer answer; /* the one being made; sent before the call ends */
	struct rk_request *idle; /* to be used again */
	unsigned under_way;
	unsigned char entropy[4096]; /* of the kernel, for request ids: one call serves 256 of them */
	unsigned entropy_left;
	bool leaving;                            /* every answer ends its connection */
	void (*emptied)(struct rk_front *front); /* leaving, and nothing is under way any more */
};

enum rk_asked { RK_ASKED_CHECK, RK_ASKED_OPEN };

/* Lives from its head to the end of its answer; then it is kept to be used again. */
struct rk_request {
	struct rk_job job;
	struct rk_ask ask;
	enum rk_asked asked; /* what the open question is */
	unsigned tries;      /* files asked for */
	bool let_through;    /* its signature holds */
	struct rk_front *front;
	struct rk_conn *conn; /* NULL: it was made inside, and its answer goes to `sink` */
	void (*sink)(struct rk_request *r, const struct rk_answer *answer);
	void *sink_arg;
	struct rk_site *site;    /* held; NULL: not chosen yet, or none */
	struct rk_request *next; /* while idle */
	struct rk_arena arena;
	struct rk_buf body;
	struct rk_head head; /* its fields are here: */
	struct rk_field fields[RK_HEAD_FIELDS];
	struct rk_head_facts facts;
	const struct rk_route *route; /* borrowed from the routes of the moment */
	struct rk_str stale;          /* of that route, kept for the answer */
	uint32_t generation;          /* whose function it is for; 0: for none */
	const char *failure;          /* static; empty: none */
	uint64_t begun;               /* ns */
	unsigned status;              /* of the answer; 0: none yet */
	char id[RK_SID_LEN + 1];
};

static inline struct rk_str
rk_request_id(const struct rk_request *r)
{
	return (struct rk_str){ r->id, RK_SID_LEN };
}

#define RK_REQUEST_BODY_KEPT (64u * RK_KB) /* a larger buffer is not kept for the next request */

/* ---- for its steps: gate.c, asset.c, request_life.c, request_run.c ---- */

struct rk_request *rk_request_open(struct rk_front *front, struct rk_conn *conn, struct rk_str target);
void rk_request_closed(void *request);
void rk_request_data(void *request, struct rk_str bytes);
void rk_request_whole(void *request);

/* Each returns false when it has answered. */
bool rk_request_screen(struct rk_request *r);
bool rk_request_choose_site(struct rk_request *r);
bool rk_request_body_fits(struct rk_request *r);

void rk_request_body_too_large(struct rk_request *r);
/* From the body on: to the gate, or to wait for the site's first routes. */
void rk_request_go_through(struct rk_request *r);
/* DOMAIN_NAME in its site. */
struct rk_str rk_request_domain_name(const struct rk_request *r);

void rk_request_answer(struct rk_request *r); /* with the front's answer; the request may be over */
void rk_request_fault(struct rk_request *r, enum rk_fault which, struct rk_str what);
/* "RQ" and 32 hex digits that nobody can guess, and a NUL. */
void rk_request_make_id(struct rk_front *front, char *id);
/* The body is here and rk_gate_admit said yes: whatever comes next. */
void rk_request_go_on(struct rk_request *r);

extern const struct rk_listener_ops rk_request_listener_ops; /* arg: struct rk_front */

/* Keeper's side of a request. */
void rk_request_verdict(struct rk_ask *ask, const struct rk_verdict *verdict);
void rk_request_file(struct rk_ask *ask, int fd, uint64_t mtime_ms);
void rk_request_unanswered(struct rk_ask *ask, enum rk_err err);
/* Other routes hold from here on; takes the reference over. */
void rk_request_set_routes(struct rk_front *front, struct rk_routes *routes);

/*
 * A request that no client made, on its way like any other. It ends in `sink`, once, maybe inside the call,
 * with an answer that is borrowed; the caller ends it with rk_request_close, not inside the sink. NULL: no memory.
 */
struct rk_request *rk_request_run(struct rk_front *front, const struct rk_admin_run *run,
    void (*sink)(struct rk_request *r, const struct rk_answer *answer), void *sink_arg);
void rk_request_close(struct rk_request *r);

/* The lease's side of a request; `line` and `overdue` are main.c's. */
bool rk_request_place(struct rk_job *job, struct rk_routes *routes);
void rk_request_write(struct rk_job *job, struct rk_buf *out);
void rk_request_reply(struct rk_job *job, const struct rk_reply *reply);
void rk_request_failed(struct rk_job *job, enum rk_err err);

/* Frees what the front keeps for requests; none is under way. */
void rk_request_done(struct rk_front *front);

#endif
