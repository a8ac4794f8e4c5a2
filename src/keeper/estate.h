/*
 * estate.h - the sites of the platform as they run now.
 *
 * A site is an environment that has a build. A change takes one way: the store is read, a BUNDLE goes to super, its
 * READY brings the ROUTES to every gateway, and then whoever waits hears of it. Nothing of one site waits for
 * another's.
 */
#ifndef RK_KEEPER_ESTATE_H
#define RK_KEEPER_ESTATE_H

#include "base/conf.h"
#include "keeper/audience.h"
#include "keeper/site.h"
#include "wire/bundle.h"

struct rk_estate;

/* All borrowed, for as long as the estate lives. */
struct rk_estate_opts {
	struct rk_loop *loop;
	struct rk_chan *control; /* to super */
	struct rk_audience *audience;
	struct rk_store *store;
	const struct rk_conf *conf;
	uint32_t generation; /* the last that super has seen: sites and generations are numbered from the next on */
};

/* Reads every environment of the store. */
RK_CHECKED enum rk_err rk_estate_new(const struct rk_estate_opts *opts, struct rk_estate **ret_estate);
void rk_estate_free(struct rk_estate *estate); /* NULL is fine; nobody who waits is told */

/* A gateway came: it hears of all sites. */
void rk_estate_welcome(struct rk_estate *estate, struct rk_chan *chan);

/* READY, FAILED, WAKE of super. */
void rk_estate_ready(struct rk_estate *estate, struct rk_msg_view *view);
void rk_estate_failed(struct rk_estate *estate, struct rk_msg_view *view);
void rk_estate_wake(struct rk_estate *estate, struct rk_msg_view *view);

/* What a site's gateways route to, and its generation; NULL when there is no such site. Until the turn's end. */
const struct rk_site *rk_estate_live(const struct rk_estate *estate, uint32_t site, uint32_t *ret_generation);
size_t rk_estate_count(const struct rk_estate *estate);

/* The account's keys are others now: workers that run get new bundles. */
void rk_estate_keys_changed(struct rk_estate *estate, struct rk_str account);

struct rk_estate_outcome {
	enum rk_err err; /* RK_OK: it was loaded, whatever problems there are */
	struct rk_str text; /* why not, for people; may be empty */
	const struct rk_problem *problems; /* function indexes the functions given, or the build's */
	size_t problem_n;
};

typedef void rk_estate_done_fn(void *arg, const struct rk_estate_outcome *outcome);

/* done() comes once, later, never inside the call: when the swap under way for this environment is live or has
 * failed; at the turn's end when none is. */
RK_CHECKED enum rk_err rk_estate_await(
    struct rk_estate *estate, struct rk_str environment_sid, rk_estate_done_fn *done, void *arg);

/* Compiles only (trial bundle); done() as above. */
RK_CHECKED enum rk_err rk_estate_compile(struct rk_estate *estate, const struct rk_bundle_function *functions,
    size_t n, rk_estate_done_fn *done, void *arg);

void rk_estate_cancel(struct rk_estate *estate, void *arg); /* no done() for arg any more */

/* The store has another build, variables, or credentials for it, or it is gone: swap. */
void rk_estate_changed(struct rk_estate *estate, struct rk_str account, struct rk_str environment);

uint32_t rk_estate_site(const struct rk_estate *estate, struct rk_str environment_sid); /* RK_SITE_TRIAL: none */

/* "http://x-1234.localhost:3000" */
void rk_estate_put_url(const struct rk_estate *estate, struct rk_str domain_label, struct rk_buf *out);

#endif
