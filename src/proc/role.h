/*
 * role.h - the common start of every child of super.
 *
 * A child is exec'd with an empty environment (but for what the role table
 * gives it), its control channel as descriptor 3, and nothing else open but
 * the standard three. It receives CONF first, then what its role is owed.
 */
#ifndef RK_PROC_ROLE_H
#define RK_PROC_ROLE_H

#include "base/conf.h"
#include "proc/chan.h"

#define RK_CONTROL_FD 3
#define RK_ROLE_REFUSED 3   /* exit status: start() said no; the reason is in the log */

struct rk_role_ops {
	enum rk_role role;
	/* CONF is here: prepare, and seal (proc/sandbox.h) as the last act unless sealing must wait.
	 * `index` is the process' place among its role; keeper gets the last generation that super
	 * has seen (0 at first) and numbers its bundles from index + 1. */
	enum rk_err (*start)(struct rk_loop *loop, struct rk_chan *control, const struct rk_conf *conf,
	    unsigned index, struct rk_why *why);
	/* Every later message of super, except QUIT. */
	void (*message)(enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, int fd);
	/* QUIT, or super is gone (grace_ms 0): stop taking work; call rk_loop_stop when done. After
	 * grace_ms the process ends anyway. */
	void (*quit)(unsigned grace_ms);
	/* After the loop: free everything, so that leak checks mean something. */
	void (*done)(void);
};

/* The whole main() of a role. Returns the exit status. */
int rk_role_main(const struct rk_role_ops *ops);

#endif
