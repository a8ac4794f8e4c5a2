#include "proc/outbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define KEEP_MAX (1u * RK_MB)    /* a larger buffer is given back once it is empty */
#define BYTES_MAX (512u * RK_MB) /* all that may wait */
#define FDS_MAX 4096

/* A descriptor that leaves with the frame at [at, at + size) of bytes. */
struct rk_outbox_fd {
	size_t at, size;
	int fd;
};

void
rk_outbox_init(struct rk_outbox *box)
{
	*box = (struct rk_outbox){ .bytes = RK_BUF(BYTES_MAX) };
}

void
rk_outbox_done(struct rk_outbox *box)
{
	for (unsigned i = 0; i < box->fd_count; i++)
		close(box->fds[i].fd);
	free(box->fds);
	rk_buf_free(&box->bytes);
}

struct rk_buf *
rk_outbox_begin(struct rk_outbox *box, enum rk_msg_type type, uint32_t id)
{
	box->open = true;
	box->begun = rk_msg_begin(&box->bytes, type, id);
	return &box->bytes;
}

enum rk_err
rk_outbox_end(struct rk_outbox *box)
{
	box->open = false;
	return rk_msg_end(&box->bytes, box->begun);
}

void
rk_outbox_undo(struct rk_outbox *box)
{
	box->bytes.n = box->begun;
}

static enum rk_err
mark_fd(struct rk_outbox *box, int own)
{
	if (box->fd_count == box->fd_cap) {
		unsigned cap = box->fd_cap ? box->fd_cap * 2 : 8;
		struct rk_outbox_fd *more;

		if (cap > FDS_MAX)
			return RK_BUSY;
		more = realloc(box->fds, cap * sizeof(*more));
		if (!more)
			return RK_NOMEM;
		box->fds = more;
		box->fd_cap = cap;
	}
	box->fds[box->fd_count++] = (struct rk_outbox_fd){ box->begun, box->bytes.n - box->begun, own };
	return RK_OK;
}

enum rk_err
rk_outbox_attach(struct rk_outbox *box, int fd)
{
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	enum rk_err err = own < 0 ? RK_IO : mark_fd(box, own);

	if (err) {
		rk_outbox_undo(box);
		if (own >= 0)
			close(own);
	}
	return err;
}

/* What one sendmsg may take: up to the next frame with a descriptor, or that frame alone. */
static size_t
next_piece(const struct rk_outbox *box, size_t limit, int *ret_fd)
{
	*ret_fd = -1;
	if (box->fd_count == 0)
		return limit - box->sent;
	const struct rk_outbox_fd *mark = &box->fds[0];

	if (mark->at > box->sent)
		return mark->at - box->sent;
	*ret_fd = mark->fd;
	return mark->size;
}

static ssize_t
send_piece(const struct rk_outbox *box, int sock, size_t size, int fd)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec iov = { box->bytes.p + box->sent, size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	if (fd >= 0) {
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control.space);
		struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(int));
	}
	do {
		n = sendmsg(sock, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	} while (n < 0 && errno == EINTR);
	return n;
}

/* The descriptor has left with the first byte of its frame; the rest are mere bytes. */
static void
drop_first_fd(struct rk_outbox *box)
{
	close(box->fds[0].fd);
	box->fd_count--;
	memmove(box->fds, box->fds + 1, box->fd_count * sizeof(*box->fds));
}

/* Forgets what has left. Not under an open frame: its writer holds offsets. */
static void
compact(struct rk_outbox *box)
{
	if (box->open)
		return;
	if (box->sent == box->bytes.n) {
		if (box->bytes.cap > KEEP_MAX)
			rk_buf_free(&box->bytes);
		else
			rk_buf_clear(&box->bytes);
		box->sent = 0;
		return;
	}
	if (box->sent < KEEP_MAX || box->sent < box->bytes.n / 2)
		return;
	rk_buf_drop(&box->bytes, box->sent);
	for (unsigned i = 0; i < box->fd_count; i++)
		box->fds[i].at -= box->sent;
	box->sent = 0;
}

enum rk_err
rk_outbox_send(struct rk_outbox *box, int sock)
{
	size_t limit = box->open ? box->begun : box->bytes.n;
	enum rk_err err = RK_OK;
	int fd;

	while (box->sent < limit) {
		size_t size = next_piece(box, limit, &fd);
		ssize_t n = send_piece(box, sock, size, fd);

		if (n < 0) {
			err = errno == EAGAIN || errno == EWOULDBLOCK ? RK_BUSY : RK_GONE;
			break;
		}
		box->sent += (size_t)n;
		if (fd >= 0 && n > 0)
			drop_first_fd(box);
	}
	compact(box);
	return err;
}
