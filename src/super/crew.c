#include "super/crew.h"

#include <unistd.h>

#include "base/auto.h"
#include "base/log.h"
#include "super/join.h"

static void
join_if_ready(struct rk_post *worker, void *arg)
{
	struct rk_post *gateway = arg;
	struct rk_crew *crew = gateway->arg;

	if (worker->ready && !worker->leaving && worker->deploy->state != RK_DEPLOY_OLD)
		rk_join_worker(gateway, worker, crew->conf->slots);
}

/* ---- what the sites tell -------------------------------------------------------------- */

static void
on_worker_ready(struct rk_post *worker, void *arg)
{
	struct rk_crew *crew = arg;

	for (unsigned i = 0; i < crew->gateway_count; i++)
		rk_join_worker(crew->gateways[i], worker, crew->conf->slots);
}

static void
on_ready(struct rk_str report, void *arg)
{
	struct rk_crew *crew = arg;

	rk_post_tell(crew->keeper, RK_MSG_READY, report);
}

static void
on_failed(uint32_t generation, struct rk_str reason, void *arg)
{
	struct rk_crew *crew = arg;
	RK_AUTO(rk_buf_free) struct rk_buf payload = RK_BUF(1 * RK_KB);

	rk_msg_put_u32(&payload, generation);
	rk_msg_put_str(&payload, reason);
	rk_post_tell(crew->keeper, RK_MSG_FAILED, rk_buf_str(&payload));
	/* No bundle was there yet: it is the engine that cannot start on this machine. */
	if (generation == 0)
		rk_crew_quit(crew, 1);
}

/* ---- keeper and gateways ------------------------------------------------------------------ */

static void
on_keeper_message(struct rk_post *keeper, enum rk_msg_type type, struct rk_msg_view *view, int fd)
{
	struct rk_crew *crew = keeper->arg;
	uint32_t site = rk_msg_get_u32(view);

	if (type == RK_MSG_DROP && rk_msg_is_done(view)) {
		rk_sites_drop(&crew->sites, site);
	} else if (type == RK_MSG_BUNDLE && fd >= 0) {
		uint32_t generation = rk_msg_get_u32(view);

		if (rk_msg_is_done(view))
			rk_sites_add(&crew->sites, site, generation, fd);
		else
			close(fd);
	} else if (fd >= 0) {
		close(fd);
	}
}

/* A keeper that is not there misses it: the gateway wakes again. */
static void
wake(struct rk_crew *crew, uint32_t site)
{
	RK_AUTO(rk_buf_free) struct rk_buf payload = RK_BUF(64);

	if (rk_sites_wake(&crew->sites, site))
		return;
	rk_msg_put_u32(&payload, site);
	rk_post_tell(crew->keeper, RK_MSG_WAKE, rk_buf_str(&payload));
}

struct overdue {
	uint32_t number;
};

static void
kill_overdue(struct rk_post *worker, void *arg)
{
	const struct overdue *overdue = arg;

	if (worker->number == overdue->number)
		rk_post_kill(worker, "did not answer in time");
}

static void
on_gateway_message(struct rk_post *gateway, enum rk_msg_type type, struct rk_msg_view *view, int fd)
{
	struct rk_crew *crew = gateway->arg;
	uint32_t number = rk_msg_get_u32(view);
	struct overdue overdue = { number };

	if (fd >= 0)
		close(fd);
	if (!rk_msg_is_done(view) || number == 0)
		return;
	if (type == RK_MSG_OVERDUE)
		rk_sites_each(&crew->sites, kill_overdue, &overdue);
	else if (type == RK_MSG_WAKE)
		wake(crew, number);
}

static bool
begin(struct rk_post *post, uint32_t index)
{
	struct rk_crew *crew = post->arg;
	struct rk_why why = { 0 };

	if (crew->quitting || post->pid)
		return false;
	if (rk_post_start(post, crew->conf, 0, index, &why) == RK_OK)
		return true;
	rk_error("%s: %s %s", why.code, why.what, why.todo);
	rk_crew_quit(crew, 1);
	return false;
}

static void
begin_keeper(struct rk_post *keeper)
{
	struct rk_crew *crew = keeper->arg;

	if (!begin(keeper, crew->sites.newest))
		return;
	if (crew->conf->command == RK_CONF_SERVE)
		rk_sites_forget(&crew->sites);
	for (unsigned i = 0; i < crew->gateway_count; i++)
		rk_join_keeper(crew->gateways[i], crew->keeper);
}

static void
give_listener(struct rk_post *gateway, const struct rk_listen *listen, unsigned i, enum rk_listen_kind kind)
{
	RK_AUTO(rk_buf_free) struct rk_buf name = RK_BUF(512);

	rk_msg_put_str(&name, rk_str(listen->name));
	rk_msg_put_u8(&name, (uint8_t)kind);
	rk_post_give(gateway, RK_MSG_LISTEN, listen->fds[i], rk_buf_str(&name));
}

static void
begin_gateway(struct rk_post *gateway)
{
	struct rk_crew *crew = gateway->arg;

	if (!begin(gateway, gateway->index))
		return;
	give_listener(gateway, crew->listen, gateway->index, RK_LISTEN_FUNCTIONS);
	if (crew->admin && gateway->index == 0)
		give_listener(gateway, crew->admin, 0, RK_LISTEN_ADMIN);
	rk_join_keeper(gateway, crew->keeper);
	rk_sites_each(&crew->sites, join_if_ready, gateway);
}

static const struct rk_post_ops keeper_ops = { .message = on_keeper_message, .again = begin_keeper };
static const struct rk_post_ops gateway_ops = { .message = on_gateway_message, .again = begin_gateway };

/* ---- the start ------------------------------------------------------------------------------- */

static enum rk_err
make_posts(struct rk_crew *crew)
{
	crew->keeper = rk_post_new(crew->loop, RK_KEEPER, 0, &keeper_ops, crew);
	if (!crew->keeper)
		return RK_NOMEM;
	for (; crew->gateway_count < crew->listen->count; crew->gateway_count++) {
		unsigned i = crew->gateway_count;

		crew->gateways[i] = rk_post_new(crew->loop, RK_GATEWAY, i, &gateway_ops, crew);
		if (!crew->gateways[i])
			return RK_NOMEM;
	}
	return RK_OK;
}

enum rk_err
rk_crew_start(struct rk_crew *crew, struct rk_loop *loop, const struct rk_conf *conf,
    const struct rk_listen *listen, const struct rk_listen *admin, struct rk_why *why)
{
	static const struct rk_deploy_ops ops = {
		.join = on_worker_ready, .ready = on_ready, .failed = on_failed
	};
	enum rk_err err;

	*crew = (struct rk_crew){ .loop = loop, .conf = conf, .listen = listen, .admin = admin };
	uv_timer_init(&loop->uv, &crew->grace);
	crew->grace.data = crew;
	rk_sites_init(&crew->sites, loop, conf, &ops, crew);
	rk_meter_start(&crew->meter, &crew->sites);
	err = make_posts(crew);
	/* Workers take the longest to be ready, and keeper is who they wait for. */
	if (!err) {
		begin_keeper(crew->keeper);
		rk_sites_warm(&crew->sites);
	}
	if (err)
		return rk_why(why, err, "RK-313", "", "The start failed: %s.", rk_err_text(err));
	for (unsigned i = 0; i < crew->gateway_count; i++)
		begin_gateway(crew->gateways[i]);
	return RK_OK;
}
