/*
 * t_msg.c - the table, frames, and fields in and out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/auto.h"
#include "wire/msg.h"

static void
table_says_who_may(void **state)
{
	assert_true(rk_msg_is_allowed(RK_MSG_INVOKE, RK_GATEWAY, RK_WORKER));
	assert_false(rk_msg_is_allowed(RK_MSG_INVOKE, RK_WORKER, RK_GATEWAY));
	assert_false(rk_msg_is_allowed(RK_MSG_INVOKE, RK_SUPER, RK_WORKER));
	assert_false(rk_msg_is_allowed(RK_MSG_REPLY, RK_WORKER, RK_SUPER));
	assert_true(rk_msg_is_allowed(RK_MSG_BUNDLE, RK_KEEPER, RK_SUPER));
	assert_true(rk_msg_is_allowed(RK_MSG_BUNDLE, RK_SUPER, RK_WORKER));
	assert_false(rk_msg_is_allowed(RK_MSG_BUNDLE, RK_SUPER, RK_SUPER));
	assert_false(rk_msg_is_allowed(RK_MSG_NONE, RK_SUPER, RK_WORKER));
	assert_false(rk_msg_is_allowed(RK_MSG_TYPES, RK_SUPER, RK_WORKER));
	assert_null(rk_msg_row(RK_MSG_NONE));
	assert_null(rk_msg_row(RK_MSG_TYPES));
	assert_null(rk_msg_row(65535));
	assert_string_equal(rk_msg_row(RK_MSG_QUIT)->name, "QUIT");
	assert_true(rk_msg_row(RK_MSG_LISTEN)->carries_fd);
	assert_false(rk_msg_row(RK_MSG_CONF)->carries_fd);
	assert_string_equal(rk_role_name(RK_WORKER), "worker");
}

static void
bytes_on_the_wire(void **state)
{
	char want[] = "\x04\0\0\0\0\0\0\0\x78\x56\x34\x12\x88\x13\0\0";
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(64);
	size_t at = rk_msg_begin(&b, RK_MSG_QUIT, 0x12345678);

	want[4] = RK_MSG_QUIT; /* types count from 1 in the table's order: both ends are one build */
	rk_msg_put_u32(&b, 5000);
	assert_int_equal(rk_msg_end(&b, at), RK_OK);
	assert_int_equal(b.n, sizeof want - 1);
	assert_memory_equal(b.p, want, b.n);
}

static void
fields_come_back(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(256);
	struct rk_msg_view v = { 0 };
	enum rk_msg_type type = RK_MSG_NONE;
	uint32_t id = 0;
	size_t size = 0, at = rk_msg_begin(&b, RK_MSG_LOG, 9);

	rk_msg_put_u8(&b, 200);
	rk_msg_put_u16(&b, 0xfedc);
	rk_msg_put_u32(&b, 0xfedcba98);
	rk_msg_put_u64(&b, 0xfedcba9876543210);
	rk_msg_put_str(&b, RK_STR("a\0b"));
	rk_msg_put_str(&b, rk_str(NULL));
	assert_int_equal(rk_msg_end(&b, at), RK_OK);
	rk_buf_lit(&b, "next");
	assert_int_equal(rk_msg_parse(rk_buf_str(&b), &type, &id, &v, &size), RK_OK);
	assert_int_equal(type, RK_MSG_LOG);
	assert_int_equal(id, 9);
	assert_int_equal(size, b.n - 4);
	assert_int_equal(rk_msg_get_u8(&v), 200);
	assert_int_equal(rk_msg_get_u16(&v), 0xfedc);
	assert_int_equal(rk_msg_get_u32(&v), 0xfedcba98);
	assert_true(rk_msg_get_u64(&v) == 0xfedcba9876543210);
	assert_true(rk_str_is(rk_msg_get_str(&v), RK_STR("a\0b")));
	assert_false(rk_msg_is_done(&v));
	assert_true(rk_str_is(rk_msg_get_str(&v), RK_STR("")));
	assert_true(rk_msg_is_done(&v));
}

static void
reading_past_the_end_gives_nothing(void **state)
{
	static const unsigned char bytes[] = { 5, 0, 0, 0, 'a', 'b', 'c', 'd', 1 };
	struct rk_msg_view v = { bytes, bytes + 8, false };

	assert_int_equal(rk_msg_get_str(&v).n, 0);
	assert_true(v.bad);
	assert_int_equal(rk_msg_get_u8(&v), 0);
	assert_int_equal(rk_msg_get_u64(&v), 0);
	assert_false(rk_msg_is_done(&v));
	v = (struct rk_msg_view){ bytes, bytes + 3, false };
	assert_int_equal(rk_msg_get_u32(&v), 0); /* half a field is no field */
	assert_true(v.bad);
	v = (struct rk_msg_view){ NULL, NULL, false };
	assert_true(rk_msg_is_done(&v));
	assert_int_equal(rk_msg_get_u8(&v), 0);
	assert_true(v.bad);
}

static enum rk_err
parse(const char *bytes, size_t n)
{
	struct rk_msg_view v;
	enum rk_msg_type type;
	uint32_t id;
	size_t size;

	return rk_msg_parse(rk_str_n(bytes, n), &type, &id, &v, &size);
}

static void
parses_strictly(void **state)
{
	char f[16] = "\x04\0\0\0\0\0\0\0\x01\0\0\0\0\0\0";

	f[4] = RK_MSG_QUIT;

	for (size_t n = 0; n < sizeof f; n++)
		assert_int_equal(parse(f, n), RK_BUSY);
	assert_int_equal(parse(f, sizeof f), RK_OK);
	f[0] = 65; /* over QUIT's size: known as soon as the head is there */
	assert_int_equal(parse(f, RK_MSG_FRAME), RK_INVALID);
	f[0] = 64;
	assert_int_equal(parse(f, RK_MSG_FRAME), RK_BUSY);
	f[4] = 0;
	assert_int_equal(parse(f, sizeof f), RK_INVALID);
	f[4] = RK_MSG_TYPES;
	assert_int_equal(parse(f, sizeof f), RK_INVALID);
	f[4] = 0x10;
	f[5] = 1;
	assert_int_equal(parse(f, sizeof f), RK_INVALID);
	f[5] = 0;
	f[7] = 1;
	assert_int_equal(parse(f, sizeof f), RK_INVALID);
	f[7] = 0;
	f[3] = (char)0xff;
	assert_int_equal(parse(f, sizeof f), RK_INVALID);
}

static void
too_large_a_frame_is_taken_back(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(64 * RK_KB);
	char bytes[1024] = { 0 };
	size_t at = rk_msg_begin(&b, RK_MSG_RETIRE, 0), before;

	assert_int_equal(rk_msg_end(&b, at), RK_OK);
	before = b.n;
	at = rk_msg_begin(&b, RK_MSG_LISTEN, 0);
	rk_msg_put_str(&b, rk_str_n(bytes, 509)); /* 513 with its length; LISTEN takes 512 */
	assert_int_equal(rk_msg_end(&b, at), RK_TOO_LARGE);
	assert_int_equal(b.n, before);
	at = rk_msg_begin(&b, RK_MSG_LISTEN, 0);
	rk_msg_put_str(&b, rk_str_n(bytes, 508));
	assert_int_equal(rk_msg_end(&b, at), RK_OK);
}

static void
buffer_ceiling_takes_the_frame_back_too(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(40);
	size_t at = rk_msg_begin(&b, RK_MSG_LISTEN, 0);

	rk_msg_put_str(&b, RK_STR("0123456789012345678901234567890123456789"));
	rk_msg_put_str(&b, RK_STR(""));
	assert_int_equal(rk_msg_end(&b, at), RK_TOO_LARGE);
	assert_int_equal(b.n, 0);
	at = rk_msg_begin(&b, RK_MSG_LISTEN, 0);
	rk_msg_put_str(&b, RK_STR("0123456789"));
	assert_int_equal(rk_msg_end(&b, at), RK_OK);
	at = rk_msg_begin(&b, RK_MSG_LISTEN, 0);
	rk_msg_put_u32(&b, 1); /* the head fitted, this does not */
	assert_int_equal(rk_msg_end(&b, at), RK_TOO_LARGE);
	assert_int_equal(b.n, 26);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_says_who_may),
		cmocka_unit_test(bytes_on_the_wire),
		cmocka_unit_test(fields_come_back),
		cmocka_unit_test(reading_past_the_end_gives_nothing),
		cmocka_unit_test(parses_strictly),
		cmocka_unit_test(too_large_a_frame_is_taken_back),
		cmocka_unit_test(buffer_ceiling_takes_the_frame_back_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
