/*
 * send.c - an answer on its way out, by the library or past it.
 */
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/log.h"
#include "gateway/conn.h"

#define SMALL_BODY (64u * 1024) /* read to its end so that the connection can be kept */

/* The library wants C strings, and no empty value: a blank is the same on the wire. */
static void
add_field(struct rk_listener *l, struct MHD_Response *response, struct rk_field f)
{
	char *value = l->field + f.name.n + 1;

	if (f.name.n == 0 || f.name.n + f.value.n + 3 > sizeof(l->field))
		return;
	memcpy(l->field, f.name.p, f.name.n);
	l->field[f.name.n] = '\0';
	if (f.value.n)
		memcpy(value, f.value.p, f.value.n);
	else
		*value = ' ';
	value[f.value.n + (f.value.n == 0)] = '\0';
	if (MHD_add_response_header(response, l->field, value) != MHD_YES)
		rk_debug("the HTTP library refused the field %.*s", RK_FMT(f.name));
}

static struct MHD_Response *
text_response(const struct rk_answer *a)
{
	return MHD_create_response_from_buffer(a->body.n, (void *)a->body.p, MHD_RESPMEM_MUST_COPY);
}

/* The library sends the file from a descriptor of its own, which it closes. */
static struct MHD_Response *
file_response(const struct rk_answer *a)
{
	struct MHD_Response *response;
	int fd = fcntl(a->file, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return NULL;
	response = MHD_create_response_from_fd_at_offset64(a->file_n, fd, a->file_from);
	if (!response)
		close(fd);
	return response;
}

void
rk_send_dress(struct rk_conn *conn, struct MHD_Response *response, const struct rk_answer *a)
{
	for (uint32_t i = 0; i < a->count; i++)
		add_field(conn->l, response, a->fields[i]);
	if (a->close || conn->facts.chunked)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
}

static void
make_response(struct rk_conn *conn, const struct rk_answer *a)
{
	struct MHD_Response *response = a->file >= 0 && a->file_n > 0 ? file_response(a) : text_response(a);

	if (!response)
		return;
	/* Two answers carry a length of their own choosing: 204 to a preflight says 0, as the platform does.
	 */
	MHD_set_response_options(response, MHD_RF_INSANITY_HEADER_CONTENT_LENGTH, MHD_RO_END);
	rk_send_dress(conn, response, a);
	conn->answer = response;
	conn->status = a->status;
}

/* The answer past the library, which cannot answer in the middle of a body. Small, so one send takes it. */
static void
send_raw(struct rk_conn *conn, const struct rk_answer *a)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(32768);
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(conn->mhd, MHD_CONNECTION_INFO_CONNECTION_FD);

	rk_buf_printf(&out, "HTTP/1.1 %u %s\r\n", a->status, MHD_get_reason_phrase_for(a->status));
	for (uint32_t i = 0; i < a->count; i++) {
		if (a->fields[i].name.n == 0)
			continue;
		rk_buf_put(&out, a->fields[i].name);
		rk_buf_lit(&out, ": ");
		rk_buf_put(&out, a->fields[i].value);
		rk_buf_lit(&out, "\r\n");
	}
	rk_buf_printf(&out, "Connection: close\r\nContent-Length: %zu\r\n\r\n", a->body.n);
	if (!conn->head_only)
		rk_buf_put(&out, a->body);
	if (rk_buf_end(&out) == RK_OK && info &&
	    send(info->connect_fd, out.p, out.n, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		rk_debug("an early answer could not be sent");
}

/* The answer to a head: now, which ends the connection; after a body that may be nothing; or now and past
 * the library, which would otherwise close on a client that is still sending. */
static void
answer_head(struct rk_conn *conn, const struct rk_answer *a)
{
	bool has_body = conn->facts.chunked || conn->facts.length > 0;

	if (a->close || (has_body && conn->facts.expects)) {
		make_response(conn, a);
		rk_conn_enter(conn, RK_PHASE_ANSWER);
	} else if (conn->l->is_tls || (!conn->facts.chunked && conn->facts.length <= SMALL_BODY)) {
		make_response(conn, a);
		rk_conn_enter(conn, RK_PHASE_DRAIN);
	} else {
		send_raw(conn, a);
		rk_conn_enter(conn, RK_PHASE_CUT);
	}
}

void
rk_send_run_later(struct rk_listener *l)
{
	rk_loop_at_turn_end(l->loop, &l->turn);
}

void
rk_conn_leave_work(struct rk_conn *conn)
{
	if (conn->suspended)
		MHD_resume_connection(conn->mhd);
	else
		conn->l->waiting--;
	conn->suspended = false;
}

void
rk_listener_answer(struct rk_conn *conn, const struct rk_answer *a)
{
	switch (conn->phase) {
	case RK_PHASE_HEAD:
		answer_head(conn, a);
		break;
	case RK_PHASE_BODY:
		/* Past the library would be past TLS too. */
		if (conn->l->is_tls) {
			make_response(conn, a);
			rk_conn_enter(conn, RK_PHASE_DRAIN);
			break;
		}
		send_raw(conn, a);
		rk_conn_enter(conn, RK_PHASE_CUT);
		break;
	case RK_PHASE_WORK:
		make_response(conn, a);
		rk_conn_leave_work(conn);
		rk_conn_enter(conn, RK_PHASE_ANSWER);
		rk_send_run_later(conn->l);
		break;
	default:
		break;
	}
}
