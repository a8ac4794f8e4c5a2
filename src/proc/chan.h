/*
 * chan.h - one end of a socketpair between two processes (SOCK_STREAM).
 *
 * Writes are gathered and leave once per turn of the loop; reads come in big
 * pieces, and every whole frame in them is handed over in order. A frame that
 * has no row in wire/msg.h for (peer -> me), is too large, or comes with a
 * descriptor it must not have (or without the one it must) closes the channel.
 */
#ifndef RK_PROC_CHAN_H
#define RK_PROC_CHAN_H

#include "proc/loop.h"
#include "wire/msg.h"

struct rk_chan;

struct rk_chan_ops {
	/* One frame. `fd` is -1 or the receiver's to close. The view is valid during the call. */
	void (*message)(struct rk_chan *chan, enum rk_msg_type type, uint32_t id,
	    struct rk_msg_view *view, int fd, void *arg);
	/* All frames of one read are delivered; may be NULL. */
	void (*batch_end)(struct rk_chan *chan, void *arg);
	/* The peer is gone, or broke a rule (err != RK_OK). Called once, from the loop, never
	 * from inside a call on the channel. The owner calls rk_chan_close in or after it. */
	void (*closed)(struct rk_chan *chan, enum rk_err err, void *arg);
};

/* Owns fd from here on (closed on failure too). `me` and `peer` are single roles. */
RK_CHECKED enum rk_err rk_chan_open(struct rk_loop *loop, int fd, enum rk_role me, enum rk_role peer,
    const struct rk_chan_ops *ops, void *arg, struct rk_chan **ret_chan);

/* No callback after this; unsent bytes are tried once more, without waiting. Freed at the end of the turn. */
void rk_chan_close(struct rk_chan *chan);

/*
 * Writing a frame: put fields into rk_chan_out() between begin and end.
 * end() arms the flush for the end of the turn. It returns RK_TOO_LARGE when the row's
 * size is passed (the frame is taken back, the channel lives on).
 */
struct rk_buf *rk_chan_begin(struct rk_chan *chan, enum rk_msg_type type, uint32_t id);
RK_CHECKED enum rk_err rk_chan_end(struct rk_chan *chan);
/* The same for a row that carries a descriptor; fd is duplicated by the kernel, and stays the caller's. */
RK_CHECKED enum rk_err rk_chan_end_fd(struct rk_chan *chan, int fd);

/* Sends at once what is waiting (from a signal-free context such as a watchdog inside JavaScript). */
void rk_chan_flush(struct rk_chan *chan);

/* Bytes that wait to be written: for backpressure. */
size_t rk_chan_waiting(const struct rk_chan *chan);

#endif
