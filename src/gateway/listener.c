#include "gateway/listener.h"

#include <fcntl.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include "base/auto.h"
#include "base/log.h"

#define POOL_BYTES (32u * 1024) /* a connection's memory in the library: head in, head out */
#define PATIENCE_MS 3u          /* a waiting connection is suspended after so long */
#define IDLE_S 60u              /* silence on a connection, in any state but waiting */
#define HEAD_S 30u /* from the first byte of a connection, or a request line, to the end of the head */
#define BODY_S 30u /* and one more for every BODY_RATE bytes that came */
#define BODY_RATE (16u * 1024)
#define DRAIN_S 10u /* what is read of a body nobody wants */
#define DRAIN_BYTES (32u << 20)
#define SMALL_BODY (64u * 1024) /* read to its end so that the connection can be kept */
#define SPARE_CONNECTIONS 64u
#define ROUNDS 16 /* runs of the library in one turn of our loop */
#define ROUNDS_WAITING 2

enum phase {
	FRESH,  /* accepted, no request line yet */
	IDLE,   /* between two requests */
	HEAD,   /* request line seen */
	BODY,   /* wanted: its pieces are handed over */
	DRAIN,  /* answered, but the rest of the body comes first */
	CUT,    /* answered on the socket itself: what comes is thrown away, then it ends */
	WORK,   /* waits for the answer; suspended when that takes long */
	ANSWER, /* `answer` is to be sent, or is being sent */
};

struct rk_conn {
	TAILQ_ENTRY(rk_conn) link;
	struct rk_listener *l;
	struct MHD_Connection *mhd;
	void *request;
	struct MHD_Response *answer;
	unsigned status;
	enum phase phase;
	uint64_t since; /* ms: the phase began */
	uint64_t bytes; /* of the body, so far */
	struct rk_head_facts facts;
	bool crowded, suspended, head_only;
};

struct rk_listener {
	struct rk_loop *loop;
	const struct rk_listener_ops *ops;
	void *arg;
	struct MHD_Daemon *mhd;
	int fd;
	unsigned count, limit;
	unsigned waiting; /* in WORK and not suspended: the library asks for them at every run */
	bool leaving;
	TAILQ_HEAD(, rk_conn) conns;
	struct rk_field fields[RK_HEAD_FIELDS]; /* of the head being read */
	char field[RK_ANSWER_BYTES * 2 + 4];    /* a name and a value, NUL-terminated, for the library */
	uv_poll_t *poll;
	uv_timer_t *timer, *sweep;
	struct rk_turn turn;
};

static void
enter(struct rk_conn *conn, enum phase phase)
{
	conn->phase = phase;
	conn->since = uv_now(&conn->l->loop->uv);
}

/* ---- answers --------------------------------------------------------------------------- */

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

static void
make_response(struct rk_conn *conn, const struct rk_answer *a)
{
	struct MHD_Response *response =
	    MHD_create_response_from_buffer(a->body.n, (void *)a->body.p, MHD_RESPMEM_MUST_COPY);

	if (!response)
		return;
	/* Two answers carry a length of their own choosing: 204 to a preflight says 0, as the platform does.
	 */
	MHD_set_response_options(response, MHD_RF_INSANITY_HEADER_CONTENT_LENGTH, MHD_RO_END);
	for (uint32_t i = 0; i < a->count; i++)
		add_field(conn->l, response, a->fields[i]);
	if (a->close || conn->facts.chunked)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
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
		enter(conn, ANSWER);
	} else if (!conn->facts.chunked && conn->facts.length <= SMALL_BODY) {
		make_response(conn, a);
		enter(conn, DRAIN);
	} else {
		send_raw(conn, a);
		enter(conn, CUT);
	}
}

static void
run_later(struct rk_listener *l)
{
	rk_loop_at_turn_end(l->loop, &l->turn);
}

/* Suspending and resuming cost a system call each, so a connection that is answered soon does neither. */
static void
leave_work(struct rk_conn *conn)
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
	case HEAD:
		answer_head(conn, a);
		break;
	case BODY:
		send_raw(conn, a);
		enter(conn, CUT);
		break;
	case WORK:
		make_response(conn, a);
		leave_work(conn);
		enter(conn, ANSWER);
		run_later(conn->l);
		break;
	default:
		break;
	}
}

bool
rk_conn_is_crowded(const struct rk_conn *conn)
{
	return conn->crowded;
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
	enter(conn, ANSWER);
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
	if (conn->phase == ANSWER)
		return queue_answer(conn);
	if (conn->phase == HEAD)
		enter(conn, BODY);
	return MHD_YES;
}

static enum MHD_Result
on_data(struct rk_conn *conn, const char *data, size_t *size)
{
	conn->bytes += *size;
	if (conn->phase == BODY)
		conn->l->ops->data(conn->request, rk_str_n(data, *size));
	else if (conn->bytes > DRAIN_BYTES)
		return MHD_NO;
	*size = 0;
	return MHD_YES;
}

static enum MHD_Result
on_whole(struct rk_conn *conn)
{
	if (conn->phase == CUT)
		return MHD_NO;
	if (conn->phase == DRAIN)
		return queue_answer(conn);
	enter(conn, WORK);
	conn->l->waiting++;
	conn->l->ops->whole(conn->request);
	return conn->phase == ANSWER ? queue_answer(conn) : MHD_YES;
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

static enum MHD_Result
on_request(void *cls, struct MHD_Connection *mhd, const char *url, const char *method, const char *version,
    const char *data, size_t *size, void **con_cls)
{
	struct rk_conn *conn = *con_cls;

	if (!conn || !conn->request)
		return MHD_NO;
	switch (conn->phase) {
	case HEAD:
		return on_head(conn, url, method, version);
	case BODY:
	case DRAIN:
	case CUT:
		return *size ? on_data(conn, data, size) : on_whole(conn);
	case WORK:
		return on_waiting(conn);
	case ANSWER:
		return queue_answer(conn);
	default:
		return MHD_NO;
	}
}

/* Called with the request line's target before anything in it is cut or decoded. */
static void *
on_target(void *cls, const char *target, struct MHD_Connection *mhd)
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
	enter(conn, HEAD);
	conn->request = l->ops->open(l->arg, conn, rk_str(target));
	return conn;
}

static void
on_completed(void *cls, struct MHD_Connection *mhd, void **con_cls, enum MHD_RequestTerminationCode why)
{
	struct rk_conn *conn = *con_cls;

	if (!conn || !conn->request)
		return;
	if (conn->phase == WORK)
		leave_work(conn);
	conn->l->ops->closed(conn->request);
	conn->request = NULL;
	*con_cls = NULL;
	if (conn->answer)
		MHD_destroy_response(conn->answer);
	conn->answer = NULL;
	enter(conn, IDLE);
}

static void
on_connection(void *cls, struct MHD_Connection *mhd, void **context, enum MHD_ConnectionNotificationCode what)
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
		enter(conn, FRESH);
		TAILQ_INSERT_TAIL(&l->conns, conn, link);
	} else if (conn) {
		l->count--;
		TAILQ_REMOVE(&l->conns, conn, link);
		free(conn);
		*context = NULL;
	}
}

/* Paths are matched as they came: nothing is decoded. */
static size_t
keep_escapes(void *cls, struct MHD_Connection *mhd, char *s)
{
	return strlen(s);
}

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

static uint64_t
allowed_ms(const struct rk_conn *conn)
{
	switch (conn->phase) {
	case FRESH:
	case HEAD:
		return 1000u * HEAD_S;
	case IDLE:
		return 1000u * (IDLE_S + HEAD_S);
	case BODY:
		return 1000u * (BODY_S + conn->bytes / BODY_RATE);
	case DRAIN:
	case CUT:
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

	if (conn->request && (conn->phase == HEAD || conn->phase == BODY)) {
		conn->phase = BODY;
		conn->l->ops->late(conn->request);
	}
	enter(conn, CUT);
	if (info)
		shutdown(info->connect_fd, SHUT_RDWR);
}

static void
on_sweep(uv_timer_t *timer)
{
	struct rk_listener *l = timer->data;
	uint64_t now = uv_now(&l->loop->uv);
	struct rk_conn *conn;

	TAILQ_FOREACH(conn, &l->conns, link)
	{
		uint64_t ms = allowed_ms(conn);

		if (ms != UINT64_MAX && now - conn->since > ms)
			cut(conn);
	}
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
start_library(struct rk_listener *l)
{
	l->mhd = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL,
	    on_request, l, MHD_OPTION_EXTERNAL_LOGGER, on_library_words, NULL, MHD_OPTION_LISTEN_SOCKET,
	    l->fd, MHD_OPTION_CONNECTION_LIMIT, l->limit + SPARE_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
	    IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL_BYTES, MHD_OPTION_STRICT_FOR_CLIENT, 1,
	    MHD_OPTION_URI_LOG_CALLBACK, on_target, l, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, l, MHD_OPTION_NOTIFY_CONNECTION, on_connection, l,
	    MHD_OPTION_END);
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

enum rk_err
rk_listener_start(struct rk_loop *loop, int fd, unsigned connections, const struct rk_listener_ops *ops,
    void *arg, struct rk_listener **ret_listener)
{
	struct rk_listener *l = calloc(1, sizeof(*l));
	enum rk_err err = RK_NOMEM;

	if (!l) {
		close(fd);
		return err;
	}
	*l = (struct rk_listener){ .loop = loop,
		.ops = ops,
		.arg = arg,
		.fd = fd,
		.limit = connections,
		.turn = { .run = on_turn_end, .arg = l } };
	TAILQ_INIT(&l->conns);
	l->poll = calloc(1, sizeof(*l->poll));
	l->timer = calloc(1, sizeof(*l->timer));
	l->sweep = calloc(1, sizeof(*l->sweep));
	if (l->poll && l->timer && l->sweep)
		err = start_library(l);
	if (err == RK_OK)
		err = watch_library(l);
	if (err != RK_OK) {
		if (l->mhd)
			MHD_stop_daemon(l->mhd);
		else
			close(fd);
		free(l->poll);
		free(l->timer);
		free(l->sweep);
		free(l);
		return err;
	}
	*ret_listener = l;
	return RK_OK;
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
