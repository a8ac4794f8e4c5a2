/*
 * t_access.c - minting.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <roomkey/access.h>

#include "base/auto.h"
#include "base/codec.h"
#include "token/ecma.h"

#define AC "AC00000000000000000000000000000001"
#define SK "SK00000000000000000000000000000002"
#define SECRET "abcdefghijklmnopqrstuvwxyz012345"
#define NOW 1700000000

static struct rk_access_key *
new_key(const char *region)
{
	struct rk_access_key *key = NULL;

	assert_int_equal(rk_access_key_new(rk_str(AC), rk_str(SK), rk_str(SECRET), RK_ACCESS_HS256,
			     rk_str(region), &key, NULL),
	    RK_OK);
	return key;
}

/* Part 0 is the header, 1 the payload: decoded, NUL-terminated. */
static void
decode(struct rk_str token, int part, char *ret_text, size_t size)
{
	struct rk_buf out RK_AUTO(rk_buf_free) = RK_BUF(size - 1);
	struct rk_str piece = { NULL, 0 };

	for (int i = 0; i <= part; i++)
		piece = rk_str_take(&token, '.');
	assert_int_equal(rk_codec_get_base64url(&out, piece), RK_OK);
	memcpy(ret_text, out.p, out.n);
	ret_text[out.n] = '\0';
}

static void
assert_payload(struct rk_access_key *key, const struct rk_access_claims *claims, const char *expected)
{
	char token[RK_ACCESS_TYPICAL], payload[RK_ACCESS_TYPICAL];
	size_t n;

	assert_int_equal(rk_access_mint(key, claims, token, sizeof(token), &n), RK_OK);
	assert_true(n <= rk_access_bound(key, claims));
	decode(rk_str_n(token, n), 1, payload, sizeof(payload));
	assert_string_equal(payload, expected);
}

static void
claims_stand_in_the_order_of_the_node_library(void **state)
{
	struct rk_access_key *key = new_key(NULL);
	struct rk_access_claims claims = RK_ACCESS_CLAIMS;

	claims.now = NOW;
	assert_payload(key, &claims,
	    "{\"jti\":\"" SK "-1700000000\",\"grants\":{},\"iat\":1700000000,\"exp\":1700003600,"
	    "\"iss\":\"" SK "\",\"sub\":\"" AC "\"}");
	claims.identity = rk_str("alice");
	claims.has_nbf = true;
	claims.nbf = 1699999999.5;
	claims.ttl = 60;
	claims.grants = rk_str("{\"video\":{}}");
	assert_payload(key, &claims,
	    "{\"jti\":\"" SK
	    "-1700000000\",\"grants\":{\"identity\":\"alice\",\"video\":{}},\"nbf\":1699999999.5,"
	    "\"iat\":1700000000,\"exp\":1700000060,\"iss\":\"" SK "\",\"sub\":\"" AC "\"}");
	claims.identity = rk_str("");
	claims.grants = rk_str("{}");
	claims.has_nbf = false;
	claims.ttl = 0; /* stands for an hour */
	assert_payload(key, &claims,
	    "{\"jti\":\"" SK "-1700000000\",\"grants\":{\"identity\":\"\"},\"iat\":1700000000,"
	    "\"exp\":1700003600,\"iss\":\"" SK "\",\"sub\":\"" AC "\"}");
	rk_access_key_free(key);
}

/* What the key keeps of a second must not leak into the next, nor a failure into the call after it. */
static void
a_key_follows_the_clock(void **state)
{
	struct rk_access_key *key = new_key(NULL);
	struct rk_access_claims claims = RK_ACCESS_CLAIMS;
	static const int64_t times[] = { NOW, NOW, NOW + 1, 9, NOW, 0, -5, 99999999999 };
	char token[RK_ACCESS_TYPICAL], expected[512];
	size_t n = 7;

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		claims.now = times[i];
		assert_int_equal(rk_access_mint(key, &claims, token, 10, &n), RK_TOO_LARGE);
		assert_int_equal(n, 7);
		snprintf(expected, sizeof(expected),
		    "{\"jti\":\"" SK "-%lld\",\"grants\":{},\"iat\":%lld,\"exp\":%lld,\"iss\":\"" SK
		    "\",\"sub\":\"" AC "\"}",
		    (long long)times[i], (long long)times[i], (long long)times[i] + 3600);
		assert_payload(key, &claims, expected);
	}
	rk_access_key_free(key);
}

static void
an_identity_cannot_leave_its_quotes(void **state)
{
	struct rk_access_key *key = new_key(NULL);
	struct rk_access_claims claims = RK_ACCESS_CLAIMS;

	claims.now = NOW;
	claims.identity = rk_str("a\",\"video\":{},\"x\":\"\\\n\x7f\xc3\xa9");
	assert_payload(key, &claims,
	    "{\"jti\":\"" SK "-1700000000\",\"grants\":{\"identity\":\"a\\\",\\\"video\\\":{},\\\"x\\\":"
	    "\\\"\\\\\\n\x7f\xc3\xa9\"},"
	    "\"iat\":1700000000,\"exp\":1700003600,\"iss\":\"" SK "\",\"sub\":\"" AC "\"}");
	rk_access_key_free(key);
}

static void
assert_mint_fails(struct rk_access_key *key, const struct rk_access_claims *claims)
{
	char token[RK_ACCESS_TYPICAL];
	size_t n = 7;

	assert_int_equal(rk_access_mint(key, claims, token, sizeof(token), &n), RK_INVALID);
	assert_int_equal(n, 7);
}

static void
claims_that_are_no_json_are_not_signed(void **state)
{
	static const char *const bad[] = { "[]", "{", "}", "\"a\"", " {}", "null" };
	struct rk_access_key *key = new_key(NULL);
	struct rk_access_claims claims = RK_ACCESS_CLAIMS;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		claims.grants = rk_str(bad[i]);
		assert_mint_fails(key, &claims);
	}
	claims.grants = rk_str(NULL);
	claims.identity = rk_str("\xc3(");
	assert_mint_fails(key, &claims);
	claims.identity = rk_str(NULL);
	claims.has_nbf = true;
	claims.nbf = NAN;
	assert_mint_fails(key, &claims);
	claims.nbf = INFINITY;
	assert_mint_fails(key, &claims);
	rk_access_key_free(key);
}

static void
a_large_token_needs_just_its_room(void **state)
{
	struct rk_access_key *key = new_key(NULL);
	struct rk_access_claims claims = RK_ACCESS_CLAIMS;
	char *identity RK_AUTO(rk_auto_free) = (char *)malloc(5000);
	char *token RK_AUTO(rk_auto_free) = NULL;
	size_t n, bound;

	assert_non_null(identity);
	memset(identity, '\n', 5000); /* two bytes each in the token */
	claims.identity = rk_str_n(identity, 5000);
	bound = rk_access_bound(key, &claims);
	token = (char *)malloc(bound);
	assert_non_null(token);
	assert_int_equal(rk_access_mint(key, &claims, token, bound, &n), RK_OK);
	assert_int_equal(rk_access_mint(key, &claims, token, n, &n), RK_OK);
	assert_int_equal(rk_access_mint(key, &claims, token, n - 1, &n), RK_TOO_LARGE);
	rk_access_key_free(key);
}

static void
a_region_goes_into_the_header_as_latin_1(void **state)
{
	static const struct {
		const char *region, *header;
	} cases[] = {
		{ "ie1", "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"cty\":\"twilio-fpa;v=1\",\"twr\":\"ie1\"}" },
		{ "\xc3\xa9\"",
		    "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"cty\":\"twilio-fpa;v=1\",\"twr\":\"\xe9\\\"\"}" },
		{ "\xe5\x90\x8d",
		    "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"cty\":\"twilio-fpa;v=1\",\"twr\":\"\x0d\"}" },
		{ "\xf0\x9f\x98\x80",
		    "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"cty\":\"twilio-fpa;v=1\",\"twr\":\"\x3d\x00" },
	};
	struct rk_access_claims claims = RK_ACCESS_CLAIMS;
	char token[RK_ACCESS_TYPICAL], header[512];
	size_t n;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rk_access_key *key = new_key(cases[i].region);

		assert_int_equal(rk_access_mint(key, &claims, token, sizeof(token), &n), RK_OK);
		decode(rk_str_n(token, n), 0, header, sizeof(header));
		assert_string_equal(header, cases[i].header);
		rk_access_key_free(key);
	}
}

static void
a_key_needs_its_three_strings(void **state)
{
	static const struct {
		const char *account, *key, *secret, *what, *code;
	} cases[] = {
		{ "", "", "", "accountSid is required", "RK-201" },
		{ AC, "", "", "keySid is required", "RK-202" },
		{ AC, SK, "", "secret is required", "RK-203" },
		{ AC, "\xff", "x", "A SID or the region is no UTF-8 text.", "RK-250" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rk_access_key *key = NULL;
		struct rk_why why;

		assert_int_equal(rk_access_key_new(rk_str(cases[i].account), rk_str(cases[i].key),
				     rk_str(cases[i].secret), RK_ACCESS_HS256, rk_str(NULL), &key, &why),
		    RK_INVALID);
		assert_null(key);
		assert_string_equal(why.what, cases[i].what);
		assert_string_equal(why.code, cases[i].code);
	}
}

static void
a_cached_key_is_told_from_others(void **state)
{
	struct rk_access_key *key = new_key("ie1");

	assert_true(
	    rk_access_key_is(key, rk_str(AC), rk_str(SK), rk_str(SECRET), RK_ACCESS_HS256, rk_str("ie1")));
	assert_false(
	    rk_access_key_is(key, rk_str(SK), rk_str(SK), rk_str(SECRET), RK_ACCESS_HS256, rk_str("ie1")));
	assert_false(
	    rk_access_key_is(key, rk_str(AC), rk_str(AC), rk_str(SECRET), RK_ACCESS_HS256, rk_str("ie1")));
	assert_false(
	    rk_access_key_is(key, rk_str(AC), rk_str(SK), rk_str("x"), RK_ACCESS_HS256, rk_str("ie1")));
	assert_false(
	    rk_access_key_is(key, rk_str(AC), rk_str(SK), rk_str(SECRET), RK_ACCESS_HS512, rk_str("ie1")));
	assert_false(
	    rk_access_key_is(key, rk_str(AC), rk_str(SK), rk_str(SECRET), RK_ACCESS_HS256, rk_str("")));
	rk_access_key_free(key);
}

static void
algorithms_are_three_and_case_counts(void **state)
{
	enum rk_access_alg alg;

	assert_int_equal(rk_access_alg_parse(rk_str(""), &alg), RK_OK);
	assert_int_equal(alg, RK_ACCESS_HS256);
	assert_int_equal(rk_access_alg_parse(rk_str("HS512"), &alg), RK_OK);
	assert_string_equal(rk_access_alg_name(alg), "HS512");
	assert_int_equal(rk_access_alg_parse(rk_str("none"), &alg), RK_UNSUPPORTED);
	assert_int_equal(rk_access_alg_parse(rk_str("hs256"), &alg), RK_UNSUPPORTED);
	assert_int_equal(rk_access_alg_parse(rk_str("RS256"), &alg), RK_UNSUPPORTED);
}

/* The texts are those of String(number) in a JavaScript engine. */
static void
numbers_are_those_of_javascript(void **state)
{
	static const struct {
		double number;
		const char *text;
	} cases[] = {
		{ 0, "0" },
		{ -0.0, "0" },
		{ 7, "7" },
		{ -3, "-3" },
		{ 10, "10" },
		{ 100, "100" },
		{ 12345, "12345" },
		{ 0.5, "0.5" },
		{ 0.1, "0.1" },
		{ 1700000000.25, "1700000000.25" },
		{ -1.5, "-1.5" },
		{ 9007199254740991.0, "9007199254740991" },
		{ 9007200954740992.0, "9007200954740992" },
		{ 1e20, "100000000000000000000" },
		{ 1e21, "1e+21" },
		{ 1.5e300, "1.5e+300" },
		{ 5e-324, "5e-324" },
		{ 1e-6, "0.000001" },
		{ 1e-7, "1e-7" },
		{ 1.25e-7, "1.25e-7" },
		{ 1.7976931348623157e308, "1.7976931348623157e+308" },
		{ 0.30000000000000004, "0.30000000000000004" },
		{ 123456789012345680000.0, "123456789012345680000" },
	};
	char text[RK_ECMA_NUMBER_MAX];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		*rk_ecma_write_number(text, cases[i].number) = '\0';
		assert_string_equal(text, cases[i].text);
	}
	*rk_ecma_write_integer(text, INT64_MIN) = '\0';
	assert_string_equal(text, "-9223372036854775808");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(claims_stand_in_the_order_of_the_node_library),
		cmocka_unit_test(a_key_follows_the_clock),
		cmocka_unit_test(an_identity_cannot_leave_its_quotes),
		cmocka_unit_test(claims_that_are_no_json_are_not_signed),
		cmocka_unit_test(a_large_token_needs_just_its_room),
		cmocka_unit_test(a_region_goes_into_the_header_as_latin_1),
		cmocka_unit_test(a_key_needs_its_three_strings),
		cmocka_unit_test(a_cached_key_is_told_from_others),
		cmocka_unit_test(algorithms_are_three_and_case_counts),
		cmocka_unit_test(numbers_are_those_of_javascript),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
