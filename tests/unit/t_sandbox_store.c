/* The seal of a keeper that writes: the store works under it in its folder, and nothing is written elsewhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include "keeper/store_sqlite.h"
#include "proc/sandbox.h"

#define MASTER RK_STR("0123456789abcdef0123456789abcdef")

/* How a child ended. */
enum fate { DONE, REFUSED, KILLED, ODD };

static char dir[32], other[32], file[64];
static uv_loop_t loop; /* made before the seal, as a role's is */

static enum fate
sealed(int (*act)(void))
{
	const struct rk_sandbox_opts opts = { .write_dir = dir };
	struct rk_why why = { 0 };
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (uv_loop_init(&loop) != 0 || rk_sandbox_seal(RK_KEEPER, &opts, &why) != RK_OK) {
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

/* ---- the store ------------------------------------------------------------------------------ */

static struct rk_vault *vault;

static int
fill(struct rk_store *store)
{
	struct rk_why why = { 0 };

	for (int i = 0; i < 50; i++) {
		struct rk_row_account account = { .friendly_name = RK_STR("one"),
			.auth_token = RK_STR("0123456789abcdef0123456789abcdef") };

		if (rk_store_create(store, RK_KIND_ACCOUNT, &account, &why) != RK_OK) {
			fprintf(stderr, "create: %s %s\n", why.code, why.what);
			return -1;
		}
	}
	return 0;
}

/* Opened, filled, read through, copied, and closed, as keeper does in its life. */
static int
use_store(void)
{
	struct rk_why why = { 0 };
	struct rk_store *store;
	char copy[64];
	int64_t gone;
	enum rk_err err = rk_store_sqlite_open(file, vault, &store, &why);

	snprintf(copy, sizeof(copy), "%s/backups", dir);
	if (err || mkdir(copy, 0700) < 0)
		return -1;
	snprintf(copy, sizeof(copy), "%s/backups/one", dir);
	err = fill(store) < 0 ? RK_IO : rk_store_check(store, &why);
	if (!err)
		err = rk_store_put_setting(store, RK_STR("a"), RK_STR("b"));
	if (!err)
		err = rk_store_purge(store, 1, &gone);
	if (!err)
		err = rk_store_backup(store, copy, &why);
	rk_store_close(store);
	if (err)
		fprintf(stderr, "store: %s %s %s\n", rk_err_text(err), why.code, why.what);
	return err ? -1 : 0;
}

/* Opened before the seal, used after it. */
static struct rk_store *opened;

static int
use_opened(void)
{
	int rc = fill(opened);

	rk_store_close(opened);
	return rc;
}

static void
a_store_lives_under_the_seal(void **state)
{
	struct rk_why why = { 0 };

	assert_int_equal(sealed(use_store), DONE);
	/* What the sealed process wrote is there, whole, for another one. */
	assert_int_equal(rk_store_sqlite_open(file, vault, &opened, &why), RK_OK);
	assert_int_equal(rk_store_check(opened, &why), RK_OK);
	rk_store_close(opened);
}

static void
a_store_opened_before_the_seal_goes_on(void **state)
{
	struct rk_why why = { 0 };

	assert_int_equal(rk_store_sqlite_open(file, vault, &opened, &why), RK_OK);
	assert_int_equal(sealed(use_opened), DONE);
	rk_store_close(opened);
}

/* ---- the acts --------------------------------------------------------------------------------- */

static char path_buf[96];

static const char *
in(const char *where, const char *name)
{
	snprintf(path_buf, sizeof(path_buf), "%s/%s", where, name);
	return path_buf;
}

static int
files_of_a_swap(void)
{
	char to[64];
	int fd = open(in(dir, "new"), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	char *shared;

	snprintf(to, sizeof(to), "%s/sub/new", dir);
	if (fd < 0 || mkdir(in(dir, "sub"), 0700) < 0 || fchmod(fd, 0400) < 0)
		return -1;
	if (pwrite(fd, "x", 1, 4095) != 1 || fdatasync(fd) < 0 || fsync(fd) < 0 || flock(fd, LOCK_EX) < 0)
		return -1;
	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (shared == MAP_FAILED || msync(shared, 4096, MS_SYNC) < 0 || mlock(shared, 4096) < 0)
		return -1;
	if (ftruncate(fd, 0) < 0 || rename(in(dir, "new"), to) < 0 || link(to, in(dir, "again")) < 0)
		return -1;
	return unlink(in(dir, "again")) | unlink(to) | rmdir(in(dir, "sub"));
}

static int
lock_a_part(void)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1 };
	int fd = open(in(dir, "lock"), O_RDWR | O_CREAT, 0600);

	return fd < 0 ? -1 : fcntl(fd, F_SETLK, &lock) | fcntl(fd, F_OFD_GETLK, &lock);
}

static void
work(uv_work_t *req)
{
	*(int *)req->data = 1;
}

static void
work_done(uv_work_t *req, int status)
{
	*(int *)req->data += status == 0;
}

static int
work_in_the_pool(void)
{
	int n = 0;
	uv_work_t req = { .data = &n };

	if (uv_queue_work(&loop, &req, work, work_done) != 0)
		return -1;
	uv_run(&loop, UV_RUN_DEFAULT);
	return n == 2 ? 0 : -1;
}

static int
write_elsewhere(void)
{
	return open(in(other, "new"), O_WRONLY | O_CREAT, 0600);
}

static int
truncate_elsewhere(void)
{
	return open(in(other, "old"), O_WRONLY | O_TRUNC);
}

static int
read_elsewhere(void)
{
	return open("/etc/passwd", O_RDONLY);
}

static int
remove_elsewhere(void)
{
	return unlink(in(other, "old"));
}

static int
move_out(void)
{
	char from[64];
	int fd = open(in(dir, "mine"), O_WRONLY | O_CREAT, 0600);

	snprintf(from, sizeof(from), "%s/mine", dir);
	return fd < 0 ? 0 : rename(from, in(other, "mine"));
}

static int
link_in(void)
{
	char from[64];

	snprintf(from, sizeof(from), "%s/old", other);
	return link(from, in(dir, "theirs"));
}

static int
make_pipe_file(void)
{
	return mknod(in(dir, "pipe"), S_IFIFO | 0600, 0);
}

static int
open_mode(void)
{
	return chmod(in(other, "old"), 0666);
}

static int
make_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static int
fork_once(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid;
}

static int
exec_true(void)
{
	char name[] = "true", *argv[] = { name, NULL };

	return execve("/bin/true", argv, argv + 1);
}

#define ACT(f) #f, f

static const struct row {
	const char *name;
	int (*act)(void);
	bool allowed;
	bool landlock; /* whose work it is */
} rows[] = {
	{ ACT(files_of_a_swap), true, false },
	{ ACT(lock_a_part), true, false },
	{ ACT(work_in_the_pool), true, false },
	{ ACT(write_elsewhere), false, true },
	{ ACT(truncate_elsewhere), false, true },
	{ ACT(read_elsewhere), false, true },
	{ ACT(move_out), false, true },
	{ ACT(link_in), false, true },
	{ ACT(make_pipe_file), false, false },
	{ ACT(open_mode), false, false },
	{ ACT(remove_elsewhere), false, true },
	{ ACT(make_socket), false, false },
	{ ACT(fork_once), false, false },
	{ ACT(exec_true), false, false },
};

static void
it_writes_in_its_folder_and_nowhere_else(void **state)
{
	char lacks[64];
	unsigned wrong = 0;

	rk_sandbox_lacks(lacks, sizeof(lacks));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum fate fate;

		if (rows[i].landlock && strstr(lacks, "landlock"))
			continue;
		fate = sealed(rows[i].act);
		if ((fate == DONE) == rows[i].allowed && fate != ODD)
			continue;
		print_error("%s: %d\n", rows[i].name, fate);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* Without a seal they work, but for the process that exec would end. */
static void
the_acts_work_unsealed(void **state)
{
	assert_int_equal(uv_loop_init(&loop), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].act != exec_true && rows[i].act() < 0)
			fail_msg("%s: %s", rows[i].name, strerror(errno));
}

static void
a_folder_that_is_not_there_is_an_error(void **state)
{
	const struct rk_sandbox_opts opts = { .write_dir = "/nowhere/at/all" };
	struct rk_why why = { 0 };
	char lacks[64];

	rk_sandbox_lacks(lacks, sizeof(lacks));
	if (strstr(lacks, "landlock"))
		skip();
	/* It fails before anything is sealed. */
	assert_int_equal(rk_sandbox_seal(RK_KEEPER, &opts, &why), RK_IO);
	assert_string_equal(why.code, "RK-321");
}

static int
set_up(void **state)
{
	int fd;

	snprintf(dir, sizeof(dir), "/tmp/t_sealed.XXXXXX");
	snprintf(other, sizeof(other), "/tmp/t_other.XXXXXX");
	if (!mkdtemp(dir) || !mkdtemp(other) || rk_vault_new(MASTER, &vault) != RK_OK)
		return -1;
	snprintf(file, sizeof(file), "%s/store", dir);
	fd = open(in(other, "old"), O_WRONLY | O_CREAT, 0600);
	return fd < 0 ? -1 : close(fd);
}

static int
tear_down(void **state)
{
	char command[96];

	rk_vault_free(vault);
	snprintf(command, sizeof(command), "rm -rf %s %s", dir, other);
	return system(command);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_folder_that_is_not_there_is_an_error, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_store_lives_under_the_seal, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_store_opened_before_the_seal_goes_on, set_up, tear_down),
		cmocka_unit_test_setup_teardown(it_writes_in_its_folder_and_nowhere_else, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_acts_work_unsealed, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
