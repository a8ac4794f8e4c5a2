/*
 * t_signature.c - making, checking and judging request signatures.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/auto.h"
#include "base/str.h"
#include "token/signature.h"

#define TOKEN RK_STR("12345")
#define URL RK_STR("https://mycompany.com/myapp.php?foo=1&bar=2")
#define FORM RK_STR("application/x-www-form-urlencoded; charset=utf-8")
#define JSON RK_STR("application/json")

static const char *
make(struct rk_str token, struct rk_str url, const struct rk_param *params, size_t count)
{
	static char text[RK_SIGNATURE_LEN + 1];

	assert_int_equal(rk_signature_make(token, url, params, count, text), RK_OK);
	return text;
}

/* The example of the vendor's documentation, which every helper library signs alike. */
static void
the_documented_example(void **state)
{
	const struct rk_param params[] = {
		{ RK_STR("To"), RK_STR("+18005551212") },
		{ RK_STR("From"), RK_STR("+14158675309") },
		{ RK_STR("Digits"), RK_STR("1234") },
		{ RK_STR("CallSid"), RK_STR("CA1234567890ABCDE") },
		{ RK_STR("Caller"), RK_STR("+14158675309") },
	};

	assert_string_equal(make(TOKEN, URL, params, 5), "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
}

static void
fields_as_text(const struct rk_param *params, size_t count, const char *want)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(1024);

	assert_int_equal(rk_signature_put_fields(&out, params, count), RK_OK);
	assert_string_equal(rk_buf_z(&out), want);
}

/* U+1F4A9 is D83D DCA9 in UTF-16, and so comes before U+FF5E. */
static void
names_are_sorted_by_utf16_units(void **state)
{
	const struct rk_param params[] = {
		{ RK_STR("\xef\xbd\x9e"), RK_STR("1") },
		{ RK_STR("\xf0\x9f\x92\xa9"), RK_STR("2") },
		{ RK_STR("b"), RK_STR("3") },
		{ RK_STR("B"), RK_STR("4") },
		{ RK_STR("\xed\x9f\xbf"), RK_STR("5") },
		{ RK_STR("Ba"), RK_STR("6") },
	};

	fields_as_text(params, 6,
	    "B4Ba6b3\xed\x9f\xbf"
	    "5\xf0\x9f\x92\xa9"
	    "2\xef\xbd\x9e"
	    "1");
}

static void
distinct_values_of_a_name_are_sorted(void **state)
{
	const struct rk_param params[] = {
		{ RK_STR("M"), RK_STR("b") },
		{ RK_STR("Z"), RK_STR("") },
		{ RK_STR("M"), RK_STR("a") },
		{ RK_STR("M"), RK_STR("b") },
	};

	fields_as_text(params, 4, "MaMbZ");
	fields_as_text(NULL, 0, "");
}

static void
checks(struct rk_str url, struct rk_str signed_url, bool want)
{
	const char *header = make(TOKEN, signed_url, NULL, 0);
	enum rk_err err = rk_signature_check(TOKEN, rk_str(header), url, NULL, 0);

	if ((err == RK_OK) != want)
		fail_msg("%.*s signed as %.*s: %d", RK_FMT(url), RK_FMT(signed_url), err);
}

static void
spellings_of_the_url(void **state)
{
	checks(RK_STR("https://h/x"), RK_STR("https://h:443/x"), true);
	checks(RK_STR("https://h:443/x"), RK_STR("https://h/x"), true);
	checks(RK_STR("https://h:1234/x"), RK_STR("https://h/x"), true);
	checks(RK_STR("https://h/x"), RK_STR("https://h:1234/x"), false);
	checks(RK_STR("https://h:1234/x"), RK_STR("https://h:443/x"), false);
	checks(RK_STR("https://H"), RK_STR("https://h/"), true);
	checks(RK_STR("https://h/x?q=%27"), RK_STR("https://h/x?q='"), true);
	checks(RK_STR("https://h/x?q='"), RK_STR("https://h:443/x?q=%27"), true);
	checks(RK_STR("https://h/a/../b"), RK_STR("https://h/b"), true);
	checks(RK_STR("https://h/x"), RK_STR("http://h/x"), false);
	checks(RK_STR("https://h/x"), RK_STR("https://h/x/"), false);
	checks(RK_STR("https://h/x?a=1&b=2"), RK_STR("https://h/x?b=2&a=1"), false);
}

static void
any_flipped_letter_is_refused(void **state)
{
	char header[RK_SIGNATURE_LEN + 1];

	memcpy(header, make(TOKEN, URL, NULL, 0), sizeof header);
	assert_int_equal(rk_signature_check(TOKEN, rk_str(header), URL, NULL, 0), RK_OK);
	for (size_t i = 0; i < RK_SIGNATURE_LEN; i++) {
		header[i] ^= 1;
		assert_int_equal(rk_signature_check(TOKEN, rk_str(header), URL, NULL, 0), RK_SIGNATURE);
		header[i] ^= 1;
	}
	assert_int_equal(rk_signature_check(TOKEN, rk_str_n(header, 27), URL, NULL, 0), RK_SIGNATURE);
	assert_int_equal(rk_signature_check(RK_STR("12346"), rk_str(header), URL, NULL, 0), RK_SIGNATURE);
}

/* A token longer than the block of the hash (RFC 2104): the sum was made with node:crypto. */
static void
a_long_token(void **state)
{
	char token[100];

	memset(token, 'k', sizeof token);
	assert_string_equal(
	    make(rk_str_n(token, sizeof token), URL, NULL, 0), "bCRg+VPe2wBUEKDFHSXlayd1OxU=");
}

/* ---- whole requests -------------------------------------------------------------- */

static enum rk_err
judge(struct rk_str url, struct rk_str signed_url, struct rk_str type, struct rk_str body,
    const struct rk_param *params, size_t count)
{
	struct rk_signature_request r = {
		.auth_token = TOKEN,
		.header = rk_str(make(TOKEN, signed_url, params, count)),
		.url = url,
		.content_type = type,
		.body = body,
	};

	return rk_signature_judge(&r, NULL);
}

static void
forms(void **state)
{
	const struct rk_param params[] = { { RK_STR("Body"), RK_STR("a b+\xc3\xa9") },
		{ RK_STR("To"), RK_STR("+1") } };
	struct rk_str body = RK_STR("To=%2B1&Body=a+b%2B%C3%A9");

	assert_int_equal(judge(URL, URL, FORM, body, params, 2), RK_OK);
	assert_int_equal(judge(URL, URL, FORM, body, params, 1), RK_SIGNATURE);
	assert_int_equal(
	    judge(URL, URL, RK_STR("APPLICATION/X-WWW-FORM-URLENCODED"), body, params, 2), RK_OK);
	assert_int_equal(
	    judge(URL, URL, RK_STR("multipart/form-data; boundary=x"), body, params, 2), RK_SIGNATURE);
	assert_int_equal(judge(URL, URL, RK_STR(""), RK_STR(""), NULL, 0), RK_OK);
}

/* Nothing would vouch for such a body, so that the URL's signature alone must not let it in. */
static void
a_body_without_a_hash_is_refused(void **state)
{
	assert_int_equal(judge(URL, URL, JSON, RK_STR("{}"), NULL, 0), RK_SIGNATURE);
	assert_int_equal(judge(URL, URL, RK_STR(""), RK_STR("x"), NULL, 0), RK_SIGNATURE);
}

static void
hashed_bodies(void **state)
{
	char hash[RK_SIGNATURE_HASH_LEN + 1], url[256], encoded[256];

	assert_int_equal(rk_signature_hash(RK_STR("{}"), hash), RK_OK);
	assert_string_equal(hash, "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
	snprintf(url, sizeof url, "https://h/x?a=1&bodySHA256=%s", hash);
	snprintf(encoded, sizeof encoded, "https://h/x?a=1&bodySHA256=%%34%s", hash + 1);
	assert_int_equal(judge(rk_str(url), rk_str(url), JSON, RK_STR("{}"), NULL, 0), RK_OK);
	assert_int_equal(judge(rk_str(encoded), rk_str(encoded), JSON, RK_STR("{}"), NULL, 0), RK_OK);
	assert_int_equal(judge(rk_str(url), rk_str(url), FORM, RK_STR("{}"), NULL, 0), RK_OK);
	assert_int_equal(judge(rk_str(url), rk_str(url), JSON, RK_STR("{} "), NULL, 0), RK_SIGNATURE);
	assert_int_equal(
	    judge(RK_STR("https://h/bodySHA256"), RK_STR("https://h/bodySHA256"), FORM, RK_STR(""), NULL, 0),
	    RK_SIGNATURE);
}

static void
an_empty_token_lets_nobody_in(void **state)
{
	struct rk_signature_request r = { .url = URL, .header = rk_str(make(RK_STR(""), URL, NULL, 0)) };

	assert_int_equal(rk_signature_check(r.auth_token, r.header, URL, NULL, 0), RK_OK);
	assert_int_equal(rk_signature_judge(&r, NULL), RK_SIGNATURE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_documented_example),
		cmocka_unit_test(names_are_sorted_by_utf16_units),
		cmocka_unit_test(distinct_values_of_a_name_are_sorted),
		cmocka_unit_test(spellings_of_the_url),
		cmocka_unit_test(any_flipped_letter_is_refused),
		cmocka_unit_test(a_long_token),
		cmocka_unit_test(forms),
		cmocka_unit_test(a_body_without_a_hash_is_refused),
		cmocka_unit_test(hashed_bodies),
		cmocka_unit_test(an_empty_token_lets_nobody_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
