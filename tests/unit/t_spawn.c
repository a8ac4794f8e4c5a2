/*
 * A role is born with its control socket, the standard streams and nothing else. This program
 * plays both parts: it copies itself to <dir>/t and <dir>/egress, and runs the tests as <dir>/t.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proc/role.h"
#include "proc/spawn.h"

/* ---- the child --------------------------------------------------------------------------- */

static void
put_fds(FILE *out)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;
	unsigned long set = 0;

	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(dir))
			set |= 1ul << atoi(entry->d_name);
	closedir(dir);
	fprintf(out, "fds=%lx ", set);
}

static bool
is_ignored(int sig)
{
	struct sigaction now;

	return sigaction(sig, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

/* Tells what it was born with, and then neither reads nor ends. */
static int
be_child(void)
{
	extern char **environ;
	char text[512] = "";
	FILE *out = fmemopen(text, sizeof(text), "w");
	sigset_t mask;
	int death = 0, env = 0;

	while (environ[env])
		env++;
	prctl(PR_GET_PDEATHSIG, &death);
	sigprocmask(SIG_BLOCK, NULL, &mask);
	/* out is memory: it holds no descriptor. */
	put_fds(out);
	fprintf(out, "env=%d%s%s death=%d masked=%d ignored=%d%d%d%d", env, env ? ":" : "",
	    env ? environ[0] : "", death, sigismember(&mask, SIGUSR1), is_ignored(SIGINT), is_ignored(SIGHUP),
	    is_ignored(SIGPIPE), is_ignored(SIGUSR2));
	fclose(out);
	if (send(RK_CONTROL_FD, text, strlen(text), 0) < 0)
		return 1;
	for (;;)
		pause();
}

/* ---- the tests ------------------------------------------------------------------------------ */

static void
read_report(int fd, char *text, size_t size)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	ssize_t n;

	assert_int_equal(poll(&p, 1, 10000), 1);
	n = recv(fd, text, size - 1, 0);
	assert_true(n > 0);
	text[n] = '\0';
}

static void
end_child(pid_t pid, int fd)
{
	close(fd);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void
a_child_is_born_with_four_descriptors_and_no_environment(void **state)
{
	struct rk_why why = { 0 };
	char text[512];
	sigset_t usr;
	pid_t pid;
	int fd, leak = open("/dev/null", O_RDONLY); /* not close-on-exec, on purpose */

	assert_true(leak > RK_CONTROL_FD);
	signal(SIGUSR2, SIG_IGN);
	sigemptyset(&usr);
	sigaddset(&usr, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr, NULL);
	assert_int_equal(rk_spawn(RK_EGRESS, NULL, &pid, &fd, &why), RK_OK);
	read_report(fd, text, sizeof(text));
	assert_string_equal(text, "fds=f env=0 death=9 masked=0 ignored=1110");
	end_child(pid, fd);
	close(leak);
	signal(SIGUSR2, SIG_DFL);
	sigprocmask(SIG_UNBLOCK, &usr, NULL);
}

static void
the_environment_is_what_was_given(void **state)
{
	char var[] = "JSC_useWasm=0", *env[] = { var, NULL };
	struct rk_why why = { 0 };
	char text[512];
	pid_t pid;
	int fd;

	assert_int_equal(rk_spawn(RK_EGRESS, env, &pid, &fd, &why), RK_OK);
	read_report(fd, text, sizeof(text));
	assert_non_null(strstr(text, "env=1:JSC_useWasm=0 "));
	end_child(pid, fd);
}

static void
the_control_socket_may_be_descriptor_three_already(void **state)
{
	struct rk_why why = { 0 };
	char text[512];
	int fd, saved = dup(3), own = fcntl(3, F_GETFD) >= 0;
	pid_t pid;

	close(3);
	/* The pair takes the lowest free numbers: one end of it is 3 now, the other too high to be. */
	assert_int_equal(rk_spawn(RK_EGRESS, NULL, &pid, &fd, &why), RK_OK);
	read_report(fd, text, sizeof(text));
	assert_non_null(strstr(text, "fds=f "));
	end_child(pid, fd);
	if (own && saved >= 0)
		dup2(saved, 3);
	if (saved >= 0)
		close(saved);
}

static void
a_role_that_is_not_installed_is_named(void **state)
{
	struct rk_why why = { 0 };
	pid_t pid;
	int fd;

	assert_int_equal(rk_spawn(RK_KEEPER, NULL, &pid, &fd, &why), RK_NOT_FOUND);
	assert_string_equal(why.code, "RK-310");
	assert_non_null(strstr(why.what, "keeper"));
}

static bool
is_alive(pid_t pid)
{
	char path[64], text[256] = "", *at;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	if (!f)
		return false;
	at = fgets(text, sizeof(text), f);
	fclose(f);
	at = at ? strrchr(text, ')') : NULL;
	/* A zombie is dead: nobody may be there to bury it. */
	return at && at[2] != 'Z' && at[2] != 'X';
}

/* The child ignores the end of its control channel: only the kernel can end it. */
static void
a_child_dies_with_its_parent(void **state)
{
	int pair[2], fd;
	pid_t parent, child;
	char text[512];
	struct rk_why why;

	assert_int_equal(pipe(pair), 0);
	parent = fork();
	if (parent == 0) {
		struct pollfd p = { .events = POLLIN };

		if (rk_spawn(RK_EGRESS, NULL, &child, &fd, &why) != RK_OK)
			_exit(1);
		p.fd = fd;
		if (poll(&p, 1, 10000) != 1 || recv(fd, text, sizeof(text), 0) <= 0)
			_exit(1);
		if (write(pair[1], &child, sizeof(child)) != sizeof(child))
			_exit(1);
		for (;;)
			pause();
	}
	close(pair[1]);
	assert_int_equal(read(pair[0], &child, sizeof(child)), sizeof(child));
	assert_true(is_alive(child));
	kill(parent, SIGKILL);
	assert_int_equal(waitpid(parent, NULL, 0), parent);
	for (int i = 0; i < 500 && is_alive(child); i++)
		poll(NULL, 0, 10);
	assert_false(is_alive(child));
	close(pair[0]);
}

/* ---- the stage ------------------------------------------------------------------------------- */

static int
copy_self(const char *to)
{
	int in = open("/proc/self/exe", O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_EXCL, 0755);
	off_t at = 0;
	struct stat st;
	int rc = 0;

	if (in < 0 || out < 0 || fstat(in, &st) < 0)
		return -1;
	while (rc == 0 && at < st.st_size)
		if (sendfile(out, in, &at, (size_t)(st.st_size - at)) <= 0)
			rc = -1;
	close(in);
	close(out);
	return rc;
}

static char stage[] = "/tmp/t_spawn.XXXXXX";

static int
run_on_stage(void)
{
	char t[64], egress[64];
	int status = 1;
	pid_t pid;

	if (!mkdtemp(stage))
		return 1;
	snprintf(t, sizeof(t), "%s/t", stage);
	snprintf(egress, sizeof(egress), "%s/egress", stage);
	if (copy_self(t) == 0 && copy_self(egress) == 0) {
		pid = fork();
		if (pid == 0) {
			execl(t, "t", NULL);
			_exit(127);
		}
		waitpid(pid, &status, 0);
	}
	unlink(t);
	unlink(egress);
	rmdir(stage);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_child_is_born_with_four_descriptors_and_no_environment),
		cmocka_unit_test(the_environment_is_what_was_given),
		cmocka_unit_test(the_control_socket_may_be_descriptor_three_already),
		cmocka_unit_test(a_role_that_is_not_installed_is_named),
		cmocka_unit_test(a_child_dies_with_its_parent),
	};

	/* A test that hangs must end. */
	alarm(60);
	if (strcmp(argv[0], "egress") == 0)
		return be_child();
	if (strcmp(argv[0], "t") != 0)
		return run_on_stage();
	/* Descriptor 3 is taken, so that the pair of a spawn lies above it. */
	if (fcntl(RK_CONTROL_FD, F_GETFD) < 0)
		(void)!fcntl(open("/dev/null", O_RDONLY | O_CLOEXEC), F_DUPFD_CLOEXEC, RK_CONTROL_FD);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
