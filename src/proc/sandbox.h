/*
 * sandbox.h - the seal of every role, side by side in sandbox.c.
 *
 * Sealing is the last act before the loop: no-new-privs, rlimits, Landlock,
 * seccomp, and an empty network namespace where allowed. It cannot be undone.
 */
#ifndef RK_PROC_SANDBOX_H
#define RK_PROC_SANDBOX_H

#include "base/err.h"
#include "wire/msg.h"

struct rk_sandbox_opts {
	const char *read_dir;    /* keeper: the one folder that stays readable; NULL: none */
	const char *write_dir;   /* keeper of the platform: the one in which it may also make, write and remove
				  * files; it must exist, and belong to this user. NULL: nothing is written */
};

/*
 * Seals the calling process for good. RK_UNSUPPORTED when the kernel refuses seccomp
 * (the role must not go on); weaker lacks (Landlock, network namespace) are not
 * errors: ask rk_sandbox_lacks().
 */
RK_CHECKED enum rk_err rk_sandbox_seal(enum rk_role role, const struct rk_sandbox_opts *opts, struct rk_why *why);

/*
 * The part of a worker's seal that works only while the process has one thread (namespaces,
 * Landlock): rk_role_main calls it before start(), so no engine can have made threads yet.
 * Nothing for the other roles. rk_sandbox_seal makes up for it when it was not called.
 */
RK_CHECKED enum rk_err rk_sandbox_isolate(enum rk_role role, struct rk_why *why);

/* What this kernel cannot do, by name, space between ("landlock netns"), for one line at
 * start-up; empty when it can all. Probed without sealing: super calls it. */
void rk_sandbox_lacks(char *ret_names, size_t size);

#endif
