#include "proc/role.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/log.h"
#include "proc/sandbox.h"

#ifdef RK_SANITIZED
const char *__lsan_default_suppressions(void);

/* What the engine itself keeps until the end is not ours to free. */
const char *
__lsan_default_suppressions(void)
{
	return "leak:libjavascriptcoregtk";
}
#endif

/* The one role of this process. */
static struct role {
	const struct rk_role_ops *ops;
	struct rk_loop loop;
	struct rk_chan *control;
	struct rk_conf conf;
	uv_timer_t grace;
	bool started, quitting;
	int status;
} role;

static void
on_grace_over(uv_timer_t *timer)
{
	(void)timer;
	rk_loop_stop(&role.loop);
}

static void
quit(unsigned grace_ms)
{
	if (role.quitting)
		return;
	role.quitting = true;
	uv_timer_start(&role.grace, on_grace_over, grace_ms, 0);
	if (role.started)
		role.ops->quit(grace_ms);
	else
		rk_loop_stop(&role.loop);
}

static void
refuse(const struct rk_why *why)
{
	if (why->what[0])
		rk_error("%s: %s %s", why->code, why->what, why->todo);
	role.status = RK_ROLE_REFUSED;
	role.quitting = true;
	rk_loop_stop(&role.loop);
}

static void
start(struct rk_msg_view *view)
{
	struct rk_why why = { 0 };
	struct rk_str text = rk_msg_get_str(view);
	unsigned index = rk_msg_get_u32(view);
	enum rk_err err;

	err = rk_msg_is_done(view) ? rk_conf_parse(&role.conf, text, &why)
				   : rk_why(&why, RK_INVALID, "RK-312", "", "The settings came incomplete.");
	if (!err)
		err = rk_sandbox_isolate(role.ops->role, &why);
	if (!err)
		err = role.ops->start(&role.loop, role.control, &role.conf, index, &why);
	if (err) {
		if (!why.what[0])
			(void)rk_why(&why, err, "RK-313", "", "The start failed: %s.", rk_err_text(err));
		refuse(&why);
		return;
	}
	role.started = true;
}

static void
on_message(
    struct rk_chan *chan, enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, int fd, void *arg)
{
	(void)chan;
	(void)arg;
	if (role.quitting && fd >= 0) {
		close(fd);
	} else if (role.quitting) {
		return;
	} else if (type == RK_MSG_QUIT) {
		quit(rk_msg_get_u32(view));
	} else if (type == RK_MSG_CONF && !role.started) {
		start(view);
	} else if (role.started) {
		role.ops->message(type, id, view, fd);
	} else if (fd >= 0) {
		close(fd);
	}
}

static void
on_closed(struct rk_chan *chan, enum rk_err err, void *arg)
{
	(void)chan;
	(void)arg;
	if (err)
		rk_error("super sent what it must not: %s", rk_err_text(err));
	quit(0);
}

static enum rk_err
init(void)
{
	static const struct rk_chan_ops ops = { .message = on_message, .closed = on_closed };
	enum rk_err err = rk_conf_init(&role.conf, RK_CONF_DEV);

	if (err)
		return err;
	err = rk_loop_init(&role.loop);
	if (err)
		return err;
	uv_timer_init(&role.loop.uv, &role.grace);
	return rk_chan_open(&role.loop, RK_CONTROL_FD, role.ops->role, RK_SUPER, &ops, NULL, &role.control);
}

int
rk_role_main(const struct rk_role_ops *ops)
{
	role.ops = ops;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	rk_log_init(rk_role_name(ops->role), RK_LOG_INFO);
	if (init() != RK_OK) {
		rk_error("this program is started by super, with a control channel");
		return RK_ROLE_REFUSED;
	}
	rk_loop_run(&role.loop);
	if (role.started)
		ops->done();
	rk_chan_close(role.control);
	rk_loop_done(&role.loop);
	rk_conf_done(&role.conf);
	return role.status;
}
