/* Files that are open just now: by site and number, and those in sealed memory, which no folder holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gateway/shelf.h"

static struct rk_loop loop;
static struct rk_shelf *shelf;

static int
start(void **state)
{
	return rk_loop_init(&loop) != RK_OK || rk_shelf_new(&loop, &shelf) != RK_OK;
}

static int
stop(void **state)
{
	rk_shelf_free(shelf);
	rk_loop_done(&loop);
	return 0;
}

static int
memory(const char *text, bool sealed)
{
	int fd = memfd_create("x", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	if (sealed)
		assert_int_equal(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK), 0);
	return fd;
}

static void
sealed_memory_is_a_file_with_a_time_of_keepers(void **state)
{
	struct rk_shelf_key key = { 5, 1 };
	struct rk_shelf_file file;

	rk_shelf_put(shelf, key, memory("four", true), 1700000000123u);
	assert_true(rk_shelf_get(shelf, key, &file));
	assert_int_equal(file.size, 4);
	assert_int_equal(file.mtime_ms, 1700000000123u);
}

static void
memory_that_can_change_is_none(void **state)
{
	struct rk_shelf_key key = { 5, 1 };
	struct rk_shelf_file file;

	rk_shelf_put(shelf, key, memory("four", false), 1);
	assert_false(rk_shelf_get(shelf, key, &file));
}

static void
one_sites_file_is_not_anothers(void **state)
{
	struct rk_shelf_file file;

	rk_shelf_put(shelf, (struct rk_shelf_key){ 5, 1 }, memory("a", true), 1);
	for (uint32_t site = 1; site < 200; site++)
		if (site != 5)
			assert_false(rk_shelf_get(shelf, (struct rk_shelf_key){ site, 1 }, &file));
	assert_false(rk_shelf_get(shelf, (struct rk_shelf_key){ 5, 2 }, &file));
}

static void
clearing_one_site_leaves_the_others(void **state)
{
	struct rk_shelf_file file;

	rk_shelf_put(shelf, (struct rk_shelf_key){ 5, 1 }, memory("a", true), 1);
	rk_shelf_put(shelf, (struct rk_shelf_key){ 6, 1 }, memory("bb", true), 1);
	rk_shelf_clear(shelf, 5);
	assert_false(rk_shelf_get(shelf, (struct rk_shelf_key){ 5, 1 }, &file));
	assert_true(rk_shelf_get(shelf, (struct rk_shelf_key){ 6, 1 }, &file));
	assert_int_equal(file.size, 2);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)
	const struct CMUnitTest tests[] = {
		T(sealed_memory_is_a_file_with_a_time_of_keepers),
		T(memory_that_can_change_is_none),
		T(one_sites_file_is_not_anothers),
		T(clearing_one_site_leaves_the_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
