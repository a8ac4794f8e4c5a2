/*
 * sandbox.c - all seals, side by side.
 *
 * A role's seal is three lists: the calls it may make, those it may make with certain
 * arguments, and those that are refused with an error number because libraries try them
 * and live without. Every other call ends the process (SIGSYS, which super's log names).
 * A call is added here only with a sentence of why in the list's comment.
 */
#include "proc/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "proc/landlock.h"

#define CALL(name) SCMP_SYS(name)
#define LIST_END INT32_MIN

/* Any process: its memory, its clock, its loop, its channels, its own end. */
static const int common_calls[] = { CALL(read), CALL(write), CALL(readv), CALL(writev), CALL(close),
	CALL(recvmsg), CALL(sendmsg), CALL(recvfrom), CALL(sendto), CALL(shutdown), CALL(poll), CALL(ppoll),
	CALL(epoll_wait), CALL(epoll_pwait), CALL(epoll_ctl), CALL(epoll_create1), CALL(eventfd2),
	CALL(futex), CALL(clock_gettime), CALL(clock_getres), CALL(clock_nanosleep), CALL(nanosleep),
	CALL(gettimeofday), CALL(time), CALL(getpid), CALL(gettid), CALL(getppid), CALL(getuid),
	CALL(geteuid), CALL(getgid), CALL(getegid), CALL(getrandom), CALL(mmap), CALL(munmap), CALL(mremap),
	CALL(madvise), CALL(mprotect), CALL(brk), CALL(rt_sigaction), CALL(rt_sigprocmask),
	CALL(rt_sigreturn), CALL(sigaltstack), CALL(restart_syscall), CALL(exit), CALL(exit_group),
	CALL(fstat), CALL(lseek), CALL(getrusage), CALL(uname), CALL(sched_yield), CALL(sched_getaffinity),
	CALL(getcpu), CALL(rseq), CALL(set_robust_list), CALL(membarrier), LIST_END };

/* Libraries probe these and go on without; none may end a process. */
static const int common_refused[] = { CALL(open), CALL(openat), CALL(creat), CALL(stat), CALL(lstat),
	CALL(newfstatat), CALL(statx), CALL(access), CALL(faccessat), CALL(faccessat2), CALL(readlink),
	CALL(readlinkat), CALL(getcwd), CALL(socket), CALL(connect), CALL(sysinfo), CALL(sched_setscheduler),
	CALL(sched_setparam), CALL(sched_getparam), CALL(sched_getscheduler), CALL(setpriority),
	CALL(getpriority), LIST_END };

/* New connections on the socket that super gave, and what libmicrohttpd asks of each; files that keeper
 * has opened, sent by the kernel or, where it cannot, read piece by piece. */
static const int gateway_calls[] = { CALL(accept4), CALL(accept), CALL(getsockname), CALL(getpeername),
	CALL(setsockopt), CALL(getsockopt), CALL(sendfile), CALL(pread64), LIST_END };

/* The project's folder, read and watched; bundles made in sealed memory. Landlock says which folder. */
static const int keeper_calls[] = { CALL(newfstatat), CALL(stat), CALL(lstat), CALL(statx), CALL(access),
	CALL(faccessat), CALL(faccessat2), CALL(readlink), CALL(readlinkat), CALL(getcwd), CALL(pread64),
	CALL(getdents64), CALL(openat2), CALL(inotify_init1), CALL(inotify_add_watch), CALL(inotify_rm_watch),
	CALL(memfd_create), CALL(ftruncate), CALL(dup), CALL(fstatfs), LIST_END };

/* The platform's store: SQLite writes, locks, syncs and shares memory, its files are made, renamed and given their
 * mode; keys stay out of the swap space; how full the disk is. Landlock says which folder. */
static const int store_calls[] = { CALL(newfstatat), CALL(stat), CALL(lstat), CALL(statx), CALL(access),
	CALL(faccessat), CALL(faccessat2), CALL(readlink), CALL(readlinkat), CALL(getcwd), CALL(pread64),
	CALL(getdents64), CALL(openat2), CALL(memfd_create), CALL(ftruncate), CALL(dup), CALL(fstatfs),
	CALL(statfs), CALL(open), CALL(openat), CALL(pwrite64), CALL(fdatasync), CALL(fsync), CALL(fallocate),
	CALL(flock), CALL(msync), CALL(mlock), CALL(mlock2), CALL(munlock), CALL(mkdir), CALL(mkdirat),
	CALL(rmdir), CALL(unlink), CALL(unlinkat), CALL(link), CALL(linkat), CALL(rename), CALL(renameat),
	CALL(renameat2), CALL(fchmod), CALL(fchown), CALL(umask), LIST_END };

/* JavaScriptCore stops its threads with a signal that they wait in, and reads its own size from
 * a descriptor that it has opened before. */
static const int worker_calls[] = { CALL(rt_sigsuspend), CALL(rt_sigtimedwait), CALL(sysinfo), CALL(pread64),
	LIST_END };

#ifdef RK_SANITIZED
/* The leak check at exit stops the other threads from a helper that shares our memory, and
 * reads /proc/self. Only builds for testing have this list. */
static const int sanitizer_calls[] = { CALL(ptrace), CALL(wait4), CALL(readlink), CALL(readlinkat),
	CALL(getdents64), CALL(getdents), CALL(prctl), CALL(ioctl), CALL(prlimit64), CALL(getrlimit),
	CALL(arch_prctl), CALL(stat), CALL(newfstatat), CALL(set_tid_address), CALL(dup), CALL(dup2),
	CALL(tkill), CALL(pipe2), CALL(open), CALL(openat), CALL(process_vm_readv), LIST_END };
#endif

/* A call allowed only when one argument, masked, has one value. */
struct masked {
	int call;
	unsigned arg;
	uint64_t mask, value;
};

#define WHOLE UINT64_MAX
#define LOW UINT32_MAX

static const struct masked common_masked[] = { { CALL(fcntl), 1, LOW, F_GETFL },
	{ CALL(fcntl), 1, LOW, F_SETFL }, { CALL(fcntl), 1, LOW, F_GETFD }, { CALL(fcntl), 1, LOW, F_SETFD },
	{ CALL(fcntl), 1, LOW, F_DUPFD_CLOEXEC }, { CALL(fcntl), 1, LOW, F_GET_SEALS },
	{ CALL(ioctl), 1, LOW, FIONBIO }, { CALL(ioctl), 1, LOW, FIONREAD }, { CALL(ioctl), 1, LOW, TCGETS },
	{ CALL(ioctl), 1, LOW, TIOCGWINSZ }, { CALL(prctl), 0, LOW, PR_SET_NAME },
	{ CALL(prctl), 0, LOW, PR_GET_NAME }, { CALL(prctl), 0, LOW, PR_GET_DUMPABLE },
	/* Threads, never processes. glibc asks clone3 first: see refuse_by_number. */
	{ CALL(clone), 0, CLONE_THREAD | CLONE_VM, CLONE_THREAD | CLONE_VM },
	/* Limits are read, not set. */
	{ CALL(prlimit64), 2, WHOLE, 0 }, { LIST_END, 0, 0, 0 } };

static const struct masked keeper_masked[] = { { CALL(fcntl), 1, LOW, F_ADD_SEALS },
	{ CALL(open), 1, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY },
	{ CALL(openat), 2, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY }, { LIST_END, 0, 0, 0 } };

/* The locks of SQLite, and our own on the folder. */
static const struct masked store_masked[] = { { CALL(fcntl), 1, LOW, F_ADD_SEALS },
	{ CALL(fcntl), 1, LOW, F_GETLK }, { CALL(fcntl), 1, LOW, F_SETLK }, { CALL(fcntl), 1, LOW, F_SETLKW },
	{ CALL(fcntl), 1, LOW, F_OFD_GETLK }, { CALL(fcntl), 1, LOW, F_OFD_SETLK },
	{ CALL(fcntl), 1, LOW, F_OFD_SETLKW }, { LIST_END, 0, 0, 0 } };

struct seal {
	enum rk_role role;
	bool writes; /* the one for a process that has a folder to write in */
	const int *calls;
	const struct masked *masked;
	unsigned files;     /* RLIMIT_NOFILE; 0 leaves it */
	bool alone;         /* no files and no network from its start on, not just from the seal on */
	uint64_t keep_caps; /* of root's capabilities */
};

static const struct seal seals[] = {
	{ RK_GATEWAY, false, gateway_calls, NULL, 0, false, 0 },
	/* The folder may belong to someone else, with root running us. */
	{ RK_KEEPER, false, keeper_calls, keeper_masked, 0, false, 1u << CAP_DAC_READ_SEARCH },
	/* This one was made by us, and is ours. */
	{ RK_KEEPER, true, store_calls, store_masked, 0, false, 0 },
	{ RK_WORKER, false, worker_calls, NULL, 256, true, 0 },
};

static const struct seal *
seal_of(enum rk_role role, bool writes)
{
	for (size_t i = 0; i < sizeof(seals) / sizeof(seals[0]); i++)
		if (seals[i].role == role && seals[i].writes == writes)
			return &seals[i];
	return NULL;
}

/* ---- namespaces, capabilities, limits -------------------------------------------- */

/* An empty network, in a user namespace of its own if it may be had (root loses all that it
 * was, then), else by right of being root. Allowed only while there is one thread. */
static bool
leave_network(void)
{
	return unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC) == 0 || unshare(CLONE_NEWNET) == 0;
}

static void
drop_capabilities(uint64_t keep)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct old[2], data[2];

	if (syscall(SYS_capget, &head, old) < 0)
		return;
	for (int i = 0; i < 2; i++) {
		data[i].permitted = old[i].permitted & (uint32_t)(keep >> 32 * i);
		data[i].effective = data[i].permitted;
		data[i].inheritable = 0;
	}
	head.pid = 0;
	(void)!syscall(SYS_capset, &head, data);
}

static void
limit(int what, rlim_t value)
{
	struct rlimit now;

	if (getrlimit((__rlimit_resource_t)what, &now) == 0 && now.rlim_max < value)
		value = now.rlim_max;
	setrlimit((__rlimit_resource_t)what, &(struct rlimit){ value, value });
}

/* ---- seccomp --------------------------------------------------------------------- */

static int
add_calls(scmp_filter_ctx filter, const int *calls)
{
	int rc = 0;

	for (; *calls != LIST_END && rc == 0; calls++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, *calls, 0);
	return rc;
}

static int
add_masked(scmp_filter_ctx filter, const struct masked *m)
{
	int rc = 0;

	for (; m && m->call != LIST_END && rc == 0; m++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, m->call, 1,
		    SCMP_CMP64(m->arg, SCMP_CMP_MASKED_EQ, m->mask, m->value));
	return rc;
}

static bool
has_call(const int *calls, int call)
{
	for (; *calls != LIST_END; calls++)
		if (*calls == call)
			return true;
	return false;
}

/* The filter asks the rules of one call together, so a refusal by number is only for calls that
 * no list of this role has. */
static bool
is_listed(const struct seal *seal, int call)
{
	for (const struct masked *m = seal->masked; m && m->call != LIST_END; m++)
		if (m->call == call)
			return true;
#ifdef RK_SANITIZED
	if (has_call(sanitizer_calls, call))
		return true;
#endif
	return has_call(seal->calls, call);
}

static int
refuse_by_number(scmp_filter_ctx filter, const struct seal *seal)
{
	/* glibc falls back to clone, whose flags the filter can see. */
	int rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), CALL(clone3), 0);

	for (const int *call = common_refused; *call != LIST_END && rc == 0; call++)
		if (!is_listed(seal, *call))
			rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), *call, 0);
	return rc;
}

/* A signal to a thread of ours: abort(), and the way JavaScriptCore stops its threads. */
static int
allow_own_signals(scmp_filter_ctx filter)
{
	return seccomp_rule_add(
	    filter, SCMP_ACT_ALLOW, CALL(tgkill), 1, SCMP_CMP64(0, SCMP_CMP_EQ, (uint64_t)getpid(), 0));
}

static int
build_filter(scmp_filter_ctx filter, const struct seal *seal)
{
	int rc = add_calls(filter, common_calls);

	if (rc == 0)
		rc = add_calls(filter, seal->calls);
#ifdef RK_SANITIZED
	if (rc == 0)
		rc = add_calls(filter, sanitizer_calls);
	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(clone), 1,
		    SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_VM | CLONE_UNTRACED, CLONE_VM | CLONE_UNTRACED));
#endif
	if (rc == 0)
		rc = add_masked(filter, common_masked);
	if (rc == 0)
		rc = add_masked(filter, seal->masked);
	if (rc == 0)
		rc = allow_own_signals(filter);
	if (rc == 0)
		rc = refuse_by_number(filter, seal);
	return rc;
}

static enum rk_err
restrict_calls(const struct seal *seal, struct rk_why *why)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int rc = filter ? 0 : -ENOMEM;

	/* Every thread there is; binary search, since INVOKE and REPLY pay for each step. */
	if (rc == 0)
		rc = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	if (rc == 0)
		rc = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (rc == 0)
		rc = build_filter(filter, seal);
	if (rc == 0)
		rc = seccomp_load(filter);
	if (filter)
		seccomp_release(filter);
	if (rc != 0)
		return rk_why(why, RK_UNSUPPORTED, "RK-320", "Run a kernel with CONFIG_SECCOMP_FILTER.",
		    "This kernel refuses the filter of system calls: %s.", strerror(-rc));
	return RK_OK;
}

/* ---- the seal -------------------------------------------------------------------- */

/* What the engine reads while it is made: its seed, and where its stack lies. From the seal on
 * there is no open at all. */
static const char *const engine_reads[] = { "/dev/urandom", "/proc/self", NULL };

static bool isolated;

enum rk_err
rk_sandbox_isolate(enum rk_role role, struct rk_why *why)
{
	const struct seal *seal = seal_of(role, false);
	pid_t parent = getppid();

	if (!seal || !seal->alone || isolated)
		return RK_OK;
	isolated = true;
	/* Its refusal is no error: see rk_sandbox_lacks. */
	(void)leave_network();
	/* A change of credentials may have taken this back. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return rk_why(
		    why, RK_UNSUPPORTED, "RK-320", "", "No-new-privs is refused: %s.", strerror(errno));
	return rk_landlock_start(&(struct rk_landlock){ engine_reads, NULL }, why);
}

static enum rk_err
restrict_files(const struct rk_sandbox_opts *opts, struct rk_why *why)
{
	const char *write_dir = opts ? opts->write_dir : NULL;
	const char *readable[4] = { NULL };
	size_t n = 0;

	if (opts && opts->read_dir)
		readable[n++] = opts->read_dir;
	/* Where SQLite takes its random numbers from. */
	if (write_dir)
		readable[n++] = "/dev/urandom";
#ifdef RK_SANITIZED
	/* The leak check of a build for testing reads it at the end. */
	readable[n++] = "/proc/self";
#endif
	return rk_landlock_start(&(struct rk_landlock){ readable, write_dir }, why);
}

enum rk_err
rk_sandbox_seal(enum rk_role role, const struct rk_sandbox_opts *opts, struct rk_why *why)
{
	const struct seal *seal = seal_of(role, opts && opts->write_dir);
	enum rk_err err;

	if (!seal)
		return rk_why(why, RK_INVALID, "RK-320", "", "There is no seal for this role.");
	/* The time zone is read now: localtime could not later. */
	tzset();
	err = rk_sandbox_isolate(role, why);
	if (err)
		return err;
	limit(RLIMIT_CORE, 0);
	if (seal->files)
		limit(RLIMIT_NOFILE, seal->files);
	drop_capabilities(seal->keep_caps);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return rk_why(
		    why, RK_UNSUPPORTED, "RK-320", "", "No-new-privs is refused: %s.", strerror(errno));
	if (!seal->alone) {
		err = restrict_files(opts, why);
		if (err)
			return err;
	}
	return restrict_calls(seal, why);
}

/* ---- what is lacking --------------------------------------------------------------- */

static bool
may_leave_network(void)
{
	int status = 1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(leave_network() ? 0 : 1);
	if (pid < 0)
		return false;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void
rk_sandbox_lacks(char *ret_names, size_t size)
{
	bool seccomp = prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0;
	bool landlock = rk_landlock_version() >= 1;
	bool netns = may_leave_network();

	snprintf(ret_names, size, "%s%s%s", seccomp ? "" : "seccomp ", landlock ? "" : "landlock ",
	    netns ? "" : "netns ");
	size_t n = strlen(ret_names);

	if (n > 0)
		ret_names[n - 1] = '\0';
}
