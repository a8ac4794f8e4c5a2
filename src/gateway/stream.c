/*
 * stream.c - an answer that goes out piece by piece, for as long as its client reads.
 *
 * While there is nothing to send the library has put the connection aside and does not see its client
 * leave: a watch of our own does.
 */
#include <stdlib.h>
#include <sys/socket.h>

#include "base/log.h"
#include "gateway/conn.h"

#define BLOCK (16u * 1024)

struct rk_stream {
	struct rk_conn *conn;
	struct rk_buf out; /* what the library has not taken yet */
	size_t taken;      /* of out */
	bool ended, broken;
	uv_poll_t *watch; /* of the client's end; NULL: none */
};

/* ---- the library's side -------------------------------------------------------------- */

static ssize_t
on_read(void *cls, uint64_t pos, char *to, size_t max)
{
	struct rk_conn *conn = cls;
	struct rk_stream *s = conn->stream;
	size_t n;

	if (!s || s->broken || conn->l->leaving)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	n = s->out.n - s->taken;
	if (n == 0 && s->ended)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (n == 0) {
		conn->suspended = true;
		MHD_suspend_connection(conn->mhd);
		return 0;
	}
	n = n < max ? n : max;
	memcpy(to, s->out.p + s->taken, n);
	s->taken += n;
	if (s->taken == s->out.n) {
		s->taken = 0;
		rk_buf_clear(&s->out);
	}
	return (ssize_t)n;
}

static void
go_on(struct rk_conn *conn)
{
	if (conn->suspended)
		MHD_resume_connection(conn->mhd);
	conn->suspended = false;
	rk_send_run_later(conn->l);
}

static void
on_client_left(uv_poll_t *watch, int status, int events)
{
	struct rk_stream *s = watch->data;

	if (status == 0 && !(events & UV_DISCONNECT))
		return;
	uv_poll_stop(watch);
	s->broken = true;
	go_on(s->conn);
}

static void
on_watch_closed(uv_handle_t *handle)
{
	free(handle);
}

static void
watch_client(struct rk_stream *s)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(s->conn->mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	uv_poll_t *watch = info ? calloc(1, sizeof(*watch)) : NULL;

	if (!watch)
		return;
	if (uv_poll_init(&s->conn->l->loop->uv, watch, info->connect_fd)) {
		free(watch);
		return;
	}
	watch->data = s;
	s->watch = watch;
	uv_poll_start(watch, UV_DISCONNECT, on_client_left);
}

/* ---- the owner's side ------------------------------------------------------------------- */

void
rk_listener_stream(struct rk_conn *conn, const struct rk_answer *a)
{
	struct rk_stream *s;

	if (conn->phase != RK_PHASE_WORK)
		return;
	s = calloc(1, sizeof(*s));
	if (s)
		conn->answer =
		    MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, on_read, conn, NULL);
	conn->status = a->status;
	if (conn->answer) {
		*s = (struct rk_stream){ .conn = conn, .out = RK_BUF(RK_STREAM_MAX) };
		conn->stream = s;
		rk_send_dress(conn, conn->answer, a);
		watch_client(s);
	} else {
		free(s);
	}
	rk_conn_leave_work(conn);
	rk_conn_enter(conn, RK_PHASE_ANSWER);
	rk_send_run_later(conn->l);
}

/* The library waits for room in a socket that nobody reads: it finds it at its end. */
static void
give_up(struct rk_stream *s)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(s->conn->mhd, MHD_CONNECTION_INFO_CONNECTION_FD);

	s->broken = true;
	if (info)
		shutdown(info->connect_fd, SHUT_RDWR);
}

enum rk_err
rk_conn_put(struct rk_conn *conn, struct rk_str bytes)
{
	struct rk_stream *s = conn->stream;

	if (!s || s->ended || s->broken)
		return RK_GONE;
	if (s->taken > 0) {
		rk_buf_drop(&s->out, s->taken);
		s->taken = 0;
	}
	rk_buf_put(&s->out, bytes);
	if (rk_buf_end(&s->out) != RK_OK)
		give_up(s);
	go_on(conn);
	return rk_buf_end(&s->out);
}

void
rk_conn_end(struct rk_conn *conn)
{
	if (!conn->stream)
		return;
	conn->stream->ended = true;
	go_on(conn);
}

void
rk_stream_free(struct rk_conn *conn)
{
	struct rk_stream *s = conn->stream;

	if (!s)
		return;
	conn->stream = NULL;
	if (s->watch)
		uv_close((uv_handle_t *)s->watch, on_watch_closed);
	rk_buf_free(&s->out);
	free(s);
}
