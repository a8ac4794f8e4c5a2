#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/auto.h"
#include "base/json.h"
#include "gateway/cors.h"

#define ID RK_STR("RQ0123456789abcdef0123456789abcdef")

static struct rk_answer a;

/* All fields as "name: value|". */
static const char *
text(void)
{
	static char out[8192];
	size_t n = 0;

	out[0] = '\0';
	for (uint32_t i = 0; i < a.count; i++)
		if (a.fields[i].name.n)
			n += (size_t)snprintf(out + n, sizeof(out) - n, "%.*s: %.*s|",
			    RK_FMT(a.fields[i].name), RK_FMT(a.fields[i].value));
	return out;
}

/* Makes the answer of a reply with these fields (name, value, ..., NULL) and the body "body". */
static enum rk_err
reply(enum rk_outcome outcome, int status, ...)
{
	static struct rk_buf b;
	struct rk_reply r;
	struct rk_msg_view v;
	uint16_t count = 0;
	const char *name;
	size_t begun;
	va_list ap;

	rk_buf_free(&b);
	b = RK_BUF(1 << 20);
	rk_reply_put_head(&b, outcome, (uint16_t)status);
	begun = rk_pairs_begin(&b);
	va_start(ap, status);
	for (; (name = va_arg(ap, const char *)); count++)
		rk_pairs_put(&b, rk_str(name), rk_str(va_arg(ap, const char *)));
	va_end(ap);
	rk_pairs_end(&b, begun, count);
	rk_msg_put_str(&b, RK_STR("body"));
	v = (struct rk_msg_view){ (unsigned char *)b.p, (unsigned char *)b.p + b.n, false };
	assert_int_equal(rk_reply_get(&v, &r), RK_OK);
	return rk_answer_reply(&a, &r, ID);
}

#define NO_STORE "Cache-Control: no-store, no-cache, must-revalidate, proxy-revalidate|"
#define START NO_STORE "Pragma: no-cache|Expires: 0|X-Request-Id: RQ0123456789abcdef0123456789abcdef|"

static void
starts_with_the_common_fields(void **state)
{
	assert_int_equal(reply(RK_OUTCOME_ANSWER, 201, "Content-Type", "text/plain", NULL), RK_OK);
	assert_int_equal(a.status, 201);
	assert_string_equal(text(), START "Content-Type: text/plain|");
	assert_true(rk_str_is(a.body, RK_STR("body")));
}

static void
a_function_replaces_common_fields_in_any_case(void **state)
{
	assert_int_equal(
	    reply(RK_OUTCOME_ANSWER, 200, "cache-control", "max-age=5", "EXPIRES", "1", NULL), RK_OK);
	assert_string_equal(text(),
	    "Pragma: no-cache|X-Request-Id: RQ0123456789abcdef0123456789abcdef|cache-control: "
	    "max-age=5|EXPIRES: 1|");
}

static void
same_spelling_repeats_other_spelling_replaces(void **state)
{
	assert_int_equal(reply(RK_OUTCOME_ANSWER, 200, "Set-Cookie", "a=1", "Set-Cookie", "b=2", "X-A", "1",
			     "x-a", "2", "x-a", "3", NULL),
	    RK_OK);
	assert_string_equal(text(), START "Set-Cookie: a=1|Set-Cookie: b=2|x-a: 2|x-a: 3|");
}

static void
fields_of_the_connection_are_ours(void **state)
{
	assert_int_equal(reply(RK_OUTCOME_ANSWER, 200, "Content-Length", "99", "connection", "keep-alive",
			     "Transfer-Encoding", "chunked", "X-Request-Id", "mine", NULL),
	    RK_OK);
	assert_string_equal(text(), START);
}

static void
bodiless_statuses_drop_body_and_content_fields(void **state)
{
	static const uint16_t statuses[] = { 204, 304 };

	for (int i = 0; i < 2; i++) {
		assert_int_equal(
		    reply(RK_OUTCOME_ANSWER, statuses[i], "Content-Type", "text/plain", "X-A", "1", NULL),
		    RK_OK);
		assert_string_equal(text(), START "X-A: 1|");
		assert_int_equal(a.body.n, 0);
	}
}

static void
failures_of_functions_can_be_read_by_browsers(void **state)
{
	assert_int_equal(reply(RK_OUTCOME_ERROR, 500, NULL), RK_OK);
	assert_string_equal(
	    text(), START "Access-Control-Allow-Origin: *|Access-Control-Expose-Headers: X-Request-Id|");
	assert_int_equal(
	    reply(RK_OUTCOME_TIMEOUT, 504, "access-control-allow-origin", "https://a", NULL), RK_OK);
	assert_string_equal(text(),
	    START "access-control-allow-origin: https://a|Access-Control-Expose-Headers: X-Request-Id|");
	assert_int_equal(reply(RK_OUTCOME_ANSWER, 500, NULL), RK_OK);
	assert_string_equal(text(), START);
}

static void
refuses_what_cannot_be_sent(void **state)
{
	static char large[RK_ANSWER_BYTES + 2];

	assert_int_equal(reply(RK_OUTCOME_ANSWER, 101, NULL), RK_INVALID);
	assert_int_equal(reply(RK_OUTCOME_ANSWER, 200, "X A", "1", NULL), RK_INVALID);
	assert_int_equal(reply(RK_OUTCOME_ANSWER, 200, "X", "a\r\nY: b", NULL), RK_INVALID);
	memset(large, 'a', sizeof(large) - 1);
	assert_int_equal(reply(RK_OUTCOME_ANSWER, 200, "X", large, NULL), RK_TOO_LARGE);
}

static void
our_errors_are_json_that_browsers_can_read(void **state)
{
	struct rk_json *j;
	long long status;

	rk_answer_fault(&a, RK_FAULT_NO_FUNCTION, RK_STR("No function answers at /\"<x>."), ID);
	assert_int_equal(a.status, 404);
	assert_string_equal(text(),
	    START "Content-Type: application/json; charset=utf-8|Access-Control-Allow-Origin: *|"
		  "Access-Control-Expose-Headers: X-Request-Id|");
	assert_int_equal(rk_json_parse(a.body, &j, NULL), RK_OK);
	assert_true(rk_str_is(rk_json_str(rk_json_get(j, "code")), RK_STR("RK-404")));
	assert_true(rk_str_is(rk_json_str(rk_json_get(j, "more_info")), RK_STR("docs/errors.md#rk-404")));
	assert_true(rk_str_has_prefix(
	    rk_json_str(rk_json_get(j, "message")), RK_STR("No function answers at /\"<x>. Check")));
	assert_true(rk_json_integer(rk_json_get(j, "status"), &status));
	assert_int_equal(status, 404);
	assert_true(rk_str_is(rk_json_str(rk_json_get(j, "request_id")), ID));
	rk_json_free(j);
}

static void
every_fault_is_in_the_documentation(void **state)
{
	static const char *const codes[] = {
#define X(name, code, status, what, todo) code,
		RK_FAULT_ROWS(X)
#undef X
	};
	static char page[65536];
	FILE *f = fopen("docs/errors.md", "r");
	char heading[32];

	assert_non_null(f);
	page[fread(page, 1, sizeof(page) - 1, f)] = '\0';
	fclose(f);
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		snprintf(heading, sizeof(heading), "\n### %s\n", codes[i]);
		if (!strstr(page, heading))
			fail_msg("docs/errors.md has no heading for %s", codes[i]);
	}
}

static void
a_preflight_is_answered_to_the_letter(void **state)
{
	rk_answer_start(&a, 204, ID);
	rk_cors_preflight(&a);
	assert_string_equal(text(), START
	    "access-control-allow-origin: *|"
	    "access-control-allow-headers: Accept, Authorization, Content-Type, If-Match, If-Modified-Since, "
	    "If-None-Match, If-Unmodified-Since, User-Agent|"
	    "access-control-allow-methods: GET, POST, OPTIONS|access-control-expose-headers: ETag|"
	    "access-control-max-age: 86400|access-control-allow-credentials: true|"
	    "content-type: text/plain; charset=UTF-8|content-length: 0|");
}

static int
forget(void **state)
{
	rk_answer_done(&a);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_with_the_common_fields),
		cmocka_unit_test(a_function_replaces_common_fields_in_any_case),
		cmocka_unit_test(same_spelling_repeats_other_spelling_replaces),
		cmocka_unit_test(fields_of_the_connection_are_ours),
		cmocka_unit_test(bodiless_statuses_drop_body_and_content_fields),
		cmocka_unit_test(failures_of_functions_can_be_read_by_browsers),
		cmocka_unit_test(refuses_what_cannot_be_sent),
		cmocka_unit_test(our_errors_are_json_that_browsers_can_read),
		cmocka_unit_test(every_fault_is_in_the_documentation),
		cmocka_unit_test(a_preflight_is_answered_to_the_letter),
	};

	return cmocka_run_group_tests(tests, NULL, forget);
}
