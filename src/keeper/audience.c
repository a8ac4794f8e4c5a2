#include "keeper/audience.h"

#include <stdlib.h>

#include "base/auto.h"
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

static void
send_verdict(struct rk_chan *chan, uint32_t id, const struct rk_verdict *verdict)
{
	rk_verdict_put(rk_chan_begin(chan, RK_MSG_VERDICT, id), verdict);
	enum rk_err err = rk_chan_end(chan);
	if (err != RK_OK)
		rk_error("a verdict could not be sent: %s", rk_err_text(err));
}

static void
send_file(struct rk_chan *chan, uint32_t id, const struct rk_file *file)
{
	RK_AUTO(rk_auto_close) int fd = file->fd;
	struct rk_buf *out = rk_chan_begin(chan, RK_MSG_FILE, id);

	rk_msg_put_u64(out, file->size);
	rk_msg_put_u64(out, file->mtime_ms);
	enum rk_err err = rk_chan_end_fd(chan, fd);
	if (err != RK_OK)
		rk_error("a file could not be sent: %s", rk_err_text(err));
}

static void
on_message(
    struct rk_chan *chan, enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, int fd, void *arg)
{
	struct rk_door *door = &((struct rk_listener *)arg)->audience->door;
	struct rk_verdict verdict;
	struct rk_file file;

	if (fd >= 0)
		close(fd);
	if (type == RK_MSG_CHECK) {
		rk_door_check(door, view, &verdict);
		send_verdict(chan, id, &verdict);
	} else if (type == RK_MSG_OPEN) {
		if (rk_door_open(door, view, &file, &verdict))
			send_file(chan, id, &file);
		else
			send_verdict(chan, id, &verdict);
	}
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

	rk_parcel_put_routes(rk_chan_begin(listener->chan, RK_MSG_ROUTES, 0), audience->door.project,
	    audience->door.generation);
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
	if (audience->door.project)
		tell(listener);
}

void
rk_audience_tell(struct rk_audience *audience, const struct rk_project *project, uint32_t generation)
{
	audience->door.project = project;
	audience->door.generation = generation;
	for (struct rk_listener *listener = audience->first; listener; listener = listener->next)
		tell(listener);
}

void
rk_audience_done(struct rk_audience *audience)
{
	while (audience->first)
		remove_listener(audience->first);
	audience->door.project = NULL;
}
