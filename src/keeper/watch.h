/*
 * watch.h - tells when something in some folders has changed, once things have been quiet for a moment.
 *
 * Folders are watched, not files: an editor that writes a new file and renames it over the
 * old one is seen too.
 */
#ifndef RK_KEEPER_WATCH_H
#define RK_KEEPER_WATCH_H

#include "base/str.h"
#include "proc/loop.h"

#define RK_WATCH_QUIET_MS 10
#define RK_WATCH_LONGEST_MS 100     /* writes that never pause are not waited for longer */

struct rk_watch;

struct rk_watch_ops {
	/* Does an event of this name in this folder ("" is the root) matter? Temporary files do not. */
	bool (*matters)(struct rk_str dir, struct rk_str name, void *arg);
	/* since_ms: when the first event was noticed, as rk_clock_mono_ms() has it. */
	void (*changed)(uint64_t since_ms, void *arg);
};

/* Nothing is watched yet. Names of folders are meant below root. */
RK_CHECKED enum rk_err rk_watch_open(struct rk_loop *loop, const char *root, const struct rk_watch_ops *ops,
    void *arg, struct rk_watch **ret_watch);
void rk_watch_close(struct rk_watch *watch);       /* NULL is fine; freed when the loop has let go */

/*
 * Before reading the folders again: looks every watched name up anew (a folder may have been deleted and
 * made again) and forgets those that are gone.
 */
void rk_watch_renew(struct rk_watch *watch);

/* Also watches root/dir, or root itself for "". RK_EXISTS when it is watched already; RK_BUSY when the system has no watch left. */
RK_CHECKED enum rk_err rk_watch_add(struct rk_watch *watch, struct rk_str dir);

/* As if an event had come: what was added may have changed before it was watched. */
void rk_watch_poke(struct rk_watch *watch);

#endif
