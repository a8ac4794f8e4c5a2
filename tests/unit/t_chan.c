/* A channel keeps order and whole frames, carries descriptors with their own frame, and closes on
 * whatever has no row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proc/chan.h"
#include "proc/spawn.h"

struct end {
	struct rk_chan *chan;
	unsigned messages, batches, closed, fds;
	uint32_t last_id;
	size_t bytes;
	enum rk_err err;
	bool close_in_message;
	struct rk_loop *loop;
};

static struct rk_loop loop;
static struct end left, right;
static int raw;          /* the other side of `right`, where a test speaks bytes itself */
static unsigned stop_at; /* messages on the right */

static void
on_message(
    struct rk_chan *chan, enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, int fd, void *arg)
{
	struct end *end = arg;

	end->messages++;
	end->bytes += (size_t)(view->end - view->p);
	/* Ids of INVOKE count up in these tests: order and nothing missing. */
	if (type == RK_MSG_INVOKE)
		assert_int_equal(id, end->last_id + 1);
	end->last_id = id;
	if (fd >= 0) {
		assert_int_not_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
		end->fds++;
		close(fd);
	}
	if (end->close_in_message) {
		rk_chan_close(chan);
		end->chan = NULL;
	}
	if (end == &right && right.messages == stop_at)
		rk_loop_stop(&loop);
}

static void
on_batch_end(struct rk_chan *chan, void *arg)
{
	(void)chan;
	((struct end *)arg)->batches++;
}

static void
on_closed(struct rk_chan *chan, enum rk_err err, void *arg)
{
	struct end *end = arg;

	end->closed++;
	end->err = err;
	rk_chan_close(chan);
	end->chan = NULL;
	rk_loop_stop(&loop);
}

static const struct rk_chan_ops ops = {
	.message = on_message, .batch_end = on_batch_end, .closed = on_closed
};

static void
on_late(uv_timer_t *timer)
{
	(void)timer;
	fail_msg("nothing happened for 10 s");
}

static void
open_right(int fd, enum rk_role me, enum rk_role peer)
{
	assert_int_equal(rk_chan_open(&loop, fd, me, peer, &ops, &right, &right.chan), RK_OK);
}

static void
open_both(enum rk_role l, enum rk_role r)
{
	int pair[2];

	assert_int_equal(rk_spawn_pair(pair), RK_OK);
	assert_int_equal(rk_chan_open(&loop, pair[0], l, r, &ops, &left, &left.chan), RK_OK);
	open_right(pair[1], r, l);
}

static void
open_raw(enum rk_role me, enum rk_role peer)
{
	int pair[2];

	assert_int_equal(rk_spawn_pair(pair), RK_OK);
	raw = pair[0];
	open_right(pair[1], me, peer);
}

static int
setup(void **state)
{
	static uv_timer_t timer;

	left = right = (struct end){ 0 };
	raw = -1;
	stop_at = UINT32_MAX;
	if (rk_loop_init(&loop) != RK_OK)
		return -1;
	uv_timer_init(&loop.uv, &timer);
	uv_timer_start(&timer, on_late, 10000, 0);
	return 0;
}

static int
teardown(void **state)
{
	rk_chan_close(left.chan);
	rk_chan_close(right.chan);
	if (raw >= 0)
		close(raw);
	rk_loop_done(&loop);
	return 0;
}

static void
invoke(struct rk_chan *chan, uint32_t id, size_t size)
{
	static char zeros[RK_MB];
	struct rk_buf *out = rk_chan_begin(chan, RK_MSG_INVOKE, id);

	for (; size > 0; size -= size < sizeof(zeros) ? size : sizeof(zeros))
		rk_buf_put(out, rk_str_n(zeros, size < sizeof(zeros) ? size : sizeof(zeros)));
	assert_int_equal(rk_chan_end(chan), RK_OK);
}

static void
frames_arrive_in_order_and_in_batches(void **state)
{
	open_both(RK_GATEWAY, RK_WORKER);
	for (uint32_t id = 1; id <= 1000; id++)
		invoke(left.chan, id, 100);
	assert_int_equal(rk_chan_waiting(left.chan), 1000 * (100 + RK_MSG_FRAME));
	stop_at = 1000;
	rk_loop_run(&loop);
	assert_int_equal(right.messages, 1000);
	assert_true(right.batches < 10);
	assert_int_equal(rk_chan_waiting(left.chan), 0);
}

static void
a_frame_larger_than_the_socket_arrives_whole(void **state)
{
	open_both(RK_GATEWAY, RK_WORKER);
	for (uint32_t id = 1; id <= 3; id++)
		invoke(left.chan, id, 20 * RK_MB + id);
	invoke(left.chan, 4, 0);
	stop_at = 4;
	rk_loop_run(&loop);
	assert_int_equal(right.bytes, 60 * RK_MB + 6);
}

static void
a_frame_over_its_row_is_taken_back_and_the_channel_lives(void **state)
{
	static char big[65 * RK_KB];
	struct rk_buf *out;

	open_both(RK_WORKER, RK_GATEWAY);
	out = rk_chan_begin(left.chan, RK_MSG_HANDBACK, 0);
	rk_buf_put(out, rk_str_n(big, sizeof(big)));
	assert_int_equal(rk_chan_end(left.chan), RK_TOO_LARGE);
	assert_int_equal(rk_chan_waiting(left.chan), 0);
	rk_chan_begin(left.chan, RK_MSG_RETIRE, 0);
	assert_int_equal(rk_chan_end(left.chan), RK_OK);
	stop_at = 1;
	rk_loop_run(&loop);
	assert_int_equal(right.messages, 1);
}

static void
a_frame_without_a_row_is_not_sent(void **state)
{
	open_both(RK_WORKER, RK_GATEWAY);
	rk_chan_begin(left.chan, RK_MSG_ROUTES, 0);
	assert_int_not_equal(rk_chan_end(left.chan), RK_OK);
	assert_int_equal(rk_chan_waiting(left.chan), 0);
}

static void
a_hundred_descriptors_each_with_its_own_frame(void **state)
{
	struct rk_buf *out;

	open_both(RK_SUPER, RK_GATEWAY);
	for (uint32_t i = 0; i < 100; i++) {
		out = rk_chan_begin(left.chan, RK_MSG_WORKER, 0);
		rk_msg_put_u32(out, i);
		assert_int_equal(rk_chan_end_fd(left.chan, STDERR_FILENO), RK_OK);
		out = rk_chan_begin(left.chan, RK_MSG_QUIT, 0);
		rk_msg_put_u32(out, i);
		assert_int_equal(rk_chan_end(left.chan), RK_OK);
	}
	stop_at = 200;
	rk_loop_run(&loop);
	assert_int_equal(right.messages, 200);
	assert_int_equal(right.fds, 100);
}

static void
last_words_arrive_before_the_end(void **state)
{
	open_both(RK_GATEWAY, RK_WORKER);
	invoke(left.chan, 1, 10);
	/* The right side has bytes that the left one never reads: the kernel reports an error then. */
	rk_chan_begin(right.chan, RK_MSG_RETIRE, 0);
	assert_int_equal(rk_chan_end(right.chan), RK_OK);
	rk_chan_flush(right.chan);
	rk_chan_close(left.chan);
	left.chan = NULL;
	rk_loop_run(&loop);
	assert_int_equal(right.messages, 1);
	assert_int_equal(right.closed, 1);
	assert_int_equal(right.err, RK_OK);
}

static void
a_write_to_a_dead_peer_ends_from_the_loop_only(void **state)
{
	open_raw(RK_GATEWAY, RK_WORKER);
	close(raw);
	raw = -1;
	invoke(right.chan, 1, 10);
	rk_chan_flush(right.chan);
	assert_int_equal(right.closed, 0);
	rk_loop_run(&loop);
	assert_int_equal(right.closed, 1);
}

static void
closing_inside_a_message_ends_the_batch(void **state)
{
	static const unsigned char two[2 * RK_MSG_FRAME] = { [4] = RK_MSG_RETIRE,
		[RK_MSG_FRAME + 4] = RK_MSG_RETIRE };

	open_raw(RK_GATEWAY, RK_WORKER);
	right.close_in_message = true;
	stop_at = 1;
	assert_int_equal(write(raw, two, sizeof(two)), sizeof(two));
	rk_loop_run(&loop);
	assert_int_equal(right.messages, 1);
	assert_int_equal(right.batches, 0);
}

/* ---- what a peer must not do ------------------------------------------------------------- */

static void
expect_refusal(const void *bytes, size_t size, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec iov = { (void *)bytes, size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (fd >= 0) {
		msg.msg_control = control;
		msg.msg_controllen = sizeof(control);
		*CMSG_FIRSTHDR(&msg) = (struct cmsghdr){ CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS };
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&msg)), &fd, sizeof(fd));
	}
	assert_int_equal(sendmsg(raw, &msg, 0), size);
	rk_loop_run(&loop);
	assert_int_equal(right.messages, 0);
	assert_int_equal(right.closed, 1);
	assert_int_not_equal(right.err, RK_OK);
}

static void
refuses_a_row_of_another_sender(void **state)
{
	unsigned char frame[RK_MSG_FRAME] = { [4] = RK_MSG_QUIT };

	open_raw(RK_GATEWAY, RK_WORKER);
	expect_refusal(frame, sizeof(frame), -1);
}

static void
refuses_a_wrong_row_at_its_first_bytes(void **state)
{
	unsigned char half[6] = { 0xff, 0xff, 0xff, 0, RK_MSG_ROUTES };

	open_raw(RK_GATEWAY, RK_WORKER);
	expect_refusal(half, sizeof(half), -1);
}

static void
refuses_a_type_that_does_not_exist(void **state)
{
	unsigned char frame[RK_MSG_FRAME] = { [4] = 0xff, [5] = 0xff };

	open_raw(RK_GATEWAY, RK_WORKER);
	expect_refusal(frame, sizeof(frame), -1);
}

static void
refuses_a_length_over_the_row(void **state)
{
	unsigned char frame[RK_MSG_FRAME] = { 1, 0, 0, 0, RK_MSG_RETIRE };

	open_raw(RK_GATEWAY, RK_WORKER);
	expect_refusal(frame, sizeof(frame), -1);
}

static void
refuses_a_descriptor_from_one_who_may_send_none(void **state)
{
	unsigned char frame[RK_MSG_FRAME] = { [4] = RK_MSG_RETIRE };

	open_raw(RK_GATEWAY, RK_WORKER);
	expect_refusal(frame, sizeof(frame), STDERR_FILENO);
}

static void
refuses_a_frame_that_lacks_its_descriptor(void **state)
{
	unsigned char frame[RK_MSG_FRAME] = { [4] = RK_MSG_KEEPER };

	open_raw(RK_GATEWAY, RK_SUPER);
	expect_refusal(frame, sizeof(frame), -1);
}

static void
refuses_a_descriptor_on_a_row_without(void **state)
{
	unsigned char half[8] = { 4, 0, 0, 0, RK_MSG_QUIT };

	open_raw(RK_GATEWAY, RK_SUPER);
	expect_refusal(half, sizeof(half), STDERR_FILENO);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(frames_arrive_in_order_and_in_batches),
		T(a_frame_larger_than_the_socket_arrives_whole),
		T(a_frame_over_its_row_is_taken_back_and_the_channel_lives),
		T(a_frame_without_a_row_is_not_sent),
		T(a_hundred_descriptors_each_with_its_own_frame),
		T(last_words_arrive_before_the_end),
		T(a_write_to_a_dead_peer_ends_from_the_loop_only),
		T(closing_inside_a_message_ends_the_batch),
		T(refuses_a_row_of_another_sender),
		T(refuses_a_wrong_row_at_its_first_bytes),
		T(refuses_a_type_that_does_not_exist),
		T(refuses_a_length_over_the_row),
		T(refuses_a_descriptor_from_one_who_may_send_none),
		T(refuses_a_frame_that_lacks_its_descriptor),
		T(refuses_a_descriptor_on_a_row_without),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
