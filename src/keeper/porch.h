/*
 * porch.h - what gateways ask of the platform: may this request reach what is protected, and the content of an asset.
 */
#ifndef RK_KEEPER_PORCH_H
#define RK_KEEPER_PORCH_H

#include "keeper/door.h"
#include "keeper/estate.h"
#include "keeper/stock.h"

struct rk_porch {
	struct rk_store *store;
	struct rk_estate *estate;
	const struct rk_conf *conf;
	struct rk_stock stock;
	struct rk_door door; /* judges */
};

void rk_porch_check(struct rk_porch *porch, struct rk_chan *chan, uint32_t id, struct rk_msg_view *view);
void rk_porch_open(struct rk_porch *porch, struct rk_chan *chan, uint32_t id, struct rk_msg_view *view);
void rk_porch_done(struct rk_porch *porch);

#endif
