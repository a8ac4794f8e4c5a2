/*
 * deploy.h - the generations of the bundle, and the workers that run each.
 *
 * At most one is pending, one is live, and any number are old: they finish what the gateways have
 * given them, and are killed when they linger. While a generation is live, the pending one is a few
 * spare workers that wait for the next bundle with a warm engine; it becomes live with the first of
 * its workers that has loaded it.
 */
#ifndef RK_SUPER_DEPLOY_H
#define RK_SUPER_DEPLOY_H

#include "super/post.h"

enum rk_deploy_state { RK_DEPLOY_PENDING, RK_DEPLOY_LIVE, RK_DEPLOY_OLD };

struct rk_deploys;

struct rk_deploy {
	struct rk_deploys *set;
	struct rk_deploy *next;
	enum rk_deploy_state state;
	uint32_t generation;
	int bundle;                 /* -1: the workers are spares, started ahead of it */
	struct rk_post *workers;
	unsigned deaths;            /* before READY, while pending */
	struct rk_buf report;       /* the first READY, whole, until it is passed on */
	uv_timer_t linger;
};

struct rk_deploy_ops {
	/* The worker is READY: gateways may be joined to it. */
	void (*join)(struct rk_post *worker, void *arg);
	/* The first worker of the pending generation is; what older ones run is over. `report` is its READY. */
	void (*live)(struct rk_str report, void *arg);
	/* No worker could load it. The live generation stays. */
	void (*failed)(uint32_t generation, struct rk_str reason, void *arg);
};

struct rk_deploys {
	struct rk_loop *loop;
	const struct rk_conf *conf;
	const struct rk_deploy_ops *ops;
	void *arg;
	struct rk_deploy *list;     /* newest first */
	uint32_t newest;            /* the highest generation seen */
	uint32_t numbers;           /* worker numbers used */
	uv_timer_t spares;          /* until the next spares are started */
	bool quitting;              /* nothing is started or killed for lingering any more */
};

void rk_deploys_init(struct rk_deploys *set, struct rk_loop *loop, const struct rk_conf *conf,
    const struct rk_deploy_ops *ops, void *arg);
/* Starts conf->workers workers ahead of the first bundle, so that their engines warm up meanwhile. */
RK_CHECKED enum rk_err rk_deploys_warm(struct rk_deploys *set);
/* Every process must be dead. */
void rk_deploys_done(struct rk_deploys *set);

/* A bundle from keeper; owns fd. */
void rk_deploys_add(struct rk_deploys *set, uint32_t generation, int fd);

void rk_deploys_each(struct rk_deploys *set, void (*each)(struct rk_post *worker, void *arg), void *arg);

/* A worker's process was buried (rk_post_buried): fills the post again, or not. */
void rk_deploys_lost(struct rk_deploys *set, struct rk_post *worker, int status, const char *words);

/* The live generation's number; 0 when there is none. */
uint32_t rk_deploys_live(const struct rk_deploys *set);

#endif
