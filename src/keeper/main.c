/*
 * keeper - what is kept: a project's folder (dev.c), or the platform's store (serve.c).
 *
 * Holds     what its command says: one of the two, for the whole of its life
 * May       read, write and say what that file's head allows, and nothing more
 * May not   reach the network; know an engine or HTTP; let a secret into a log or an answer
 * Talks to  super and every gateway
 */
#include "keeper/dev.h"
#include "keeper/serve.h"

static const struct rk_role_ops *chosen;

static enum rk_err
start(struct rk_loop *loop, struct rk_chan *control, const struct rk_conf *conf, unsigned index,
    struct rk_why *why)
{
	chosen = conf->command == RK_CONF_SERVE ? &rk_serve_ops : &rk_dev_ops;
	return chosen->start(loop, control, conf, index, why);
}

static void
message(enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, int fd)
{
	chosen->message(type, id, view, fd);
}

static void
quit(unsigned grace_ms)
{
	chosen->quit(grace_ms);
}

static void
done(void)
{
	chosen->done();
}

int
main(void)
{
	static const struct rk_role_ops ops = {
		.role = RK_KEEPER, .start = start, .message = message, .quit = quit, .done = done
	};

	return rk_role_main(&ops);
}
