#include "super/deploy.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/clock.h"
#include "base/log.h"

#define DEATHS_MAX 3
#define LINGER_MS 2000 /* beyond the time limit of an invocation */
#define TRIAL_MS 30000 /* for compiling the largest bundle on the slowest machine */
#define TRIAL_END_MS 2000

static void fill(struct rk_post *worker);
static void on_message(struct rk_post *worker, enum rk_msg_type type, struct rk_msg_view *view, int fd);

static const struct rk_post_ops worker_ops = { .message = on_message, .again = fill };

/* ---- one generation ---------------------------------------------------------------- */

static void
on_timer_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void
unlink_deploy(struct rk_deploy *deploy)
{
	struct rk_deploy **at = &deploy->site->list;

	while (*at && *at != deploy)
		at = &(*at)->next;
	if (*at)
		*at = deploy->next;
	LIST_REMOVE(deploy, all);
}

void
rk_deploy_free(struct rk_deploy *deploy)
{
	struct rk_site *site = deploy->site;
	struct rk_post *worker;

	unlink_deploy(deploy);
	while ((worker = deploy->workers)) {
		deploy->workers = worker->next;
		rk_post_free(worker);
	}
	close(deploy->bundle);
	uv_close((uv_handle_t *)&deploy->timer, on_timer_closed);
	if (site->freed)
		site->freed(site);
}

enum rk_err
rk_deploy_new(struct rk_deploy_home *home, struct rk_site *site, enum rk_deploy_state state,
    uint32_t generation, int fd, struct rk_deploy **ret_deploy)
{
	struct rk_deploy *deploy = calloc(1, sizeof(*deploy));

	if (!deploy) {
		close(fd);
		return RK_NOMEM;
	}
	*deploy = (struct rk_deploy){ .home = home,
		.site = site,
		.next = site->list,
		.state = state,
		.generation = generation,
		.bundle = fd };
	uv_timer_init(&home->loop->uv, &deploy->timer);
	deploy->timer.data = deploy;
	site->list = deploy;
	LIST_INSERT_HEAD(&home->all, deploy, all);
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

uint64_t
rk_deploy_patience(const struct rk_deploy_home *home)
{
	return (uint64_t)home->conf->timeout_ms + LINGER_MS;
}

void
rk_deploy_retire(struct rk_deploy *deploy, uint64_t wait_ms)
{
	deploy->state = RK_DEPLOY_OLD;
	for (struct rk_post *worker = deploy->workers; worker; worker = worker->next)
		if (!worker->pid)
			uv_timer_stop(&worker->timer);
		else if (!worker->ready)
			rk_post_kill(worker, "was not needed any more");
	if (wait_ms > 0)
		uv_timer_start(&deploy->timer, on_linger_over, wait_ms, 0);
	else
		kill_all(deploy, "runs an abandoned version");
	if (is_all_dead(deploy))
		rk_deploy_free(deploy);
}

/* ---- its workers --------------------------------------------------------------------- */

static void
give_bundle(struct rk_post *worker)
{
	RK_AUTO(rk_buf_free) struct rk_buf payload = RK_BUF(64);

	rk_msg_put_u32(&payload, worker->deploy->site->number);
	rk_msg_put_u32(&payload, worker->deploy->generation);
	rk_post_give(worker, RK_MSG_BUNDLE, worker->deploy->bundle, rk_buf_str(&payload));
}

/* Gives a generation up that is not live once its workers have died too often. True when it did. */
static bool
count_death(struct rk_deploy *deploy, const char *words)
{
	struct rk_deploy_home *home = deploy->home;
	char reason[256];

	if ((deploy->state != RK_DEPLOY_PENDING && deploy->state != RK_DEPLOY_TRIAL) ||
	    ++deploy->deaths < DEATHS_MAX)
		return false;
	snprintf(reason, sizeof(reason), "a worker %s before it was ready", words);
	rk_error("version %u cannot be run: %s", deploy->generation, reason);
	home->ops->failed(deploy->generation, rk_str(reason), home->arg);
	rk_deploy_retire(deploy, 0);
	return true;
}

static void
fill(struct rk_post *worker)
{
	struct rk_deploy *deploy = worker->deploy;
	struct rk_deploy_home *home = deploy->home;
	struct rk_why why = { 0 };

	if (home->quitting || deploy->state == RK_DEPLOY_OLD || worker->pid)
		return;
	if (rk_post_start(worker, home->conf, rk_pool_number(&home->pool), 0, &why) != RK_OK) {
		rk_error("%s: %s %s", why.code, why.what, why.todo);
		worker->started_ms = rk_clock_mono_ms();
		rk_post_again(worker, rk_post_delay(worker, -1, worker->started_ms));
		count_death(deploy, "could not be started");
		return;
	}
	give_bundle(worker);
}

static bool
add_worker(struct rk_deploy *deploy)
{
	struct rk_deploy_home *home = deploy->home;
	struct rk_post *worker = rk_pool_take(&home->pool), **at = &deploy->workers;

	if (!worker)
		worker = rk_post_new(home->loop, RK_WORKER, 0, &worker_ops, NULL);
	if (!worker)
		return false;
	worker->ops = &worker_ops;
	worker->deploy = deploy;
	worker->next = NULL;
	while (*at)
		at = &(*at)->next;
	*at = worker;
	if (worker->pid)
		give_bundle(worker);
	else
		fill(worker);
	return true;
}

static void
on_trial_over(uv_timer_t *timer)
{
	struct rk_deploy *deploy = timer->data;

	deploy->deaths = DEATHS_MAX - 1;
	kill_all(deploy, "was not done with compiling in time");
}

void
rk_deploy_add_workers(struct rk_deploy *deploy, unsigned count)
{
	while (count-- > 0 && deploy->state != RK_DEPLOY_OLD)
		if (!add_worker(deploy)) {
			deploy->deaths = DEATHS_MAX - 1;
			count_death(deploy, "found no memory");
			return;
		}
	if (deploy->state == RK_DEPLOY_TRIAL)
		uv_timer_start(&deploy->timer, on_trial_over, TRIAL_MS, 0);
}

/* ---- what they say -------------------------------------------------------------------- */

static void
go_live(struct rk_deploy *deploy)
{
	struct rk_deploy *older = deploy->next, *next;

	deploy->state = RK_DEPLOY_LIVE;
	for (; older; older = next) {
		next = older->next;
		if (older->state != RK_DEPLOY_OLD)
			rk_deploy_retire(older, rk_deploy_patience(deploy->home));
	}
}

/* It has said all that it will. */
static void
end_trial(struct rk_deploy *deploy, struct rk_post *worker)
{
	rk_post_quit(worker, 0);
	rk_deploy_retire(deploy, TRIAL_END_MS);
}

static void
on_ready(struct rk_post *worker, struct rk_msg_view *view)
{
	struct rk_deploy *deploy = worker->deploy;
	struct rk_deploy_home *home = deploy->home;
	struct rk_str report = rk_str_n(view->p, (size_t)(view->end - view->p));

	if (worker->ready || rk_msg_get_u32(view) != deploy->generation)
		return;
	worker->ready = true;
	if (deploy->state == RK_DEPLOY_OLD)
		return;
	home->was_ready = true;
	rk_pool_calm(&home->pool);
	if (deploy->state != RK_DEPLOY_TRIAL)
		home->ops->join(worker, home->arg);
	if (deploy->state != RK_DEPLOY_LIVE)
		home->ops->ready(report, home->arg);
	if (deploy->state == RK_DEPLOY_TRIAL)
		end_trial(deploy, worker);
	else if (deploy->state == RK_DEPLOY_PENDING)
		go_live(deploy);
}

static void
on_message(struct rk_post *worker, enum rk_msg_type type, struct rk_msg_view *view, int fd)
{
	if (fd >= 0)
		close(fd);
	if (worker->deploy->home->quitting)
		return;
	if (type == RK_MSG_READY)
		on_ready(worker, view);
	else if (type == RK_MSG_RETIRE)
		worker->leaving = true;
}

/* ---- how they end ----------------------------------------------------------------------- */

/* The post stays empty; a generation without any is forgotten, until somebody calls it. */
static void
remove_worker(struct rk_deploy *deploy, struct rk_post *worker)
{
	struct rk_post **at = &deploy->workers;

	while (*at != worker)
		at = &(*at)->next;
	*at = worker->next;
	rk_post_free(worker);
	if (!deploy->workers)
		rk_deploy_free(deploy);
}

static void
replace(struct rk_deploy *deploy, struct rk_post *worker, bool was_ready, uint64_t delay, const char *words)
{
	rk_warn("worker %u %s; another takes its place", worker->number, words);
	if (!was_ready && count_death(deploy, words))
		return;
	if (delay > 0)
		rk_post_again(worker, delay);
	else
		fill(worker);
}

/* Where idle workers leave, only a call brings one. */
static bool
leaves_empty(const struct rk_conf *conf)
{
	return conf->command == RK_CONF_SERVE && conf->idle_ms > 0;
}

void
rk_deploy_lost(struct rk_post *worker, int status, const char *words)
{
	struct rk_deploy *deploy = worker->deploy;
	bool was_ready = worker->ready, retired = status == 0 && was_ready;
	uint64_t delay = rk_post_delay(worker, status, rk_clock_mono_ms());

	worker->ready = false;
	if (deploy->home->quitting)
		return;
	if (deploy->state == RK_DEPLOY_OLD) {
		if (is_all_dead(deploy))
			rk_deploy_free(deploy);
	} else if (retired && leaves_empty(deploy->home->conf)) {
		rk_debug("worker %u has retired", worker->number);
		remove_worker(deploy, worker);
	} else if (retired) {
		rk_debug("worker %u has retired; another takes its place", worker->number);
		fill(worker);
	} else {
		replace(deploy, worker, was_ready, delay, words);
	}
}
