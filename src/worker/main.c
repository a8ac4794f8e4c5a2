/*
 * worker: runs one deployment's functions.
 *
 * Holds       the code and the variables of one deployment, in one JavaScriptCore VM
 * May         run that JavaScript, mint tokens, answer the invocations it is given
 * May not     open a file or a socket, start a process, see another deployment
 * Talks to    super (settings, the bundle, gateways' channels, readiness) · gateways (invocations, answers,
 * log)
 */
#include <stdlib.h>
#include <sys/prctl.h>

#include "proc/role.h"
#include "proc/sandbox.h"
#include "worker/desk.h"

static struct worker {
	struct rk_loop *loop;
	struct rk_chan *control;
	const struct rk_conf *conf;
	struct rk_str bytes; /* the map of the bundle, for the life of the process */
	struct rk_bundle bundle;
	struct rk_engine engine;
	struct rk_desk desk;
	struct rk_turn warm;
	bool loaded;
} worker;

static void
on_ended(void *arg)
{
	(void)arg;
	rk_loop_stop(worker.loop);
}

static void
on_retired(void *arg)
{
	(void)arg;
	rk_chan_begin(worker.control, RK_MSG_RETIRE, 0);
	(void)!rk_chan_end(worker.control);
}

/* A spare has nothing to run yet: a slot that is thrown away has our JavaScript compiled, so that a bundle is
 * loaded in a few milliseconds. The first worker, whose bundle came along with its settings, has no time for it. */
static void
warm(void *arg)
{
	struct rk_slot *slot;
	struct rk_why why = { 0 };

	(void)arg;
	if (worker.loaded)
		return;
	if (rk_slot_new(&worker.engine, &slot, &why) == RK_OK)
		rk_slot_free(slot);
	else
		rk_error("%s %s %s", why.code, why.what, why.todo);
}

/* As `ps` shows it. */
static void
take_name(const char *name)
{
	(void)prctl(PR_SET_NAME, name, 0, 0, 0);
}

static enum rk_err
start(struct rk_loop *loop, struct rk_chan *control, const struct rk_conf *conf, unsigned index,
    struct rk_why *why)
{
	(void)index;
	take_name("spare");
	worker.loop = loop;
	worker.control = control;
	worker.conf = conf;
	rk_desk_init(&worker.desk, loop, conf, on_ended, NULL);
	worker.desk.retired = on_retired;
	enum rk_err err = rk_engine_warm(&worker.engine, conf, NULL, why);

	worker.warm = (struct rk_turn){ .run = warm };
	if (err == RK_OK)
		rk_loop_at_turn_end(loop, &worker.warm);
	return err;
}

static enum rk_err
send_ready(void)
{
	rk_engine_put_ready(&worker.engine, rk_chan_begin(worker.control, RK_MSG_READY, 0));
	return rk_chan_end(worker.control);
}

/* The seal is closed before any function's code runs, and before the process is called a worker. On trial it is only compiled: nobody calls. */
static enum rk_err
load(int fd, bool is_trial, struct rk_why *why)
{
	static const struct rk_sandbox_opts opts = { 0 };
	enum rk_err err = rk_bundle_map(fd, &worker.bytes);

	if (!err)
		err = rk_bundle_parse(worker.bytes, &worker.bundle);
	if (!err)
		err = rk_engine_load(&worker.engine, &worker.bundle);
	if (!err && !is_trial)
		err = rk_desk_open(&worker.desk, &worker.engine, why);
	if (!err)
		err = rk_sandbox_seal(RK_WORKER, &opts, why);
	if (!err)
		take_name("worker");
	if (!err)
		err = send_ready();
	return err;
}

static void
on_bundle(struct rk_msg_view *view, int fd)
{
	bool is_trial = rk_msg_get_u32(view) == RK_SITE_TRIAL;
	struct rk_why why = { 0 };
	enum rk_err err;

	if (worker.loaded) {
		close(fd);
		return;
	}
	err = load(fd, is_trial, &why);
	close(fd);
	if (err) {
		rk_error("%s the functions cannot be loaded: %s %s", why.code, rk_err_text(err), why.what);
		exit(RK_ROLE_REFUSED);
	}
	worker.loaded = true;
}

static void
message(enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, int fd)
{
	(void)id;
	if (type == RK_MSG_BUNDLE)
		on_bundle(view, fd);
	else if (type == RK_MSG_GATEWAY && rk_desk_add_gateway(&worker.desk, fd))
		rk_error("a gateway's channel cannot be opened");
}

static void
quit(unsigned grace_ms)
{
	if (grace_ms == 0)
		rk_loop_stop(worker.loop);
	else
		rk_desk_leave(&worker.desk);
}

static void
done(void)
{
	rk_desk_done(&worker.desk);
	rk_engine_done(&worker.engine);
	rk_bundle_done(&worker.bundle);
}

int
main(void)
{
	static const struct rk_role_ops ops = {
		.role = RK_WORKER, .start = start, .message = message, .quit = quit, .done = done
	};

	return rk_role_main(&ops);
}
