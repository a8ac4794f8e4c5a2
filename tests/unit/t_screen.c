#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway/screen.h"

/* Screens a head given as literals; fields are name, value, ..., NULL. */
static enum rk_screen
check(const char *method, const char *target, const char *version, struct rk_head_facts *facts, ...)
{
	struct rk_field fields[16];
	struct rk_head head = { .method = rk_str(method),
		.target = rk_str(target),
		.version = rk_str(version),
		.fields = fields };
	struct rk_head_facts ignored;
	const char *reason, *name;
	va_list ap;

	va_start(ap, facts);
	while ((name = va_arg(ap, const char *))) {
		fields[head.count].name = rk_str(name);
		fields[head.count].value = rk_str(va_arg(ap, const char *));
		head.bytes += fields[head.count].name.n + fields[head.count].value.n;
		head.count++;
	}
	va_end(ap);
	return rk_screen_check(&head, facts ? facts : &ignored, &reason);
}

#define GET(...) check("GET", "/fn", "HTTP/1.1", NULL, "Host", "a", __VA_ARGS__, NULL)
#define HOST(value) check("GET", "/fn", "HTTP/1.1", NULL, "Host", value, NULL)
#define TARGET(method, target) check(method, target, "HTTP/1.1", NULL, "Host", "a", NULL)

static void
lets_a_plain_request_through(void **state)
{
	struct rk_head_facts f;

	assert_int_equal(
	    check("POST", "/a%2Fb?x=1?y", "HTTP/1.1", &f, "host", "h:80", "content-length", " 12 ", NULL),
	    RK_SCREEN_PASS);
	assert_true(rk_str_is(f.path, RK_STR("/a%2Fb")));
	assert_true(rk_str_is(f.query, RK_STR("x=1?y")));
	assert_int_equal(f.length, 12);
	assert_false(f.chunked);
}

static void
knows_where_a_body_ends_or_refuses(void **state)
{
	struct rk_head_facts f;

	assert_int_equal(GET("Content-Length", "5", "Content-Length", "6"), RK_SCREEN_BAD);
	assert_int_equal(GET("Content-Length", "5", "content-length", "5"), RK_SCREEN_BAD);
	assert_int_equal(GET("Content-Length", "5, 5"), RK_SCREEN_BAD);
	assert_int_equal(GET("Content-Length", "+5"), RK_SCREEN_BAD);
	assert_int_equal(GET("Content-Length", "0x5"), RK_SCREEN_BAD);
	assert_int_equal(GET("Content-Length", ""), RK_SCREEN_BAD);
	assert_int_equal(GET("Content-Length", "99999999999999999999"), RK_SCREEN_BAD);
	assert_int_equal(GET("Content-Length", "5", "Transfer-Encoding", "chunked"), RK_SCREEN_BAD);
	assert_int_equal(GET("Transfer-Encoding", "chunked", "Transfer-Encoding", "chunked"), RK_SCREEN_BAD);
	assert_int_equal(GET("Transfer-Encoding", "gzip, chunked"), RK_SCREEN_BAD);
	assert_int_equal(GET("Transfer-Encoding", "xchunked"), RK_SCREEN_BAD);
	assert_int_equal(
	    check("POST", "/", "HTTP/1.0", NULL, "Transfer-Encoding", "chunked", NULL), RK_SCREEN_BAD);
	assert_int_equal(
	    check("POST", "/", "HTTP/1.1", &f, "Host", "a", "Transfer-Encoding", "Chunked", NULL),
	    RK_SCREEN_PASS);
	assert_true(f.chunked);
}

static void
wants_exactly_one_valid_host(void **state)
{
	assert_int_equal(check("GET", "/", "HTTP/1.1", NULL, "X", "y", NULL), RK_SCREEN_BAD);
	assert_int_equal(check("GET", "/", "HTTP/1.0", NULL, "X", "y", NULL), RK_SCREEN_PASS);
	assert_int_equal(GET("Host", "a"), RK_SCREEN_BAD);
	assert_int_equal(HOST("a.example:8080"), RK_SCREEN_PASS);
	assert_int_equal(HOST("[::1]:3000"), RK_SCREEN_PASS);
	assert_int_equal(HOST(""), RK_SCREEN_BAD);
	assert_int_equal(HOST("a b"), RK_SCREEN_BAD);
	assert_int_equal(HOST("u@a"), RK_SCREEN_BAD);
	assert_int_equal(HOST("a/b"), RK_SCREEN_BAD);
	assert_int_equal(HOST("a:99999"), RK_SCREEN_BAD);
	assert_int_equal(HOST("a:x"), RK_SCREEN_BAD);
	assert_int_equal(HOST("[::1"), RK_SCREEN_BAD);
}

static void
refuses_names_and_values_that_are_none(void **state)
{
	assert_int_equal(GET("X A", "v"), RK_SCREEN_BAD);
	assert_int_equal(GET("X:", "v"), RK_SCREEN_BAD);
	assert_int_equal(GET("", "v"), RK_SCREEN_BAD);
	assert_int_equal(GET("X", "a\x01"), RK_SCREEN_BAD);
	assert_int_equal(GET("X", "a\r\nY: z"), RK_SCREEN_BAD);
	assert_int_equal(GET("X", "a\x7f"), RK_SCREEN_BAD);
	assert_int_equal(GET("X", "caf\xe9\t1"), RK_SCREEN_PASS);
	assert_false(rk_screen_is_value(rk_str_n("a\0b", 3)));
}

static void
splits_targets_of_every_form(void **state)
{
	struct rk_head_facts f;

	assert_int_equal(
	    check("GET", "http://a.example:80/fn?q", "HTTP/1.1", &f, "Host", "b", NULL), RK_SCREEN_PASS);
	assert_true(rk_str_is(f.path, RK_STR("/fn")));
	assert_true(rk_str_is(f.query, RK_STR("q")));
	assert_int_equal(check("GET", "HTTPS://a?q", "HTTP/1.1", &f, "Host", "b", NULL), RK_SCREEN_PASS);
	assert_true(rk_str_is(f.path, RK_STR("/")));
	assert_int_equal(TARGET("OPTIONS", "*"), RK_SCREEN_PASS);
	assert_int_equal(TARGET("GET", "*"), RK_SCREEN_BAD);
	assert_int_equal(TARGET("GET", "fn"), RK_SCREEN_BAD);
	assert_int_equal(TARGET("GET", ""), RK_SCREEN_BAD);
	assert_int_equal(TARGET("GET", "http:///fn"), RK_SCREEN_BAD);
	assert_int_equal(TARGET("GET", "http://u:p@a/fn"), RK_SCREEN_BAD);
	assert_int_equal(TARGET("GET", "/a b"), RK_SCREEN_BAD);
	assert_int_equal(TARGET("GET", "/a#b"), RK_SCREEN_BAD);
	assert_int_equal(TARGET("GET", "/\xc3\xa9"), RK_SCREEN_BAD);
	assert_int_equal(TARGET("GET", "//x/../%zz"), RK_SCREEN_PASS);
}

static void
tells_methods_versions_and_expectations_apart(void **state)
{
	struct rk_head_facts f;

	assert_int_equal(TARGET("get", "/"), RK_SCREEN_METHOD);
	assert_int_equal(TARGET("TRACE", "/"), RK_SCREEN_METHOD);
	assert_int_equal(TARGET("G(T", "/"), RK_SCREEN_BAD);
	assert_int_equal(check("GET", "/", "HTTP/2.0", NULL, "Host", "a", NULL), RK_SCREEN_VERSION);
	assert_int_equal(check("GET", "/", "", NULL, "Host", "a", NULL), RK_SCREEN_VERSION);
	assert_int_equal(GET("Expect", "200-ok"), RK_SCREEN_EXPECT);
	assert_int_equal(
	    check("POST", "/", "HTTP/1.1", &f, "Host", "a", "Expect", "100-Continue", NULL), RK_SCREEN_PASS);
	assert_true(f.expects);
}

static void
keeps_sizes_within_limits(void **state)
{
	static char target[RK_TARGET_BYTES + 2], value[RK_HEAD_BYTES + 1];
	struct rk_head head = { .count = RK_HEAD_FIELDS + 1 };
	struct rk_head_facts f;
	const char *reason;

	memset(target, 'a', sizeof(target) - 1);
	target[0] = '/';
	assert_int_equal(TARGET("GET", target), RK_SCREEN_TARGET_LONG);
	target[RK_TARGET_BYTES] = '\0';
	assert_int_equal(TARGET("GET", target), RK_SCREEN_PASS);
	memset(value, 'a', sizeof(value) - 1);
	assert_int_equal(GET("X", value), RK_SCREEN_HEAD_LARGE);
	assert_int_equal(rk_screen_check(&head, &f, &reason), RK_SCREEN_HEAD_LARGE);
}

/* A head as the library leaves it: pieces in place, NUL where separators stood. */
static bool
tight(const char *memory, size_t url, size_t version, size_t name, size_t value, size_t size)
{
	struct rk_field field = { rk_str(memory + name), rk_str(memory + value) };
	struct rk_head head = { .method = rk_str(memory),
		.target = rk_str(memory + url),
		.url = memory + url,
		.version = rk_str(memory + version),
		.fields = &field,
		.count = 1,
		.size = size };

	return rk_screen_is_tight(&head);
}

static void
sees_stray_separators_in_the_layout(void **state)
{
	assert_true(tight("GET\0/f\0HTTP/1.1\0\0Host\0 a\0\0\0\0", 4, 7, 17, 23, 28));
	/* two spaces, bare LF after the request line, folded line, bare LF at the end, a line without a name
	 */
	assert_false(tight("GET\0 /f\0HTTP/1.1\0\0Host\0 a\0\0\0\0", 5, 8, 18, 24, 29));
	assert_false(tight("GET\0/f\0HTTP/1.1\0Host\0 a\0\0\0\0", 4, 7, 16, 22, 27));
	assert_false(tight("GET\0/f\0HTTP/1.1\0\0Host\0 a\0b\0\0\0\0", 4, 7, 17, 23, 30));
	assert_false(tight("GET\0/f\0HTTP/1.1\0\0Host\0 a\0\0\0x", 4, 7, 17, 23, 27));
	assert_false(tight("GET\0/f\0HTTP/1.1\0\0Host\0 a\0\0\0\0\0X", 4, 7, 17, 23, 29));
	/* something that was not blank between colon and value */
	assert_false(tight("GET\0/f\0HTTP/1.1\0\0Host\0\0a\0\0\0\0", 4, 7, 17, 23, 28));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lets_a_plain_request_through),
		cmocka_unit_test(knows_where_a_body_ends_or_refuses),
		cmocka_unit_test(wants_exactly_one_valid_host),
		cmocka_unit_test(refuses_names_and_values_that_are_none),
		cmocka_unit_test(splits_targets_of_every_form),
		cmocka_unit_test(tells_methods_versions_and_expectations_apart),
		cmocka_unit_test(keeps_sizes_within_limits),
		cmocka_unit_test(sees_stray_separators_in_the_layout),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
