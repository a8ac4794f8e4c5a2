/*
 * t_call.c - INVOKE, REPLY and LOG there and back, and every cut of them refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/auto.h"
#include "wire/call.h"

static struct rk_msg_view
view_of(const struct rk_buf *b, size_t n)
{
	const unsigned char *p = (const unsigned char *)b->p;

	return (struct rk_msg_view){ p, p + n, false };
}

static void
put_headers(struct rk_buf *b)
{
	size_t at = rk_pairs_begin(b);

	rk_pairs_put(b, RK_STR("Accept"), RK_STR("*/*"));
	rk_pairs_put(b, RK_STR("X-Empty"), rk_str(NULL));
	rk_pairs_put(b, RK_STR("accept"), RK_STR("text/html"));
	rk_pairs_end(b, at, 3);
}

static void
assert_headers(struct rk_pairs left)
{
	struct rk_str name, value;

	assert_int_equal(left.count, 3);
	assert_true(rk_pairs_take(&left, &name, &value));
	assert_true(rk_str_is(name, RK_STR("Accept")) && rk_str_is(value, RK_STR("*/*")));
	assert_true(rk_pairs_take(&left, &name, &value));
	assert_true(rk_str_is(name, RK_STR("X-Empty")) && value.n == 0);
	assert_true(rk_pairs_take(&left, &name, &value));
	assert_true(rk_str_is(name, RK_STR("accept")) && rk_str_is(value, RK_STR("text/html")));
	assert_false(rk_pairs_take(&left, &name, &value));
}

static void
put_call(struct rk_buf *b)
{
	struct rk_call call = { .function = 3,
		.timeout_ms = 9999,
		.request_id = RK_STR("RQ1"),
		.method = RK_STR("POST"),
		.path = RK_STR("/a%20b"),
		.query = RK_STR("x=1"),
		.host = RK_STR("localhost:3000") };

	rk_call_put_head(b, &call);
	put_headers(b);
	rk_msg_put_str(b, RK_STR("a\0b"));
}

static void
call_comes_back(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(1024);
	struct rk_call call = { 0 };
	struct rk_msg_view v;

	put_call(&b);
	v = view_of(&b, b.n);
	assert_int_equal(rk_call_get(&v, &call), RK_OK);
	assert_int_equal(call.function, 3);
	assert_int_equal(call.timeout_ms, 9999);
	assert_true(rk_str_is(call.request_id, RK_STR("RQ1")));
	assert_true(rk_str_is(call.method, RK_STR("POST")));
	assert_true(rk_str_is(call.path, RK_STR("/a%20b")));
	assert_true(rk_str_is(call.query, RK_STR("x=1")));
	assert_true(rk_str_is(call.host, RK_STR("localhost:3000")));
	assert_true(rk_str_is(call.body, RK_STR("a\0b")));
	assert_headers(call.headers);
}

static void
cut_or_longer_calls_are_refused(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(1024);
	struct rk_call call = { .function = 77 };
	struct rk_msg_view v;

	put_call(&b);
	for (size_t n = 0; n < b.n; n++) {
		v = view_of(&b, n);
		assert_int_equal(rk_call_get(&v, &call), RK_INVALID);
	}
	rk_buf_put_c(&b, 0);
	v = view_of(&b, b.n);
	assert_int_equal(rk_call_get(&v, &call), RK_INVALID);
	assert_int_equal(call.function, 77);
}

static void
put_reply(struct rk_buf *b, unsigned outcome, uint16_t status)
{
	rk_reply_put_head(b, (enum rk_outcome)outcome, status);
	put_headers(b);
	rk_msg_put_str(b, RK_STR("body"));
}

static enum rk_err
get_reply(unsigned outcome, uint16_t status, struct rk_reply *reply)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(1024);
	struct rk_msg_view v;
	enum rk_err err;

	put_reply(&b, outcome, status);
	for (size_t n = 0; n < b.n; n++) {
		v = view_of(&b, n);
		assert_int_equal(rk_reply_get(&v, reply), RK_INVALID);
	}
	v = view_of(&b, b.n);
	err = rk_reply_get(&v, reply);
	if (!err)
		assert_headers(reply->headers);
	return err;
}

static void
reply_comes_back(void **state)
{
	struct rk_reply reply = { 0 };

	assert_int_equal(get_reply(RK_OUTCOME_ANSWER, 200, &reply), RK_OK);
	assert_int_equal(reply.outcome, RK_OUTCOME_ANSWER);
	assert_int_equal(reply.status, 200);
	assert_int_equal(get_reply(RK_OUTCOME_INVALID, 999, &reply), RK_OK);
	assert_int_equal(get_reply(RK_OUTCOME_TIMEOUT, 100, &reply), RK_OK);
	assert_int_equal(get_reply(RK_OUTCOME_INVALID + 1, 200, &reply), RK_INVALID);
	assert_int_equal(get_reply(RK_OUTCOME_ANSWER, 99, &reply), RK_INVALID);
	assert_int_equal(get_reply(RK_OUTCOME_ANSWER, 1000, &reply), RK_INVALID);
}

static void
line_comes_back(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(1024);
	struct rk_line line = { 2, UINT32_MAX, RK_STR("RQ1"), RK_STR("hello\nworld") }, got = { 0 };
	struct rk_msg_view v;

	rk_line_put(&b, &line);
	for (size_t n = 0; n < b.n; n++) {
		v = view_of(&b, n);
		assert_int_equal(rk_line_get(&v, &got), RK_INVALID);
	}
	v = view_of(&b, b.n);
	assert_int_equal(rk_line_get(&v, &got), RK_OK);
	assert_int_equal(got.level, 2);
	assert_true(got.function == UINT32_MAX);
	assert_true(rk_str_is(got.request_id, line.request_id));
	assert_true(rk_str_is(got.text, line.text));
	b.p[0] = 4; /* no such level */
	v = view_of(&b, b.n);
	assert_int_equal(rk_line_get(&v, &got), RK_INVALID);
}

static void
a_count_larger_than_its_list_is_refused(void **state)
{
	struct rk_pairs lie = { .count = 9, .bytes = RK_STR("\x01\0\0\0a\x01\0\0\0b\x05\0\0\0") };
	struct rk_str name, value;

	assert_true(rk_pairs_take(&lie, &name, &value));
	assert_true(rk_str_is(value, RK_STR("b")));
	assert_false(rk_pairs_take(&lie, &name, &value));
	lie = (struct rk_pairs){ .count = 1 };
	assert_false(rk_pairs_take(&lie, &name, &value));
}

static void
full_buffer_is_harmless(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(1);

	put_call(&b);
	assert_int_equal(rk_buf_end(&b), RK_TOO_LARGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(call_comes_back),
		cmocka_unit_test(cut_or_longer_calls_are_refused),
		cmocka_unit_test(reply_comes_back),
		cmocka_unit_test(line_comes_back),
		cmocka_unit_test(a_count_larger_than_its_list_is_refused),
		cmocka_unit_test(full_buffer_is_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
