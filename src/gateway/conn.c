/*
 * conn.c - a connection's phases: what the library calls, and what each call means in each.
 */
#include "gateway/conn.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "gateway/proxy.h"

#define PATIENCE_MS 3u /* a waiting connection is suspended after so long */
#define HEAD_S 30u     /* from the first byte of a connection, or a request line, to the end of the head */
#define BODY_S 30u     /* and one more for every BODY_RATE bytes that came */
#define BODY_RATE (16u * 1024)
#define DRAIN_S 10u /* what is read of a body nobody wants */
#define DRAIN_BYTES (32u << 20)

void
rk_conn_enter(struct rk_conn *conn, enum rk_phase phase)
{
	conn->phase = phase;
	conn->since = uv_now(&conn->l->loop->uv);
}

bool
rk_conn_is_crowded(const struct rk_conn *conn)
{
	return conn->crowded;
}

bool
rk_conn_is_tls(const struct rk_conn *conn)
{
	return conn->l->is_tls;
}

const struct sockaddr *
rk_conn_peer(const struct rk_conn *conn)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(conn->mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

	return info ? info->client_addr : NULL;
}

bool
rk_conn_is_near(const struct rk_conn *conn)
{
	const struct sockaddr *peer = rk_conn_peer(conn);

	return peer && rk_proxy_is_near(peer);
}

/* ---- a request, as the library tells it ------------------------------------------------------ */

static enum MHD_Result
queue_answer(struct rk_conn *conn)
{
	enum MHD_Result ok;

	if (!conn->answer)
		return MHD_NO;
	ok = MHD_queue_response(conn->mhd, conn->status, conn->answer);
	MHD_destroy_response(conn->answer);
	conn->answer = NULL;
	rk_conn_enter(conn, RK_PHASE_ANSWER);
	return ok;
}

struct collect {
	struct rk_field *fields;
	uint32_t count;
	size_t bytes;
};

static enum MHD_Result
on_field(
    void *cls, enum MHD_ValueKind kind, const char *name, size_t name_n, const char *value, size_t value_n)
{
	struct collect *c = cls;

	c->bytes += name_n + value_n;
	if (c->count == RK_HEAD_FIELDS) {
		c->count++;
		return MHD_NO;
	}
	c->fields[c->count++] =
	    (struct rk_field){ { name, name_n }, { value ? value : name + name_n, value ? value_n : 0 } };
	return MHD_YES;
}

static enum MHD_Result
on_head(struct rk_conn *conn, const char *url, const char *method, const char *version)
{
	const union MHD_ConnectionInfo *size =
	    MHD_get_connection_info(conn->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	struct collect c = { .fields = conn->l->fields };
	struct rk_head head;

	MHD_get_connection_values_n(conn->mhd, MHD_HEADER_KIND, on_field, &c);
	head = (struct rk_head){ .method = rk_str(method),
		.version = rk_str(version),
		/* Only this line of the library is known to cut the head in place. */
		.url = size && MHD_VERSION < 0x01000000 ? url : NULL,
		.size = size ? size->header_size : 0,
		.fields = c.fields,
		.count = c.count,
		.bytes = c.bytes };
	conn->head_only = rk_str_is(head.method, RK_STR("HEAD"));
	conn->l->ops->head(conn->request, &head, &conn->facts);
	if (conn->phase == RK_PHASE_ANSWER)
		return queue_answer(conn);
	if (conn->phase == RK_PHASE_HEAD)
		rk_conn_enter(conn, RK_PHASE_BODY);
	return MHD_YES;
}

static enum MHD_Result
on_data(struct rk_conn *conn, const char *data, size_t *size)
{
	conn->bytes += *size;
	if (conn->phase == RK_PHASE_BODY)
		conn->l->ops->data(conn->request, rk_str_n(data, *size));
	else if (conn->bytes > DRAIN_BYTES)
		return MHD_NO;
	*size = 0;
	return MHD_YES;
}

static enum MHD_Result
on_whole(struct rk_conn *conn)
{
	if (conn->phase == RK_PHASE_CUT)
		return MHD_NO;
	if (conn->phase == RK_PHASE_DRAIN)
		return queue_answer(conn);
	rk_conn_enter(conn, RK_PHASE_WORK);
	conn->l->waiting++;
	conn->l->ops->whole(conn->request);
	return conn->phase == RK_PHASE_ANSWER ? queue_answer(conn) : MHD_YES;
}

/* Asked again, and there is no answer yet. */
static enum MHD_Result
on_waiting(struct rk_conn *conn)
{
	if (conn->l->leaving)
		return MHD_NO;
	if (uv_now(&conn->l->loop->uv) - conn->since < PATIENCE_MS)
		return MHD_YES;
	conn->l->waiting--;
	conn->suspended = true;
	MHD_suspend_connection(conn->mhd);
	return MHD_YES;
}

enum MHD_Result
rk_conn_on_request(void *cls, struct MHD_Connection *mhd, const char *url, const char *method,
    const char *version, const char *data, size_t *size, void **con_cls)
{
	struct rk_conn *conn = *con_cls;

	if (!conn || !conn->request)
		return MHD_NO;
	switch (conn->phase) {
	case RK_PHASE_HEAD:
		return on_head(conn, url, method, version);
	case RK_PHASE_BODY:
	case RK_PHASE_DRAIN:
	case RK_PHASE_CUT:
		return *size ? on_data(conn, data, size) : on_whole(conn);
	case RK_PHASE_WORK:
		return on_waiting(conn);
	case RK_PHASE_ANSWER:
		return queue_answer(conn);
	default:
		return MHD_NO;
	}
}

/* Called with the request line's target before anything in it is cut or decoded. */
void *
rk_conn_on_target(void *cls, const char *target, struct MHD_Connection *mhd)
{
	struct rk_listener *l = cls;
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct rk_conn *conn = info ? info->socket_context : NULL;

	if (!conn)
		return NULL;
	conn->mhd = mhd;
	conn->bytes = 0;
	conn->facts = (struct rk_head_facts){ 0 };
	rk_conn_enter(conn, RK_PHASE_HEAD);
	conn->request = l->ops->open(l->arg, conn, rk_str(target));
	return conn;
}

void
rk_conn_on_completed(
    void *cls, struct MHD_Connection *mhd, void **con_cls, enum MHD_RequestTerminationCode why)
{
	struct rk_conn *conn = *con_cls;

	if (!conn || !conn->request)
		return;
	if (conn->phase == RK_PHASE_WORK)
		rk_conn_leave_work(conn);
	rk_stream_free(conn);
	conn->l->ops->closed(conn->request);
	conn->request = NULL;
	*con_cls = NULL;
	if (conn->answer)
		MHD_destroy_response(conn->answer);
	conn->answer = NULL;
	rk_conn_enter(conn, RK_PHASE_IDLE);
}

void
rk_conn_on_notice(
    void *cls, struct MHD_Connection *mhd, void **context, enum MHD_ConnectionNotificationCode what)
{
	struct rk_listener *l = cls;
	struct rk_conn *conn = *context;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		conn = calloc(1, sizeof(*conn));
		*context = conn;
		if (!conn)
			return;
		conn->l = l;
		conn->mhd = mhd;
		conn->crowded = ++l->count > l->limit;
		rk_conn_enter(conn, RK_PHASE_FRESH);
		TAILQ_INSERT_TAIL(&l->conns, conn, link);
	} else if (conn) {
		l->count--;
		TAILQ_REMOVE(&l->conns, conn, link);
		free(conn);
		*context = NULL;
	}
}

/* Paths are matched as they came: nothing is decoded. */
size_t
rk_conn_keep_escapes(void *cls, struct MHD_Connection *mhd, char *s)
{
	return strlen(s);
}

/* ---- deadlines ------------------------------------------------------------------------------------ */

static uint64_t
allowed_ms(const struct rk_conn *conn)
{
	switch (conn->phase) {
	case RK_PHASE_FRESH:
	case RK_PHASE_HEAD:
		return 1000u * HEAD_S;
	case RK_PHASE_IDLE:
		return 1000u * (RK_CONN_IDLE_S + HEAD_S);
	case RK_PHASE_BODY:
		return 1000u * (BODY_S + conn->bytes / BODY_RATE);
	case RK_PHASE_DRAIN:
	case RK_PHASE_CUT:
		return 1000u * DRAIN_S;
	default:
		return UINT64_MAX;
	}
}

/* The library has no call to end a connection: it finds the socket at its end. */
static void
cut(struct rk_conn *conn)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(conn->mhd, MHD_CONNECTION_INFO_CONNECTION_FD);

	if (conn->request && (conn->phase == RK_PHASE_HEAD || conn->phase == RK_PHASE_BODY)) {
		conn->phase = RK_PHASE_BODY;
		conn->l->ops->late(conn->request);
	}
	rk_conn_enter(conn, RK_PHASE_CUT);
	if (info)
		shutdown(info->connect_fd, SHUT_RDWR);
}

void
rk_conn_check(struct rk_conn *conn, uint64_t now_ms)
{
	uint64_t ms = allowed_ms(conn);

	if (ms != UINT64_MAX && now_ms - conn->since > ms)
		cut(conn);
}
