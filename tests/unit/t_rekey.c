/*
 * t_rekey.c - a new master key: whole, refused, and interrupted at each of its steps.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keeper/masterkey.h"
#include "keeper/rekey.h"
#include "keeper/sealing.h"
#include "keeper/store_sqlite.h"
#include "keeper/vault.h"

#define TOKEN RK_STR("0123456789abcdef0123456789abcdef")

static char dir[32], sid[40];
static struct rk_rekey rekey;
static struct rk_why why;

/* A store with one account in it, whose auth token is sealed. */
static int
set_up(void **state)
{
	struct rk_row_account row = { .friendly_name = RK_STR("main"), .auth_token = TOKEN };
	struct rk_vault *vault = NULL;
	struct rk_store *store = NULL;
	char key[64];

	snprintf(dir, sizeof dir, "/tmp/t_rekey.XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(key, sizeof key, "%s/master.key", dir);
	assert_int_equal(rk_masterkey_make(key, &why), RK_OK);
	assert_int_equal(rk_rekey_init(&rekey, dir, NULL, NULL), RK_OK);
	/* rk_rekey_open makes no store: it has to be there. */
	assert_int_equal(rk_rekey_open(&rekey, &vault, &store, &why), RK_NOT_FOUND);
	fclose(fopen(rekey.store, "w"));
	assert_int_equal(rk_rekey_open(&rekey, &vault, &store, &why), RK_OK);
	assert_int_equal(rk_store_create(store, RK_KIND_ACCOUNT, &row, &why), RK_OK);
	snprintf(sid, sizeof sid, "%s", row.row.sid);
	rk_store_close(store);
	rk_vault_free(vault);
	return 0;
}

static int
tear_down(void **state)
{
	char command[64];

	snprintf(command, sizeof command, "rm -rf %s", dir);
	return system(command);
}

/* True when the store opens with the key in that file, and the token is what it was. */
static bool
opens_with(const char *key)
{
	struct rk_rekey r;
	struct rk_vault *vault = NULL;
	struct rk_store *store = NULL;
	struct rk_query query = { .account = rk_str(sid), .secrets = true };
	struct rk_row_account row;
	struct rk_arena arena;
	bool same;

	rk_arena_init(&arena, 0);
	assert_int_equal(rk_rekey_init(&r, dir, key, NULL), RK_OK);
	same = rk_rekey_open(&r, &vault, &store, NULL) == RK_OK &&
	       rk_store_find(store, RK_KIND_ACCOUNT, &query, &arena, &row) == RK_OK &&
	       rk_str_is(row.auth_token, TOKEN);
	rk_store_close(store);
	rk_vault_free(vault);
	rk_arena_done(&arena);
	return same;
}

static void
copy(const char *from, const char *to)
{
	char command[512];

	snprintf(command, sizeof command, "cp -p %.200s %.200s", from, to);
	assert_int_equal(system(command), 0);
}

static void
seals_anew_and_replaces_the_key(void **state)
{
	char old[64];
	struct stat st;
	int64_t count;

	snprintf(old, sizeof old, "%s/old.key", dir);
	copy(rekey.key, old);
	assert_true(opens_with(old));
	assert_int_equal(rk_rekey_run(&rekey, &count, &why), RK_OK);
	assert_int_equal(count, 1);
	assert_true(opens_with(rekey.key));
	assert_false(opens_with(old));
	assert_int_equal(access(rekey.next, F_OK), -1);
	assert_int_equal(stat(rekey.key, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0400);
}

static void
leaves_the_old_file_when_a_new_one_is_named(void **state)
{
	struct rk_rekey r;
	char new[64];
	int64_t count;

	snprintf(new, sizeof new, "%s/new.key", dir);
	assert_int_equal(rk_rekey_init(&r, dir, NULL, new), RK_OK);
	assert_int_equal(rk_rekey_run(&r, &count, &why), RK_OK);
	assert_true(opens_with(new));
	assert_false(opens_with(r.key));
}

static void
a_wrong_key_changes_nothing(void **state)
{
	struct rk_rekey r;
	char wrong[64];
	int64_t count;

	snprintf(wrong, sizeof wrong, "%s/wrong.key", dir);
	assert_int_equal(rk_masterkey_make(wrong, &why), RK_OK);
	assert_int_equal(rk_rekey_init(&r, dir, wrong, NULL), RK_OK);
	assert_int_equal(rk_rekey_run(&r, &count, &why), RK_SIGNATURE);
	assert_string_equal(why.code, "RK-710");
	assert_int_equal(access(r.next, F_OK), -1);
	assert_true(opens_with(rekey.key));
}

/* Before the store's commit: the new key is there, and opens nothing. */
static void
goes_on_after_a_stop_before_the_sealing(void **state)
{
	int64_t count;

	assert_int_equal(rk_masterkey_make(rekey.next, &why), RK_OK);
	assert_int_equal(rk_rekey_run(&rekey, &count, &why), RK_OK);
	assert_int_equal(count, 1);
	assert_true(opens_with(rekey.key));
}

/* Behind it: the old key, still under its name, opens nothing any more. */
static void
goes_on_after_a_stop_behind_the_sealing(void **state)
{
	char old[64], new[64];
	int64_t count;

	snprintf(old, sizeof old, "%s/old.key", dir);
	snprintf(new, sizeof new, "%s/new.key", dir);
	copy(rekey.key, old);
	assert_int_equal(rk_rekey_run(&rekey, &count, &why), RK_OK);
	copy(rekey.key, new);
	assert_int_equal(rename(new, rekey.next), 0);
	assert_int_equal(rename(old, rekey.key), 0);
	assert_false(opens_with(rekey.key));
	assert_int_equal(rk_rekey_run(&rekey, &count, &why), RK_OK);
	assert_int_equal(count, 0);
	assert_true(opens_with(rekey.key));
}

static void
no_store_is_made(void **state)
{
	int64_t count;

	assert_int_equal(unlink(rekey.store), 0);
	assert_int_equal(rk_rekey_run(&rekey, &count, &why), RK_NOT_FOUND);
	assert_int_equal(access(rekey.store, F_OK), -1);
	assert_int_equal(access(rekey.next, F_OK), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(seals_anew_and_replaces_the_key, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    leaves_the_old_file_when_a_new_one_is_named, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_wrong_key_changes_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(goes_on_after_a_stop_before_the_sealing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(goes_on_after_a_stop_behind_the_sealing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(no_store_is_made, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
