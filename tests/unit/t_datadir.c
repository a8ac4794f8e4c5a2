/* The folder of the platform: made closed, refused when open to others, and never without its key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keeper/datadir.h"

struct world {
	char root[32];
	struct rk_conf conf;
	struct rk_datadir dir;
	struct rk_why why;
};

static int
set_up(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	char path[64];

	strcpy(w->root, "/tmp/rk-datadir-XXXXXX");
	assert_non_null(mkdtemp(w->root));
	unsetenv("ROOMKEY_MASTER_KEY");
	unsetenv("CREDENTIALS_DIRECTORY");
	assert_int_equal(rk_conf_init(&w->conf, RK_CONF_SERVE), RK_OK);
	snprintf(path, sizeof path, "%s/data", w->root);
	free(w->conf.project);
	w->conf.project = strdup(path);
	*state = w;
	return 0;
}

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	return remove(path);
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	rk_datadir_close(&w->dir);
	rk_conf_done(&w->conf);
	nftw(w->root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(w);
	return 0;
}

static mode_t
mode_of(struct world *w, const char *name)
{
	char path[128];
	struct stat st;

	snprintf(path, sizeof path, "%s/data%s", w->root, name);
	return stat(path, &st) == 0 ? st.st_mode & 0777 : 0;
}

static void
refused(struct world *w, const char *code)
{
	assert_int_not_equal(rk_datadir_open(&w->conf, &w->dir, &w->why), RK_OK);
	assert_string_equal(w->why.code, code);
}

static void
a_new_one_is_closed_to_others_and_has_a_key(void **state)
{
	struct world *w = *state;

	assert_int_equal(rk_datadir_open(&w->conf, &w->dir, &w->why), RK_OK);
	assert_true(w->dir.is_new && w->dir.has_new_key);
	assert_int_equal(mode_of(w, ""), 0700);
	assert_int_equal(mode_of(w, "/master.key"), 0400);
	assert_int_equal(mode_of(w, "/roomkey.db"), 0600);
	assert_int_equal(mode_of(w, "/backups"), 0700);
	rk_datadir_close(&w->dir);
	assert_int_equal(rk_datadir_open(&w->conf, &w->dir, &w->why), RK_OK);
	assert_false(w->dir.is_new || w->dir.has_new_key);
}

static void
one_that_others_may_enter_is_refused_and_left_as_it_is(void **state)
{
	struct world *w = *state;

	assert_int_equal(mkdir(w->conf.project, 0700), 0);
	assert_int_equal(chmod(w->conf.project, 0750), 0);
	refused(w, "RK-756");
	assert_int_equal(mode_of(w, ""), 0750);
	assert_int_equal(mode_of(w, "/master.key"), 0);
	assert_int_equal(mode_of(w, "/roomkey.db"), 0);
}

static void
a_store_without_its_key_gets_no_new_one(void **state)
{
	struct world *w = *state;
	char path[128];

	assert_int_equal(rk_datadir_open(&w->conf, &w->dir, &w->why), RK_OK);
	rk_datadir_close(&w->dir);
	snprintf(path, sizeof path, "%s/data/master.key", w->root);
	assert_int_equal(remove(path), 0);
	refused(w, "RK-701");
	assert_int_equal(mode_of(w, "/master.key"), 0);
}

static void
a_key_that_is_named_is_the_one(void **state)
{
	struct world *w = *state;

	assert_int_equal(
	    rk_conf_set(&w->conf, RK_STR("master-key-file"), RK_STR("/nonexistent/key"), NULL), RK_OK);
	refused(w, "RK-702");
	assert_int_equal(mode_of(w, "/roomkey.db"), 0);
	assert_int_equal(mode_of(w, "/master.key"), 0);
}

static void
a_folder_in_none_is_not_made(void **state)
{
	struct world *w = *state;

	free(w->conf.project);
	w->conf.project = strdup("/nonexistent/data");
	refused(w, "RK-755");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = { TEST(a_new_one_is_closed_to_others_and_has_a_key),
		TEST(one_that_others_may_enter_is_refused_and_left_as_it_is),
		TEST(a_store_without_its_key_gets_no_new_one), TEST(a_key_that_is_named_is_the_one),
		TEST(a_folder_in_none_is_not_made) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
