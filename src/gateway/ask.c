#include "gateway/asks.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"

#define SWEEP_MS 100u

static void
settle(struct rk_asks *asks, struct rk_ask *ask)
{
	TAILQ_REMOVE(&asks->open, ask, link);
	ask->is_open = false;
	if (TAILQ_EMPTY(&asks->open))
		uv_timer_stop(asks->sweep);
}

/* ---- asking ------------------------------------------------------------------------- */

static void
on_sweep(uv_timer_t *timer)
{
	struct rk_asks *asks = timer->data;
	struct rk_ask *ask;

	while ((ask = TAILQ_FIRST(&asks->open)) && uv_now(&asks->loop->uv) - ask->since >= RK_ASK_MS) {
		settle(asks, ask);
		asks->ops->failed(ask, RK_TIMEOUT);
	}
}

static struct rk_buf *
begin(struct rk_asks *asks, struct rk_ask *ask, enum rk_msg_type type)
{
	ask->id = ++asks->serial;
	return rk_chan_begin(asks->keeper, type, ask->id);
}

static enum rk_err
end(struct rk_asks *asks, struct rk_ask *ask)
{
	enum rk_err err = rk_chan_end(asks->keeper);

	if (err != RK_OK)
		return err;
	if (TAILQ_EMPTY(&asks->open))
		uv_timer_start(asks->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
	ask->since = uv_now(&asks->loop->uv);
	ask->is_open = true;
	TAILQ_INSERT_TAIL(&asks->open, ask, link);
	return RK_OK;
}

enum rk_err
rk_asks_check(struct rk_asks *asks, struct rk_ask *ask, const struct rk_check *check)
{
	if (!asks->keeper)
		return RK_GONE;
	rk_check_put(begin(asks, ask, RK_MSG_CHECK), check);
	return end(asks, ask);
}

enum rk_err
rk_asks_open(struct rk_asks *asks, struct rk_ask *ask, uint32_t site, uint32_t generation, uint32_t asset)
{
	struct rk_buf *out;

	if (!asks->keeper)
		return RK_GONE;
	out = begin(asks, ask, RK_MSG_OPEN);
	rk_msg_put_u32(out, site);
	rk_msg_put_u32(out, generation);
	rk_msg_put_u32(out, asset);
	return end(asks, ask);
}

void
rk_asks_cancel(struct rk_asks *asks, struct rk_ask *ask)
{
	if (ask->is_open)
		settle(asks, ask);
}

/* ---- what keeper says ------------------------------------------------------------------ */

static struct rk_ask *
take(struct rk_asks *asks, uint32_t id)
{
	struct rk_ask *ask;

	TAILQ_FOREACH(ask, &asks->open, link)
	{
		if (ask->id != id)
			continue;
		settle(asks, ask);
		return ask;
	}
	return NULL;
}

static void
on_verdict(struct rk_asks *asks, uint32_t id, struct rk_msg_view *view)
{
	struct rk_ask *ask = take(asks, id);
	struct rk_verdict verdict;

	if (!ask)
		return;
	if (rk_verdict_get(view, &verdict) == RK_OK)
		asks->ops->verdict(ask, &verdict);
	else
		asks->ops->failed(ask, RK_INTERNAL);
}

static void
on_file(struct rk_asks *asks, uint32_t id, struct rk_msg_view *view, int fd)
{
	struct rk_ask *ask = take(asks, id);
	uint64_t mtime_ms;

	(void)rk_msg_get_u64(view); /* the size: the file itself tells */
	mtime_ms = rk_msg_get_u64(view);

	if (ask)
		asks->ops->file(ask, fd, mtime_ms);
	else
		close(fd);
}

static void
on_routes(struct rk_asks *asks, struct rk_msg_view *view)
{
	struct rk_routes *routes;
	enum rk_err err = rk_routes_parse(view, &routes);

	if (err == RK_OK)
		asks->ops->routes(asks->arg, routes);
	else
		rk_error("the routes that keeper sent cannot be used: %s", rk_err_text(err));
}

static void
on_tls(struct rk_asks *asks, struct rk_msg_view *view)
{
	struct rk_str certificates = rk_msg_get_str(view), key = rk_msg_get_str(view);

	if (rk_msg_is_done(view))
		asks->ops->tls(asks->arg, certificates, key);
}

static void
on_message(
    struct rk_chan *chan, enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, int fd, void *arg)
{
	struct rk_asks *asks = arg;

	if (type == RK_MSG_ROUTES)
		on_routes(asks, view);
	else if (type == RK_MSG_VERDICT)
		on_verdict(asks, id, view);
	else if (type == RK_MSG_FILE)
		on_file(asks, id, view, fd);
	else if (type == RK_MSG_DROP)
		asks->ops->drop(asks->arg, rk_msg_get_u32(view));
	else if (type == RK_MSG_TLS)
		on_tls(asks, view);
	else
		rk_call_heard(asks, type, id, view);
}

/* ---- keepers come and go ------------------------------------------------------------------ */

static void
fail_all(struct rk_asks *asks, enum rk_err err)
{
	struct rk_ask *ask;

	while ((ask = TAILQ_FIRST(&asks->open))) {
		settle(asks, ask);
		asks->ops->failed(ask, err);
	}
}

static void
on_closed(struct rk_chan *chan, enum rk_err err, void *arg)
{
	struct rk_asks *asks = arg;

	/* The present routes go on being served; super brings another keeper. */
	rk_chan_close(chan);
	asks->keeper = NULL;
	fail_all(asks, RK_GONE);
	rk_calls_fail(asks);
}

enum rk_err
rk_asks_set_keeper(struct rk_asks *asks, int fd)
{
	static const struct rk_chan_ops ops = { .message = on_message, .closed = on_closed };
	struct rk_chan *chan;
	enum rk_err err = rk_chan_open(asks->loop, fd, RK_GATEWAY, RK_KEEPER, &ops, asks, &chan);

	if (err != RK_OK)
		return err;
	rk_chan_close(asks->keeper);
	asks->keeper = chan;
	fail_all(asks, RK_GONE);
	rk_calls_fail(asks);
	return RK_OK;
}

bool
rk_asks_has_keeper(const struct rk_asks *asks)
{
	return asks->keeper != NULL;
}

/* ---- birth and death ------------------------------------------------------------------------ */

enum rk_err
rk_asks_new(struct rk_loop *loop, const struct rk_ask_ops *ops, void *arg, struct rk_asks **ret_asks)
{
	struct rk_asks *asks = calloc(1, sizeof(*asks));
	uv_timer_t *sweep = calloc(1, sizeof(*sweep));

	if (!asks || !sweep || uv_timer_init(&loop->uv, sweep)) {
		free(asks);
		free(sweep);
		return RK_NOMEM;
	}
	*asks = (struct rk_asks){ .loop = loop, .ops = ops, .arg = arg, .sweep = sweep };
	sweep->data = asks;
	TAILQ_INIT(&asks->open);
	TAILQ_INIT(&asks->calls);
	*ret_asks = asks;
	return RK_OK;
}

static void
on_timer_closed(uv_handle_t *handle)
{
	free(handle);
}

void
rk_asks_free(struct rk_asks *asks)
{
	if (!asks)
		return;
	rk_chan_close(asks->keeper);
	uv_close((uv_handle_t *)asks->sweep, on_timer_closed);
	free(asks);
}
