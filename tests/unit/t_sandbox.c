/* What each seal denies and what it leaves, each tried by a child that seals itself first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <netinet/in.h>
#include <unistd.h>

#include "proc/sandbox.h"
#include "wire/bundle.h"

/* How a child ended. */
enum fate {
	DONE,    /* the call worked */
	REFUSED, /* it came back with an error */
	KILLED,  /* SIGSYS */
	ODD,     /* the seal failed, or another signal */
};

static char project[] = "/tmp/t_sandbox.XXXXXX";
static char inside[64];
static int listener = -1; /* made before the seal, as super's is */
static int sockets[2];

static enum fate
try(enum rk_role role, int (*act)(void))
{
	const struct rk_sandbox_opts opts = { .read_dir = role == RK_KEEPER ? project : NULL };
	struct rk_why why = { 0 };
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (rk_sandbox_seal(role, &opts, &why) != RK_OK) {
			fprintf(stderr, "seal: %s\n", why.what);
			_exit(ODD);
		}
		_exit(act() >= 0 ? DONE : REFUSED);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status))
		return (enum fate)WEXITSTATUS(status);
	return WTERMSIG(status) == SIGSYS ? KILLED : ODD;
}

/* ---- the acts ----------------------------------------------------------------------------- */

static int
open_passwd(void)
{
	return open("/etc/passwd", O_RDONLY);
}

static int
open_inside(void)
{
	return open(inside, O_RDONLY);
}

static int
open_by_number(void)
{
	return (int)syscall(SYS_open, "/etc/passwd", O_RDONLY);
}

static int
openat2_passwd(void)
{
	uint64_t how[3] = { O_RDONLY, 0, 0 };

	return (int)syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", how, sizeof(how));
}

static int
write_inside(void)
{
	return open(inside, O_WRONLY);
}

static int
create_inside(void)
{
	char path[80];

	snprintf(path, sizeof(path), "%s/new", project);
	return open(path, O_RDONLY | O_CREAT, 0600);
}

static int
unlink_inside(void)
{
	return unlink(inside);
}

static int
make_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static int
make_socket_pair(void)
{
	int pair[2];

	return socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
}

static int
connect_out(void)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(9), .sin_addr = { htonl(INADDR_LOOPBACK) }
	};

	return connect(sockets[0], (struct sockaddr *)&to, sizeof(to));
}

static int
bind_listener(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET };

	return bind(sockets[0], (struct sockaddr *)&at, sizeof(at));
}

static int
exec_true(void)
{
	char name[] = "true", *argv[] = { name, NULL };

	return execve("/bin/true", argv, argv + 1);
}

static int
exec_by_descriptor(void)
{
	char name[] = "true", *argv[] = { name, NULL };

	return (int)syscall(SYS_execveat, STDERR_FILENO, "", argv, argv + 1, AT_EMPTY_PATH);
}

static int
fork_once(void)
{
	pid_t pid = (pid_t)syscall(SYS_fork);

	if (pid == 0)
		_exit(0);
	return pid;
}

static int
fork_by_clone(void)
{
	pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);

	if (pid == 0)
		_exit(0);
	return pid;
}

static int
fork_by_glibc(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid;
}

static int
signal_parent(void)
{
	return kill(getppid(), 0);
}

static int
signal_parent_thread(void)
{
	return (int)syscall(SYS_tgkill, getppid(), getppid(), 0);
}

static int
trace_parent(void)
{
	return (int)ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
}

static int
read_parent_memory(void)
{
	char byte;

	return (int)syscall(SYS_process_vm_writev, getppid(), &(struct {
		void *p;
		size_t n;
	}){ &byte, 1 },
	    1, &(struct {
		    void *p;
		    size_t n;
	    }){ &byte, 1 },
	    1, 0);
}

static int
new_namespace(void)
{
	return unshare(CLONE_NEWUSER);
}

static int
mount_something(void)
{
	return (int)syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, NULL);
}

static int
load_bpf(void)
{
	return (int)syscall(SYS_bpf, 0, NULL, 0);
}

static int
start_uring(void)
{
	return (int)syscall(SYS_io_uring_setup, 1, NULL);
}

static int
take_key(void)
{
	return (int)syscall(SYS_keyctl, 0, -3, 0);
}

static int
raise_limit(void)
{
	return setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 1 << 20, 1 << 20 });
}

static int
become_root(void)
{
	return (int)syscall(SYS_setuid, 0);
}

static int
type_on_terminal(void)
{
	return (int)syscall(SYS_ioctl, STDIN_FILENO, 0x5412 /* TIOCSTI */, "x");
}

static int
signal_me_on_io(void)
{
	return fcntl(sockets[0], F_SETOWN, getppid());
}

static int
accept_one(void)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	/* The call itself is what matters; nobody connects. */
	return fd >= 0 || errno == EAGAIN ? 0 : -1;
}

static void *
count(void *arg)
{
	++*(int *)arg;
	return NULL;
}

static int
run_thread(void)
{
	pthread_t thread;
	int n = 0;

	if (pthread_create(&thread, NULL, count, &n) != 0)
		return -1;
	pthread_join(thread, NULL);
	return n == 1 ? 0 : -1;
}

static int
use_memory(void)
{
	char *p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return -1;
	p[0] = 1;
	return mprotect(p, 4096, PROT_READ | PROT_EXEC) | madvise(p + 4096, 4096, MADV_DONTNEED) |
	       munmap(p, 1 << 20);
}

static int
watch_inside(void)
{
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	return fd < 0 ? -1 : inotify_add_watch(fd, project, IN_MODIFY);
}

static int
seal_bundle(void)
{
	int fd;

	return rk_bundle_seal(RK_STR("bytes"), &fd) == RK_OK ? 0 : -1;
}

static int
talk(void)
{
	char c = 'x';
	struct iovec iov = { &c, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	return sendmsg(sockets[0], &msg, MSG_NOSIGNAL) == 1 && recvmsg(sockets[1], &msg, 0) == 1 ? 0 : -1;
}

static int
signal_myself(void)
{
	return (int)syscall(SYS_tgkill, getpid(), gettid(), 0);
}

static int
has_no_core(void)
{
	struct rlimit now;

	return getrlimit(RLIMIT_CORE, &now) == 0 && now.rlim_cur == 0 && now.rlim_max == 0 ? 0 : -1;
}

/* ---- the tables ---------------------------------------------------------------------------- */

struct row {
	const char *name;
	int (*act)(void);
	unsigned allowed; /* set of enum rk_role */
	bool kills;       /* by the filter itself, so that no other wall hides a hole in it */
};

#define ALL (RK_GATEWAY | RK_KEEPER | RK_WORKER)
#define ACT(f) #f, f

static const struct row rows[] = {
	{ ACT(open_passwd), 0, false },
	{ ACT(open_by_number), 0, false },
	{ ACT(openat2_passwd), 0, false },
	{ ACT(open_inside), RK_KEEPER, false },
	{ ACT(write_inside), 0, false },
	{ ACT(create_inside), 0, false },
	{ ACT(unlink_inside), 0, true },
	{ ACT(make_socket), 0, false },
	{ ACT(make_socket_pair), 0, true },
	{ ACT(connect_out), 0, false },
	{ ACT(bind_listener), 0, true },
	{ ACT(exec_true), 0, true },
	{ ACT(exec_by_descriptor), 0, true },
	{ ACT(fork_once), 0, true },
	{ ACT(fork_by_clone), 0, true },
	{ ACT(fork_by_glibc), 0, true },
	{ ACT(signal_parent), 0, true },
	{ ACT(signal_parent_thread), 0, false },
	{ ACT(trace_parent), 0, false },
	{ ACT(read_parent_memory), 0, false },
	{ ACT(new_namespace), 0, true },
	{ ACT(mount_something), 0, true },
	{ ACT(load_bpf), 0, true },
	{ ACT(start_uring), 0, true },
	{ ACT(take_key), 0, true },
	{ ACT(raise_limit), 0, false },
	{ ACT(become_root), 0, true },
	{ ACT(type_on_terminal), 0, false },
	{ ACT(signal_me_on_io), 0, false },
	{ ACT(accept_one), RK_GATEWAY, false },
	{ ACT(watch_inside), RK_KEEPER, false },
	{ ACT(seal_bundle), RK_KEEPER, false },
	{ ACT(run_thread), ALL, false },
	{ ACT(use_memory), ALL, false },
	{ ACT(talk), ALL, false },
	{ ACT(signal_myself), ALL, false },
	{ ACT(has_no_core), ALL, false },
};

/* A kernel without Landlock leaves keeper's reading to the file system's own permissions. */
static bool
is_excused(const struct row *row, enum rk_role role)
{
	char lacks[64];

	rk_sandbox_lacks(lacks, sizeof(lacks));
	return role == RK_KEEPER && strstr(lacks, "landlock") &&
	       (row->act == open_passwd || row->act == open_by_number || row->act == openat2_passwd);
}

static void
check_role(enum rk_role role)
{
	unsigned wrong = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum fate fate = try(role, rows[i].act);
		bool allowed = rows[i].allowed & role;

		if ((fate == DONE) == allowed && fate != ODD && (!rows[i].kills || fate == KILLED))
			continue;
		if (is_excused(&rows[i], role))
			continue;
		print_error("%s: %s %s\n", rk_role_name(role), rows[i].name,
		    fate == DONE      ? "worked"
		    : fate == REFUSED ? "was refused"
		    : fate == KILLED  ? "was killed"
				      : "?");
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

static void
gateway_can_what_it_must_and_no_more(void **state)
{
	check_role(RK_GATEWAY);
}

static void
keeper_can_what_it_must_and_no_more(void **state)
{
	check_role(RK_KEEPER);
}

static void
worker_can_what_it_must_and_no_more(void **state)
{
	check_role(RK_WORKER);
}

/* The tests above mean something only if these acts work without a seal. */
static void
the_acts_work_unsealed(void **state)
{
	assert_true(open_passwd() >= 0);
	assert_true(open_inside() >= 0);
	assert_true(make_socket() >= 0);
	assert_true(fork_by_clone() > 0);
	assert_true(signal_parent() >= 0);
	assert_true(accept_one() >= 0);
	assert_true(watch_inside() >= 0);
}

/* Seals the child, with a thread made before: the filter must hold for that one too. */
static void *
connect_in_thread(void *arg)
{
	int *gate = arg;
	char c;

	if (read(*gate, &c, 1) != 1)
		_exit(ODD);
	_exit(make_socket() >= 0 ? DONE : REFUSED);
}

static void
the_filter_holds_for_threads_made_before_it(void **state)
{
	int pair[2], status;
	pid_t pid;

	assert_int_equal(pipe(pair), 0);
	pid = fork();
	if (pid == 0) {
		struct rk_why why;
		pthread_t thread;

		pthread_create(&thread, NULL, connect_in_thread, &pair[0]);
		if (rk_sandbox_seal(RK_WORKER, NULL, &why) != RK_OK)
			_exit(ODD);
		if (write(pair[1], "x", 1) != 1)
			_exit(ODD);
		pthread_join(thread, NULL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(pair[0]);
	close(pair[1]);
	assert_true((WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) ||
		    (WIFEXITED(status) && WEXITSTATUS(status) == REFUSED));
}

static int
count_links(void)
{
	char line[256];
	int n = -2; /* two lines of heading */
	FILE *f = fopen("/proc/self/net/dev", "r");

	if (!f)
		return -1;
	while (fgets(line, sizeof(line), f))
		n++;
	fclose(f);
	return n;
}

/* In the worker's namespace nothing is there but a loopback that is down. */
static void
worker_has_an_empty_network(void **state)
{
	char lacks[64], before[64] = "", after[64] = "";
	int status;
	pid_t pid;

	rk_sandbox_lacks(lacks, sizeof(lacks));
	if (strstr(lacks, "netns"))
		skip();
	pid = fork();
	if (pid == 0) {
		struct rk_why why;
		int dir = open("/proc/self/ns", O_RDONLY | O_DIRECTORY);

		if (readlinkat(dir, "net", before, sizeof(before) - 1) <= 0 || count_links() < 1)
			_exit(ODD);
		if (rk_sandbox_isolate(RK_WORKER, &why) != RK_OK)
			_exit(ODD);
		if (readlinkat(dir, "net", after, sizeof(after) - 1) <= 0)
			_exit(ODD);
		_exit(strcmp(before, after) == 0 ? DONE : REFUSED);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), REFUSED);
}

static void
a_role_without_a_seal_is_an_error(void **state)
{
	struct rk_why why = { 0 };

	assert_int_equal(rk_sandbox_seal(RK_SUPER, NULL, &why), RK_INVALID);
	assert_int_not_equal(why.what[0], 0);
}

static int
setup(void **state)
{
	int fd;

	if (!mkdtemp(project))
		return -1;
	snprintf(inside, sizeof(inside), "%s/file", project);
	fd = open(inside, O_WRONLY | O_CREAT, 0644);
	close(fd);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (listener < 0 || listen(listener, 1) < 0)
		return -1;
	return socketpair(AF_UNIX, SOCK_STREAM, 0, sockets);
}

static int
teardown(void **state)
{
	unlink(inside);
	rmdir(project);
	close(listener);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_acts_work_unsealed),
		cmocka_unit_test(gateway_can_what_it_must_and_no_more),
		cmocka_unit_test(keeper_can_what_it_must_and_no_more),
		cmocka_unit_test(worker_can_what_it_must_and_no_more),
		cmocka_unit_test(the_filter_holds_for_threads_made_before_it),
		cmocka_unit_test(worker_has_an_empty_network),
		cmocka_unit_test(a_role_without_a_seal_is_an_error),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
