/*
 * gateway_rig.h - a whole gateway in the test's own process: real listener, request, lease and
 * lines on one loop, and fake workers at the other ends of the socketpairs.
 */
#ifndef RK_TESTS_GATEWAY_RIG_H
#define RK_TESTS_GATEWAY_RIG_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/admin.h"
#include "gateway/request.h"
#include "proc/spawn.h"

#define RIG_WORKERS 4

struct rig;

/* One fake worker: what it does with INVOKE is the test's `behave`. */
struct rig_worker {
	struct rig *rig;
	struct rk_chan *chan;
	unsigned calls, pings;
	uint32_t last_id, ids[64];
	bool gone;
	bool stuck; /* in JavaScript: answers no PING */
	void (*behave)(struct rig_worker *w, uint32_t id, const struct rk_call *call);
};

/* A fake keeper: what it does with CHECK and OPEN is the test's `behave`. */
struct rig_keeper {
	struct rk_chan *chan;
	unsigned checks, opens;
	uint32_t last_id;
	char last[4096]; /* of the last CHECK: scheme://host target|signature|type|body|origin */
	int fd;          /* for OPEN; -1: VERDICT */
	struct rk_verdict verdict;
	bool silent;
	unsigned calls, hangups, traces;
	char call[1024];       /* of the last CALL: method target|scheme|peer|headers|body's size */
	struct rk_buf result;  /* answers CALL: a RESULT's payload; empty: nothing does */
	struct rk_trace trace; /* of the last TRACE: numbers; and its texts: */
	char traced[512];
};

struct rig {
	struct rk_loop loop;
	struct rk_conf conf;
	struct rk_front front;
	struct rk_listener *listener;
	struct rig_worker workers[RIG_WORKERS];
	int port;
	int lines_fd; /* reads what the gateway writes */
	struct rig_keeper keeper;
	unsigned overdue, overdue_worker, wakes, woken_site;
	struct rk_admin *admin;
	struct rk_console *console;
	int admin_port;
	bool emptied;
};

/* Answers 200 with `X-H: METHOD PATH`, and the body that came. */
static inline void
rig_reply(struct rig_worker *w, uint32_t id, enum rk_outcome outcome, uint16_t status,
    const char *const headers[][2], unsigned count, struct rk_str body)
{
	struct rk_buf *out = rk_chan_begin(w->chan, RK_MSG_REPLY, id);
	size_t begun;

	rk_reply_put_head(out, outcome, status);
	begun = rk_pairs_begin(out);
	for (unsigned i = 0; i < count; i++)
		rk_pairs_put(out, rk_str(headers[i][0]), rk_str(headers[i][1]));
	rk_pairs_end(out, begun, (uint16_t)count);
	rk_msg_put_str(out, body);
	if (rk_chan_end(w->chan) != RK_OK)
		abort();
}

static inline void
rig_echo(struct rig_worker *w, uint32_t id, const struct rk_call *call)
{
	char line[512];
	const char *const headers[][2] = { { "Content-Type", "text/plain; charset=utf-8" }, { "X-H", line } };

	snprintf(line, sizeof(line), "%.*s %.*s", RK_FMT(call->method),
	    (int)(call->path.n < 400 ? call->path.n : 400), call->path.p);
	rig_reply(w, id, RK_OUTCOME_ANSWER, 200, headers, 2, call->body);
}

/* Takes the call and says nothing. */
static inline void
rig_hold(struct rig_worker *w, uint32_t id, const struct rk_call *call)
{
	(void)call;
	w->last_id = id;
}

static inline void
rig_on_message(
    struct rk_chan *chan, enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, int fd, void *arg)
{
	struct rig_worker *w = arg;
	struct rk_call call;

	(void)chan;
	(void)fd;
	if (type == RK_MSG_PING) {
		w->pings++;
		if (w->stuck)
			return;
		rk_chan_begin(w->chan, RK_MSG_PONG, 0);
		if (rk_chan_end(w->chan) != RK_OK)
			abort();
		return;
	}
	if (type != RK_MSG_INVOKE || rk_call_get(view, &call) != RK_OK)
		abort();
	w->ids[w->calls++ % 64] = id;
	w->behave(w, id, &call);
}

static inline void
rig_on_closed(struct rk_chan *chan, enum rk_err err, void *arg)
{
	struct rig_worker *w = arg;

	(void)err;
	rk_chan_close(chan);
	w->chan = NULL;
	w->gone = true;
}

static inline void
rig_line(void *arg, const struct rk_origin *origin, const struct rk_line *line)
{
	struct rig *rig = arg;

	rk_lines_function(rig->front.lines,
	    origin->routes ? rk_routes_function(origin->routes, line->function) : NULL, line);
}

static inline void
rig_wake(void *arg, uint32_t site)
{
	struct rig *rig = arg;

	rig->wakes++;
	rig->woken_site = site;
}

static inline void
rig_overdue(void *arg, uint32_t worker)
{
	struct rig *rig = arg;

	rig->overdue++;
	rig->overdue_worker = worker;
}

static inline void
rig_emptied(struct rk_front *front)
{
	struct rig *rig = (struct rig *)((char *)front - offsetof(struct rig, front));

	rig->emptied = true;
}

static inline int
rig_listen(int *ret_port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)*ret_port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) || listen(fd, 511) ||
	    getsockname(fd, (struct sockaddr *)&a, &n))
		abort();
	*ret_port = ntohs(a.sin_port);
	return fd;
}

/* Worker `i` (its number too) of a site's generation joins. */
static inline struct rig_worker *
rig_site_worker(struct rig *rig, unsigned i, uint32_t site, uint32_t generation, uint32_t slots,
    void (*behave)(struct rig_worker *, uint32_t, const struct rk_call *))
{
	static const struct rk_chan_ops ops = { .message = rig_on_message, .closed = rig_on_closed };
	struct rig_worker *w = &rig->workers[i];
	int fds[2];

	*w = (struct rig_worker){ .rig = rig, .behave = behave };
	if (rk_spawn_pair(fds) != RK_OK ||
	    rk_chan_open(&rig->loop, fds[1], RK_WORKER, RK_GATEWAY, &ops, w, &w->chan) != RK_OK ||
	    rk_sites_add_worker(rig->front.sites, fds[0], i, site, generation, slots) != RK_OK)
		abort();
	return w;
}

static inline struct rig_worker *
rig_worker(struct rig *rig, unsigned i, uint32_t generation, uint32_t slots,
    void (*behave)(struct rig_worker *, uint32_t, const struct rk_call *))
{
	return rig_site_worker(rig, i, RK_SITE_DEV, generation, slots, behave);
}

static inline void
rig_on_call(struct rk_chan *chan, struct rig_keeper *k, uint32_t id, struct rk_msg_view *view)
{
	struct rk_admin_call call;
	struct rk_str name, value;
	size_t n;

	k->calls++;
	if (rk_admin_call_get(view, &call) != RK_OK)
		abort();
	n = (size_t)snprintf(k->call, sizeof(k->call), "%.*s %.*s|%.*s|%.*s|", RK_FMT(call.method),
	    RK_FMT(call.target), RK_FMT(call.scheme), RK_FMT(call.peer));
	while (rk_pairs_take(&call.headers, &name, &value) && n < sizeof(k->call) / 2)
		n += (size_t)snprintf(k->call + n, sizeof(k->call) - n, "%.*s: %.*s;", RK_FMT(name),
		    (int)(value.n < 100 ? value.n : 100), value.p);
	snprintf(k->call + n, sizeof(k->call) - n, "|%zu", call.body.n);
	if (k->result.n == 0)
		return;
	rk_buf_put(rk_chan_begin(chan, RK_MSG_RESULT, id), rk_buf_str(&k->result));
	if (rk_chan_end(chan) != RK_OK)
		abort();
}

static inline void
rig_on_trace(struct rig_keeper *k, struct rk_msg_view *view)
{
	k->traces++;
	if (rk_trace_get(view, &k->trace) != RK_OK)
		abort();
	snprintf(k->traced, sizeof(k->traced), "%.*s %.*s %.*s", RK_FMT(k->trace.method),
	    RK_FMT(k->trace.path), RK_FMT(k->trace.text));
}

static inline void
rig_on_question(
    struct rk_chan *chan, enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, int fd, void *arg)
{
	struct rig_keeper *k = &((struct rig *)arg)->keeper;
	struct rk_check c;
	struct rk_buf *out;

	(void)fd;
	if (type == RK_MSG_TRACE) {
		rig_on_trace(k, view);
		return;
	}
	k->last_id = id;
	if (type == RK_MSG_HANGUP)
		k->hangups++;
	if (type == RK_MSG_CALL)
		rig_on_call(chan, k, id, view);
	if (type == RK_MSG_HANGUP || type == RK_MSG_CALL)
		return;
	if (type == RK_MSG_CHECK) {
		k->checks++;
		if (rk_check_get(view, &c) != RK_OK)
			abort();
		snprintf(k->last, sizeof(k->last), "%.*s://%.*s %.*s|%.*s|%.*s|%.*s|%.*s", RK_FMT(c.scheme),
		    RK_FMT(c.host), RK_FMT(c.target), RK_FMT(c.signature), RK_FMT(c.type), RK_FMT(c.body),
		    RK_FMT(c.origin));
	} else {
		k->opens++;
	}
	if (k->silent)
		return;
	if (type == RK_MSG_OPEN && k->fd >= 0) {
		out = rk_chan_begin(chan, RK_MSG_FILE, id);
		rk_msg_put_u64(out, 0);
		rk_msg_put_u64(out, 0);
		if (rk_chan_end_fd(chan, k->fd) != RK_OK)
			abort();
		return;
	}
	rk_verdict_put(rk_chan_begin(chan, RK_MSG_VERDICT, id), &k->verdict);
	if (rk_chan_end(chan) != RK_OK)
		abort();
}

static inline void
rig_on_keeper_closed(struct rk_chan *chan, enum rk_err err, void *arg)
{
	(void)err;
	rk_chan_close(chan);
	((struct rig *)arg)->keeper.chan = NULL;
}

static inline void
rig_on_routes(void *arg, struct rk_routes *routes)
{
	rk_request_set_routes(&((struct rig *)arg)->front, routes);
}

static inline void
rig_on_drop(void *arg, uint32_t site)
{
	rk_sites_drop(((struct rig *)arg)->front.sites, site);
}

static inline void
rig_on_tls(void *arg, struct rk_str certificates, struct rk_str key)
{
	if (rk_admin_set_tls(((struct rig *)arg)->admin, certificates, key) != RK_OK)
		abort();
}

static inline void
rig_keeper(struct rig *rig)
{
	static const struct rk_chan_ops chan_ops = { .message = rig_on_question,
		.closed = rig_on_keeper_closed };
	static const struct rk_ask_ops ask_ops = { .verdict = rk_request_verdict,
		.file = rk_request_file,
		.failed = rk_request_unanswered,
		.routes = rig_on_routes,
		.drop = rig_on_drop,
		.tls = rig_on_tls };
	int fds[2];

	rig->keeper = (struct rig_keeper){ .fd = -1 };
	if (rk_spawn_pair(fds) != RK_OK ||
	    rk_chan_open(&rig->loop, fds[1], RK_KEEPER, RK_GATEWAY, &chan_ops, rig, &rig->keeper.chan) !=
		RK_OK ||
	    rk_asks_new(&rig->loop, &ask_ops, rig, &rig->front.asks) != RK_OK ||
	    rk_asks_set_keeper(rig->front.asks, fds[0]) != RK_OK ||
	    rk_shelf_new(&rig->loop, &rig->front.shelf) != RK_OK)
		abort();
}

static inline void
rig_put_routes(struct rk_buf *b, struct rk_routes_head head, const char *const *paths, const char *kinds)
{
	while (paths[head.count])
		head.count++;
	rk_routes_head_put(b, &head);
	for (uint32_t i = 0; i < head.count; i++) {
		struct rk_route r = { .path = rk_str(paths[i]),
			.function = i,
			.file = rk_str("functions/x.js"),
			.kind = kinds[i] < 'a' ? RK_ROUTE_ASSET : RK_ROUTE_FUNCTION,
			.type = kinds[i] < 'a' ? RK_STR("text/plain; charset=UTF-8") : RK_STR(""),
			.visibility = (kinds[i] | 32) == 'u'   ? RK_PUBLIC
				      : (kinds[i] | 32) == 'o' ? RK_PROTECTED
							       : RK_PRIVATE };

		rk_route_put(b, &r);
	}
}

/* paths: NULL-ended; visibility of path i is i's character in `kinds` ('u' public, 'o' protected, 'i'
 * private; of an asset 'U', 'O', 'I'). */
static inline void
rig_site_routes(struct rig *rig, struct rk_routes_head head, const char *const *paths, const char *kinds)
{
	struct rk_buf b = RK_BUF(1 << 20);
	struct rk_msg_view v;
	struct rk_routes *routes;

	rig_put_routes(&b, head, paths, kinds);
	v = (struct rk_msg_view){ (unsigned char *)b.p, (unsigned char *)b.p + b.n, false };
	if (rk_routes_parse(&v, &routes) != RK_OK)
		abort();
	rk_buf_free(&b);
	rk_request_set_routes(&rig->front, routes);
}

static inline void
rig_routes(struct rig *rig, uint32_t generation, const char *const *paths, const char *kinds)
{
	rig_site_routes(
	    rig, (struct rk_routes_head){ .site = RK_SITE_DEV, .generation = generation }, paths, kinds);
}

static inline void
rig_start(struct rig *rig, long timeout_ms, long body_max, unsigned connections, int port)
{
	static const struct rk_lease_ops lease_ops = { .place = rk_request_place,
		.write = rk_request_write,
		.reply = rk_request_reply,
		.failed = rk_request_failed,
		.line = rig_line,
		.overdue = rig_overdue,
		.wake = rig_wake };
	int pipe_fds[2];

	*rig = (struct rig){ .port = port };
	if (rk_loop_init(&rig->loop) != RK_OK || rk_conf_init(&rig->conf, RK_CONF_DEV) != RK_OK ||
	    pipe2(pipe_fds, O_NONBLOCK))
		abort();
	rig_keeper(rig);
	rig->conf.timeout_ms = timeout_ms;
	rig->conf.body_max = body_max;
	rig->front.loop = &rig->loop;
	rig->front.conf = &rig->conf;
	rig->front.host = strdup("localhost:3000");
	rig->front.emptied = rig_emptied;
	rig->lines_fd = pipe_fds[0];
	if (rk_lines_new(&rig->loop, pipe_fds[1], port == 0, &rig->front.lines) != RK_OK ||
	    rk_sites_new(&rig->loop, (unsigned)timeout_ms, &lease_ops, rig, &rig->front.sites) != RK_OK ||
	    rk_sites_set_default(rig->front.sites, RK_SITE_DEV) != RK_OK ||
	    rk_listener_start(&rig->loop, rig_listen(&rig->port), connections, &rk_request_listener_ops,
		&rig->front, &rig->listener) != RK_OK)
		abort();
}

static inline void
rig_stop(struct rig *rig)
{
	rig->front.leaving = false;
	rk_admin_free(rig->admin);
	rk_console_free(rig->console);
	rk_listener_free(rig->listener);
	rk_sites_free(rig->front.sites);
	rk_buf_free(&rig->keeper.result);
	rk_asks_free(rig->front.asks);
	rk_shelf_free(rig->front.shelf);
	rk_chan_close(rig->keeper.chan);
	if (rig->keeper.fd >= 0)
		close(rig->keeper.fd);
	rk_request_done(&rig->front);
	rk_lines_free(rig->front.lines);
	for (int i = 0; i < RIG_WORKERS; i++)
		rk_chan_close(rig->workers[i].chan);
	rk_loop_done(&rig->loop);
	rk_conf_done(&rig->conf);
	free(rig->front.host);
	close(rig->lines_fd);
}

/* ---- a client ---------------------------------------------------------------------------------- */

static inline int
rig_connect(struct rig *rig)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)rig->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (struct sockaddr *)&a, sizeof(a)))
		abort();
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static inline void
rig_send(int fd, struct rk_str bytes)
{
	while (bytes.n) {
		ssize_t n = send(fd, bytes.p, bytes.n, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		bytes.p += n;
		bytes.n -= (size_t)n;
	}
}

/* Lets the loop run for about ms. */
static inline void
rig_run(struct rig *rig, unsigned ms)
{
	uint64_t end = uv_hrtime() + ms * 1000000ull;

	do {
		uv_run(&rig->loop.uv, UV_RUN_NOWAIT);
		usleep(200);
	} while (uv_hrtime() < end);
}

/* Runs the loop until `text` has come (or the end, or 5 s): true when it has come. */
static inline bool
rig_await(struct rig *rig, int fd, const char *text, char *got, size_t size)
{
	size_t n = strlen(got);
	uint64_t end = uv_hrtime() + 5000000000ull;

	while (uv_hrtime() < end) {
		ssize_t r;

		uv_run(&rig->loop.uv, UV_RUN_NOWAIT);
		r = recv(fd, got + n, size - n - 1, MSG_DONTWAIT);
		if (r > 0)
			n += (size_t)r;
		got[n] = '\0';
		if (strstr(got, text))
			return true;
		if (r == 0 || (r < 0 && errno != EAGAIN))
			return false;
		usleep(100);
	}
	return false;
}

/* True when the server has ended the connection within 5 s. */
static inline bool
rig_ended(struct rig *rig, int fd)
{
	char rest[4096];
	uint64_t end = uv_hrtime() + 5000000000ull;

	while (uv_hrtime() < end) {
		ssize_t r;

		uv_run(&rig->loop.uv, UV_RUN_NOWAIT);
		r = recv(fd, rest, sizeof(rest), MSG_DONTWAIT);
		if (r == 0 || (r < 0 && errno != EAGAIN))
			return true;
		usleep(100);
	}
	return false;
}

#endif
