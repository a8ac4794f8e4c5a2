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

#include "base/auto.h"
#include "base/log.h"
#include "proc/sandbox.h"
#include "super/crew.h"

#define LACKS_MS 300 /* by then the first answer is out */

struct super {
	struct rk_loop loop;
	struct rk_conf conf;
	struct rk_listen listen;
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
	err = rk_crew_start(&super->crew, &super->loop, &super->conf, &super->listen, why);
	if (err)
		return complain(why, 1);
	uv_timer_init(&super->loop.uv, &super->lacks);
	uv_timer_start(&super->lacks, tell_lacks, LACKS_MS, 0);
	rk_loop_run(&super->loop);
	rk_crew_done(&super->crew);
	return super->crew.status;
}

/* super dev [flags] DIR */
int
main(int argc, char **argv)
{
	static struct super super;
	struct rk_why why = { 0 };
	int status;

	rk_log_init("super", RK_LOG_INFO);
	if (argc < 2 || strcmp(argv[1], "dev") != 0) {
		fprintf(stderr, "super is started by the command roomkey: try \"roomkey dev\".\n");
		return 2;
	}
	if (rk_conf_init(&super.conf, RK_CONF_DEV) != RK_OK ||
	    rk_conf_parse_args(&super.conf, argc - 1, argv + 1, &why) != RK_OK)
		return complain(&why, 2);
	/* Inherited by every child, whatever its own seal does. */
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (rk_listen_open(&super.listen, &super.conf, &why) != RK_OK)
		return complain(&why, 1);
	if (rk_loop_init(&super.loop) != RK_OK)
		return 1;
	status = run(&super, &why);
	rk_loop_done(&super.loop);
	rk_listen_close(&super.listen);
	rk_conf_done(&super.conf);
	return status;
}
