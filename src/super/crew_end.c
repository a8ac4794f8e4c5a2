/*
 * crew_end.c - the end of the whole crew, and of each of its children.
 */
#include <sys/wait.h>

#include "base/clock.h"
#include "base/log.h"
#include "proc/role.h"
#include "super/crew.h"

#define GRACE_MS 2000
#define CLOSE_MS 500  /* for those who serve nobody any more */
#define STORE_MS 5000 /* for the disk to take what keeper writes */
#define HOPELESS 3    /* quick deaths in a row, with nothing ever served */

/* ---- the end ---------------------------------------------------------------------------------- */

static void
tell_quit(struct rk_post *post, uint32_t ms)
{
	uv_timer_stop(&post->timer);
	rk_post_quit(post, ms);
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
kill_gateways(struct rk_crew *crew)
{
	for (unsigned i = 0; i < crew->gateway_count; i++)
		rk_post_kill(crew->gateways[i], "");
}

static void
kill_everyone(struct rk_crew *crew)
{
	kill_gateways(crew);
	rk_post_kill(crew->keeper, "");
	rk_sites_each(&crew->sites, kill_worker, NULL);
}

/* The platform's keeper is in the middle of a transaction: it has longer than the others. */
static void
on_grace_over(uv_timer_t *timer)
{
	struct rk_crew *crew = timer->data;

	if (!crew->closing) {
		kill_gateways(crew);
	} else if (crew->conf->command == RK_CONF_SERVE && !crew->keeper_only) {
		crew->keeper_only = true;
		rk_sites_each(&crew->sites, kill_worker, NULL);
		uv_timer_start(&crew->grace, on_grace_over, STORE_MS, 0);
	} else {
		kill_everyone(crew);
	}
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
	bool is_serving = crew->conf->command == RK_CONF_SERVE;
	unsigned gateways = 0, others = crew->keeper->pid != 0;

	for (unsigned i = 0; i < crew->gateway_count; i++)
		gateways += crew->gateways[i]->pid != 0;
	rk_sites_each(&crew->sites, count_worker, &others);
	if (gateways == 0 && !crew->closing) {
		crew->closing = true;
		tell_quit(crew->keeper, is_serving ? CLOSE_MS + STORE_MS : CLOSE_MS);
		rk_sites_each(&crew->sites, close_worker, NULL);
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
	rk_sites_stop(&crew->sites);
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
	if (is_refusal(status) && !crew->sites.home.was_ready && !crew->quitting)
		rk_crew_quit(crew, 1);
	rk_sites_lost(&crew->sites, worker, status, words);
}

/* A gateway or keeper: the same start that never once worked will not work the fourth time. */
static void
on_pillar_lost(struct rk_crew *crew, struct rk_post *post, int status, const char *words)
{
	bool refused = is_refusal(status);
	uint64_t delay = rk_post_delay(post, status, rk_clock_mono_ms());

	if (crew->quitting)
		return;
	if (!crew->sites.home.was_ready && (refused || post->quick >= HOPELESS)) {
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
	rk_sites_each(&crew->sites, match, &search);
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
	rk_sites_done(&crew->sites);
	rk_post_free(crew->keeper);
	for (unsigned i = 0; i < crew->gateway_count; i++)
		rk_post_free(crew->gateways[i]);
}
