/* The watch on real folders, with the loop running. */
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

#include "keeper/watch.h"

struct fixture {
	char root[64];
	struct rk_loop loop;
	struct rk_watch *watch;
	uv_timer_t end;
	unsigned calls;
};

static bool
matters(struct rk_str dir, struct rk_str name, void *arg)
{
	return !rk_str_is(name, RK_STR("noise"));
}

static void
on_changed(uint64_t since_ms, void *arg)
{
	struct fixture *f = arg;

	f->calls++;
	assert_true(since_ms > 0);
}

static void
on_end(uv_timer_t *timer)
{
	rk_loop_stop(timer->data);
}

/* Runs the loop for a while; how often something was told. */
static unsigned
count(struct fixture *f, unsigned ms)
{
	f->calls = 0;
	uv_update_time(&f->loop.uv);
	uv_timer_start(&f->end, on_end, ms, 0);
	rk_loop_run(&f->loop);
	return f->calls;
}

static int
set_up(void **state)
{
	static const struct rk_watch_ops ops = { matters, on_changed };
	struct fixture *f = calloc(1, sizeof(*f));

	strcpy(f->root, "/tmp/rk-watch-XXXXXX");
	assert_non_null(mkdtemp(f->root));
	assert_int_equal(chdir(f->root), 0);
	assert_int_equal(mkdir("sub", 0700), 0);
	assert_int_equal(rk_loop_init(&f->loop), RK_OK);
	uv_timer_init(&f->loop.uv, &f->end);
	f->end.data = &f->loop;
	assert_int_equal(rk_watch_open(&f->loop, f->root, &ops, f, &f->watch), RK_OK);
	assert_int_equal(rk_watch_add(f->watch, RK_STR("sub")), RK_OK);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	rk_watch_close(f->watch);
	rk_loop_done(&f->loop);
	(void)unlink("sub/a.js");
	(void)unlink("sub/noise");
	(void)rmdir("sub");
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(f->root), 0);
	free(f);
	return 0;
}

static void
put(const char *name)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(fd, "x", 1), 1);
	close(fd);
}

static void
many_writes_are_one_change(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(count(f, 30), 0);
	for (int i = 0; i < 20; i++)
		put("sub/a.js");
	assert_int_equal(count(f, 60), 1);
	assert_int_equal(count(f, 30), 0);
}

static void
what_does_not_matter_is_passed_over(void **state)
{
	struct fixture *f = *state;

	put("sub/noise");
	assert_int_equal(count(f, 40), 0);
}

static void
a_file_renamed_over_another(void **state)
{
	struct fixture *f = *state;

	put("sub/a.js");
	put("sub/noise");
	assert_int_equal(count(f, 40), 1);
	assert_int_equal(rename("sub/noise", "sub/a.js"), 0);
	assert_int_equal(count(f, 40), 1);
}

static void
a_folder_made_again_is_watched_again(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(rmdir("sub"), 0);
	assert_int_equal(mkdir("sub", 0700), 0);
	(void)count(f, 40);
	rk_watch_renew(f->watch);
	(void)count(f, 40);
	put("sub/a.js");
	assert_int_equal(count(f, 40), 1);
}

static void
a_folder_that_is_gone_is_forgotten(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(rk_watch_add(f->watch, RK_STR("sub")), RK_EXISTS);
	assert_int_equal(rmdir("sub"), 0);
	rk_watch_renew(f->watch);
	assert_int_equal(rk_watch_add(f->watch, RK_STR("sub")), RK_NOT_FOUND);
	assert_int_equal(mkdir("sub", 0700), 0);
	assert_int_equal(rk_watch_add(f->watch, RK_STR("sub")), RK_OK);
}

#define ON_DISK(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_DISK(many_writes_are_one_change),
		ON_DISK(what_does_not_matter_is_passed_over),
		ON_DISK(a_file_renamed_over_another),
		ON_DISK(a_folder_made_again_is_watched_again),
		ON_DISK(a_folder_that_is_gone_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
