/*
 * main.c - the gateway: HTTP on one side, workers on the other.
 *
 * Holds      the routes, the connections, what is under way, files of assets that keeper has opened
 * May        speak HTTP, refuse, answer preflights, set limits, choose a worker, send those files
 * May not    hold a secret, open the store or a file, link token/ or JavaScriptCore, parse a body
 * Talks to   super (settings, sockets, workers; OVERDUE), keeper (CHECK, OPEN; VERDICT, FILE, ROUTES),
 *            workers (INVOKE, REPLY, LOG)
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/log.h"
#include "gateway/request.h"
#include "proc/role.h"
#include "proc/sandbox.h"

#define CONNECTIONS_MAX 8192u
#define OTHER_FILES 128u /* descriptors that are no connection: channels, the loop, the library */

static struct gateway {
	struct rk_front front;
	struct rk_chan *control;
	struct rk_listener *listener;
	bool sealed;
} gw;

/* ---- what the lease tells ---------------------------------------------------------------- */

static void
on_line(void *arg, const struct rk_routes *routes, const struct rk_line *line)
{
	rk_lines_function(gw.front.lines, routes ? rk_routes_function(routes, line->function) : NULL, line);
}

static void
on_overdue(void *arg, uint32_t worker)
{
	struct rk_buf *out = rk_chan_begin(gw.control, RK_MSG_OVERDUE, 0);

	rk_msg_put_u32(out, worker);
	if (rk_chan_end(gw.control) != RK_OK)
		rk_error("super cannot be told of worker %u", worker);
}

static const struct rk_lease_ops lease_ops = {
	.place = rk_request_place,
	.write = rk_request_write,
	.reply = rk_request_reply,
	.failed = rk_request_failed,
	.line = on_line,
	.overdue = on_overdue,
};

/* ---- what keeper tells ------------------------------------------------------------------------ */

static void
on_routes(void *arg, struct rk_routes *routes)
{
	rk_request_set_routes(&gw.front, routes);
}

static const struct rk_ask_ops ask_ops = {
	.verdict = rk_request_verdict,
	.file = rk_request_file,
	.failed = rk_request_unanswered,
	.routes = on_routes,
};

/* ---- super ------------------------------------------------------------------------------------ */

/* As many connections as descriptors allow. */
static unsigned
connection_limit(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files))
		return 512;
	files.rlim_cur = files.rlim_max < CONNECTIONS_MAX + 2 * OTHER_FILES
			     ? files.rlim_max
			     : CONNECTIONS_MAX + 2 * OTHER_FILES;
	(void)setrlimit(RLIMIT_NOFILE, &files);
	if (files.rlim_cur <= 2 * OTHER_FILES)
		return 64;
	return (unsigned)files.rlim_cur - 2 * OTHER_FILES;
}

static enum rk_err
take_listen(int fd, struct rk_str host)
{
	if (gw.listener) {
		close(fd);
		return RK_EXISTS;
	}
	gw.front.host = rk_str_dup(host);
	if (!gw.front.host) {
		close(fd);
		return RK_NOMEM;
	}
	(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	return rk_listener_start(
	    gw.front.loop, fd, connection_limit(), &rk_request_listener_ops, &gw.front, &gw.listener);
}

static enum rk_err
take_worker(int fd, struct rk_msg_view *view)
{
	uint32_t number = rk_msg_get_u32(view), site = rk_msg_get_u32(view),
		 generation = rk_msg_get_u32(view), slots = rk_msg_get_u32(view);

	if (!rk_msg_is_done(view) || site != RK_SITE_DEV) {
		close(fd);
		return RK_INVALID;
	}
	return rk_lease_add_worker(gw.front.lease, fd, number, generation, slots);
}

/* The seal waits for what needs calls that it forbids: the library's start. */
static void
seal_when_ready(void)
{
	struct rk_why why = { 0 };

	if (gw.sealed || !gw.listener || !rk_asks_has_keeper(gw.front.asks))
		return;
	gw.sealed = true;
	if (rk_sandbox_seal(RK_GATEWAY, &(struct rk_sandbox_opts){ 0 }, &why) == RK_OK)
		return;
	rk_error("%s: %s %s", why.code, why.what, why.todo);
	exit(1);
}

static void
on_super(enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, int fd)
{
	enum rk_err err = RK_OK;

	if (type == RK_MSG_LISTEN)
		err = take_listen(fd, rk_msg_get_str(view));
	else if (type == RK_MSG_KEEPER)
		err = rk_asks_set_keeper(gw.front.asks, fd);
	else if (type == RK_MSG_WORKER)
		err = take_worker(fd, view);
	else if (fd >= 0)
		close(fd);
	if (err != RK_OK)
		rk_error("what super sent cannot be used (%s): %s", rk_msg_row(type)->name, rk_err_text(err));
	seal_when_ready();
}

/* ---- beginning and end ----------------------------------------------------------------------------- */

static void
on_emptied(struct rk_front *front)
{
	rk_loop_stop(front->loop);
}

static enum rk_err
start(struct rk_loop *loop, struct rk_chan *control, const struct rk_conf *conf, unsigned index,
    struct rk_why *why)
{
	enum rk_err err;

	signal(SIGPIPE, SIG_IGN);
	gw.control = control;
	gw.front.loop = loop;
	gw.front.conf = conf;
	gw.front.emptied = on_emptied;
	err = rk_lines_new(loop, STDOUT_FILENO, conf->logs, &gw.front.lines);
	if (err == RK_OK)
		err = rk_lease_new(loop, (unsigned)conf->timeout_ms, &lease_ops, &gw, &gw.front.lease);
	if (err == RK_OK)
		err = rk_asks_new(loop, &ask_ops, &gw, &gw.front.asks);
	if (err == RK_OK)
		err = rk_shelf_new(loop, &gw.front.shelf);
	return err;
}

static void
quit(unsigned grace_ms)
{
	gw.front.leaving = true;
	if (gw.listener)
		rk_listener_quiesce(gw.listener);
	if (gw.front.under_way == 0)
		rk_loop_stop(gw.front.loop);
}

static void
done(void)
{
	gw.front.leaving = false; /* nobody is to be told any more */
	rk_listener_free(gw.listener);
	rk_lease_free(gw.front.lease);
	rk_request_done(&gw.front);
	rk_lines_free(gw.front.lines);
	rk_asks_free(gw.front.asks);
	rk_shelf_free(gw.front.shelf);
	free(gw.front.host);
}

int
main(void)
{
	static const struct rk_role_ops ops = {
		.role = RK_GATEWAY,
		.start = start,
		.message = on_super,
		.quit = quit,
		.done = done,
	};

	return rk_role_main(&ops);
}
