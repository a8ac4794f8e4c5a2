/*
 * crew.h - every child of super: who is started, who is joined to whom, and how all end.
 */
#ifndef RK_SUPER_CREW_H
#define RK_SUPER_CREW_H

#include "super/listen.h"
#include "super/meter.h"

struct rk_crew {
	struct rk_loop *loop;
	const struct rk_conf *conf;
	const struct rk_listen *listen, *admin; /* admin: the one socket of the platform; NULL under `dev` */
	struct rk_post *keeper;
	struct rk_post *gateways[RK_LISTEN_MAX];
	unsigned gateway_count;
	struct rk_sites sites;
	struct rk_meter meter;
	uv_timer_t grace;
	bool quitting;      /* the gateways end what is under way */
	bool closing;       /* they have: the others end */
	bool keeper_only;   /* the others have been killed, the platform's keeper writes */
	int status;         /* of super itself */
};

/* Starts keeper, gateways and workers. `conf` and the listeners must outlive the crew. */
RK_CHECKED enum rk_err rk_crew_start(struct rk_crew *crew, struct rk_loop *loop, const struct rk_conf *conf,
    const struct rk_listen *listen, const struct rk_listen *admin, struct rk_why *why);

/* SIGCHLD came: buries the dead, fills their posts. */
void rk_crew_reap(struct rk_crew *crew);

/* Ends all, gateways first; the loop stops when nobody is left. Called again, it kills. */
void rk_crew_quit(struct rk_crew *crew, int status);

/* After the loop. Nobody may be left. */
void rk_crew_done(struct rk_crew *crew);

#endif
