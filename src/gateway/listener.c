/*
 * listener.c - the library's daemon on our loop, with a listening socket or fed, and its birth and death.
 */
#include "gateway/listener.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "gateway/conn.h"

#define POOL_BYTES (32u * 1024) /* a connection's memory in the library: head in, head out */
#define SPARE_CONNECTIONS 64u
#define TLS_VERSIONS "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"
#define ROUNDS 16 /* runs of the library in one turn of our loop */
#define ROUNDS_WAITING 2

/* ---- the loop ------------------------------------------------------------------------------------ */

static void on_timer(uv_timer_t *timer);

/*
 * One run handles what is ready; the library may then have more to do at once. It always says so
 * while connections wait, so then two rounds must do, and a timer sees to the rest.
 */
static void
run(struct rk_listener *l)
{
	MHD_UNSIGNED_LONG_LONG ms = 0;
	int rounds = 0;

	do
		MHD_run(l->mhd);
	while (++rounds < (l->waiting ? ROUNDS_WAITING : ROUNDS) && MHD_get_timeout(l->mhd, &ms) == MHD_YES &&
	       ms == 0);
	if (l->waiting)
		uv_timer_start(l->timer, on_timer, 1, 0);
	else if (rounds == ROUNDS)
		uv_timer_start(l->timer, on_timer, 0, 0);
}

static void
on_timer(uv_timer_t *timer)
{
	run(timer->data);
}

static void
on_readable(uv_poll_t *poll, int status, int events)
{
	run(poll->data);
}

static void
on_turn_end(void *arg)
{
	run(arg);
}

static void
on_sweep(uv_timer_t *timer)
{
	struct rk_listener *l = timer->data;
	uint64_t now = uv_now(&l->loop->uv);
	struct rk_conn *conn;

	TAILQ_FOREACH(conn, &l->conns, link)
	rk_conn_check(conn, now);
	/* The library's own timeouts are looked at when it runs. */
	run(l);
}

/* ---- birth and death ---------------------------------------------------------------------------------- */

static void
on_handle_closed(uv_handle_t *handle)
{
	free(handle);
}

__attribute__((format(printf, 2, 0))) static void
on_library_words(void *cls, const char *fmt, va_list ap)
{
	char words[256];

	vsnprintf(words, sizeof(words), fmt, ap);
	rk_debug("http: %s", words);
}

static enum rk_err
start_library(struct rk_listener *l, struct rk_listener_tls tls)
{
	const struct MHD_OptionItem end = { MHD_OPTION_END, 0, NULL };
	const struct MHD_OptionItem listens[] = { { MHD_OPTION_LISTEN_SOCKET, l->fd, NULL }, end };
	const struct MHD_OptionItem speaks_tls[] = { { MHD_OPTION_HTTPS_MEM_CERT, 0,
							 (void *)tls.certificates },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)tls.key },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)TLS_VERSIONS }, end };
	unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;

	flags |= (l->fd < 0 ? MHD_USE_NO_LISTEN_SOCKET : 0) | (l->is_tls ? MHD_USE_TLS : 0);
	l->mhd = MHD_start_daemon(flags, 0, NULL, NULL, rk_conn_on_request, l, MHD_OPTION_EXTERNAL_LOGGER,
	    on_library_words, NULL, MHD_OPTION_ARRAY,
	    l->fd >= 0  ? listens
	    : l->is_tls ? speaks_tls
			: &end,
	    MHD_OPTION_CONNECTION_LIMIT, l->limit + SPARE_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
	    RK_CONN_IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL_BYTES,
	    MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_SIGPIPE_HANDLED_BY_APP,
	    1, /* main.c: without it no file is sent by the kernel */
	    MHD_OPTION_URI_LOG_CALLBACK, rk_conn_on_target, l, MHD_OPTION_UNESCAPE_CALLBACK,
	    rk_conn_keep_escapes, NULL, MHD_OPTION_NOTIFY_COMPLETED, rk_conn_on_completed, l,
	    MHD_OPTION_NOTIFY_CONNECTION, rk_conn_on_notice, l, MHD_OPTION_END);
	return l->mhd ? RK_OK : RK_IO;
}

static enum rk_err
watch_library(struct rk_listener *l)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(l->mhd, MHD_DAEMON_INFO_EPOLL_FD);

	if (!info || uv_poll_init(&l->loop->uv, l->poll, info->epoll_fd))
		return RK_IO;
	l->poll->data = l;
	uv_timer_init(&l->loop->uv, l->timer);
	uv_timer_init(&l->loop->uv, l->sweep);
	l->timer->data = l->sweep->data = l;
	uv_poll_start(l->poll, UV_READABLE, on_readable);
	uv_timer_start(l->sweep, on_sweep, 1000, 1000);
	return RK_OK;
}

static enum rk_err
start(struct rk_loop *loop, int fd, struct rk_listener_tls tls, unsigned connections,
    const struct rk_listener_ops *ops, void *arg, struct rk_listener **ret_listener)
{
	struct rk_listener *l = calloc(1, sizeof(*l));
	enum rk_err err = RK_NOMEM;

	if (!l)
		return err;
	*l = (struct rk_listener){ .loop = loop,
		.ops = ops,
		.arg = arg,
		.fd = fd,
		.limit = connections,
		.is_tls = tls.key != NULL,
		.turn = { .run = on_turn_end, .arg = l } };
	TAILQ_INIT(&l->conns);
	l->poll = calloc(1, sizeof(*l->poll));
	l->timer = calloc(1, sizeof(*l->timer));
	l->sweep = calloc(1, sizeof(*l->sweep));
	if (l->poll && l->timer && l->sweep)
		err = start_library(l, tls);
	if (err == RK_OK)
		err = watch_library(l);
	if (err != RK_OK) {
		if (l->mhd) {
			MHD_quiesce_daemon(l->mhd);
			MHD_stop_daemon(l->mhd);
		}
		free(l->poll);
		free(l->timer);
		free(l->sweep);
		free(l);
		return err;
	}
	*ret_listener = l;
	return RK_OK;
}

enum rk_err
rk_listener_start(struct rk_loop *loop, int fd, unsigned connections, const struct rk_listener_ops *ops,
    void *arg, struct rk_listener **ret_listener)
{
	enum rk_err err = start(loop, fd, (struct rk_listener_tls){ 0 }, connections, ops, arg, ret_listener);

	if (err != RK_OK)
		close(fd);
	return err;
}

enum rk_err
rk_listener_start_fed(struct rk_loop *loop, struct rk_listener_tls tls, unsigned connections,
    const struct rk_listener_ops *ops, void *arg, struct rk_listener **ret_listener)
{
	return start(loop, -1, tls, connections, ops, arg, ret_listener);
}

void
rk_listener_feed(struct rk_listener *l, int fd, const struct sockaddr *peer, socklen_t peer_n)
{
	/* It closes what it cannot take. */
	if (MHD_add_connection(l->mhd, fd, peer, peer_n) != MHD_YES)
		rk_debug("the HTTP library refused a connection");
	rk_send_run_later(l);
}

void
rk_listener_quiesce(struct rk_listener *l)
{
	if (l->fd < 0)
		return;
	MHD_quiesce_daemon(l->mhd);
	close(l->fd);
	l->fd = -1;
}

void
rk_listener_free(struct rk_listener *l)
{
	struct rk_conn *conn;

	if (!l)
		return;
	rk_loop_turn_cancel(l->loop, &l->turn);
	uv_close((uv_handle_t *)l->poll, on_handle_closed);
	uv_close((uv_handle_t *)l->timer, on_handle_closed);
	uv_close((uv_handle_t *)l->sweep, on_handle_closed);
	/* The library does not stop while a connection is suspended. Without an answer, resuming ends it. */
	l->leaving = true;
	TAILQ_FOREACH(conn, &l->conns, link)
	{
		if (!conn->suspended)
			continue;
		MHD_resume_connection(conn->mhd);
		conn->suspended = false;
		l->waiting++;
	}
	MHD_run(l->mhd);
	MHD_stop_daemon(l->mhd);
	free(l);
}
