/*
 * pool.h - spare workers: started ahead, with a warm engine and no bundle yet, for whichever site needs one next.
 */
#ifndef RK_SUPER_POOL_H
#define RK_SUPER_POOL_H

#include "super/post.h"

struct rk_pool {
	struct rk_loop *loop;
	const struct rk_conf *conf;
	struct rk_post *first, **last; /* the oldest first: it has had the most time to warm up */
	unsigned count, target;
	unsigned deaths;               /* of spares, since a worker was last seen to work */
	uint32_t numbers;              /* worker numbers used */
	uv_timer_t timer;              /* until spares are started */
	bool stopped;
	/* They died too often: none is started until rk_pool_calm. `words` says how the last one ended. */
	void (*hopeless)(const char *words, void *arg);
	void *arg;
};

void rk_pool_init(struct rk_pool *pool, struct rk_loop *loop, const struct rk_conf *conf,
    void (*hopeless)(const char *words, void *arg), void *arg);
/* Every process must be dead. */
void rk_pool_done(struct rk_pool *pool);

/* Starts spares until there are so many; later they are kept at two, or conf->workers if that is fewer under `dev`. */
void rk_pool_warm(struct rk_pool *pool, unsigned count);

/* A spare, now the caller's (who sets deploy, ops, arg); NULL: there is none. Others are started a little later. */
struct rk_post *rk_pool_take(struct rk_pool *pool);

/* A worker got ready: spares are worth starting, once what waits for that worker has been answered. */
void rk_pool_calm(struct rk_pool *pool);

/* A number for a worker that is started elsewhere. */
uint32_t rk_pool_number(struct rk_pool *pool);

/* A spare's process was buried. */
void rk_pool_lost(struct rk_pool *pool, struct rk_post *spare, const char *words);

void rk_pool_each(struct rk_pool *pool, void (*each)(struct rk_post *worker, void *arg), void *arg);

/* Nothing is started any more. */
void rk_pool_stop(struct rk_pool *pool);

#endif
