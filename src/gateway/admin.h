/*
 * admin.h - the admin listener: the console's files, and the API, which keeper answers.
 */
#ifndef RK_GATEWAY_ADMIN_H
#define RK_GATEWAY_ADMIN_H

#include "gateway/accept.h"
#include "gateway/call.h"
#include "gateway/console.h"
#include "gateway/request.h"

#define RK_ADMIN_BODY_MAX (66u * RK_MB)
#define RK_ADMIN_BODY_STRANGER (64u * RK_KB) /* without Authorization or Cookie: to sign in, and no more */

struct rk_admin;

/* Owns fd, a listening socket; front and console are borrowed. */
RK_CHECKED enum rk_err rk_admin_start(struct rk_front *front, const struct rk_console *console, int fd,
    unsigned connections, struct rk_admin **ret_admin);
/* PEM; may come again: with another certificate those who speak TLS now are cut off. */
RK_CHECKED enum rk_err rk_admin_set_tls(struct rk_admin *admin, struct rk_str certificates, struct rk_str key);
void rk_admin_quiesce(struct rk_admin *admin); /* accepts no more */
void rk_admin_free(struct rk_admin *admin);    /* NULL is fine */

/* ---- for its steps: admin_peer.c, admin_body.c, admin_run.c ---- */

struct rk_admin {
	struct rk_front *front;
	const struct rk_console *console;
	struct rk_accept *accept;
	struct rk_listener *plain, *tls;
	char *shown; /* the certificates of tls */
	unsigned connections;
	struct rk_answer answer; /* the one being made */
	TAILQ_HEAD(, rk_admin_request) all;
	size_t bodies; /* bytes held */
	uv_timer_t *sweep;
};

struct rk_admin_request {
	TAILQ_ENTRY(rk_admin_request) link;
	struct rk_ask_call call;
	struct rk_admin *admin;
	struct rk_conn *conn;
	struct rk_request *run; /* what was made inside; NULL: nothing */
	struct rk_arena arena;
	struct rk_buf body;
	struct rk_head head; /* its fields are here: */
	struct rk_field fields[RK_HEAD_FIELDS];
	struct rk_head_facts facts;
	uint64_t since; /* ms: keeper was asked */
	bool owes;      /* counted among what is under way */
	char id[RK_SID_LEN + 1];
	char peer[64];
};

static inline struct rk_str
rk_admin_id(const struct rk_admin_request *r)
{
	return (struct rk_str){ r->id, RK_SID_LEN };
}

struct rk_str rk_admin_scheme(const struct rk_admin_request *r); /* "http", "https"; static */
struct rk_str rk_admin_peer(struct rk_admin_request *r);         /* the client's address; lives as long as r */
/* False: it is answered, because credentials would cross a network in the clear. */
bool rk_admin_is_near(struct rk_admin_request *r);
bool rk_admin_body_fits(struct rk_admin_request *r); /* false: it is answered */
void rk_admin_data(void *request, struct rk_str bytes);
void rk_admin_forget_body(struct rk_admin_request *r);
void rk_admin_fault(struct rk_admin_request *r, enum rk_fault which);
/* With the admin's answer. */
void rk_admin_send(struct rk_admin_request *r);

/* Runs what keeper says and answers with the outcome. */
void rk_admin_run(struct rk_admin_request *r, struct rk_str run);

#endif
