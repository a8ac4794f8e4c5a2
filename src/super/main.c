/*
 * super - starts Roomkey and keeps it going.
 *
 * Holds:     the listening sockets, the children, the memfd of each version that runs.
 * May:       bind, start, meter, kill, restart.
 * May not:   parse one byte that a stranger sent. It reads fixed small messages of its
 *            children, and passes a worker's report on to keeper unread.
 * Talks to:  every role, over the control channel that the child was born with.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/auto.h"
#include "base/log.h"
#include "proc/sandbox.h"
#include "super/crew.h"

#define LACKS_MS 300 /* by then the first answer is out */

struct super {
	struct rk_loop loop;
	struct rk_conf conf;
	struct rk_listen listen, admin;
	struct rk_crew crew;
	uv_signal_t on_int, on_term, on_child;
	uv_timer_t lacks;
};

static int
complain(const struct rk_why *why, int status)
{
	fprintf(stderr, "%s: %s\n", why->code, why->what);
	if (why->todo[0])
		fprintf(stderr, "%s\n", why->todo);
	return status;
}

static void
on_end_signal(uv_signal_t *signal, int number)
{
	struct super *super = signal->data;

	(void)number;
	rk_crew_quit(&super->crew, 0);
}

static void
on_child_signal(uv_signal_t *signal, int number)
{
	struct super *super = signal->data;

	(void)number;
	rk_crew_reap(&super->crew);
}

static void
watch_signal(struct super *super, uv_signal_t *handle, uv_signal_cb cb, int number)
{
	uv_signal_init(&super->loop.uv, handle);
	handle->data = super;
	uv_signal_start(handle, cb, number);
}

static void
watch_signals(struct super *super)
{
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	watch_signal(super, &super->on_int, on_end_signal, SIGINT);
	watch_signal(super, &super->on_term, on_end_signal, SIGTERM);
	watch_signal(super, &super->on_child, on_child_signal, SIGCHLD);
}

/* One line, once. It costs a fork, so the first answer goes before it. */
static void
tell_lacks(uv_timer_t *timer)
{
	char names[64];

	uv_close((uv_handle_t *)timer, NULL);
	rk_sandbox_lacks(names, sizeof(names));
	if (names[0])
		rk_warn(
		    "this kernel lacks, or does not allow here: %s; Roomkey runs with one wall less", names);
}

static int
run(struct super *super, struct rk_why *why)
{
	enum rk_err err;

	watch_signals(super);
	err = rk_crew_start(&super->crew, &super->loop, &super->conf, &super->listen,
	    super->admin.count > 0 ? &super->admin : NULL, why);
	if (err)
		return complain(why, 1);
	uv_timer_init(&super->loop.uv, &super->lacks);
	uv_timer_start(&super->lacks, tell_lacks, LACKS_MS, 0);
	rk_loop_run(&super->loop);
	rk_crew_done(&super->crew);
	return super->crew.status;
}

/* A socket for each worker, and in gateways one for each connection; workers keep a few for themselves. */
static void
raise_files(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) < 0)
		return;
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
}

static enum rk_err
bind_all(struct super *super, struct rk_why *why)
{
	enum rk_err err = rk_listen_open(&super->listen, RK_LISTEN_ON_FUNCTIONS, &super->conf, why);

	if (!err && super->conf.command == RK_CONF_SERVE)
		err = rk_listen_open(&super->admin, RK_LISTEN_ON_ADMIN, &super->conf, why);
	return err;
}

/* 0: no such command. */
static unsigned
command_of(const char *word)
{
	return strcmp(word, "dev") == 0 ? RK_CONF_DEV : strcmp(word, "serve") == 0 ? RK_CONF_SERVE : 0;
}

/* super dev|serve [flags] DIR */
int
main(int argc, char **argv)
{
	static struct super super;
	struct rk_why why = { 0 };
	unsigned command = argc < 2 ? 0 : command_of(argv[1]);
	int status = 1;

	rk_log_init("super", RK_LOG_INFO);
	if (!command) {
		fprintf(stderr, "super is started by the command roomkey: try \"roomkey dev\".\n");
		return 2;
	}
	if (rk_conf_init(&super.conf, command) != RK_OK ||
	    rk_conf_parse_args(&super.conf, argc - 1, argv + 1, &why) != RK_OK)
		return complain(&why, 2);
	/* Inherited by every child, whatever its own seal does. */
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	raise_files();
	if (bind_all(&super, &why) != RK_OK)
		complain(&why, 1);
	else if (rk_loop_init(&super.loop) == RK_OK) {
		status = run(&super, &why);
		rk_loop_done(&super.loop);
	}
	rk_listen_close(&super.admin);
	rk_listen_close(&super.listen);
	rk_conf_done(&super.conf);
	return status;
}
