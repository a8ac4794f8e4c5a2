/*
 * t_facts.c - routes and problems there and back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/auto.h"
#include "wire/facts.h"

static struct rk_msg_view
view_of(const struct rk_buf *b, size_t n)
{
	const unsigned char *p = (const unsigned char *)b->p;

	return (struct rk_msg_view){ p, p + n, false };
}

static void
route_comes_back(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(256);
	struct rk_route r = { .path = RK_STR("/a"),
		.asset = 7,
		.kind = RK_ROUTE_ASSET,
		.visibility = RK_PROTECTED,
		.file = RK_STR("assets/a.protected.txt"),
		.type = RK_STR("text/plain; charset=UTF-8") };
	struct rk_route got;
	struct rk_msg_view v;

	rk_route_put(&b, &r);
	v = view_of(&b, b.n);
	rk_route_get(&v, &got);
	assert_true(rk_msg_is_done(&v));
	assert_true(rk_str_is(got.path, r.path));
	assert_true(rk_str_is(got.file, r.file));
	assert_true(rk_str_is(got.type, r.type));
	assert_int_equal(got.asset, 7);
	assert_int_equal(got.kind, RK_ROUTE_ASSET);
	assert_int_equal(got.visibility, RK_PROTECTED);
}

static void
broken_route_is_private(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(256);
	struct rk_route r = { .path = RK_STR("/a"), .function = 7, .file = RK_STR("functions/a.js") }, got;
	struct rk_msg_view v;

	rk_route_put(&b, &r);
	for (size_t n = 0; n < b.n; n++) {
		v = view_of(&b, n);
		rk_route_get(&v, &got);
		assert_true(v.bad);
		assert_int_equal(got.visibility, RK_PRIVATE);
		assert_int_equal(got.path.n, 0);
	}
	rk_buf_clear(&b);
	r.visibility = RK_PRIVATE + 1;
	rk_route_put(&b, &r);
	v = view_of(&b, b.n);
	rk_route_get(&v, &got);
	assert_true(v.bad);
	rk_buf_clear(&b);
	r.visibility = RK_PUBLIC;
	r.kind = RK_ROUTE_ASSET + 1;
	rk_route_put(&b, &r);
	v = view_of(&b, b.n);
	rk_route_get(&v, &got);
	assert_true(v.bad);
}

static void
problem_comes_back(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(256);
	struct rk_problem p = { 2, RK_STR("SyntaxError"), RK_STR("Unexpected token"), 3, 14,
		RK_STR("let let = 1;") };
	struct rk_problem got;
	struct rk_msg_view v;

	rk_problem_put(&b, &p);
	v = view_of(&b, b.n);
	rk_problem_get(&v, &got);
	assert_true(rk_msg_is_done(&v));
	assert_int_equal(got.function, 2);
	assert_int_equal(got.line, 3);
	assert_int_equal(got.column, 14);
	assert_true(rk_str_is(got.kind, p.kind));
	assert_true(rk_str_is(got.message, p.message));
	assert_true(rk_str_is(got.source, p.source));
	for (size_t n = 0; n < b.n; n++) {
		v = view_of(&b, n);
		rk_problem_get(&v, &got);
		assert_true(v.bad);
		assert_int_equal(got.kind.n, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(route_comes_back),
		cmocka_unit_test(broken_route_is_private),
		cmocka_unit_test(problem_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
