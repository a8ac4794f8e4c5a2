/* Assets as they lie on the disk, and what a project and its bundle make of them. */
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

#include "base/auto.h"
#include "keeper/parcel.h"
#include "keeper/project.h"
#include "wire/bundle.h"

struct fixture {
	char root[64];
	struct rk_conf conf;
	struct rk_folder folder;
	struct rk_project project;
};

static void
put(struct fixture *f, const char *name, const char *text)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", f->root, name);
	for (char *slash = strchr(path + strlen(f->root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(path, 0700);
		*slash = '/';
	}
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void
link_to(struct fixture *f, const char *name, const char *target)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", f->root, name);
	assert_int_equal(symlink(target, path), 0);
}

static void
read_project(struct fixture *f)
{
	rk_project_done(&f->project);
	assert_int_equal(rk_project_read(&f->folder, &f->conf, &f->project, NULL), RK_OK);
}

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	strcpy(f->root, "/tmp/rk-assets-XXXXXX");
	assert_non_null(mkdtemp(f->root));
	put(f, "functions/a.js", "1");
	assert_int_equal(rk_conf_init(&f->conf, RK_CONF_DEV), RK_OK);
	assert_int_equal(rk_folder_open(f->root, &f->folder, NULL), RK_OK);
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

static const struct rk_asset *
asset_at(const struct fixture *f, const char *path)
{
	for (size_t i = 0; i < f->project.asset_n; i++)
		if (rk_str_is(f->project.assets[i].path, rk_str(path)))
			return &f->project.assets[i];
	return NULL;
}

static bool
complains(const struct fixture *f, const char *code, const char *about)
{
	for (size_t i = 0; i < f->project.complaint_n; i++)
		if (strcmp(f->project.complaints[i].code, code) == 0 &&
		    strstr(f->project.complaints[i].what, about))
			return true;
	return false;
}

static void
names_say_path_and_visibility(void **state)
{
	static const struct {
		const char *file, *path;
		enum rk_visibility visibility;
	} rows[] = {
		{ "assets/t.txt", "/t.txt", RK_PUBLIC },
		{ "assets/d/p.protected.txt", "/d/p.txt", RK_PROTECTED },
		{ "assets/s.private.json", "/s.json", RK_PRIVATE },
		{ "assets/x.private", "/x.private", RK_PUBLIC },
		{ "assets/a.private.b.txt", "/a.private.b.txt", RK_PUBLIC },
		{ "assets/noext", "/noext", RK_PUBLIC },
		{ "assets/d.d/noext", "/d.d/noext", RK_PUBLIC },
		{ "assets/my pic.png", "/my-pic.png", RK_PUBLIC },
		{ "assets/.well-known/x", "/.well-known/x", RK_PUBLIC },
		{ "assets/a.js", "/a.js", RK_PUBLIC },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		put(f, rows[i].file, "x");
	read_project(f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct rk_asset *a = asset_at(f, rows[i].path);
		if (!a)
			fail_msg("no %s", rows[i].path);
		assert_int_equal(a->visibility, rows[i].visibility);
		assert_true(rk_str_is(a->file, rk_str(rows[i].file)));
		assert_int_equal(a->content != NULL, a->visibility == RK_PRIVATE);
	}
	assert_int_equal(f->project.asset_n, sizeof(rows) / sizeof(*rows));
	assert_int_equal(f->project.complaint_n, 0);
}

static void
what_leads_out_or_is_no_file_is_left_out(void **state)
{
	struct fixture *f = *state;
	char path[128];

	put(f, ".env", "A=1\n");
	put(f, "assets/t.txt", "t");
	link_to(f, "assets/in.txt", "t.txt");
	link_to(f, "assets/env.txt", "../.env");
	link_to(f, "assets/out.txt", "/etc/passwd");
	link_to(f, "assets/up", "..");
	link_to(f, "assets/broken.txt", "nowhere");
	snprintf(path, sizeof(path), "%s/assets/pipe", f->root);
	assert_int_equal(mkfifo(path, 0600), 0);
	read_project(f);
	assert_int_equal(f->project.asset_n, 2);
	assert_true(complains(f, "RK-132", "assets/env.txt"));
	assert_true(complains(f, "RK-132", "assets/out.txt"));
	assert_true(complains(f, "RK-132", "assets/up"));
	assert_true(complains(f, "RK-132", "assets/broken.txt"));
	assert_true(complains(f, "RK-132", "assets/pipe"));
}

static void
one_path_has_one_file_of_either_kind(void **state)
{
	struct fixture *f = *state;

	put(f, "functions/x.js", "1");
	put(f, "functions/x.protected.js", "1");
	put(f, "assets/x", "asset");
	put(f, "assets/a", "like the function");
	put(f, "assets/b.txt", "b");
	put(f, "assets/b.protected.txt", "b");
	put(f, "assets/c.txt", "c");
	read_project(f);
	assert_int_equal(f->project.function_n, 0);
	assert_int_equal(f->project.asset_n, 1);
	assert_non_null(asset_at(f, "/c.txt"));
	assert_true(complains(f, "RK-108", "/x"));
	assert_true(complains(f, "RK-108", "/a"));
	assert_true(complains(f, "RK-108", "/b.txt"));
}

static void
folders_that_overlap_are_refused(void **state)
{
	static const char *const dirs[] = { ".", "functions", "./functions//", "functions/sub" };
	struct fixture *f = *state;

	put(f, "functions/sub/t.txt", "t");
	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++) {
		assert_int_equal(
		    rk_conf_set(&f->conf, RK_STR("assets-folder"), rk_str(dirs[i]), NULL), RK_OK);
		read_project(f);
		assert_int_equal(f->project.asset_n, 0);
		assert_true(complains(f, "RK-131", ""));
	}
	assert_int_equal(rk_conf_set(&f->conf, RK_STR("assets-folder"), RK_STR("nowhere"), NULL), RK_OK);
	read_project(f);
	assert_true(complains(f, "RK-130", "nowhere"));
}

static void
the_file_of_variables_is_no_asset(void **state)
{
	struct fixture *f = *state;

	put(f, "assets/vars.txt", "A=1\n");
	put(f, "assets/t.txt", "t");
	assert_int_equal(rk_conf_set(&f->conf, RK_STR("env"), RK_STR("assets/vars.txt"), NULL), RK_OK);
	read_project(f);
	assert_int_equal(f->project.asset_n, 1);
	assert_true(complains(f, "RK-131", "assets/vars.txt"));
}

static void
private_assets_travel_in_the_bundle(void **state)
{
	struct fixture *f = *state;
	struct rk_bundle bundle;
	struct rk_str bytes;
	RK_AUTO(rk_auto_close) int fd = -1;

	put(f, "assets/open.txt", "open");
	put(f, "assets/d/data.private.json", "{\"k\":1}");
	read_project(f);
	assert_int_equal(rk_parcel_seal(&f->project, 3, &fd), RK_OK);
	assert_int_equal(rk_bundle_map(fd, &bytes), RK_OK);
	assert_int_equal(rk_bundle_parse(bytes, &bundle), RK_OK);
	assert_int_equal(bundle.asset_count, 1);
	assert_true(rk_str_is(bundle.assets[0].path, RK_STR("/d/data.json")));
	assert_true(rk_str_is(bundle.assets[0].file, RK_STR("assets/d/data.private.json")));
	assert_true(rk_str_is(bundle.assets[0].content, RK_STR("{\"k\":1}")));
	assert_true(bundle.assets[0].mtime_ms > 1600000000000u);
	rk_bundle_done(&bundle);
}

static void
private_assets_have_a_limit_together(void **state)
{
	struct fixture *f = *state;
	char path[128];

	for (int i = 0; i < 3; i++) {
		char name[64];
		snprintf(name, sizeof(name), "assets/big%d.private.bin", i);
		put(f, name, "");
		snprintf(path, sizeof(path), "%s/%s", f->root, name);
		assert_int_equal(truncate(path, 30 << 20), 0);
	}
	read_project(f);
	assert_int_equal(f->project.asset_n, 2);
	assert_true(complains(f, "RK-133", "64 MB"));
}

static void
names_that_start_with_a_dot_have_no_route(void **state)
{
	struct fixture *f = *state;
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(65536);
	struct rk_route route;

	put(f, "assets/.hidden.txt", "x");
	put(f, "assets/.DS_Store", "x");
	put(f, "assets/.d/t.txt", "x");
	read_project(f);
	rk_parcel_put_routes(&out, &f->project, 1);
	struct rk_msg_view v = { (unsigned char *)out.p, (unsigned char *)out.p + out.n, false };
	struct rk_routes_head head;

	rk_routes_head_get(&v, &head);
	assert_int_equal(head.site, RK_SITE_DEV);
	assert_int_equal(head.generation, 1);
	assert_int_equal(head.count, 2);
	rk_route_get(&v, &route);
	assert_true(rk_str_is(route.path, RK_STR("/a")));
	rk_route_get(&v, &route);
	assert_true(rk_str_is(route.path, RK_STR("/.d/t.txt")));
	assert_int_equal(route.kind, RK_ROUTE_ASSET);
	assert_true(rk_str_is(route.type, RK_STR("text/plain; charset=UTF-8")));
	assert_true(rk_msg_is_done(&v));
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(names_say_path_and_visibility),
		T(what_leads_out_or_is_no_file_is_left_out),
		T(one_path_has_one_file_of_either_kind),
		T(folders_that_overlap_are_refused),
		T(the_file_of_variables_is_no_asset),
		T(private_assets_travel_in_the_bundle),
		T(private_assets_have_a_limit_together),
		T(names_that_start_with_a_dot_have_no_route),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
