/*
 * super_rig.h - super's sites without processes: posts that note what they are told, and die when the test says so.
 *
 * In the place of super/post.c.
 */
#ifndef RK_TESTS_SUPER_RIG_H
#define RK_TESTS_SUPER_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/clock.h"
#include "base/log.h"
#include "super/sites.h"

#define RIG_POSTS 32768

/* What became of each post, by its number. */
static struct rig_post {
	struct rk_post *post; /* NULL: freed */
	uint32_t site, generation;
	unsigned bundles, quits, kills;
	uint64_t again_ms; /* UINT64_MAX: not asked for */
} rig_posts[RIG_POSTS];

static unsigned rig_started; /* processes, ever; also the number of the last one */
static unsigned rig_refuse;  /* so many starts fail */
static uint64_t rig_delay;   /* what rk_post_delay says */

static inline struct rig_post *
rig_of(const struct rk_post *post)
{
	return &rig_posts[post->number];
}

struct rk_post *
rk_post_new(struct rk_loop *loop, enum rk_role role, uint32_t index, const struct rk_post_ops *ops, void *arg)
{
	struct rk_post *post = calloc(1, sizeof(*post));

	*post = (struct rk_post){
		.loop = loop, .role = role, .index = index, .ops = ops, .arg = arg, .statm = -1
	};
	uv_timer_init(&loop->uv, &post->timer);
	post->timer.data = post;
	return post;
}

static inline void
rig_on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void
rk_post_free(struct rk_post *post)
{
	rig_of(post)->post = NULL;
	uv_close((uv_handle_t *)&post->timer, rig_on_closed);
}

enum rk_err
rk_post_start(
    struct rk_post *post, const struct rk_conf *conf, uint32_t number, uint32_t index, struct rk_why *why)
{
	if (rig_refuse > 0) {
		rig_refuse--;
		return rk_why(why, RK_IO, "RK-311", "", "No process.");
	}
	assert_true(number < RIG_POSTS);
	assert_int_equal(post->pid, 0);
	post->number = number;
	post->pid = (pid_t)number;
	post->control = (struct rk_chan *)(void *)post;
	post->ready = post->leaving = false;
	rig_started++;
	rig_posts[number] = (struct rig_post){ .post = post, .again_ms = UINT64_MAX };
	return RK_OK;
}

void
rk_post_give(struct rk_post *post, enum rk_msg_type type, int fd, struct rk_str payload)
{
	struct rk_msg_view view = { (const unsigned char *)payload.p,
		(const unsigned char *)payload.p + payload.n, false };

	assert_int_equal(type, RK_MSG_BUNDLE);
	assert_true(fcntl(fd, F_GETFD) >= 0);
	rig_of(post)->site = rk_msg_get_u32(&view);
	rig_of(post)->generation = rk_msg_get_u32(&view);
	rig_of(post)->bundles++;
	assert_true(rk_msg_is_done(&view));
}

void
rk_post_quit(struct rk_post *post, uint32_t ms)
{
	post->leaving = true;
	rig_of(post)->quits++;
}

void
rk_post_kill(struct rk_post *post, const char *fate)
{
	if (post->pid && rig_of(post)->kills == 0)
		rig_of(post)->kills++;
}

void
rk_post_again(struct rk_post *post, uint64_t delay_ms)
{
	rig_of(post)->again_ms = delay_ms;
}

uint64_t
rk_post_delay(struct rk_post *post, int status, uint64_t now_ms)
{
	return rig_delay;
}

/* ---- the test's hand -------------------------------------------------------------------- */

struct rig {
	struct rk_loop loop;
	struct rk_conf conf;
	struct rk_sites sites;
	unsigned joins, readies, fails;
	uint32_t joined, ready, failed; /* the last worker's number, the last generations */
};

static inline void
rig_on_join(struct rk_post *worker, void *arg)
{
	struct rig *rig = arg;

	rig->joins++;
	rig->joined = worker->number;
}

static inline void
rig_on_ready(struct rk_str report, void *arg)
{
	struct rig *rig = arg;
	struct rk_msg_view view = { (const unsigned char *)report.p,
		(const unsigned char *)report.p + report.n, false };

	rig->readies++;
	rig->ready = rk_msg_get_u32(&view);
}

static inline void
rig_on_failed(uint32_t generation, struct rk_str reason, void *arg)
{
	struct rig *rig = arg;

	assert_true(reason.n > 0);
	rig->fails++;
	rig->failed = generation;
}

static inline struct rig *
rig_new(unsigned command, long workers)
{
	static const struct rk_deploy_ops ops = { rig_on_join, rig_on_ready, rig_on_failed };
	struct rig *rig = calloc(1, sizeof(*rig));

	memset(rig_posts, 0, sizeof(rig_posts));
	rig_started = rig_refuse = 0;
	rig_delay = 0;
	rk_log_init("test", RK_LOG_ERROR);
	assert_int_equal(rk_conf_init(&rig->conf, command), RK_OK);
	rig->conf.workers = workers;
	assert_int_equal(rk_loop_init(&rig->loop), RK_OK);
	rk_sites_init(&rig->sites, &rig->loop, &rig->conf, &ops, rig);
	return rig;
}

static inline void
rig_free(struct rig *rig)
{
	rk_sites_stop(&rig->sites);
	rk_sites_done(&rig->sites);
	rk_loop_done(&rig->loop);
	rk_conf_done(&rig->conf);
	free(rig);
}

static inline void
rig_stop_loop(uv_timer_t *timer)
{
	rk_loop_stop(timer->data);
}

static inline void
rig_run(struct rig *rig, uint64_t ms)
{
	uv_timer_t timer;

	uv_timer_init(&rig->loop.uv, &timer);
	timer.data = &rig->loop;
	uv_timer_start(&timer, rig_stop_loop, ms, 0);
	rk_loop_run(&rig->loop);
	uv_close((uv_handle_t *)&timer, NULL);
	uv_run(&rig->loop.uv, UV_RUN_NOWAIT);
}

/* A bundle: its descriptor, which super owns from then on. */
static inline int
rig_bundle(struct rig *rig, uint32_t site, uint32_t generation)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	rk_sites_add(&rig->sites, site, generation, fd);
	return fd;
}

static inline bool
rig_is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static inline void
rig_say(uint32_t number, enum rk_msg_type type, uint32_t value)
{
	struct rk_post *post = rig_posts[number].post;
	RK_AUTO(rk_buf_free) struct rk_buf payload = RK_BUF(64);
	struct rk_msg_view view = { 0 };

	assert_non_null(post);
	if (type == RK_MSG_READY) {
		rk_msg_put_u32(&payload, value);
		view = (struct rk_msg_view){ (const unsigned char *)payload.p,
			(const unsigned char *)payload.p + payload.n, false };
	}
	post->ops->message(post, type, &view, -1);
}

static inline void
rig_ready(uint32_t number)
{
	rig_say(number, RK_MSG_READY, rig_posts[number].generation);
}

static inline void
rig_die(struct rig *rig, uint32_t number, int status)
{
	struct rk_post *post = rig_posts[number].post;

	assert_non_null(post);
	post->pid = 0;
	post->control = NULL;
	rk_sites_lost(&rig->sites, post, status, "was ended");
}

/* It says that it takes no more, and ends. */
static inline void
rig_retire(struct rig *rig, uint32_t number)
{
	rig_say(number, RK_MSG_RETIRE, 0);
	rig_die(rig, number, 0);
}

static inline void
rig_count_one(struct rk_post *worker, void *arg)
{
	*(unsigned *)arg += worker->pid != 0;
}

static inline unsigned
rig_running(struct rig *rig)
{
	unsigned n = 0;

	rk_sites_each(&rig->sites, rig_count_one, &n);
	return n;
}

#endif
