/*
 * main.c - the gateway: HTTP on one side, workers on the other.
 *
 * Holds      the sites and their routes, the connections, what is under way, files of assets that keeper
 *            has opened, the console's files, the key of its own TLS certificate
 * May        speak HTTP and TLS, refuse, answer preflights, set limits, choose a worker, send those files
 * May not    hold another secret, open the store or a file, link token/ or JavaScriptCore, parse a body
 * Talks to   super (settings, sockets, workers; OVERDUE, WAKE), keeper (CHECK, OPEN, CALL, TRACE; VERDICT,
 *            FILE, RESULT, ROUTES, TLS), workers (INVOKE, REPLY, LOG)
 */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/log.h"
#include "gateway/admin.h"
#include "gateway/request.h"
#include "proc/role.h"
#include "proc/sandbox.h"
#include "proc/spawn.h"

#define CONNECTIONS_MAX 8192u
#define ADMIN_CONNECTIONS 256u
#define OTHER_FILES 128u /* descriptors that are no connection: channels, the loop, the library */

static struct gateway {
	struct rk_front front;
	struct rk_chan *control;
	struct rk_listener *listener;
	struct rk_admin *admin; /* NULL: none, as under `roomkey dev` */
	struct rk_console *console;
	bool sealed;
} gw;

/* ---- what the lease tells ---------------------------------------------------------------- */

static void
on_line(void *arg, const struct rk_origin *origin, const struct rk_line *line)
{
	const struct rk_route *route =
	    origin->routes ? rk_routes_function(origin->routes, line->function) : NULL;

	rk_lines_function(gw.front.lines, route, line);
	if (gw.front.conf->command != RK_CONF_SERVE)
		return;
	rk_asks_trace(gw.front.asks, &(struct rk_trace){ .site = origin->site,
					 .generation = origin->generation,
					 .kind = RK_TRACE_LINE,
					 .level = line->level,
					 .at_us = (uint64_t)rk_clock_unix_ms() * 1000,
					 .request_id = line->request_id,
					 .path = route ? route->path : RK_STR(""),
					 .text = line->text });
}

static void
on_overdue(void *arg, uint32_t worker)
{
	struct rk_buf *out = rk_chan_begin(gw.control, RK_MSG_OVERDUE, 0);

	rk_msg_put_u32(out, worker);
	if (rk_chan_end(gw.control) != RK_OK)
		rk_error("super cannot be told of worker %u", worker);
}

/* Under `roomkey dev` workers always run. */
static void
on_wake(void *arg, uint32_t site)
{
	struct rk_buf *out;

	if (gw.front.conf->command != RK_CONF_SERVE)
		return;
	out = rk_chan_begin(gw.control, RK_MSG_WAKE, 0);
	rk_msg_put_u32(out, site);
	if (rk_chan_end(gw.control) != RK_OK)
		rk_error("super cannot be told that site %u waits", site);
}

static const struct rk_lease_ops lease_ops = {
	.place = rk_request_place,
	.write = rk_request_write,
	.reply = rk_request_reply,
	.failed = rk_request_failed,
	.line = on_line,
	.overdue = on_overdue,
	.wake = on_wake,
};

/* ---- what keeper tells ------------------------------------------------------------------------ */

static void
on_routes(void *arg, struct rk_routes *routes)
{
	rk_request_set_routes(&gw.front, routes);
}

static void
on_drop(void *arg, uint32_t site)
{
	rk_shelf_clear(gw.front.shelf, site);
	rk_sites_drop(gw.front.sites, site);
}

/* Keeper says it after the routes of its start: from here on a host that is no site's is nobody's. */
static void
on_tls(void *arg, struct rk_str certificates, struct rk_str key)
{
	rk_sites_told(gw.front.sites);
	if (gw.admin && rk_admin_set_tls(gw.admin, certificates, key) != RK_OK)
		rk_error("the certificate of the admin address cannot be used");
}

static const struct rk_ask_ops ask_ops = {
	.verdict = rk_request_verdict,
	.file = rk_request_file,
	.failed = rk_request_unanswered,
	.routes = on_routes,
	.drop = on_drop,
	.tls = on_tls,
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
take_functions(int fd, struct rk_str host)
{
	gw.front.host = rk_str_dup(host);
	if (!gw.front.host) {
		close(fd);
		return RK_NOMEM;
	}
	return rk_listener_start(
	    gw.front.loop, fd, connection_limit(), &rk_request_listener_ops, &gw.front, &gw.listener);
}

static enum rk_err
take_keeper(int fd)
{
	rk_sites_tell_anew(gw.front.sites);
	return rk_asks_set_keeper(gw.front.asks, fd);
}

static enum rk_err
take_listen(int fd, struct rk_msg_view *view)
{
	struct rk_str host = rk_msg_get_str(view);
	uint8_t kind = rk_msg_get_u8(view);

	if (!rk_msg_is_done(view) || kind > RK_LISTEN_ADMIN ||
	    (kind == RK_LISTEN_ADMIN ? gw.admin != NULL : gw.listener != NULL)) {
		close(fd);
		return RK_INVALID;
	}
	(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	if (kind == RK_LISTEN_FUNCTIONS)
		return take_functions(fd, host);
	return rk_admin_start(&gw.front, gw.console, fd, ADMIN_CONNECTIONS, &gw.admin);
}

static enum rk_err
take_worker(int fd, struct rk_msg_view *view)
{
	uint32_t number = rk_msg_get_u32(view), site = rk_msg_get_u32(view),
		 generation = rk_msg_get_u32(view), slots = rk_msg_get_u32(view);

	if (!rk_msg_is_done(view) || site == RK_SITE_TRIAL) {
		close(fd);
		return RK_INVALID;
	}
	return rk_sites_add_worker(gw.front.sites, fd, number, site, generation, slots);
}

/* The seal waits for what needs calls that it forbids: the library's start. */
static void
seal_when_ready(void)
{
	struct rk_why why = { 0 };

	if (gw.sealed || !gw.listener || !rk_asks_has_keeper(gw.front.asks) ||
	    (gw.front.conf->command == RK_CONF_SERVE && !gw.admin))
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
		err = take_listen(fd, view);
	else if (type == RK_MSG_KEEPER)
		err = take_keeper(fd);
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

/* The console's folder lies beside the programs: in a build tree as a sibling of src, or as installed. */
static enum rk_err
load_console(void)
{
	char dir[PATH_MAX], path[PATH_MAX + 64];

	if (rk_spawn_dir(dir, sizeof(dir)) != RK_OK)
		return RK_IO;
	snprintf(path, sizeof(path), "%s/../../console/console", dir);
	if (access(path, R_OK) != 0)
		snprintf(path, sizeof(path), "%s/../../share/roomkey/console", dir);
	return rk_console_load(path, &gw.console);
}

/* `dev` has one site from the start; `serve` a lobby, where requests wait until keeper has told of the sites. */
static enum rk_err
start_sites(struct rk_loop *loop, const struct rk_conf *conf)
{
	bool serves = conf->command == RK_CONF_SERVE;
	enum rk_err err = rk_sites_new(loop, (unsigned)conf->timeout_ms, &lease_ops, &gw, &gw.front.sites);

	if (err == RK_OK)
		err = rk_sites_set_default(gw.front.sites, serves ? RK_SITE_TRIAL : RK_SITE_DEV);
	if (err == RK_OK && serves)
		err = load_console();
	return err;
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
		err = start_sites(loop, conf);
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
	if (gw.admin)
		rk_admin_quiesce(gw.admin);
	if (gw.front.under_way == 0)
		rk_loop_stop(gw.front.loop);
}

static void
done(void)
{
	gw.front.leaving = false; /* nobody is to be told any more */
	rk_admin_free(gw.admin);
	rk_listener_free(gw.listener);
	rk_sites_free(gw.front.sites);
	rk_request_done(&gw.front);
	rk_console_free(gw.console);
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
