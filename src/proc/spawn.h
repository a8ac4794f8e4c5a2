/*
 * spawn.h - starts a role's executable with a control channel.
 */
#ifndef RK_PROC_SPAWN_H
#define RK_PROC_SPAWN_H

#include <sys/types.h>

#include "base/err.h"
#include "wire/msg.h"

/*
 * Forks and execs <folder of this executable>/<role>, with descriptor 3 as its control
 * socket, standard streams inherited, every other descriptor closed, an empty environment
 * (`env` NULL) or just env[], default signal masks, and death when its parent dies
 * (PR_SET_PDEATHSIG). On RK_OK the caller owns *ret_fd, its end of the control socket.
 */
RK_CHECKED enum rk_err rk_spawn(enum rk_role role, char *const *env, pid_t *ret_pid, int *ret_fd, struct rk_why *why);

/* The folder of the running executable ("/usr/libexec/roomkey"), without a trailing slash. */
RK_CHECKED enum rk_err rk_spawn_dir(char *ret_dir, size_t size);

/* A connected pair of SOCK_STREAM Unix sockets, close-on-exec, non-blocking. */
RK_CHECKED enum rk_err rk_spawn_pair(int ret_fds[2]);

#endif
