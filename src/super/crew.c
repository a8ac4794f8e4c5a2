#include "super/crew.h"

#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/clock.h"
#include "base/log.h"
#include "proc/role.h"
#include "super/join.h"

#define GRACE_MS 2000
#define CLOSE_MS 500 /* for those who serve nobody any more */
#define HOPELESS 3   /* quick deaths in a row, with nothing ever served */

static void
join_if_ready(struct rk_post *worker, void *arg)
{
	struct rk_post *gateway = arg;
	struct rk_crew *crew = gateway->arg;

	if (worker->ready && worker->deploy->state != RK_DEPLOY_OLD)
		rk_join_worker(gateway, worker, crew->conf->slots);
}

/* ---- what the deploys tell -------------------------------------------------------------- */

static void
on_worker_ready(struct rk_post *worker, void *arg)
{
	struct rk_crew *crew = arg;

	for (unsigned i = 0; i < crew->gateway_count; i++)
		rk_join_worker(crew->gateways[i], worker, crew->conf->slots);
}

static void
on_live(struct rk_str report, void *arg)
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
	uint32_t site = rk_msg_get_u32(view), generation = rk_msg_get_u32(view);

	if (type == RK_MSG_BUNDLE && site == RK_SITE_DEV && fd >= 0 && rk_msg_is_done(view))
		rk_deploys_add(&crew->deploys, generation, fd);
	else if (fd >= 0)
		close(fd);
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
	struct overdue overdue = { rk_msg_get_u32(view) };

	if (fd >= 0)
		close(fd);
	if (type == RK_MSG_OVERDUE && rk_msg_is_done(view) && overdue.number > 0)
		rk_deploys_each(&crew->deploys, kill_overdue, &overdue);
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

	if (!begin(keeper, crew->deploys.newest))
		return;
	for (unsigned i = 0; i < crew->gateway_count; i++)
		rk_join_keeper(crew->gateways[i], crew->keeper);
}

static void
begin_gateway(struct rk_post *gateway)
{
	struct rk_crew *crew = gateway->arg;
	RK_AUTO(rk_buf_free) struct rk_buf name = RK_BUF(512);

	if (!begin(gateway, gateway->index))
		return;
	rk_msg_put_str(&name, rk_str(crew->listen->name));
	rk_msg_put_u8(&name, RK_LISTEN_FUNCTIONS);
	rk_post_give(gateway, RK_MSG_LISTEN, crew->listen->fds[gateway->index], rk_buf_str(&name));
	rk_join_keeper(gateway, crew->keeper);
	rk_deploys_each(&crew->deploys, join_if_ready, gateway);
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
    const struct rk_listen *listen, struct rk_why *why)
{
	static const struct rk_deploy_ops ops = {
		.join = on_worker_ready, .live = on_live, .failed = on_failed
	};
	enum rk_err err;

	*crew = (struct rk_crew){ .loop = loop, .conf = conf, .listen = listen };
	uv_timer_init(&loop->uv, &crew->grace);
	crew->grace.data = crew;
	rk_deploys_init(&crew->deploys, loop, conf, &ops, crew);
	rk_meter_start(&crew->meter, &crew->deploys);
	err = make_posts(crew);
	/* Workers take the longest to be ready, and keeper is who they wait for. */
	if (!err) {
		begin_keeper(crew->keeper);
		err = rk_deploys_warm(&crew->deploys);
	}
	if (err)
		return rk_why(why, err, "RK-313", "", "The start failed: %s.", rk_err_text(err));
	for (unsigned i = 0; i < crew->gateway_count; i++)
		begin_gateway(crew->gateways[i]);
	return RK_OK;
}

/* ---- the end ---------------------------------------------------------------------------------- */

static void
tell_quit(struct rk_post *post, uint32_t ms)
{
	RK_AUTO(rk_buf_free) struct rk_buf payload = RK_BUF(64);

	rk_msg_put_u32(&payload, ms);
	uv_timer_stop(&post->timer);
	rk_post_tell(post, RK_MSG_QUIT, rk_buf_str(&payload));
}

static void
close_worker(struct rk_post *worker, void *arg)
{
	(void)arg;
	tell_quit(worker, CLOSE_MS);
}

static void
kill_worker(struct rk_post *worker, void *arg)
{
	(void)arg;
	rk_post_kill(worker, "");
}

static void
kill_everyone(struct rk_crew *crew)
{
	crew->killing = true;
	for (unsigned i = 0; i < crew->gateway_count; i++)
		rk_post_kill(crew->gateways[i], "");
	rk_post_kill(crew->keeper, "");
	rk_deploys_each(&crew->deploys, kill_worker, NULL);
}

static void
on_grace_over(uv_timer_t *timer)
{
	kill_everyone(timer->data);
}

static void
count_worker(struct rk_post *worker, void *arg)
{
	unsigned *count = arg;

	*count += worker->pid != 0;
}

/* One step further, as far as the living allow. */
static void
go_on_quitting(struct rk_crew *crew)
{
	unsigned gateways = 0, others = crew->keeper->pid != 0;

	for (unsigned i = 0; i < crew->gateway_count; i++)
		gateways += crew->gateways[i]->pid != 0;
	rk_deploys_each(&crew->deploys, count_worker, &others);
	if (gateways == 0 && !crew->closing) {
		crew->closing = true;
		tell_quit(crew->keeper, CLOSE_MS);
		rk_deploys_each(&crew->deploys, close_worker, NULL);
		uv_timer_start(&crew->grace, on_grace_over, 2 * CLOSE_MS, 0);
	}
	if (gateways == 0 && others == 0)
		rk_loop_stop(crew->loop);
}

void
rk_crew_quit(struct rk_crew *crew, int status)
{
	if (crew->quitting) {
		kill_everyone(crew);
		return;
	}
	crew->quitting = true;
	crew->deploys.quitting = true;
	crew->status = status;
	for (unsigned i = 0; i < crew->gateway_count; i++)
		tell_quit(crew->gateways[i], GRACE_MS);
	uv_timer_start(&crew->grace, on_grace_over, GRACE_MS + CLOSE_MS, 0);
	go_on_quitting(crew);
}

/* ---- the dead ----------------------------------------------------------------------------------- */

static bool
is_refusal(int status)
{
	return WIFEXITED(status) && WEXITSTATUS(status) == RK_ROLE_REFUSED;
}

static void
on_worker_lost(struct rk_crew *crew, struct rk_post *worker, int status, const char *words)
{
	/* Its own log line says why it cannot start here, such as a kernel without seccomp. */
	if (is_refusal(status) && rk_deploys_live(&crew->deploys) == 0 && !crew->quitting)
		rk_crew_quit(crew, 1);
	rk_deploys_lost(&crew->deploys, worker, status, words);
}

/* A gateway or keeper: the same start that never once worked will not work the fourth time. */
static void
on_pillar_lost(struct rk_crew *crew, struct rk_post *post, int status, const char *words)
{
	bool refused = is_refusal(status);
	uint64_t delay = rk_post_delay(post, status, rk_clock_mono_ms());

	if (crew->quitting)
		return;
	if (rk_deploys_live(&crew->deploys) == 0 && (refused || post->quick >= HOPELESS)) {
		if (!refused)
			rk_error("%s %s, %u times: giving up", rk_role_name(post->role), words, post->quick);
		rk_crew_quit(crew, 1);
		return;
	}
	rk_warn("%s %s; another takes its place", rk_role_name(post->role), words);
	if (delay > 0)
		rk_post_again(post, delay);
	else
		post->ops->again(post);
}

struct search {
	pid_t pid;
	struct rk_post *found;
};

static void
match(struct rk_post *post, void *arg)
{
	struct search *search = arg;

	if (post->pid == search->pid)
		search->found = post;
}

static struct rk_post *
find(struct rk_crew *crew, pid_t pid)
{
	struct search search = { pid, NULL };

	match(crew->keeper, &search);
	for (unsigned i = 0; i < crew->gateway_count; i++)
		match(crew->gateways[i], &search);
	rk_deploys_each(&crew->deploys, match, &search);
	return search.found;
}

void
rk_crew_reap(struct rk_crew *crew)
{
	struct rk_post *post;
	char words[96];
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		post = find(crew, pid);
		if (!post)
			continue;
		rk_post_buried(post, status, words, sizeof(words));
		if (post->role == RK_WORKER)
			on_worker_lost(crew, post, status, words);
		else
			on_pillar_lost(crew, post, status, words);
	}
	if (crew->quitting)
		go_on_quitting(crew);
}

void
rk_crew_done(struct rk_crew *crew)
{
	rk_meter_stop(&crew->meter);
	rk_deploys_done(&crew->deploys);
	rk_post_free(crew->keeper);
	for (unsigned i = 0; i < crew->gateway_count; i++)
		rk_post_free(crew->gateways[i]);
}
