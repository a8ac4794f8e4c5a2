/* A folder as it lies on the disk. Each test makes its own below a temporary folder. */
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

#define NOBODY 65534

struct fixture {
	char top[64], root[80]; /* root is top/p, so that something lies outside of it */
	struct rk_conf conf;
	struct rk_folder folder;
	struct rk_project project;
};

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	strcpy(f->top, "/tmp/rk-project-XXXXXX");
	assert_non_null(mkdtemp(f->top));
	snprintf(f->root, sizeof(f->root), "%s/p", f->top);
	assert_int_equal(mkdir(f->root, 0700), 0);
	assert_int_equal(rk_conf_init(&f->conf, RK_CONF_DEV), RK_OK);
	assert_int_equal(
	    rk_conf_parse_args(&f->conf, 2, (char *[]){ (char[]){ "x" }, f->root, NULL }, NULL), RK_OK);
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
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	nftw(f->top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(f);
	return 0;
}

static void
put_bytes(struct fixture *f, const char *name, const char *bytes, size_t n)
{
	char path[1024];

	snprintf(path, sizeof(path), "%s/%s", f->root, name);
	for (char *slash = strchr(path + strlen(f->root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(path, 0700);
		*slash = '/';
	}
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), (ssize_t)n);
	close(fd);
}

static void
put(struct fixture *f, const char *name, const char *text)
{
	put_bytes(f, name, text, strlen(text));
}

static void
put_link(struct fixture *f, const char *name, const char *target)
{
	char path[1024];

	snprintf(path, sizeof(path), "%s/%s", f->root, name);
	assert_int_equal(symlink(target, path), 0);
}

static void
read_all(struct fixture *f)
{
	struct rk_why why = { 0 };

	rk_project_done(&f->project);
	assert_int_equal(rk_project_read(&f->folder, &f->conf, &f->project, &why), RK_OK);
}

/* "path=file" of every function, in order. */
static void
check_functions(struct fixture *f, const char *expected)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(65536);

	for (size_t i = 0; i < f->project.function_n; i++)
		rk_buf_printf(&out, "%s%.*s=%.*s", i ? " " : "", RK_FMT(f->project.functions[i].path),
		    RK_FMT(f->project.functions[i].file));
	assert_string_equal(rk_buf_z(&out), expected);
}

static void
check_complaint(struct fixture *f, size_t i, const char *code, const char *part)
{
	assert_true(i < f->project.complaint_n);
	assert_string_equal(f->project.complaints[i].code, code);
	assert_non_null(strstr(f->project.complaints[i].what, part));
	assert_true(f->project.complaints[i].todo[0]);
	assert_null(strstr(f->project.complaints[i].what, f->root));
}

static void
functions_come_sorted(void **state)
{
	struct fixture *f = *state;

	put(f, "functions/z.js", "1");
	put(f, "functions/a/b.protected.js", "2");
	put(f, "functions/a.js", "3");
	put(f, "functions/notes.txt", "");
	put(f, "functions/.DS_Store", "");
	put(f, "functions/.hidden/x.js", "");
	put(f, "functions/.x.js", "");
	read_all(f);
	check_functions(f, "/a=functions/a.js /a/b=functions/a/b.protected.js /z=functions/z.js");
	assert_int_equal(f->project.functions[1].visibility, RK_PROTECTED);
	assert_string_equal(f->project.functions[2].source, "1");
	assert_int_equal(f->project.complaint_n, 0);
	assert_int_equal(f->project.dir_n, 2);
}

static void
folder_is_functions_then_src_then_none(void **state)
{
	struct fixture *f = *state;
	struct rk_why why = { 0 };

	assert_int_equal(rk_project_read(&f->folder, &f->conf, &f->project, &why), RK_NOT_FOUND);
	assert_string_equal(why.code, "RK-102");
	assert_non_null(strstr(why.todo, "mkdir functions"));
	put(f, "src/s.js", "");
	read_all(f);
	check_functions(f, "/s=src/s.js");
	put(f, "functions/f.js", "");
	read_all(f);
	check_functions(f, "/f=functions/f.js");
	put(f, "lib/api/l.js", "");
	assert_int_equal(
	    rk_conf_set(&f->conf, RK_STR("functions-folder"), RK_STR("./lib/api/"), NULL), RK_OK);
	read_all(f);
	check_functions(f, "/l=lib/api/l.js");
	assert_int_equal(rk_conf_set(&f->conf, RK_STR("functions-folder"), RK_STR("nowhere"), NULL), RK_OK);
	rk_project_done(&f->project);
	assert_int_equal(rk_project_read(&f->folder, &f->conf, &f->project, &why), RK_NOT_FOUND);
	assert_non_null(strstr(why.what, "nowhere"));
	assert_int_equal(rk_conf_set(&f->conf, RK_STR("functions-folder"), RK_STR(".."), NULL), RK_OK);
	assert_int_equal(rk_project_read(&f->folder, &f->conf, &f->project, &why), RK_NOT_FOUND);
}

static void
empty_folder_is_said(void **state)
{
	struct fixture *f = *state;

	put(f, "functions/readme.txt", "");
	read_all(f);
	check_complaint(f, 0, "RK-103", "functions");
}

static void
one_bad_file_leaves_the_others(void **state)
{
	struct fixture *f = *state;

	put(f, "functions/good.js", "ok");
	put(f, "functions/bad?.js", "");
	put(f, "functions/x.js", "");
	put(f, "functions/x.protected.js", "");
	put(f, "functions/x.private.js", "");
	read_all(f);
	check_functions(f, "/good=functions/good.js");
	assert_int_equal(f->project.complaint_n, 2);
	check_complaint(f, 0, "RK-109", "bad?.js");
	check_complaint(f, 1, "RK-108", "functions/x.js and functions/x.private.js and others");
}

static void
links_lead_nowhere_else(void **state)
{
	struct fixture *f = *state;

	put(f, "../outside.js", "secret");
	put(f, "functions/in.js", "in");
	put(f, "lib/real.js", "real");
	put_link(f, "functions/out.js", "../../outside.js");
	put_link(f, "functions/abs.js", "/etc/hostname");
	put_link(f, "functions/dir", "/etc");
	put_link(f, "functions/gone.js", "nothing.js");
	put_link(f, "functions/loop", ".");
	put_link(f, "functions/linked.js", "../lib/real.js");
	put_link(f, "functions/lib", "../lib");
	read_all(f);
	check_functions(f, "/in=functions/in.js /lib/real=functions/lib/real.js /linked=functions/linked.js");
	assert_string_equal(f->project.functions[2].source, "real");
	assert_int_equal(f->project.complaint_n, 5);
	check_complaint(f, 0, "RK-111", "functions/abs.js");
	check_complaint(f, 1, "RK-111", "functions/dir");
	check_complaint(f, 2, "RK-111", "functions/gone.js");
	check_complaint(f, 3, "RK-113", "functions/loop");
	check_complaint(f, 4, "RK-111", "functions/out.js");
}

static void
a_pipe_is_not_waited_for(void **state)
{
	struct fixture *f = *state;
	char path[128];

	put(f, "functions/in.js", "in");
	snprintf(path, sizeof(path), "%s/functions/pipe.js", f->root);
	assert_int_equal(mkfifo(path, 0600), 0);
	read_all(f);
	check_functions(f, "/in=functions/in.js");
	check_complaint(f, 0, "RK-111", "functions/pipe.js");
}

static void
size_and_bytes_of_a_file(void **state)
{
	struct fixture *f = *state;
	char *big = malloc(RK_PROJECT_SOURCE_BYTES + 1);

	memset(big, ' ', RK_PROJECT_SOURCE_BYTES + 1);
	put_bytes(f, "functions/big.js", big, RK_PROJECT_SOURCE_BYTES + 1);
	put_bytes(f, "functions/fits.js", big, RK_PROJECT_SOURCE_BYTES);
	free(big);
	put(f, "functions/bom.js", "\xEF\xBB\xBFx");
	put(f, "functions/latin.js", "// caf\xE9\nx");
	put(f, "functions/empty.js", "");
	read_all(f);
	check_functions(f, "/bom=functions/bom.js /empty=functions/empty.js /fits=functions/fits.js "
			   "/latin=functions/latin.js");
	assert_string_equal(f->project.functions[0].source, "x");
	assert_int_equal(f->project.functions[2].source_n, RK_PROJECT_SOURCE_BYTES);
	assert_string_equal(f->project.functions[3].source, "// caf\xEF\xBF\xBD\nx");
	check_complaint(f, 0, "RK-112", "functions/big.js");
	check_complaint(f, 1, "RK-114", "functions/latin.js");
}

static void
variables_and_their_lines(void **state)
{
	struct fixture *f = *state;

	put(f, "functions/in.js", "");
	put(f, ".env", "# keys\nA=1\nB = two\nA=2\nA=3\nEMPTY=\n");
	read_all(f);
	assert_int_equal(f->project.variables.n, 3);
	const struct rk_variable *a = rk_variables_get(&f->project.variables, RK_STR("A"));
	assert_ptr_equal(a, &f->project.variables.v[0]);
	assert_true(rk_secret_is(&a->value, RK_STR("3")));
	assert_int_equal(a->line, 5);
	assert_int_equal(a->first_line, 2);
	assert_int_equal(rk_variables_get(&f->project.variables, RK_STR("EMPTY"))->value.n, 0);
	assert_null(rk_variables_get(&f->project.variables, RK_STR("a")));
	assert_int_equal(f->project.complaint_n, 0);
}

static void
a_variables_file_that_cannot_be_read(void **state)
{
	struct fixture *f = *state;
	char *big = calloc(1, RK_VARIABLES_BYTES + 1);

	put(f, "functions/in.js", "");
	read_all(f);
	assert_int_equal(f->project.complaint_n, 0);
	put(f, "../shared.env", "A=1");
	put_link(f, ".env", "../shared.env");
	read_all(f);
	check_complaint(f, 0, "RK-104", "leads out");
	assert_int_equal(f->project.variables.n, 0);

	put(f, "a-folder/x", "");
	put_bytes(f, "big.env", memset(big, '#', RK_VARIABLES_BYTES + 1), RK_VARIABLES_BYTES + 1);
	put(f, "latin.env", "A=caf\xE9");
	free(big);
	static const struct {
		const char *file, *code;
	} rows[] = { { "a-folder", "RK-104" }, { "big.env", "RK-105" }, { "latin.env", "RK-106" },
		{ "gone.env", "RK-107" }, { "../shared.env", "RK-104" }, { "/etc/hostname", "RK-104" } };
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(rk_conf_set(&f->conf, RK_STR("env"), rk_str(rows[i].file), NULL), RK_OK);
		read_all(f);
		check_complaint(f, 0, rows[i].code, rows[i].file);
		check_functions(f, "/in=functions/in.js");
	}
}

/* Root reads everything, so it becomes somebody else for this test; tear_down takes it back. */
static void
be_nobody(const struct fixture *f)
{
	if (geteuid() != 0)
		return;
	assert_int_equal(chown(f->top, NOBODY, NOBODY), 0);
	assert_int_equal(chown(f->root, NOBODY, NOBODY), 0);
	assert_int_equal(seteuid(NOBODY), 0);
}

static void
what_may_not_be_read(void **state)
{
	struct fixture *f = *state;
	char path[128];

	be_nobody(f);
	put(f, "functions/in.js", "in");
	put(f, "functions/shut.js", "shut");
	put(f, "functions/shut/x.js", "x");
	put(f, ".env", "A=1");
	snprintf(path, sizeof(path), "%s/functions/shut.js", f->root);
	assert_int_equal(chmod(path, 0), 0);
	snprintf(path, sizeof(path), "%s/functions/shut", f->root);
	assert_int_equal(chmod(path, 0), 0);
	snprintf(path, sizeof(path), "%s/.env", f->root);
	assert_int_equal(chmod(path, 0), 0);
	read_all(f);
	check_functions(f, "/in=functions/in.js");
	check_complaint(f, 0, "RK-104", ".env cannot be read (permission)");
	check_complaint(f, 1, "RK-111", "functions/shut is left out");
	check_complaint(f, 2, "RK-111", "functions/shut.js is left out");
	snprintf(path, sizeof(path), "%s/functions/shut", f->root);
	assert_int_equal(chmod(path, 0700), 0);
}

static void
a_parcel_holds_the_project(void **state)
{
	struct fixture *f = *state;
	struct rk_bundle bundle;
	struct rk_str bytes;
	RK_AUTO(rk_auto_close) int fd = -1;

	put(f, "functions/a.js", "text a");
	put(f, "functions/b.private.js", "text b");
	put(f, ".env", "A=1\nB=2");
	read_all(f);
	assert_int_equal(rk_parcel_seal(&f->project, 7, &fd), RK_OK);
	assert_int_equal(rk_bundle_map(fd, &bytes), RK_OK);
	assert_int_equal(rk_bundle_parse(bytes, &bundle), RK_OK);
	assert_int_equal(bundle.generation, 7);
	assert_int_equal(bundle.variable_count, 2);
	assert_true(rk_str_is(bundle.variables[1].value, RK_STR("2")));
	assert_int_equal(bundle.function_count, 2);
	assert_true(rk_str_is(bundle.functions[1].path, RK_STR("/b")));
	assert_true(rk_str_is(bundle.functions[1].source, RK_STR("text b")));
	assert_int_equal(bundle.functions[1].visibility, RK_PRIVATE);
	rk_bundle_done(&bundle);

	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(4096);
	rk_parcel_put_routes(&out, &f->project, 7);
	struct rk_msg_view view = { (unsigned char *)out.p, (unsigned char *)out.p + out.n, false };
	struct rk_route route;
	struct rk_routes_head head;

	rk_routes_head_get(&view, &head);
	assert_int_equal(head.generation, 7);
	assert_int_equal(head.count, 2);
	rk_route_get(&view, &route);
	rk_route_get(&view, &route);
	assert_true(rk_msg_is_done(&view));
	assert_true(rk_str_is(route.file, RK_STR("functions/b.private.js")));
	assert_int_equal(route.function, 1);
}

static void
a_folder_that_is_none(void **state)
{
	struct rk_folder folder;
	struct rk_why why = { 0 };

	assert_int_equal(rk_folder_open("/tmp/rk-no-such-folder", &folder, &why), RK_NOT_FOUND);
	assert_string_equal(why.code, "RK-101");
	assert_int_equal(rk_folder_open("/etc/hostname", &folder, &why), RK_NOT_FOUND);
	assert_non_null(strstr(why.what, "not a folder"));
}

#define ON_DISK(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_DISK(functions_come_sorted),
		ON_DISK(folder_is_functions_then_src_then_none),
		ON_DISK(empty_folder_is_said),
		ON_DISK(one_bad_file_leaves_the_others),
		ON_DISK(links_lead_nowhere_else),
		ON_DISK(a_pipe_is_not_waited_for),
		ON_DISK(size_and_bytes_of_a_file),
		ON_DISK(variables_and_their_lines),
		ON_DISK(a_variables_file_that_cannot_be_read),
		ON_DISK(what_may_not_be_read),
		ON_DISK(a_parcel_holds_the_project),
		cmocka_unit_test(a_folder_that_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
