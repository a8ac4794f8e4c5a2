#include "super/deploy.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/clock.h"
#include "base/log.h"

#define DEATHS_MAX 3
#define LINGER_MS 2000 /* beyond the time limit of an invocation */
#define AWAITED -1
#define SPARES 2          /* workers started ahead of the next bundle: enough to go live with */
#define SPARES_WAIT_MS 50 /* after going live: what waits for an answer comes first */

static void fill(struct rk_post *worker);
static void on_message(struct rk_post *worker, enum rk_msg_type type, struct rk_msg_view *view, int fd);

static const struct rk_post_ops worker_ops = { .message = on_message, .again = fill };

static struct rk_deploy *
find(const struct rk_deploys *set, enum rk_deploy_state state)
{
	struct rk_deploy *deploy = set->list;

	while (deploy && deploy->state != state)
		deploy = deploy->next;
	return deploy;
}

/* ---- one generation ---------------------------------------------------------------- */

static void
on_linger_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void
deploy_free(struct rk_deploy *deploy)
{
	struct rk_deploy **at = &deploy->set->list;
	struct rk_post *worker;

	while (*at && *at != deploy)
		at = &(*at)->next;
	if (*at)
		*at = deploy->next;
	while ((worker = deploy->workers)) {
		deploy->workers = worker->next;
		rk_post_free(worker);
	}
	if (deploy->bundle >= 0)
		close(deploy->bundle);
	rk_buf_free(&deploy->report);
	uv_close((uv_handle_t *)&deploy->linger, on_linger_closed);
}

static enum rk_err
deploy_new(struct rk_deploys *set, struct rk_deploy **ret_deploy)
{
	struct rk_deploy *deploy = calloc(1, sizeof(*deploy));

	if (!deploy)
		return RK_NOMEM;
	*deploy = (struct rk_deploy){ .set = set, .bundle = AWAITED, .next = set->list };
	deploy->report = RK_BUF(rk_msg_row(RK_MSG_READY)->max);
	uv_timer_init(&set->loop->uv, &deploy->linger);
	deploy->linger.data = deploy;
	set->list = deploy;
	for (long i = set->conf->workers - 1; i >= 0; i--) {
		struct rk_post *worker = rk_post_new(set->loop, RK_WORKER, (uint32_t)i, &worker_ops, set);

		if (!worker) {
			deploy_free(deploy);
			return RK_NOMEM;
		}
		worker->deploy = deploy;
		worker->next = deploy->workers;
		deploy->workers = worker;
	}
	*ret_deploy = deploy;
	return RK_OK;
}

static bool
is_all_dead(const struct rk_deploy *deploy)
{
	for (const struct rk_post *worker = deploy->workers; worker; worker = worker->next)
		if (worker->pid)
			return false;
	return true;
}

static void
kill_all(struct rk_deploy *deploy, const char *fate)
{
	for (struct rk_post *worker = deploy->workers; worker; worker = worker->next) {
		uv_timer_stop(&worker->timer);
		rk_post_kill(worker, fate);
	}
}

static void
on_linger_over(uv_timer_t *timer)
{
	kill_all(timer->data, "was still busy with an older version");
}

/* Takes a generation out of service. With wait_ms 0 its workers are killed now; else those that are joined to
 * no gateway yet, and so would never be told to leave. */
static void
retire(struct rk_deploy *deploy, uint64_t wait_ms)
{
	deploy->state = RK_DEPLOY_OLD;
	for (struct rk_post *worker = deploy->workers; worker; worker = worker->next)
		if (!worker->pid)
			uv_timer_stop(&worker->timer);
		else if (!worker->ready)
			rk_post_kill(worker, "was not needed any more");
	if (wait_ms > 0)
		uv_timer_start(&deploy->linger, on_linger_over, wait_ms, 0);
	else
		kill_all(deploy, "runs an abandoned version");
	if (is_all_dead(deploy))
		deploy_free(deploy);
}

/* ---- its workers --------------------------------------------------------------------- */

static void
give_bundle(struct rk_post *worker)
{
	RK_AUTO(rk_buf_free) struct rk_buf payload = RK_BUF(64);

	if (worker->deploy->bundle == AWAITED)
		return;
	rk_msg_put_u32(&payload, RK_SITE_DEV);
	rk_msg_put_u32(&payload, worker->deploy->generation);
	rk_post_give(worker, RK_MSG_BUNDLE, worker->deploy->bundle, rk_buf_str(&payload));
}

/* Gives a pending generation up once its workers have died too often. True when it did. */
static bool
count_death(struct rk_deploy *deploy, const char *words)
{
	struct rk_deploys *set = deploy->set;
	char reason[256];

	if (deploy->state != RK_DEPLOY_PENDING || ++deploy->deaths < DEATHS_MAX)
		return false;
	/* Spares that do not live are done without: the next bundle gets workers of its own. */
	if (deploy->bundle == AWAITED && rk_deploys_live(set) > 0) {
		retire(deploy, 0);
		return true;
	}
	snprintf(reason, sizeof(reason), "a worker %s before it was ready, %u times", words, deploy->deaths);
	rk_error("version %u cannot be run: %s", deploy->generation, reason);
	set->ops->failed(deploy->generation, rk_str(reason), set->arg);
	retire(deploy, 0);
	return true;
}

static void
fill(struct rk_post *worker)
{
	struct rk_deploy *deploy = worker->deploy;
	struct rk_deploys *set = deploy->set;
	struct rk_why why = { 0 };

	if (set->quitting || deploy->state == RK_DEPLOY_OLD || worker->pid)
		return;
	if (rk_post_start(worker, set->conf, ++set->numbers, worker->index, &why) != RK_OK) {
		rk_error("%s: %s %s", why.code, why.what, why.todo);
		worker->started_ms = rk_clock_mono_ms();
		rk_post_again(worker, rk_post_delay(worker, -1, worker->started_ms));
		count_death(deploy, "could not be started");
		return;
	}
	give_bundle(worker);
}

static void
fill_some(struct rk_deploy *deploy, unsigned count)
{
	for (struct rk_post *worker = deploy->workers; worker && count > 0; worker = worker->next, count--)
		fill(worker);
}

static void
on_spares_due(uv_timer_t *timer)
{
	struct rk_deploys *set = timer->data;
	struct rk_deploy *spare;

	if (set->quitting || find(set, RK_DEPLOY_PENDING))
		return;
	if (deploy_new(set, &spare) == RK_OK)
		fill_some(spare, SPARES);
}

static void
go_live(struct rk_deploy *deploy)
{
	struct rk_deploys *set = deploy->set;
	struct rk_deploy *older = deploy->next, *next;

	deploy->state = RK_DEPLOY_LIVE;
	set->ops->live(rk_buf_str(&deploy->report), set->arg);
	rk_buf_free(&deploy->report);
	uv_timer_start(&set->spares, on_spares_due, SPARES_WAIT_MS, 0);
	for (; older; older = next) {
		next = older->next;
		if (older->state != RK_DEPLOY_OLD)
			retire(older, (uint64_t)set->conf->timeout_ms + LINGER_MS);
	}
}

static void
on_ready(struct rk_post *worker, struct rk_msg_view *view)
{
	struct rk_deploy *deploy = worker->deploy;
	struct rk_str whole = rk_str_n(view->p, (size_t)(view->end - view->p));

	if (worker->ready || rk_msg_get_u32(view) != deploy->generation || deploy->bundle == AWAITED)
		return;
	worker->ready = true;
	if (deploy->state == RK_DEPLOY_OLD)
		return;
	deploy->set->ops->join(worker, deploy->set->arg);
	if (deploy->state == RK_DEPLOY_LIVE)
		return;
	rk_buf_put(&deploy->report, whole);
	go_live(deploy);
}

static void
on_message(struct rk_post *worker, enum rk_msg_type type, struct rk_msg_view *view, int fd)
{
	if (fd >= 0)
		close(fd);
	if (type == RK_MSG_READY && !worker->deploy->set->quitting)
		on_ready(worker, view);
}

void
rk_deploys_lost(struct rk_deploys *set, struct rk_post *worker, int status, const char *words)
{
	struct rk_deploy *deploy = worker->deploy;
	bool was_ready = worker->ready;
	uint64_t delay = rk_post_delay(worker, status, rk_clock_mono_ms());

	worker->ready = false;
	if (set->quitting)
		return;
	if (deploy->state == RK_DEPLOY_OLD) {
		if (is_all_dead(deploy))
			deploy_free(deploy);
		return;
	}
	if (status == 0 && was_ready)
		rk_debug("worker %u has retired; another takes its place", worker->number);
	else
		rk_warn("worker %u %s; another takes its place", worker->number, words);
	if (!was_ready && count_death(deploy, words))
		return;
	if (delay > 0)
		rk_post_again(worker, delay);
	else
		fill(worker);
}

/* ---- all of them ------------------------------------------------------------------------ */

void
rk_deploys_init(struct rk_deploys *set, struct rk_loop *loop, const struct rk_conf *conf,
    const struct rk_deploy_ops *ops, void *arg)
{
	*set = (struct rk_deploys){ .loop = loop, .conf = conf, .ops = ops, .arg = arg };
	uv_timer_init(&loop->uv, &set->spares);
	set->spares.data = set;
}

enum rk_err
rk_deploys_warm(struct rk_deploys *set)
{
	struct rk_deploy *first;
	enum rk_err err;

	if (set->quitting)
		return RK_OK;
	err = deploy_new(set, &first);
	if (!err)
		fill_some(first, (unsigned)set->conf->workers);
	return err;
}

void
rk_deploys_done(struct rk_deploys *set)
{
	while (set->list)
		deploy_free(set->list);
	uv_close((uv_handle_t *)&set->spares, NULL);
}

uint32_t
rk_deploys_live(const struct rk_deploys *set)
{
	const struct rk_deploy *live = find(set, RK_DEPLOY_LIVE);

	return live ? live->generation : 0;
}

/* The bundle goes to the workers that were started ahead of it; then the others start. */
static void
adopt(struct rk_deploy *deploy, uint32_t generation, int fd)
{
	deploy->generation = generation;
	deploy->bundle = fd;
	deploy->deaths = 0;
	for (struct rk_post *worker = deploy->workers; worker; worker = worker->next)
		if (worker->pid)
			give_bundle(worker);
	fill_some(deploy, (unsigned)deploy->set->conf->workers);
}

/*
 * Keeper numbers upwards. One that does not (it started anew) would mix two versions under one
 * number in the gateways: what ran before ends at once.
 */
static void
clear_the_way(struct rk_deploys *set, uint32_t generation)
{
	struct rk_deploy *deploy, *next;

	for (deploy = set->list; deploy; deploy = next) {
		next = deploy->next;
		if (deploy->bundle != AWAITED &&
		    (generation <= set->newest || deploy->state == RK_DEPLOY_PENDING))
			retire(deploy, 0);
	}
}

void
rk_deploys_add(struct rk_deploys *set, uint32_t generation, int fd)
{
	struct rk_deploy *next;

	if (set->quitting) {
		close(fd);
		return;
	}
	clear_the_way(set, generation);
	set->newest = generation;
	next = find(set, RK_DEPLOY_PENDING);
	if (!next && deploy_new(set, &next) != RK_OK) {
		close(fd);
		set->ops->failed(generation, RK_STR("out of memory"), set->arg);
		return;
	}
	adopt(next, generation, fd);
}

void
rk_deploys_each(struct rk_deploys *set, void (*each)(struct rk_post *worker, void *arg), void *arg)
{
	for (struct rk_deploy *deploy = set->list; deploy; deploy = deploy->next)
		for (struct rk_post *worker = deploy->workers; worker; worker = worker->next)
			each(worker, arg);
}
