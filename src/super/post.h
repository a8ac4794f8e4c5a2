/*
 * post.h - a place that one process of a role fills at a time: started, watched, and filled
 * again when its process ends.
 */
#ifndef RK_SUPER_POST_H
#define RK_SUPER_POST_H

#include <sys/types.h>

#include "base/conf.h"
#include "proc/chan.h"

struct rk_post;
struct rk_deploy;

struct rk_post_ops {
	/* What the process says; fd is -1 or the receiver's. */
	void (*message)(struct rk_post *post, enum rk_msg_type type, struct rk_msg_view *view, int fd);
	/* The post has stood empty for long enough: start it again. */
	void (*again)(struct rk_post *post);
};

struct rk_post {
	struct rk_loop *loop;
	const struct rk_post_ops *ops;
	void *arg;
	enum rk_role role;
	uint32_t index;             /* a gateway's place among them */
	struct rk_deploy *deploy;   /* workers: what it runs */
	struct rk_post *next;       /* for the owner's list */

	pid_t pid;                  /* 0: empty */
	uint32_t number;            /* of this process, never used twice; 0: not numbered */
	struct rk_chan *control;    /* NULL when empty or closed */
	int statm;                  /* -1, or its /proc entry, for the meter */
	uint64_t started_ms;
	bool ready;
	bool leaving;               /* ends when it has finished: it was told, or said so */
	uint64_t rest_pages;        /* what it held when the meter first saw it ready; 0: not yet */
	char fate[64];              /* why super ended it, for the log */

	unsigned quick;             /* deaths in a row, each soon after its start */
	uv_timer_t timer;
};

/* NULL when memory is short. */
struct rk_post *rk_post_new(struct rk_loop *loop, enum rk_role role, uint32_t index, const struct rk_post_ops *ops,
    void *arg);
/* Its process must be dead. Freed at the end of the turn. */
void rk_post_free(struct rk_post *post);

/* Starts the process and sends it CONF (`index` is that of its role, see proc/role.h). */
RK_CHECKED enum rk_err rk_post_start(struct rk_post *post, const struct rk_conf *conf, uint32_t number,
    uint32_t index, struct rk_why *why);

/* One message with a descriptor, which stays the caller's. A process that cannot be told is killed. */
void rk_post_give(struct rk_post *post, enum rk_msg_type type, int fd, struct rk_str payload);
/* The same without one. */
void rk_post_tell(struct rk_post *post, enum rk_msg_type type, struct rk_str payload);

/* QUIT: it ends what it has, then itself. */
void rk_post_quit(struct rk_post *post, uint32_t ms);

/* SIGKILL, with the reason for the log ("" for none). Nothing if it is dead. */
void rk_post_kill(struct rk_post *post, const char *fate);

/* After waitpid: closes what belonged to the process. The words for the log come back. */
void rk_post_buried(struct rk_post *post, int status, char *ret_words, size_t size);

/* ops->again() after `delay_ms`; 0 is the next turn. */
void rk_post_again(struct rk_post *post, uint64_t delay_ms);
/* How long the post should stand empty after the death that was just buried. */
uint64_t rk_post_delay(struct rk_post *post, int status, uint64_t now_ms);

#endif
