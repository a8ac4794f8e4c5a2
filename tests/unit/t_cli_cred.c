/* cli/cred: which of the places an account, a key and a secret come from. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/cred.h"

/* A file in a fresh name; the test removes it. */
static char *
file_of(const char *text)
{
	static char path[] = "/tmp/roomkey-t-cli-cred-XXXXXX";
	int fd;

	memcpy(path + sizeof path - 7, "XXXXXX", 6);
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	return path;
}

static int
clear_environment(void **state)
{
	unsetenv("ACCOUNT_SID");
	unsetenv("API_KEY");
	unsetenv("API_SECRET");
	return 0;
}

static void
nothing_given_is_nothing_found(void **state)
{
	struct rk_cred cred = { 0 };

	assert_int_equal(rk_cred_find(&cred, NULL), RK_OK);
	assert_null(cred.account_sid);
	assert_null(cred.key_sid);
	assert_false(cred.has_secret);
	rk_cred_done(&cred);
}

static void
flag_beats_file_beats_environment(void **state)
{
	struct rk_cred cred = { 0 };

	setenv("ACCOUNT_SID", "AC-environment", 1);
	setenv("API_KEY", "SK-environment", 1);
	setenv("API_SECRET", "secret-environment", 1);
	rk_cred_take(&cred, RK_CRED_ENV, file_of("API_KEY=SK-file\nACCOUNT_SID=AC-file\nOTHER=x\n"));
	rk_cred_take(&cred, RK_CRED_ACCOUNT, "AC-flag");
	assert_int_equal(rk_cred_find(&cred, NULL), RK_OK);
	unlink(cred.env_file);
	assert_string_equal(cred.account_sid, "AC-flag");
	assert_string_equal(cred.key_sid, "SK-file");
	assert_true(rk_secret_is(&cred.secret, RK_STR("secret-environment")));
	rk_cred_done(&cred);
}

static void
file_gives(const char *text, struct rk_str want)
{
	struct rk_cred cred = { 0 };

	rk_cred_take(&cred, RK_CRED_FILE, file_of(text));
	assert_int_equal(rk_cred_find(&cred, NULL), RK_OK);
	unlink(cred.secret_file);
	assert_true(cred.has_secret);
	assert_true(rk_secret_is(&cred.secret, want));
	rk_cred_done(&cred);
}

static void
one_newline_ends_a_secret_file(void **state)
{
	file_gives("abc", RK_STR("abc"));
	file_gives("abc\n", RK_STR("abc"));
	file_gives("abc\r\n", RK_STR("abc"));
	file_gives("abc\n\n", RK_STR("abc\n"));
	file_gives(" abc ", RK_STR(" abc "));
	file_gives("\n", RK_STR(""));
}

static void
refuses_two_places_for_the_secret(void **state)
{
	struct rk_cred cred = { .secret_file = "x", .secret_stdin = true };
	struct rk_why why;

	assert_int_equal(rk_cred_find(&cred, &why), RK_INVALID);
	assert_string_equal(why.code, "RK-802");
	rk_cred_done(&cred);
}

static void
names_the_file_that_cannot_be_read(void **state)
{
	struct rk_cred cred = { .env_file = "no/such/file.env" };
	struct rk_why why;

	assert_int_equal(rk_cred_find(&cred, &why), RK_IO);
	assert_string_equal(why.code, "RK-805");
	assert_non_null(strstr(why.what, "no/such/file.env"));
	rk_cred_done(&cred);
}

static void
refuses_a_secret_file_without_end(void **state)
{
	struct rk_cred cred = { .secret_file = "/dev/zero" };

	assert_int_equal(rk_cred_find(&cred, NULL), RK_TOO_LARGE);
	rk_cred_done(&cred);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_given_is_nothing_found, clear_environment),
		cmocka_unit_test_setup(flag_beats_file_beats_environment, clear_environment),
		cmocka_unit_test_setup(one_newline_ends_a_secret_file, clear_environment),
		cmocka_unit_test_setup(refuses_two_places_for_the_secret, clear_environment),
		cmocka_unit_test_setup(names_the_file_that_cannot_be_read, clear_environment),
		cmocka_unit_test_setup(refuses_a_secret_file_without_end, clear_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
