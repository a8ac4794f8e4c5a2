/*
 * t_buf.c - growth, the ceiling, and moving the bytes out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/auto.h"
#include "base/buf.h"

static void
puts_of_every_kind(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(200);

	rk_buf_lit(&b, "a");
	rk_buf_put_c(&b, '\0');
	rk_buf_put_u64(&b, 0);
	rk_buf_put_u64(&b, UINT64_MAX);
	rk_buf_put_i64(&b, INT64_MIN);
	rk_buf_put_i64(&b, INT64_MAX);
	rk_buf_put_i64(&b, -5);
	rk_buf_printf(&b, "%s-%d", "x", 7);
	rk_buf_put(&b, rk_str(NULL));
	assert_int_equal(rk_buf_end(&b), RK_OK);
	assert_true(rk_str_is(
	    rk_buf_str(&b), RK_STR("a\0"
				   "018446744073709551615-92233720368547758089223372036854775807-5x-7")));
}

static void
ceiling_changes_nothing_and_sticks(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(8);

	rk_buf_lit(&b, "12345");
	rk_buf_lit(&b, "6789");
	assert_int_equal(rk_buf_end(&b), RK_TOO_LARGE);
	rk_buf_put_c(&b, '6'); /* would fit, but comes after the fault */
	rk_buf_printf(&b, "x");
	assert_true(rk_str_is(rk_buf_str(&b), RK_STR("12345")));
	assert_null(rk_buf_z(&b));
	rk_buf_clear(&b);
	rk_buf_lit(&b, "12345678"); /* exactly the ceiling, and the NUL still fits */
	assert_int_equal(rk_buf_end(&b), RK_OK);
	assert_string_equal(rk_buf_z(&b), "12345678");
	assert_int_equal(b.n, 8);
}

static void
zero_ceiling_holds_nothing(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(0);

	assert_string_equal(rk_buf_z(&b), "");
	rk_buf_put_c(&b, 'x');
	assert_int_equal(rk_buf_end(&b), RK_TOO_LARGE);
}

static void
absurd_sizes_are_refused(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(SIZE_MAX);

	rk_buf_lit(&b, "x");
	assert_false(rk_buf_reserve(&b, SIZE_MAX - 1));
	assert_int_equal(rk_buf_end(&b), RK_NOMEM);
	rk_buf_clear(&b);
	b.max = SIZE_MAX / 2;
	assert_false(rk_buf_reserve(&b, SIZE_MAX));
	assert_int_equal(rk_buf_end(&b), RK_TOO_LARGE);
}

static void
grows_in_few_steps(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(1 << 20);
	unsigned steps = 0;

	for (size_t i = 0; i < 1 << 20; i++) {
		size_t cap = b.cap;

		rk_buf_put_c(&b, (char)i);
		steps += cap != b.cap;
	}
	assert_int_equal(rk_buf_end(&b), RK_OK);
	assert_int_equal(b.n, 1 << 20);
	assert_in_range(steps, 2, 20);
	for (size_t i = 0; i < b.n; i++)
		assert_true(b.p[i] == (char)i);
}

static void
drops_from_the_front(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(64);

	rk_buf_drop(&b, 3);
	rk_buf_lit(&b, "abcdef");
	rk_buf_drop(&b, 2);
	assert_true(rk_str_is(rk_buf_str(&b), RK_STR("cdef")));
	rk_buf_drop(&b, 100);
	assert_int_equal(b.n, 0);
}

static void
takes_the_bytes(void **state)
{
	struct rk_buf b = RK_BUF(3);
	char *z = NULL;

	rk_buf_lit(&b, "abc");
	assert_int_equal(rk_buf_take(&b, &z), RK_OK);
	assert_string_equal(z, "abc");
	assert_null(b.p);
	free(z);
	z = NULL;
	rk_buf_lit(&b, "abcd");
	assert_int_equal(rk_buf_take(&b, &z), RK_TOO_LARGE);
	assert_null(z);
	rk_buf_wipe(&b);
	rk_buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(puts_of_every_kind),
		cmocka_unit_test(ceiling_changes_nothing_and_sticks),
		cmocka_unit_test(zero_ceiling_holds_nothing),
		cmocka_unit_test(absurd_sizes_are_refused),
		cmocka_unit_test(grows_in_few_steps),
		cmocka_unit_test(drops_from_the_front),
		cmocka_unit_test(takes_the_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
