/*
 * t_check.c - a check and its verdict there and back, and what half of either reads as.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/auto.h"
#include "wire/check.h"

static struct rk_msg_view
view_of(const struct rk_buf *b, size_t n)
{
	const unsigned char *p = (const unsigned char *)b->p;

	return (struct rk_msg_view){ p, p + n, false };
}

static struct rk_check
full_check(void)
{
	return (struct rk_check){ .scheme = RK_STR("https"),
		.host = RK_STR("example.com"),
		.target = RK_STR("/sms?a=1"),
		.has_signature = true,
		.signature = RK_STR("c2ln"),
		.type = RK_STR("application/x-www-form-urlencoded"),
		.body = RK_STR("a=1\0b"),
		.origin = RK_STR("http://localhost:5173"),
		.seen_host = RK_STR("localhost:3000"),
		.forwarded_host = RK_STR("example.com") };
}

static void
check_comes_back(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(4096);
	struct rk_check full = full_check(), got;
	struct rk_msg_view v;

	rk_check_put(&b, &full);
	v = view_of(&b, b.n);
	assert_int_equal(rk_check_get(&v, &got), RK_OK);
	assert_true(rk_str_is(got.scheme, full.scheme));
	assert_true(rk_str_is(got.host, full.host));
	assert_true(rk_str_is(got.target, full.target));
	assert_true(rk_str_is(got.signature, full.signature));
	assert_true(rk_str_is(got.type, full.type));
	assert_true(got.has_signature);
	assert_true(rk_str_is(got.origin, full.origin));
	assert_true(rk_str_is(got.seen_host, full.seen_host));
	assert_true(rk_str_is(got.forwarded_host, full.forwarded_host));
	assert_true(rk_str_is(got.body, full.body));
}

static void
cut_checks_are_refused(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(4096);
	struct rk_check full = full_check(), got;

	rk_check_put(&b, &full);
	for (size_t n = 0; n < b.n; n++) {
		struct rk_msg_view v = view_of(&b, n);
		assert_int_equal(rk_check_get(&v, &got), RK_INVALID);
	}
}

static void
verdict_comes_back(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(4096);
	struct rk_verdict verdict = { 403, RK_STR("RK-403"), RK_STR("Not signed."), RK_STR("Sign it.") }, got;
	struct rk_msg_view v;

	rk_verdict_put(&b, &verdict);
	v = view_of(&b, b.n);
	assert_int_equal(rk_verdict_get(&v, &got), RK_OK);
	assert_int_equal(got.status, 403);
	assert_true(rk_str_is(got.code, verdict.code));
	assert_true(rk_str_is(got.message, verdict.message));
	assert_true(rk_str_is(got.todo, verdict.todo));
}

static void
half_a_verdict_lets_nothing_through(void **state)
{
	static const uint16_t bad[] = { 1, 200, 302, 399, 600, 65535 };
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(4096);
	struct rk_verdict got;

	rk_verdict_put(&b, &(struct rk_verdict){ 0 });
	for (size_t n = 0; n < b.n; n++) {
		struct rk_msg_view v = view_of(&b, n);
		assert_int_equal(rk_verdict_get(&v, &got), RK_INVALID);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		rk_buf_clear(&b);
		rk_verdict_put(&b, &(struct rk_verdict){ .status = bad[i] });
		struct rk_msg_view v = view_of(&b, b.n);
		assert_int_equal(rk_verdict_get(&v, &got), RK_INVALID);
	}
}

static void
long_words_are_cut_to_fit_the_row(void **state)
{
	static char words[40000];
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(1 << 20);
	size_t at = rk_msg_begin(&b, RK_MSG_VERDICT, 1);

	memset(words, 'x', sizeof(words));
	rk_verdict_put(&b, &(struct rk_verdict){ 403, rk_str_n(words, sizeof(words)),
			       rk_str_n(words, sizeof(words)), rk_str_n(words, sizeof(words)) });
	assert_int_equal(rk_msg_end(&b, at), RK_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(check_comes_back),
		cmocka_unit_test(cut_checks_are_refused),
		cmocka_unit_test(verdict_comes_back),
		cmocka_unit_test(half_a_verdict_lets_nothing_through),
		cmocka_unit_test(long_words_are_cut_to_fit_the_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
