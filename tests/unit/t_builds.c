/* Builds under way: dependencies, the compile, and what the API is told. */
#include "estate_rig.h"

#include "keeper/builds.h"

struct world {
	struct rig *r;
	struct rk_api *api;
	struct rk_builds builds;
	struct rig_site site;
};

static enum rk_err
compile(const struct rk_row_build *build, void *arg)
{
	return rk_builds_compile(&((struct world *)arg)->builds, build);
}

static int
set_up(void **state)
{
	static const struct rk_api_ops ops = { .compile = compile };
	struct world *w = calloc(1, sizeof *w);
	void *rig;

	rig_set_up(&rig);
	w->r = rig;
	rig_put_site(w->r, "shop", &w->site);
	rig_open_estate(w->r, 0);
	rk_builds_init(&w->builds, &w->r->loop, w->r->store, w->r->estate);
	assert_int_equal(rk_api_new(w->r->store, RK_STR("localhost"), &ops, w, &w->api), RK_OK);
	w->builds.api = w->api;
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;
	void *rig = w->r;

	rk_builds_done(&w->builds);
	rk_api_free(w->api);
	rig_tear_down(&rig);
	free(w);
	return 0;
}

/* The build is "building" again, and the API asks for it, as after a restart. */
static void
ask(struct world *w, const char *source, const char *dependencies)
{
	struct rk_row_build row;
	struct rk_arena arena;

	rig_put_build(w->r, &w->site, source, dependencies, false);
	rk_arena_init(&arena, 0);
	assert_int_equal(rk_store_get(w->r->store, RK_KIND_BUILD, RK_STR(RIG_ACCOUNT), rk_str(w->site.build),
			     &arena, &row),
	    RK_OK);
	row.status = RK_STR("building");
	assert_int_equal(rk_store_update(w->r->store, RK_KIND_BUILD, &row, NULL), RK_OK);
	rk_arena_done(&arena);
	assert_int_equal(rk_api_resume(w->api), RK_OK);
	rig_run(w->r);
}

static void
assert_build(struct world *w, const char *status, const char *error)
{
	struct rk_row_build row;
	struct rk_arena arena;

	rk_arena_init(&arena, 0);
	assert_int_equal(rk_store_get(w->r->store, RK_KIND_BUILD, RK_STR(RIG_ACCOUNT), rk_str(w->site.build),
			     &arena, &row),
	    RK_OK);
	assert_true(rk_str_is(row.status, rk_str(status)));
	if (error)
		assert_true(rk_str_has_prefix(row.error, rk_str(error)));
	else
		assert_null(row.error.p);
	rk_arena_done(&arena);
}

static void
a_build_without_problems_is_completed(void **state)
{
	struct world *w = *state;

	ask(w, "exports.handler = 1", "[{\"name\":\"twilio\",\"version\":\"99\"}]");
	assert_build(w, "building", NULL);
	assert_string_equal(w->r->heard, "BUNDLE:0/2 ");
	rig_say_ready(w->r, 2, NULL);
	assert_build(w, "completed", NULL);
}

static void
what_has_compiled_is_not_compiled_again(void **state)
{
	struct world *w = *state;
	struct rk_problem problem = { .kind = RK_STR("SyntaxError"), .message = RK_STR("no"), .line = 1 };

	ask(w, "exports.handler = 1", "[]");
	rig_say_ready(w->r, 2, NULL);
	ask(w, "exports.handler = 1", "[]");
	assert_build(w, "completed", NULL);
	assert_string_equal(w->r->heard, "BUNDLE:0/2 ");
	ask(w, "exports.handler = 2", "[]");
	assert_string_equal(w->r->heard, "BUNDLE:0/2 BUNDLE:0/3 ");
	rig_say_ready(w->r, 3, &problem);
	ask(w, "exports.handler = 2", "[]");
	assert_string_equal(w->r->heard, "BUNDLE:0/2 BUNDLE:0/3 BUNDLE:0/4 ");
}

static void
problems_fail_it_with_path_line_and_column(void **state)
{
	struct world *w = *state;
	struct rk_problem problem = { .kind = RK_STR("SyntaxError"),
		.message = RK_STR("Unexpected token ';'"),
		.line = 2,
		.column = 11 };

	ask(w, "exports.handler = (", "[]");
	rig_say_ready(w->r, 2, &problem);
	assert_build(w, "failed", "/hello:2:11: SyntaxError: Unexpected token ';'");
}

static void
a_worker_that_dies_fails_it_with_the_reason(void **state)
{
	struct world *w = *state;

	ask(w, "exports.handler = 1", "[]");
	rig_say_failed(w->r, 2, "a worker ended before it was ready");
	assert_build(w, "failed", "The build could not be compiled: a worker ended");
}

static void
a_package_that_is_not_here_fails_it_by_name(void **state)
{
	struct world *w = *state;

	ask(w, "exports.handler = 1",
	    "[{\"name\":\"twilio\",\"version\":\"5\"},{\"name\":\"lodash\",\"version\":\"4\"}]");
	assert_string_equal(w->r->heard, "");
	assert_build(w, "failed", "The package lodash is not available");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = { TEST(a_build_without_problems_is_completed),
		TEST(what_has_compiled_is_not_compiled_again),
		TEST(problems_fail_it_with_path_line_and_column),
		TEST(a_worker_that_dies_fails_it_with_the_reason),
		TEST(a_package_that_is_not_here_fails_it_by_name) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
