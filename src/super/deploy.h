/*
 * deploy.h - one generation of one site, and the workers that run it.
 *
 * It is pending until the first of its workers has loaded it, then live, then old: what the gateways have given it
 * is finished, and those that linger are killed. A trial is a bundle that one worker compiles and nobody runs.
 */
#ifndef RK_SUPER_DEPLOY_H
#define RK_SUPER_DEPLOY_H

#include <sys/queue.h>

#include "super/pool.h"

enum rk_deploy_state { RK_DEPLOY_PENDING, RK_DEPLOY_LIVE, RK_DEPLOY_OLD, RK_DEPLOY_TRIAL };

struct rk_deploy;

struct rk_deploy_ops {
	/* The worker is READY: gateways may be joined to it. */
	void (*join)(struct rk_post *worker, void *arg);
	/* A trial has compiled, or the first worker of a pending generation is READY: what that says. */
	void (*ready)(struct rk_str report, void *arg);
	/* No worker could load it: the live generation stays. 0: no worker can be started at all. */
	void (*failed)(uint32_t generation, struct rk_str reason, void *arg);
};

/* What all deploys share; it outlives them. */
struct rk_deploy_home {
	struct rk_loop *loop;
	const struct rk_conf *conf;
	const struct rk_deploy_ops *ops;
	void *arg;
	struct rk_pool pool;
	LIST_HEAD(, rk_deploy) all;
	bool was_ready; /* some worker was, once: workers live on this machine */
	bool quitting;  /* nothing is started or killed for lingering any more */
};

/* Where the generations of one site hang, newest first. */
struct rk_site {
	uint32_t number;
	struct rk_deploy *list;
	struct rk_site *next;             /* for the table of sites */
	void (*freed)(struct rk_site *site); /* one of them is gone; NULL: nobody cares */
};

struct rk_deploy {
	struct rk_deploy_home *home;
	struct rk_site *site;
	struct rk_deploy *next;
	LIST_ENTRY(rk_deploy) all;
	enum rk_deploy_state state;
	uint32_t generation;
	int bundle;
	struct rk_post *workers;
	unsigned deaths; /* before READY, while pending or on trial */
	uv_timer_t timer; /* old: until those that linger are killed; a trial: its deadline */
};

/* Owns fd, on failure too. No worker is started yet. */
RK_CHECKED enum rk_err rk_deploy_new(struct rk_deploy_home *home, struct rk_site *site, enum rk_deploy_state state,
    uint32_t generation, int fd, struct rk_deploy **ret_deploy);
/* Its processes must be dead. */
void rk_deploy_free(struct rk_deploy *deploy);

/* More workers: spares first. */
void rk_deploy_add_workers(struct rk_deploy *deploy, unsigned count);

/*
 * Takes a generation out of service. With wait_ms 0 its workers are killed now; else those that are joined to no
 * gateway yet, and so would never be told to leave, and the others when they linger for longer. With all dead it is
 * freed.
 */
void rk_deploy_retire(struct rk_deploy *deploy, uint64_t wait_ms);
/* How long what runs may go on: the time limit of an invocation and a little more. */
uint64_t rk_deploy_patience(const struct rk_deploy_home *home);

/* A worker's process was buried (rk_post_buried): fills the post again, or not. */
void rk_deploy_lost(struct rk_post *worker, int status, const char *words);

#endif
