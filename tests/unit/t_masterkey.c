/*
 * t_masterkey.c - the three places of the master key, and what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keeper/masterkey.h"

#define RAW "0123456789abcdef0123456789abcdef"
#define BASE64 "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

static char dir[32], file[64], credential[64];
static struct rk_why why;

static int
set_up(void **state)
{
	snprintf(dir, sizeof dir, "/tmp/t_masterkey.XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(file, sizeof file, "%s/key", dir);
	snprintf(credential, sizeof credential, "%s/roomkey-master", dir);
	unsetenv("CREDENTIALS_DIRECTORY");
	unsetenv(RK_MASTERKEY_ENV);
	return 0;
}

static int
tear_down(void **state)
{
	unlink(file);
	unlink(credential);
	return rmdir(dir);
}

static void
write_file(const char *name, mode_t mode, const char *text)
{
	int fd;

	unlink(name);
	fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static enum rk_err
get(const char *name, const char *expected)
{
	struct rk_buf key = RK_BUF(64);
	enum rk_err err;

	memset(&why, 0, sizeof why);
	err = rk_masterkey_get(name, &key, &why);
	if (!err)
		assert_true(rk_str_is(rk_buf_str(&key), rk_str(expected)));
	else
		assert_int_equal(key.n, 0);
	rk_buf_wipe(&key);
	return err;
}

static void
reads_a_file(void **state)
{
	write_file(file, 0400, RAW);
	assert_int_equal(get(file, RAW), RK_OK);
	write_file(file, 0600, BASE64 "\n");
	assert_int_equal(get(file, RAW), RK_OK);
	write_file(file, 0600, BASE64);
	assert_int_equal(get(file, RAW), RK_OK);
}

static void
refuses_a_file_that_others_may_read(void **state)
{
	static const mode_t modes[] = { 0644, 0440, 0404, 0620, 0602, 0700, 0401, 0610, 0777 };

	for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
		write_file(file, modes[i], RAW);
		assert_int_equal(get(file, RAW), RK_DENIED);
		assert_string_equal(why.code, "RK-703");
		assert_null(strstr(why.what, dir));
	}
}

static void
refuses_a_file_of_another(void **state)
{
	if (geteuid() != 0)
		skip();
	write_file(file, 0400, RAW);
	assert_int_equal(chown(file, 12345, (gid_t)-1), 0);
	assert_int_equal(get(file, RAW), RK_DENIED);
}

static void
refuses_what_is_no_file(void **state)
{
	assert_int_equal(get(file, RAW), RK_IO);
	assert_string_equal(why.code, "RK-702");
	assert_int_equal(get(dir, RAW), RK_DENIED);
	write_file(credential, 0400, RAW);
	assert_int_equal(symlink(credential, file), 0);
	assert_int_equal(get(file, RAW), RK_IO);
	unlink(file);
	assert_int_equal(mkfifo(file, 0600), 0); /* must not wait for a writer */
	assert_int_equal(get(file, RAW), RK_DENIED);
}

static void
refuses_other_lengths(void **state)
{
	static const char *const bad[] = { "", "short", RAW "x",
		"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZQ==", "\n", BASE64 "\n\n", BASE64 BASE64,
		" " BASE64, RAW RAW RAW RAW RAW RAW RAW RAW RAW RAW RAW RAW };

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		write_file(file, 0400, bad[i]);
		assert_int_equal(get(file, RAW), RK_INVALID);
		assert_string_equal(why.code, "RK-704");
	}
}

static void
reads_the_credential(void **state)
{
	setenv("CREDENTIALS_DIRECTORY", dir, 1);
	setenv(RK_MASTERKEY_ENV, "bad", 1);
	write_file(credential, 0440, RAW); /* systemd's access list shows as a group bit */
	assert_int_equal(get(NULL, RAW), RK_OK);
	write_file(credential, 0444, RAW);
	assert_int_equal(get(NULL, RAW), RK_DENIED); /* and no other place is tried */
}

static void
reads_the_environment_and_takes_it_away(void **state)
{
	char *value;

	setenv("CREDENTIALS_DIRECTORY", dir, 1); /* without our credential in it */
	setenv(RK_MASTERKEY_ENV, BASE64, 1);
	value = getenv(RK_MASTERKEY_ENV);
	assert_int_equal(get(NULL, RAW), RK_OK);
	assert_null(getenv(RK_MASTERKEY_ENV));
	for (size_t i = 0; i < strlen(BASE64); i++)
		assert_int_equal(value[i], 0);
	setenv(RK_MASTERKEY_ENV, RAW, 1); /* raw bytes only in files */
	assert_int_equal(get(NULL, RAW), RK_INVALID);
	assert_null(strstr(why.what, RAW));
}

static void
says_that_there_is_none(void **state)
{
	assert_int_equal(get(NULL, RAW), RK_NOT_FOUND);
	assert_string_equal(why.code, "RK-701");
}

static void
makes_one(void **state)
{
	struct rk_buf a = RK_BUF(64);
	struct stat st;

	assert_int_equal(rk_masterkey_make(file, &why), RK_OK);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0400);
	assert_int_equal(rk_masterkey_get(file, &a, &why), RK_OK);
	assert_int_equal(a.n, 32);
	assert_int_equal(rk_masterkey_make(file, &why), RK_EXISTS);
	rk_buf_wipe(&a);
	assert_int_equal(rk_masterkey_make("/nowhere/key", &why), RK_IO);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = { TEST(reads_a_file), TEST(refuses_a_file_that_others_may_read),
		TEST(refuses_a_file_of_another), TEST(refuses_what_is_no_file), TEST(refuses_other_lengths),
		TEST(reads_the_credential), TEST(reads_the_environment_and_takes_it_away),
		TEST(says_that_there_is_none), TEST(makes_one) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
