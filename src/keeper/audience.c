#include "keeper/audience.h"

#include <stdlib.h>

#include "base/log.h"
#include "keeper/parcel.h"

struct rk_listener {
	struct rk_audience *audience;
	struct rk_listener *next;
	struct rk_chan *chan;
};

static void
remove_listener(struct rk_listener *listener)
{
	struct rk_listener **at = &listener->audience->first;

	while (*at != listener)
		at = &(*at)->next;
	*at = listener->next;
	rk_chan_close(listener->chan);
	free(listener);
}

/* No row of wire/msg.h goes from gateway to keeper: the channel refuses whatever comes. */
static void
on_message(
    struct rk_chan *chan, enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, int fd, void *arg)
{
	if (fd >= 0)
		close(fd);
}

static void
on_closed(struct rk_chan *chan, enum rk_err err, void *arg)
{
	if (err != RK_OK)
		rk_warn("a gateway's channel closed: %s", rk_err_text(err));
	remove_listener(arg);
}

static void
tell(struct rk_listener *listener)
{
	const struct rk_audience *audience = listener->audience;

	rk_parcel_put_routes(
	    rk_chan_begin(listener->chan, RK_MSG_ROUTES, 0), audience->project, audience->generation);
	enum rk_err err = rk_chan_end(listener->chan);
	if (err != RK_OK)
		rk_error("RK-118: The routes could not be sent: %s.", rk_err_text(err));
	rk_chan_flush(listener->chan);
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
	if (audience->project)
		tell(listener);
}

void
rk_audience_tell(struct rk_audience *audience, const struct rk_project *project, uint32_t generation)
{
	audience->project = project;
	audience->generation = generation;
	for (struct rk_listener *listener = audience->first; listener; listener = listener->next)
		tell(listener);
}

void
rk_audience_done(struct rk_audience *audience)
{
	while (audience->first)
		remove_listener(audience->first);
	audience->project = NULL;
}
