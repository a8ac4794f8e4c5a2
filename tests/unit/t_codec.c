/*
 * t_codec.c - the vectors of RFC 4648, round trips of every length, and refusal of every other spelling.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/auto.h"
#include "base/codec.h"

typedef void put_fn(struct rk_buf *, struct rk_str);
typedef enum rk_err get_fn(struct rk_buf *, struct rk_str);

static void
assert_puts(put_fn *put, struct rk_str in, const char *want)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(4096);

	put(&b, in);
	assert_int_equal(rk_buf_end(&b), RK_OK);
	assert_string_equal(rk_buf_z(&b), want);
}

static void
assert_refuses(get_fn *get, struct rk_str in)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(4096);

	rk_buf_lit(&b, "kept");
	assert_int_equal(get(&b, in), RK_INVALID);
	assert_string_equal(rk_buf_z(&b), "kept");
}

/* RFC 4648 section 10 */
static void
base64_spells_the_rfc_vectors(void **state)
{
	assert_puts(rk_codec_put_base64, RK_STR(""), "");
	assert_puts(rk_codec_put_base64, RK_STR("f"), "Zg==");
	assert_puts(rk_codec_put_base64, RK_STR("fo"), "Zm8=");
	assert_puts(rk_codec_put_base64, RK_STR("foo"), "Zm9v");
	assert_puts(rk_codec_put_base64, RK_STR("foob"), "Zm9vYg==");
	assert_puts(rk_codec_put_base64, RK_STR("fooba"), "Zm9vYmE=");
	assert_puts(rk_codec_put_base64, RK_STR("foobar"), "Zm9vYmFy");
	assert_puts(rk_codec_put_base64, RK_STR("\xfb\xff\xbf"), "+/+/");
	assert_puts(rk_codec_put_base64url, RK_STR("\xfb\xff\xbf"), "-_-_");
	assert_puts(rk_codec_put_base64url, RK_STR("foob"), "Zm9vYg");
	assert_puts(rk_codec_put_base64url, RK_STR("fooba"), "Zm9vYmE");
	/* RFC 7515 appendix C */
	assert_puts(rk_codec_put_base64url, RK_STR("\x03\xec\xff\xe0\xc1"), "A-z_4ME");
}

static void
assert_round_trip(put_fn *put, get_fn *get, struct rk_str in)
{
	RK_AUTO(rk_buf_free) struct rk_buf text = RK_BUF(4096);
	RK_AUTO(rk_buf_free) struct rk_buf back = RK_BUF(4096);

	put(&text, in);
	assert_int_equal(get(&back, rk_buf_str(&text)), RK_OK);
	assert_true(rk_str_is(rk_buf_str(&back), in));
}

static void
every_length_comes_back(void **state)
{
	char bytes[600];

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)(i * 167 + (i >> 3));
	for (size_t n = 0; n <= sizeof bytes; n++) {
		assert_round_trip(rk_codec_put_base64url, rk_codec_get_base64url, rk_str_n(bytes, n));
		assert_round_trip(rk_codec_put_base64, rk_codec_get_base64, rk_str_n(bytes, n));
		assert_round_trip(rk_codec_put_hex, rk_codec_get_hex, rk_str_n(bytes, n));
	}
}

static void
every_bit_pattern_is_spelled_right(void **state)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned char in[12] = { 0 };
	char out[16];

	for (unsigned v = 0; v < 4096; v++) {
		in[0] = in[6] = (unsigned char)(v >> 4);
		in[1] = in[7] = (unsigned char)(v << 4);
		assert_int_equal(rk_codec_write_base64url(out, in, sizeof in), sizeof out);
		assert_int_equal(out[0], alphabet[v >> 6]);
		assert_int_equal(out[1], alphabet[v & 63]);
		assert_int_equal(out[8], alphabet[v >> 6]);
		assert_int_equal(out[9], alphabet[v & 63]);
	}
}

static void
base64_refuses_every_other_spelling(void **state)
{
	static const char *const url[] = { "A", "AAAAA", "Zg==", "Zh", "Zm9=", "Zm9", "Z g", "Zg\n", "Zm+v",
		"Zm/v", "Zm9v=" };
	static const char *const plain[] = { "Zg", "Zg=", "Zg===", "=",
		"====", "Zh==", "Zm9=", "Z=g=", "Zm9vZg=A", "Zm-v", "Zm_v", "Zg==Zg==", "Zm9v\n", "A===" };

	for (size_t i = 0; i < sizeof url / sizeof url[0]; i++)
		assert_refuses(rk_codec_get_base64url, rk_str(url[i]));
	for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
		assert_refuses(rk_codec_get_base64, rk_str(plain[i]));
	assert_refuses(rk_codec_get_base64url, RK_STR("Zm9\0"));
	assert_refuses(rk_codec_get_base64url, RK_STR("Zm9\xff"));
}

static void
hex_takes_either_case(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(16);

	assert_puts(rk_codec_put_hex, RK_STR("\x00\xab\xff"), "00abff");
	assert_int_equal(rk_codec_get_hex(&b, RK_STR("0aBCff")), RK_OK);
	assert_true(rk_str_is(rk_buf_str(&b), RK_STR("\x0a\xbc\xff")));
	assert_refuses(rk_codec_get_hex, RK_STR("abc"));
	assert_refuses(rk_codec_get_hex, RK_STR("0g"));
	assert_refuses(rk_codec_get_hex, RK_STR("0x"));
	assert_refuses(rk_codec_get_hex, RK_STR("\x10\x11")); /* would be digits with a bit set */
}

static void
percent_goes_both_ways(void **state)
{
	assert_puts(rk_codec_put_percent, RK_STR("aZ09-._~"), "aZ09-._~");
	assert_puts(rk_codec_put_percent, RK_STR("a b/\xc3\xa9+%"), "a%20b%2F%C3%A9%2B%25");
	assert_puts(rk_codec_get_percent, RK_STR("a%20b%2f%C3%a9+%25"), "a b/\xc3\xa9+%");
	assert_puts(rk_codec_get_percent, RK_STR("100%"), "100%");
	assert_puts(rk_codec_get_percent, RK_STR("%4"), "%4");
	assert_puts(rk_codec_get_percent, RK_STR("%zz%41"), "%zzA");
	assert_puts(rk_codec_get_percent, RK_STR("%%41"), "%A");
}

static void
ceiling_is_told(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(2);

	assert_int_equal(rk_codec_get_base64url(&b, RK_STR("Zm9v")), RK_TOO_LARGE);
	rk_buf_clear(&b);
	assert_int_equal(rk_codec_get_hex(&b, RK_STR("000000")), RK_TOO_LARGE);
	rk_buf_clear(&b);
	rk_codec_put_base64(&b, RK_STR("f"));
	assert_int_equal(rk_buf_end(&b), RK_TOO_LARGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64_spells_the_rfc_vectors),
		cmocka_unit_test(every_length_comes_back),
		cmocka_unit_test(every_bit_pattern_is_spelled_right),
		cmocka_unit_test(base64_refuses_every_other_spelling),
		cmocka_unit_test(hex_takes_either_case),
		cmocka_unit_test(percent_goes_both_ways),
		cmocka_unit_test(ceiling_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
