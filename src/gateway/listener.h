/*
 * listener.h - HTTP/1.1 on one listening socket: connections, heads, bodies, answers on the wire.
 *
 * The one file behind it that knows the HTTP library. It knows nothing of functions: what to do with
 * a request is decided by struct rk_listener_ops, in request.c.
 */
#ifndef RK_GATEWAY_LISTENER_H
#define RK_GATEWAY_LISTENER_H

#include <sys/socket.h>

#include "gateway/answer.h"
#include "proc/loop.h"

struct rk_listener;
struct rk_conn; /* one connection, and the request under way on it */

struct rk_listener_ops {
	/* The request line is here; `target` is borrowed for the call. NULL ends the connection. */
	void *(*open)(void *arg, struct rk_conn *conn, struct rk_str target);
	/* The head is complete. Fills *ret_facts as far as it believes them. The fields' array is borrowed
	 * for the call, the bytes they point to live as long as the request. */
	void (*head)(void *request, const struct rk_head *head, struct rk_head_facts *ret_facts);
	/* A piece of the body; not called once the request is answered. */
	void (*data)(void *request, struct rk_str bytes);
	/* All of it is here. If it is not answered inside the call, the connection waits for the answer. */
	void (*whole)(void *request);
	/* A deadline of reading has passed: answer it. */
	void (*late)(void *request);
	/* The answer is out, or the connection is gone. Called once for every open. */
	void (*closed)(void *request);
};

/* Owns fd, a listening socket. At most `connections` are served; further ones are marked crowded. */
RK_CHECKED enum rk_err rk_listener_start(struct rk_loop *loop, int fd, unsigned connections,
    const struct rk_listener_ops *ops, void *arg, struct rk_listener **ret_listener);
/*
 * The same without a socket of its own: connections are accepted elsewhere and fed to it. With certificate and
 * key (PEM; copied) it speaks TLS and nothing else.
 */
struct rk_listener_tls {
	const char *certificates, *key; /* NUL-terminated; NULL: no TLS */
};

RK_CHECKED enum rk_err rk_listener_start_fed(struct rk_loop *loop, struct rk_listener_tls tls,
    unsigned connections, const struct rk_listener_ops *ops, void *arg, struct rk_listener **ret_listener);
/* Takes fd over, a connection; what the client sent first still lies in it. */
void rk_listener_feed(struct rk_listener *l, int fd, const struct sockaddr *peer, socklen_t peer_n);

void rk_listener_quiesce(struct rk_listener *l); /* accepts no more */
/* Ends every connection, also one that waits. After it no callback comes. */
void rk_listener_free(struct rk_listener *l);

/* Answers the request under way on conn, once; copies the answer, and duplicates its file's descriptor. */
void rk_listener_answer(struct rk_conn *conn, const struct rk_answer *answer);

/*
 * An answer whose body comes in pieces, of no known length: after it rk_conn_put any number of times, then
 * rk_conn_end. A request with a body that was not read, or answered before, cannot have one.
 */
#define RK_STREAM_MAX (1u << 20) /* what a client may leave unread */

void rk_listener_stream(struct rk_conn *conn, const struct rk_answer *answer);
/* RK_TOO_LARGE: the client does not read; the connection ends, and `closed` comes soon. */
RK_CHECKED enum rk_err rk_conn_put(struct rk_conn *conn, struct rk_str bytes);
void rk_conn_end(struct rk_conn *conn);

bool rk_conn_is_tls(const struct rk_conn *conn);
/* The peer's address; NULL when it is not known. */
const struct sockaddr *rk_conn_peer(const struct rk_conn *conn);
bool rk_conn_is_crowded(const struct rk_conn *conn);
bool rk_conn_is_near(const struct rk_conn *conn); /* rk_proxy_is_near of its peer */

#endif
