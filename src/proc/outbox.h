/*
 * outbox.h - frames and descriptors that wait to leave one socket, in order.
 *
 * A frame with a descriptor leaves in a sendmsg of its own: the kernel then hands the
 * descriptor over together with the first byte of that frame and of no other.
 */
#ifndef RK_PROC_OUTBOX_H
#define RK_PROC_OUTBOX_H

#include "wire/msg.h"

struct rk_outbox_fd;

struct rk_outbox {
	struct rk_buf bytes;
	size_t sent;                /* bytes at the front that have left */
	size_t begun;               /* where the open frame, or the last one, starts */
	bool open;                  /* between begin and end: its writer holds offsets */
	struct rk_outbox_fd *fds;   /* in the order of bytes */
	unsigned fd_count, fd_cap;
};

void rk_outbox_init(struct rk_outbox *box);
void rk_outbox_done(struct rk_outbox *box);

struct rk_buf *rk_outbox_begin(struct rk_outbox *box, enum rk_msg_type type, uint32_t id);
/* RK_TOO_LARGE or RK_NOMEM: the frame is taken back. */
RK_CHECKED enum rk_err rk_outbox_end(struct rk_outbox *box);
/* Takes the frame back that was ended last; nothing may have been sent since. */
void rk_outbox_undo(struct rk_outbox *box);
/* Lets a copy of fd leave with the frame that was ended last; takes the frame back on failure. */
RK_CHECKED enum rk_err rk_outbox_attach(struct rk_outbox *box, int fd);

/* Writes what the socket takes. RK_BUSY: more is left. RK_GONE: it takes nothing ever again. */
RK_CHECKED enum rk_err rk_outbox_send(struct rk_outbox *box, int sock);

static inline size_t
rk_outbox_waiting(const struct rk_outbox *box)
{
	return box->bytes.n - box->sent;
}

#endif
