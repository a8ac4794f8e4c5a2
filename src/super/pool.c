#include "super/pool.h"

#include <unistd.h>

#include "base/log.h"

#define SPARES 2    /* enough to go live with, or to try a build and then run it */
#define SOON_MS 50  /* after a worker got ready: what waits for an answer comes first */
#define LATE_MS 500 /* when none does */
#define DEATHS_MAX 3

/* A spare has nothing to say. */
static void
on_message(struct rk_post *spare, enum rk_msg_type type, struct rk_msg_view *view, int fd)
{
	(void)spare;
	(void)type;
	(void)view;
	if (fd >= 0)
		close(fd);
}

/* An empty post is freed, never filled again. */
static void
on_again(struct rk_post *spare)
{
	(void)spare;
}

static const struct rk_post_ops spare_ops = { .message = on_message, .again = on_again };

static void
unlink_spare(struct rk_pool *pool, struct rk_post *spare)
{
	struct rk_post **at = &pool->first;

	while (*at && *at != spare)
		at = &(*at)->next;
	if (!*at)
		return;
	*at = spare->next;
	if (pool->last == &spare->next)
		pool->last = at;
	spare->next = NULL;
	pool->count--;
}

static void on_due(uv_timer_t *timer);

static void
arm(struct rk_pool *pool, uint64_t ms)
{
	if (!pool->stopped && pool->deaths < DEATHS_MAX)
		uv_timer_start(&pool->timer, on_due, ms, 0);
}

static void
count_death(struct rk_pool *pool, const char *words)
{
	if (++pool->deaths == DEATHS_MAX)
		pool->hopeless(words, pool->arg);
	arm(pool, (uint64_t)SOON_MS << pool->deaths);
}

static bool
start_one(struct rk_pool *pool)
{
	struct rk_post *spare = rk_post_new(pool->loop, RK_WORKER, 0, &spare_ops, pool);
	struct rk_why why = { 0 };

	if (!spare)
		return false;
	if (rk_post_start(spare, pool->conf, rk_pool_number(pool), 0, &why) != RK_OK) {
		rk_error("%s: %s %s", why.code, why.what, why.todo);
		rk_post_free(spare);
		return false;
	}
	*pool->last = spare;
	pool->last = &spare->next;
	pool->count++;
	return true;
}

void
rk_pool_warm(struct rk_pool *pool, unsigned count)
{
	while (!pool->stopped && pool->count < count)
		if (!start_one(pool)) {
			count_death(pool, "could not be started");
			return;
		}
}

static void
on_due(uv_timer_t *timer)
{
	struct rk_pool *pool = timer->data;

	rk_pool_warm(pool, pool->target);
}

struct rk_post *
rk_pool_take(struct rk_pool *pool)
{
	struct rk_post *spare = pool->first;

	/* One that closed its channel is about to be buried. */
	while (spare && !spare->control)
		spare = spare->next;
	if (spare)
		unlink_spare(pool, spare);
	if (!uv_is_active((uv_handle_t *)&pool->timer))
		arm(pool, LATE_MS);
	return spare;
}

void
rk_pool_calm(struct rk_pool *pool)
{
	pool->deaths = 0;
	arm(pool, SOON_MS);
}

uint32_t
rk_pool_number(struct rk_pool *pool)
{
	return ++pool->numbers;
}

void
rk_pool_lost(struct rk_pool *pool, struct rk_post *spare, const char *words)
{
	if (pool->stopped)
		return;
	rk_warn("worker %u %s; another takes its place", spare->number, words);
	unlink_spare(pool, spare);
	rk_post_free(spare);
	count_death(pool, words);
}

void
rk_pool_each(struct rk_pool *pool, void (*each)(struct rk_post *worker, void *arg), void *arg)
{
	for (struct rk_post *spare = pool->first, *next; spare; spare = next) {
		next = spare->next;
		each(spare, arg);
	}
}

/* ---- the beginning and the end ---------------------------------------------------------- */

void
rk_pool_init(struct rk_pool *pool, struct rk_loop *loop, const struct rk_conf *conf,
    void (*hopeless)(const char *words, void *arg), void *arg)
{
	unsigned workers = (unsigned)conf->workers;

	*pool = (struct rk_pool){
		.loop = loop, .conf = conf, .target = SPARES, .hopeless = hopeless, .arg = arg
	};
	if (conf->command == RK_CONF_DEV && workers < SPARES)
		pool->target = workers;
	pool->last = &pool->first;
	uv_timer_init(&loop->uv, &pool->timer);
	pool->timer.data = pool;
}

void
rk_pool_stop(struct rk_pool *pool)
{
	pool->stopped = true;
	uv_timer_stop(&pool->timer);
}

void
rk_pool_done(struct rk_pool *pool)
{
	struct rk_post *spare;

	while ((spare = pool->first)) {
		unlink_spare(pool, spare);
		rk_post_free(spare);
	}
	uv_close((uv_handle_t *)&pool->timer, NULL);
}
