#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/auto.h"
#include "gateway/route.h"

static enum rk_err
parse(const struct rk_buf *b, struct rk_routes **ret)
{
	struct rk_msg_view v = { (unsigned char *)b->p, (unsigned char *)b->p + b->n, false };

	return rk_routes_parse(&v, ret);
}

static void
put(struct rk_buf *b, const char *path, uint32_t function)
{
	struct rk_route r = { .path = rk_str(path), .function = function, .file = rk_str("functions/f.js") };

	rk_route_put(b, &r);
}

static void
finds_each_of_ten_thousand_and_nothing_else(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(4 << 20);
	struct rk_routes *r;
	char path[64];

	rk_routes_head_put(
	    &b, &(struct rk_routes_head){ .site = RK_SITE_DEV, .generation = 7, .count = 10000 });
	for (uint32_t i = 0; i < 10000; i++) {
		snprintf(path, sizeof(path), "/folder/function-%u", i);
		put(&b, path, 9999 - i);
	}
	assert_int_equal(parse(&b, &r), RK_OK);
	memset(b.p, 'x', b.n); /* the table must not look into the frame any more */
	assert_int_equal(rk_routes_generation(r), 7);
	assert_int_equal(rk_routes_count(r), 10000);
	for (uint32_t i = 0; i < 10000; i++) {
		snprintf(path, sizeof(path), "/folder/function-%u", i);
		assert_int_equal(rk_routes_get(r, rk_str(path))->function, 9999 - i);
	}
	assert_null(rk_routes_get(r, RK_STR("/folder/function-10000")));
	assert_null(rk_routes_get(r, RK_STR("/folder/function-1/")));
	assert_null(rk_routes_get(r, RK_STR("/Folder/function-1")));
	assert_null(rk_routes_get(r, RK_STR("")));
	assert_true(rk_str_is(rk_routes_function(r, 9999)->path, RK_STR("/folder/function-0")));
	assert_null(rk_routes_function(r, 10000));
	rk_routes_free(r);
}

static void
lives_as_long_as_its_last_reference(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(4096);
	struct rk_routes *r;

	rk_routes_head_put(&b, &(struct rk_routes_head){ .site = RK_SITE_DEV, .generation = 1, .count = 1 });
	put(&b, "/a", 3);
	assert_int_equal(parse(&b, &r), RK_OK);
	assert_ptr_equal(rk_routes_dup(r), r);
	rk_routes_free(r);
	assert_non_null(rk_routes_get(r, RK_STR("/a")));
	assert_null(rk_routes_function(r, 0));
	rk_routes_free(r);
}

static void
an_empty_table_finds_nothing(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(4096);
	struct rk_routes *r;

	rk_routes_head_put(&b, &(struct rk_routes_head){ .site = RK_SITE_DEV, .generation = 1, .count = 0 });
	assert_int_equal(parse(&b, &r), RK_OK);
	assert_null(rk_routes_get(r, RK_STR("/a")));
	rk_routes_free(r);
}

static void
refuses_frames_that_are_not_whole(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(4096);
	struct rk_routes *r = NULL;
	size_t whole;

	rk_routes_head_put(&b, &(struct rk_routes_head){ .site = RK_SITE_DEV, .generation = 1, .count = 2 });
	put(&b, "/a", 0);
	put(&b, "/b", 1);
	whole = b.n;
	for (b.n = 0; b.n < whole; b.n++)
		assert_int_equal(parse(&b, &r), RK_INVALID);
	rk_msg_put_u8(&b, 0);
	assert_int_equal(parse(&b, &r), RK_INVALID);
	rk_buf_clear(&b);
	rk_routes_head_put(&b, &(struct rk_routes_head){ .site = RK_SITE_DEV, .generation = 1, .count = 2 });
	put(&b, "/a", 0);
	put(&b, "/a", 1);
	assert_int_equal(parse(&b, &r), RK_INVALID);
	rk_buf_clear(&b);
	rk_routes_head_put(&b, &(struct rk_routes_head){ .site = RK_SITE_DEV, .generation = 1, .count = 1 });
	put(&b, "/a", UINT32_MAX);
	assert_int_equal(parse(&b, &r), RK_INVALID);
	assert_null(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_each_of_ten_thousand_and_nothing_else),
		cmocka_unit_test(lives_as_long_as_its_last_reference),
		cmocka_unit_test(an_empty_table_finds_nothing),
		cmocka_unit_test(refuses_frames_that_are_not_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
