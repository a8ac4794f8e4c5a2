#include "proc/chan.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proc/outbox.h"

#define READ_PIECE (64u * RK_KB)
#define KEEP_MAX (1u * RK_MB) /* a larger buffer is given back once it is empty */
#define IN_FDS_MAX 4          /* received descriptors that may wait for their frame */
#define DRAIN_MAX 64          /* reads on a channel that can no longer write */

struct rk_chan {
	struct rk_loop *loop;
	uv_poll_t poll;
	struct rk_turn turn;
	const struct rk_chan_ops *ops;
	void *arg;
	int fd;
	enum rk_role me, peer;
	int watching;   /* events that poll watches */
	bool takes_fds; /* some row from peer to me carries one */
	bool wbroken;   /* writing failed: read what is left, then say closed */
	bool ended;     /* closed() was said */
	bool closing;   /* rk_chan_close was called */
	enum rk_msg_type begun_type;
	struct rk_buf in;
	struct rk_outbox out;
	int in_fds[IN_FDS_MAX];
	unsigned in_fd_count;
};

static void read_some(struct rk_chan *chan);

static void
on_poll(uv_poll_t *poll, int status, int events)
{
	struct rk_chan *chan = poll->data;

	/* A peer that died with our bytes unread shows as an error; its last words come first. */
	if (status < 0) {
		chan->watching = 0;
		chan->wbroken = true;
		rk_loop_at_turn_end(chan->loop, &chan->turn);
		return;
	}
	if (events & UV_WRITABLE)
		rk_chan_flush(chan);
	if ((events & UV_READABLE) && !chan->closing)
		read_some(chan);
}

static void
watch(struct rk_chan *chan, int events)
{
	if (chan->closing || chan->ended || chan->watching == events)
		return;
	chan->watching = events;
	uv_poll_start(&chan->poll, events, on_poll);
}

/* ---- the end ----------------------------------------------------------------- */

static void
end(struct rk_chan *chan, enum rk_err err)
{
	if (chan->ended || chan->closing)
		return;
	chan->ended = true;
	chan->watching = 0;
	uv_poll_stop(&chan->poll);
	chan->ops->closed(chan, err, chan->arg);
}

/* The end of a turn: bytes leave; or, when they cannot, the peer's last words are read. */
static void
on_turn(void *arg)
{
	struct rk_chan *chan = arg;

	if (!chan->wbroken)
		rk_chan_flush(chan);
	if (!chan->wbroken)
		return;
	for (int i = 0; i < DRAIN_MAX && !chan->ended && !chan->closing; i++)
		read_some(chan);
	end(chan, RK_OK);
}

static void
on_poll_closed(uv_handle_t *handle)
{
	struct rk_chan *chan = handle->data;

	close(chan->fd);
	for (unsigned i = 0; i < chan->in_fd_count; i++)
		close(chan->in_fds[i]);
	rk_outbox_done(&chan->out);
	rk_buf_free(&chan->in);
	free(chan);
}

void
rk_chan_close(struct rk_chan *chan)
{
	if (!chan || chan->closing)
		return;
	rk_chan_flush(chan);
	chan->closing = true;
	rk_loop_turn_cancel(chan->loop, &chan->turn);
	/* The peer learns of it now, not at the end of the turn. */
	shutdown(chan->fd, SHUT_RDWR);
	uv_close((uv_handle_t *)&chan->poll, on_poll_closed);
}

/* ---- the beginning ----------------------------------------------------------- */

/* The largest frame that may come, and whether any brings a descriptor. */
static size_t
largest_frame(struct rk_chan *chan)
{
	size_t max = 0;

	for (unsigned type = RK_MSG_NONE + 1; type < RK_MSG_TYPES; type++) {
		if (!rk_msg_is_allowed(type, chan->peer, chan->me))
			continue;
		if (rk_msg_row(type)->max > max)
			max = rk_msg_row(type)->max;
		chan->takes_fds |= rk_msg_row(type)->carries_fd;
	}
	return RK_MSG_FRAME + max;
}

enum rk_err
rk_chan_open(struct rk_loop *loop, int fd, enum rk_role me, enum rk_role peer, const struct rk_chan_ops *ops,
    void *arg, struct rk_chan **ret_chan)
{
	struct rk_chan *chan = calloc(1, sizeof(*chan));

	if (!chan) {
		close(fd);
		return RK_NOMEM;
	}
	*chan = (struct rk_chan){ .loop = loop, .ops = ops, .arg = arg, .fd = fd, .me = me, .peer = peer };
	/* Room for one whole frame and the piece of the next that came with it. */
	chan->in = RK_BUF(largest_frame(chan) + READ_PIECE);
	rk_outbox_init(&chan->out);
	chan->turn = (struct rk_turn){ .run = on_turn, .arg = chan };
	if (uv_poll_init(&loop->uv, &chan->poll, fd) != 0) {
		close(fd);
		free(chan);
		return RK_IO;
	}
	chan->poll.data = chan;
	watch(chan, UV_READABLE);
	*ret_chan = chan;
	return RK_OK;
}

/* ---- reading ----------------------------------------------------------------- */

/* Moves received descriptors into the queue. False when there are more than belong. */
static bool
collect_fds(struct rk_chan *chan, struct msghdr *msg)
{
	bool ok = !(msg->msg_flags & MSG_CTRUNC);

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		for (size_t i = 0; i < count; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
			if (chan->in_fd_count < IN_FDS_MAX) {
				chan->in_fds[chan->in_fd_count++] = fd;
			} else {
				close(fd);
				ok = false;
			}
		}
	}
	return ok;
}

static int
take_fd(struct rk_chan *chan)
{
	int fd = chan->in_fds[0];

	chan->in_fd_count--;
	memmove(chan->in_fds, chan->in_fds + 1, chan->in_fd_count * sizeof(int));
	return fd;
}

/* Hands over one frame that is whole. */
static enum rk_err
deliver(struct rk_chan *chan, enum rk_msg_type type, uint32_t id, struct rk_msg_view *view)
{
	int fd = -1;

	if (!rk_msg_is_allowed(type, chan->peer, chan->me))
		return RK_DENIED;
	if (rk_msg_row(type)->carries_fd) {
		if (chan->in_fd_count == 0)
			return RK_INVALID;
		fd = take_fd(chan);
	}
	chan->ops->message(chan, type, id, view, fd, chan->arg);
	return RK_OK;
}

/* A frame that has no row is refused at its first bytes, before its payload is waited for. */
static bool
may_begin(const struct rk_chan *chan, struct rk_str left)
{
	const unsigned char *p = (const unsigned char *)left.p;

	if (left.n < 6)
		return true;
	return rk_msg_is_allowed(p[4] | (unsigned)p[5] << 8, chan->peer, chan->me);
}

/* A descriptor comes with bytes of its frame: the one that is begun must be such a frame. */
static bool
may_own_fd(struct rk_str left)
{
	const unsigned char *p = (const unsigned char *)left.p;
	const struct rk_msg_row *row;

	if (left.n < 6)
		return left.n > 0;
	row = rk_msg_row(p[4] | (unsigned)p[5] << 8);
	return row && row->carries_fd;
}

static enum rk_err
deliver_all(struct rk_chan *chan)
{
	struct rk_str left = rk_buf_str(&chan->in);
	struct rk_msg_view view;
	enum rk_msg_type type;
	enum rk_err err = RK_OK;
	uint32_t id;
	size_t size;

	while (!chan->closing && left.n > 0) {
		err = may_begin(chan, left) ? rk_msg_parse(left, &type, &id, &view, &size) : RK_DENIED;
		if (err == RK_OK)
			err = deliver(chan, type, id, &view);
		if (err)
			break;
		left = rk_str_sub(left, size, left.n - size);
	}
	if (err && err != RK_BUSY)
		return err;
	if (chan->in_fd_count > 0 && !may_own_fd(left))
		return RK_INVALID;
	rk_buf_drop(&chan->in, chan->in.n - left.n);
	if (left.n == 0 && chan->in.cap > KEEP_MAX)
		rk_buf_free(&chan->in);
	return RK_OK;
}

static ssize_t
receive(struct rk_chan *chan, bool *ret_ok)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(IN_FDS_MAX * sizeof(int))];
	} control;
	size_t cap = chan->in.cap < chan->in.max ? chan->in.cap : chan->in.max;
	struct iovec iov = { chan->in.p + chan->in.n, cap - chan->in.n };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	if (chan->takes_fds) {
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
	}
	do {
		n = recvmsg(chan->fd, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	} while (n < 0 && errno == EINTR);
	*ret_ok = n < 0 || collect_fds(chan, &msg);
	return n;
}

static size_t
read_size(const struct rk_chan *chan)
{
	size_t room = chan->in.max - chan->in.n;

	return room < READ_PIECE ? room : READ_PIECE;
}

static void
read_some(struct rk_chan *chan)
{
	bool ok;
	ssize_t n;
	enum rk_err err;

	if (!rk_buf_reserve(&chan->in, read_size(chan))) {
		end(chan, RK_NOMEM);
		return;
	}
	n = receive(chan, &ok);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return;
	if (n <= 0) {
		end(chan, RK_OK);
		return;
	}
	chan->in.n += (size_t)n;
	err = ok ? deliver_all(chan) : RK_INVALID;
	if (err) {
		end(chan, err);
		return;
	}
	if (!chan->closing && chan->ops->batch_end)
		chan->ops->batch_end(chan, chan->arg);
}

/* ---- writing ----------------------------------------------------------------- */

struct rk_buf *
rk_chan_begin(struct rk_chan *chan, enum rk_msg_type type, uint32_t id)
{
	chan->begun_type = type;
	return rk_outbox_begin(&chan->out, type, id);
}

enum rk_err
rk_chan_end(struct rk_chan *chan)
{
	enum rk_err err = rk_outbox_end(&chan->out);

	if (err)
		return err;
	if (chan->wbroken || chan->ended || chan->closing ||
	    !rk_msg_is_allowed(chan->begun_type, chan->me, chan->peer)) {
		/* Nobody is there to read it, or it has no row: the frame is taken back. */
		rk_outbox_undo(&chan->out);
		return RK_GONE;
	}
	if (!(chan->watching & UV_WRITABLE))
		rk_loop_at_turn_end(chan->loop, &chan->turn);
	return RK_OK;
}

enum rk_err
rk_chan_end_fd(struct rk_chan *chan, int fd)
{
	enum rk_err err = rk_chan_end(chan);

	return err ? err : rk_outbox_attach(&chan->out, fd);
}

void
rk_chan_flush(struct rk_chan *chan)
{
	enum rk_err err;

	if (chan->wbroken || chan->closing || chan->ended)
		return;
	err = rk_outbox_send(&chan->out, chan->fd);
	if (err == RK_GONE) {
		chan->wbroken = true;
		rk_loop_at_turn_end(chan->loop, &chan->turn);
	} else {
		watch(chan, err == RK_BUSY ? UV_READABLE | UV_WRITABLE : UV_READABLE);
	}
}

size_t
rk_chan_waiting(const struct rk_chan *chan)
{
	return rk_outbox_waiting(&chan->out);
}
