/*
 * conn.h - one connection, and the request under way on it: what listener.c, conn.c and send.c share,
 * the three files that know the HTTP library.
 */
#ifndef RK_GATEWAY_CONN_H
#define RK_GATEWAY_CONN_H

#include <microhttpd.h>
#include <sys/queue.h>

#include "gateway/listener.h"

#define RK_CONN_IDLE_S 60u /* silence on a connection, in any state but waiting */

enum rk_phase {
	RK_PHASE_FRESH,  /* accepted, no request line yet */
	RK_PHASE_IDLE,   /* between two requests */
	RK_PHASE_HEAD,   /* request line seen */
	RK_PHASE_BODY,   /* wanted: its pieces are handed over */
	RK_PHASE_DRAIN,  /* answered, but the rest of the body comes first */
	RK_PHASE_CUT,    /* answered on the socket itself: what comes is thrown away, then it ends */
	RK_PHASE_WORK,   /* waits for the answer; suspended when that takes long */
	RK_PHASE_ANSWER, /* `answer` is to be sent, or is being sent */
};

struct rk_conn {
	TAILQ_ENTRY(rk_conn) link;
	struct rk_listener *l;
	struct MHD_Connection *mhd;
	void *request;
	struct MHD_Response *answer;
	unsigned status;
	enum rk_phase phase;
	uint64_t since; /* ms: the phase began */
	uint64_t bytes; /* of the body, so far */
	struct rk_head_facts facts;
	struct rk_stream *stream; /* NULL: the answer is whole */
	bool crowded, suspended, head_only;
};

struct rk_listener {
	struct rk_loop *loop;
	const struct rk_listener_ops *ops;
	void *arg;
	struct MHD_Daemon *mhd;
	int fd; /* -1: it is fed, or quiet */
	unsigned count, limit;
	unsigned waiting; /* in WORK and not suspended: the library asks for them at every run */
	bool leaving, is_tls;
	TAILQ_HEAD(, rk_conn) conns;
	struct rk_field fields[RK_HEAD_FIELDS]; /* of the head being read */
	char field[RK_ANSWER_BYTES * 2 + 4];    /* a name and a value, NUL-terminated, for the library */
	uv_poll_t *poll;
	uv_timer_t *timer, *sweep;
	struct rk_turn turn;
};

/* ---- conn.c: the library's calls, and its words on them ---- */

void rk_conn_enter(struct rk_conn *conn, enum rk_phase phase);
enum MHD_Result rk_conn_on_request(void *cls, struct MHD_Connection *mhd, const char *url, const char *method,
    const char *version, const char *data, size_t *size, void **con_cls);
void *rk_conn_on_target(void *cls, const char *target, struct MHD_Connection *mhd);
void rk_conn_on_completed(
    void *cls, struct MHD_Connection *mhd, void **con_cls, enum MHD_RequestTerminationCode why);
void rk_conn_on_notice(
    void *cls, struct MHD_Connection *mhd, void **context, enum MHD_ConnectionNotificationCode what);
size_t rk_conn_keep_escapes(void *cls, struct MHD_Connection *mhd, char *s);

/* Ends it when its phase has lasted too long. */
void rk_conn_check(struct rk_conn *conn, uint64_t now_ms);

/* ---- send.c ---- */

/* What an answer's fields add to a response of the library's. */
void rk_send_dress(struct rk_conn *conn, struct MHD_Response *response, const struct rk_answer *a);
void rk_send_run_later(struct rk_listener *l);

/* Suspending and resuming cost a system call each, so a connection that is answered soon does neither. */
void rk_conn_leave_work(struct rk_conn *conn);

/* ---- stream.c ---- */

/* The connection is over. */
void rk_stream_free(struct rk_conn *conn);

#endif
