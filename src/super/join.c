/*
 * join.c - see join.h.
 */
#include "super/join.h"

#include <unistd.h>

#include "base/auto.h"
#include "proc/spawn.h"
#include "super/deploy.h"

static const struct rk_str nothing = { "", 0 };

/* Both ends of a new channel go out; a process that is not there misses it and gets one later. */
static void
join(struct rk_post *a, enum rk_msg_type to_a, struct rk_str payload_a, struct rk_post *b,
    enum rk_msg_type to_b)
{
	int pair[2];

	if (!a || !b || !a->control || !b->control)
		return;
	if (rk_spawn_pair(pair) != RK_OK) {
		rk_post_kill(b, "got no channel: no more descriptors");
		return;
	}
	rk_post_give(a, to_a, pair[0], payload_a);
	rk_post_give(b, to_b, pair[1], nothing);
	close(pair[0]);
	close(pair[1]);
}

void
rk_join_keeper(struct rk_post *gateway, struct rk_post *keeper)
{
	join(gateway, RK_MSG_KEEPER, nothing, keeper, RK_MSG_GATEWAY);
}

void
rk_join_worker(struct rk_post *gateway, struct rk_post *worker, long slots)
{
	RK_AUTO(rk_buf_free) struct rk_buf payload = RK_BUF(64);

	rk_msg_put_u32(&payload, worker->number);
	rk_msg_put_u32(&payload, worker->deploy->site->number);
	rk_msg_put_u32(&payload, worker->deploy->generation);
	rk_msg_put_u32(&payload, (uint32_t)slots);
	join(gateway, RK_MSG_WORKER, rk_buf_str(&payload), worker, RK_MSG_GATEWAY);
}
