/* What keeper answers at its door: signatures, and files of assets, from a folder on the disk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <roomkey/signature.h>

#include "base/auto.h"
#include "keeper/door.h"

#define TOKEN "0123456789abcdef0123456789abcdef"

struct fixture {
	char root[64];
	struct rk_conf conf;
	struct rk_folder folder;
	struct rk_project project;
	struct rk_door door;
	struct rk_verdict verdict;
};

static void
put(struct fixture *f, const char *name, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", f->root, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void
read_project(struct fixture *f)
{
	rk_project_done(&f->project);
	assert_int_equal(rk_project_read(&f->folder, &f->conf, &f->project, NULL), RK_OK);
	f->door = (struct rk_door){
		.folder = &f->folder, .conf = &f->conf, .project = &f->project, .generation = 7
	};
}

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	char path[128];

	strcpy(f->root, "/tmp/rk-door-XXXXXX");
	assert_non_null(mkdtemp(f->root));
	snprintf(path, sizeof(path), "%s/assets", f->root);
	assert_int_equal(mkdir(path, 0700), 0);
	put(f, ".env", "AUTH_TOKEN=" TOKEN "\n");
	put(f, "assets/a.txt", "abc");
	put(f, "assets/z.private.txt", "private");
	assert_int_equal(rk_conf_init(&f->conf, RK_CONF_DEV), RK_OK);
	assert_int_equal(rk_folder_open(f->root, &f->folder, NULL), RK_OK);
	read_project(f);
	*state = f;
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
	struct fixture *f = *state;

	rk_project_done(&f->project);
	rk_folder_close(&f->folder);
	rk_conf_done(&f->conf);
	nftw(f->root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(f);
	return 0;
}

static void
check(struct fixture *f, const char *url_signed, const char *host, const char *target)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(65536);
	char signature[RK_SIGNATURE_LEN + 1];

	assert_int_equal(rk_signature_make(RK_STR(TOKEN), rk_str(url_signed), NULL, 0, signature), RK_OK);
	rk_check_put(&out, &(struct rk_check){ .scheme = RK_STR("http"),
			       .host = rk_str(host),
			       .target = rk_str(target),
			       .has_signature = true,
			       .signature = rk_str(signature) });
	struct rk_msg_view view = { (unsigned char *)out.p, (unsigned char *)out.p + out.n, false };
	rk_door_check(&f->door, &view, &f->verdict);
}

static bool
ask_for(struct fixture *f, uint32_t generation, uint32_t asset, struct rk_file *ret_file)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(64);

	rk_msg_put_u32(&out, RK_SITE_DEV);
	rk_msg_put_u32(&out, generation);
	rk_msg_put_u32(&out, asset);
	struct rk_msg_view view = { (unsigned char *)out.p, (unsigned char *)out.p + out.n, false };
	return rk_door_open(&f->door, &view, ret_file, &f->verdict);
}

static void
a_signature_over_this_url_is_let_through(void **state)
{
	struct fixture *f = *state;

	check(f, "http://a:3000/x?y=1", "a:3000", "/x?y=1");
	assert_int_equal(f->verdict.status, 0);
	check(f, "http://a:3000/x?y=2", "a:3000", "/x?y=1");
	assert_int_equal(f->verdict.status, 403);
	assert_true(f->verdict.code.n > 3 && f->verdict.message.n > 0 && f->verdict.todo.n > 0);
}

static void
the_public_url_comes_before_the_host(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(
	    rk_conf_set(&f->conf, RK_STR("public-url"), RK_STR("https://b.example/base/"), NULL), RK_OK);
	check(f, "https://b.example/base/x", "a:3000", "/x");
	assert_int_equal(f->verdict.status, 0);
	check(f, "http://a:3000/x", "a:3000", "/x");
	assert_int_equal(f->verdict.status, 403);
}

static void
no_token_lets_nobody_through(void **state)
{
	static const char *const texts[] = { "", "AUTH_TOKEN=\n", "auth_token=" TOKEN "\n" };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		put(f, ".env", texts[i]);
		read_project(f);
		check(f, "http://a/x", "a", "/x");
		assert_int_equal(f->verdict.status, 500);
		assert_true(rk_str_is(f->verdict.code, RK_STR("RK-516")));
	}
	f->door.project = NULL;
	check(f, "http://a/x", "a", "/x");
	assert_int_equal(f->verdict.status, 503);
}

static void
strangers_get_only_so_many_explanations(void **state)
{
	struct fixture *f = *state;
	unsigned bare = 0;

	for (int i = 0; i < 4 * RK_DOOR_EXPLAINS; i++) {
		check(f, "http://a/x", "a", "/y");
		assert_int_equal(f->verdict.status, 403);
		bare += rk_str_is(f->verdict.code, RK_STR("RK-403"));
	}
	assert_true(bare > 0);
	check(f, "http://a/x", "a", "/x");
	assert_int_equal(f->verdict.status, 0);
}

static void
broken_questions_are_refused(void **state)
{
	struct fixture *f = *state;
	struct rk_msg_view view = { (const unsigned char *)"abc", (const unsigned char *)"abc" + 3, false };
	struct rk_file file;

	rk_door_check(&f->door, &view, &f->verdict);
	assert_int_equal(f->verdict.status, 500);
	view = (struct rk_msg_view){ (const unsigned char *)"abc", (const unsigned char *)"abc" + 3, false };
	assert_false(rk_door_open(&f->door, &view, &file, &f->verdict));
	assert_int_equal(f->verdict.status, 500);
}

static void
files_are_opened_as_they_are_now(void **state)
{
	struct fixture *f = *state;
	char bytes[16], path[128];
	struct rk_file file;

	put(f, "assets/a.txt", "longer");
	assert_true(ask_for(f, 7, 0, &file));
	assert_int_equal(file.size, 6);
	assert_int_equal(read(file.fd, bytes, sizeof(bytes)), 6);
	close(file.fd);
	snprintf(path, sizeof(path), "%s/assets/a.txt", f->root);
	assert_int_equal(unlink(path), 0);
	assert_false(ask_for(f, 7, 0, &file));
	assert_int_equal(f->verdict.status, 404);
	assert_int_equal(symlink("../.env", path), 0);
	assert_false(ask_for(f, 7, 0, &file));
	assert_int_equal(f->verdict.status, 404);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_false(ask_for(f, 7, 0, &file));
	assert_int_equal(f->verdict.status, 404);
}

static void
other_routes_are_to_be_looked_at_again(void **state)
{
	struct fixture *f = *state;
	struct rk_file file;

	assert_false(ask_for(f, 6, 0, &file));
	assert_int_equal(f->verdict.status, 0);
	assert_false(ask_for(f, 7, 99, &file));
	assert_int_equal(f->verdict.status, 0);
}

static void
private_assets_are_never_handed_out(void **state)
{
	struct fixture *f = *state;
	struct rk_file file;

	assert_int_equal(f->project.assets[1].visibility, RK_PRIVATE);
	assert_false(ask_for(f, 7, 1, &file));
	assert_int_equal(f->verdict.status, 404);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_signature_over_this_url_is_let_through),
		T(the_public_url_comes_before_the_host),
		T(no_token_lets_nobody_through),
		T(strangers_get_only_so_many_explanations),
		T(broken_questions_are_refused),
		T(files_are_opened_as_they_are_now),
		T(other_routes_are_to_be_looked_at_again),
		T(private_assets_are_never_handed_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
