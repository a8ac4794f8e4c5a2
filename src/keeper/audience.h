/*
 * audience.h - the gateways, who all hear the same routes, and ask at the door.
 */
#ifndef RK_KEEPER_AUDIENCE_H
#define RK_KEEPER_AUDIENCE_H

#include "keeper/door.h"
#include "proc/chan.h"

struct rk_listener;

struct rk_audience {
	struct rk_loop *loop;
	struct rk_listener *first;
	struct rk_door door;                /* where they ask; it knows what is live */
};

/* Owns fd. Whoever comes late hears at once what is live. */
void rk_audience_add(struct rk_audience *audience, int fd);
/* Sends the routes to everyone, before this returns. The project is borrowed until the next call. */
void rk_audience_tell(struct rk_audience *audience, const struct rk_project *project, uint32_t generation);
void rk_audience_done(struct rk_audience *audience);

#endif
