#include "keeper/audience.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"

struct rk_listener {
	struct rk_audience *audience;
	struct rk_listener *next;
	struct rk_chan *chan;
};

static void
remove_listener(struct rk_listener *listener)
{
	struct rk_audience *audience = listener->audience;
	struct rk_listener **at = &audience->first;

	while (*at != listener)
		at = &(*at)->next;
	*at = listener->next;
	if (audience->ops->left)
		audience->ops->left(listener->chan, audience->arg);
	rk_chan_close(listener->chan);
	free(listener);
}

void
rk_audience_send_verdict(struct rk_chan *chan, uint32_t id, const struct rk_verdict *verdict)
{
	rk_verdict_put(rk_chan_begin(chan, RK_MSG_VERDICT, id), verdict);
	enum rk_err err = rk_chan_end(chan);
	if (err != RK_OK)
		rk_error("a verdict could not be sent: %s", rk_err_text(err));
}

void
rk_audience_send_file(struct rk_chan *chan, uint32_t id, int fd, uint64_t size, uint64_t mtime_ms)
{
	struct rk_buf *out = rk_chan_begin(chan, RK_MSG_FILE, id);

	rk_msg_put_u64(out, size);
	rk_msg_put_u64(out, mtime_ms);
	enum rk_err err = rk_chan_end_fd(chan, fd);
	if (err != RK_OK)
		rk_error("a file could not be sent: %s", rk_err_text(err));
}

static void
on_message(
    struct rk_chan *chan, enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, int fd, void *arg)
{
	struct rk_audience *audience = ((struct rk_listener *)arg)->audience;

	if (fd >= 0)
		close(fd);
	audience->ops->asked(chan, type, id, view, audience->arg);
}

static void
on_closed(struct rk_chan *chan, enum rk_err err, void *arg)
{
	if (err != RK_OK)
		rk_warn("a gateway's channel closed: %s", rk_err_text(err));
	remove_listener(arg);
}

void
rk_audience_add(struct rk_audience *audience, int fd)
{
	static const struct rk_chan_ops ops = { .message = on_message, .closed = on_closed };
	struct rk_listener *listener = calloc(1, sizeof(*listener));

	if (!listener) {
		close(fd);
		rk_error("out of memory: a gateway goes without routes");
		return;
	}
	if (rk_chan_open(audience->loop, fd, RK_KEEPER, RK_GATEWAY, &ops, listener, &listener->chan) !=
	    RK_OK) {
		free(listener);
		rk_error("a gateway's channel could not be opened");
		return;
	}
	listener->audience = audience;
	listener->next = audience->first;
	audience->first = listener;
	audience->ops->joined(listener->chan, audience->arg);
}

void
rk_audience_each(struct rk_audience *audience, void (*each)(struct rk_chan *chan, void *arg), void *arg)
{
	for (struct rk_listener *listener = audience->first; listener; listener = listener->next)
		each(listener->chan, arg);
}

void
rk_audience_done(struct rk_audience *audience)
{
	while (audience->first)
		remove_listener(audience->first);
}
