#include "proc/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "proc/role.h"

enum rk_err
rk_spawn_dir(char *ret_dir, size_t size)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *slash;

	if (n <= 0)
		return RK_IO;
	path[n] = '\0';
	slash = strrchr(path, '/');
	if (!slash || (size_t)(slash - path) + 1 > size)
		return RK_TOO_LARGE;
	*slash = '\0';
	memcpy(ret_dir, path, (size_t)(slash - path) + 1);
	return RK_OK;
}

enum rk_err
rk_spawn_pair(int ret_fds[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ret_fds) < 0)
		return RK_IO;
	return RK_OK;
}

static bool
is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

/* Installed, all roles lie in one folder; in a build tree each has its own (x/x). */
static enum rk_err
find_program(const char *name, char *ret_path, size_t size, struct rk_why *why)
{
	char dir[PATH_MAX];
	int n;

	if (rk_spawn_dir(dir, sizeof(dir)) == RK_OK) {
		n = snprintf(ret_path, size, "%s/%s", dir, name);
		if (n > 0 && (size_t)n < size && is_program(ret_path))
			return RK_OK;
		n = snprintf(ret_path, size, "%s/../%s/%s", dir, name, name);
		if (n > 0 && (size_t)n < size && is_program(ret_path))
			return RK_OK;
	}
	return rk_why(why, RK_NOT_FOUND, "RK-310", "Install Roomkey again, whole.",
	    "The program of the role \"%s\" is not where the other roles are.", name);
}

/*
 * Ctrl-C and a closed terminal reach every process of the group at once: only super answers
 * them, so the children ignore both from before their exec on. The mask is emptied last: until
 * then a signal cannot run a handler of the parent in this copy of it.
 */
static void
reset_signals(void)
{
	sigset_t none;

	for (int sig = 1; sig < SIGRTMIN; sig++)
		signal(sig, SIG_DFL);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void
close_above(int last)
{
	if (close_range((unsigned)last + 1, ~0U, 0) == 0)
		return;
	for (int fd = last + 1; fd < 65536; fd++)
		close(fd);
}

/* In the child. Nothing here may allocate: the parent may have had threads. */
static _Noreturn void
become(const char *path, const char *name, char *const *env, int fd, pid_t parent)
{
	char *argv[2] = { (char *)name, NULL };
	char *no_env[1] = { NULL };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	reset_signals();
	if (fd == RK_CONTROL_FD) {
		if (fcntl(fd, F_SETFD, 0) < 0)
			_exit(126);
	} else if (dup2(fd, RK_CONTROL_FD) < 0) {
		_exit(126);
	}
	close_above(RK_CONTROL_FD);
	execve(path, argv, env ? env : no_env);
	_exit(127);
}

enum rk_err
rk_spawn(enum rk_role role, char *const *env, pid_t *ret_pid, int *ret_fd, struct rk_why *why)
{
	const char *name = rk_role_name(role);
	pid_t parent = getpid(), pid;
	char path[PATH_MAX];
	sigset_t all, old;
	int pair[2];
	enum rk_err err;

	err = find_program(name, path, sizeof(path), why);
	if (err)
		return err;
	if (rk_spawn_pair(pair) != RK_OK)
		return rk_why(why, RK_IO, "RK-311", "Raise the limit of open files (ulimit -n).",
		    "No socket for the role \"%s\": %s.", name, strerror(errno));
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	pid = fork();
	if (pid == 0)
		become(path, name, env, pair[1], parent);
	sigprocmask(SIG_SETMASK, &old, NULL);
	close(pair[1]);
	if (pid < 0) {
		close(pair[0]);
		return rk_why(why, RK_IO, "RK-311", "Raise the limit of processes (ulimit -u).",
		    "No process for the role \"%s\": %s.", name, strerror(errno));
	}
	*ret_pid = pid;
	*ret_fd = pair[0];
	return RK_OK;
}
