/*
 * t_arena.c - alignment, zeroing, the ceiling, and use after clearing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"

static bool
is_zero(const char *p, size_t n)
{
	while (n--)
		if (*p++)
			return false;
	return true;
}

static void
gives_aligned_zeroed_memory_again_and_again(void **state)
{
	struct rk_arena a;

	rk_arena_init(&a, 0);
	for (int turn = 0; turn < 3; turn++) {
		for (size_t n = 0; n < 700; n++) {
			char *p = rk_arena_take(&a, n);

			assert_non_null(p);
			assert_int_equal((uintptr_t)p % 16, 0);
			assert_true(is_zero(p, n));
			memset(p, 0xaa, n);
		}
		assert_true(a.total > 700 * 699 / 2);
		rk_arena_clear(&a);
		assert_in_range(a.total, 1, 4096); /* the first block is kept */
	}
	rk_arena_done(&a);
	assert_int_equal(a.total, 0);
	rk_arena_done(&a);
}

static void
pieces_do_not_overlap(void **state)
{
	struct rk_arena a;
	char *pieces[64];

	rk_arena_init(&a, 0);
	for (int i = 0; i < 64; i++) {
		pieces[i] = rk_arena_take(&a, 333);
		memset(pieces[i], i, 333);
	}
	for (int i = 0; i < 64; i++)
		for (int j = 0; j < 333; j++)
			assert_int_equal(pieces[i][j], i);
	rk_arena_done(&a);
}

static void
ceiling_holds(void **state)
{
	struct rk_arena a;

	rk_arena_init(&a, 5000);
	assert_non_null(rk_arena_take(&a, 3000));
	assert_null(rk_arena_take(&a, 3000));
	assert_null(rk_arena_dup(&a, rk_str_n(RK_STR("x").p, SIZE_MAX)).p);
	assert_null(rk_arena_z(&a, rk_str_n(RK_STR("x").p, SIZE_MAX)));
	assert_non_null(rk_arena_take(&a, 1000)); /* a refusal leaves it usable */
	assert_in_range(a.total, 4000, 5000);
	rk_arena_clear(&a);
	assert_non_null(rk_arena_take(&a, 3000));
	rk_arena_done(&a);
}

static void
large_pieces_get_a_block_of_their_own(void **state)
{
	struct rk_arena a;
	char *p;

	rk_arena_init(&a, 0);
	p = rk_arena_take(&a, 3 << 20);
	assert_non_null(p);
	assert_true(is_zero(p, 3 << 20));
	rk_arena_done(&a);
}

static void
copies_strings(void **state)
{
	struct rk_arena a;
	char text[] = "abc";
	struct rk_str copy;

	rk_arena_init(&a, 0);
	copy = rk_arena_dup(&a, rk_str(text));
	text[0] = 'x';
	assert_true(rk_str_is(copy, RK_STR("abc")));
	assert_string_equal(rk_arena_z(&a, copy), "abc");
	assert_non_null(rk_arena_dup(&a, rk_str(NULL)).p); /* empty is not a failure */
	assert_string_equal(rk_arena_z(&a, rk_str(NULL)), "");
	rk_arena_done(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_aligned_zeroed_memory_again_and_again),
		cmocka_unit_test(pieces_do_not_overlap),
		cmocka_unit_test(ceiling_holds),
		cmocka_unit_test(large_pieces_get_a_block_of_their_own),
		cmocka_unit_test(copies_strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
