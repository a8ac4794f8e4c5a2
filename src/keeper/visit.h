/*
 * visit.h - requests to the admin listener (CALL) under way on the gateways' channels, and what answers them.
 *
 * The vendor-shaped API is api.h's, our own below /roomkey/v1 is own.h's. A visit lives until its RESULT, or its last
 * PIECE, has been sent, or its channel closes.
 */
#ifndef RK_KEEPER_VISIT_H
#define RK_KEEPER_VISIT_H

#include "base/conf.h"
#include "keeper/api.h"
#include "keeper/estate.h"
#include "proc/chan.h"
#include "proc/loop.h"

struct rk_visits;

/* All borrowed, for as long as the visits live. */
struct rk_visits_opts {
	struct rk_loop *loop;
	struct rk_store *store;
	struct rk_api *api;
	struct rk_estate *estate;
	const struct rk_conf *conf;
};

RK_CHECKED enum rk_err rk_visits_new(const struct rk_visits_opts *opts, struct rk_visits **ret_visits);
void rk_visits_free(struct rk_visits *visits); /* NULL is fine; before the loop and the estate end */

void rk_visits_take(struct rk_visits *visits, struct rk_chan *chan, uint32_t id, struct rk_msg_view *view); /* CALL */
void rk_visits_hangup(struct rk_visits *visits, struct rk_chan *chan, uint32_t id); /* HANGUP */
void rk_visits_gone(struct rk_visits *visits, struct rk_chan *chan); /* it closes: what came by it is forgotten */

/* A log row was kept: it goes to everybody who watches. */
void rk_visits_publish(struct rk_visits *visits, const struct rk_row_log *log);

/* NULL once somebody has set up. */
const char *rk_visits_setup_code(const struct rk_visits *visits);

#endif
