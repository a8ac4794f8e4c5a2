/*
 * t_url.c - the spellings of a URL: ports, the WHATWG form, the query as querystring writes it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/auto.h"
#include "token/url.h"

typedef void put_fn(struct rk_buf *, struct rk_str);

static void
puts_as(put_fn *put, const char *url, const char *want)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(65536);

	put(&out, rk_str(url));
	assert_string_equal(rk_buf_z(&out), want);
}

static void
normal(const char *url, const char *want)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(65536);

	assert_int_equal(rk_url_normalise(&out, rk_str(url)), RK_OK);
	assert_string_equal(rk_buf_z(&out), want);
}

static void
refused(const char *url, enum rk_err want)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(65536);

	assert_int_equal(rk_url_normalise(&out, rk_str(url)), want);
}

static void
parts(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(1024);
	struct rk_url u;

	assert_true(rk_url_split(RK_STR("HTTPS://u:p@w@[::1]:8443/a/b?c=d?e#f"), &u));
	assert_true(rk_url_is_https(&u));
	assert_true(rk_str_is(u.userinfo, RK_STR("u:p@w@")));
	assert_true(rk_str_is(u.host, RK_STR("[::1]")));
	assert_true(rk_str_is(u.port, RK_STR(":8443")));
	assert_true(rk_str_is(u.path, RK_STR("/a/b")));
	assert_true(rk_str_is(u.query, RK_STR("?c=d?e")));
	assert_true(rk_str_is(u.fragment, RK_STR("#f")));
	rk_url_put(&out, &u);
	assert_string_equal(rk_buf_z(&out), "HTTPS://u:p@w@[::1]:8443/a/b?c=d?e#f");
	assert_false(rk_url_split(RK_STR("/relative"), &u));
	assert_false(rk_url_split(RK_STR("mailto:x"), &u));
	assert_false(rk_url_split(RK_STR("://x"), &u));
}

static void
ports(void **state)
{
	puts_as(rk_url_put_portless, "https://h:8443/x:1", "https://h/x:1");
	puts_as(rk_url_put_portless, "https://[::1]:443", "https://[::1]");
	puts_as(rk_url_put_portless, "https://[::1]", "https://[::1]");
	puts_as(rk_url_put_ported, "https://h/x", "https://h:443/x");
	puts_as(rk_url_put_ported, "http://u@h?x", "http://u@h:80?x");
	puts_as(rk_url_put_ported, "http://h:443/x", "http://h:443/x");
	puts_as(rk_url_put_ported, "ws://h/x", "ws://h:80/x");
	puts_as(rk_url_put_ported, "/x", "/x");
}

static void
hosts(void **state)
{
	normal("HTTPS://EXAMPLE.com", "https://example.com/");
	normal("https://h:443/", "https://h/");
	normal("http://h:443/", "http://h:443/");
	normal("http://h:0080/", "http://h/");
	normal("http://h:/", "http://h/");
	normal("http:\\\\h\\a", "http://h/a");
	normal("http://@h/", "http://h/");
	normal("http://u|:@h/", "http://u%7C@h/");
	normal("http://[2001:DB8:0:0:1:0:0:1]/", "http://[2001:db8::1:0:0:1]/");
	normal("http://[::ffff:1.2.3.4]/", "http://[::ffff:102:304]/");
	normal("http://127.0.0.1/", "http://127.0.0.1/");
	refused("http://", RK_INVALID);
	refused("http://a b/", RK_INVALID);
	refused("http://h:65536/", RK_INVALID);
	refused("http://[::g]/", RK_INVALID);
	refused("ftp://h/", RK_INVALID);
	refused("/relative", RK_INVALID);
	refused("http://\xc3\xa9/", RK_UNSUPPORTED);
	refused("http://127.1/", RK_UNSUPPORTED);
	refused("http://0x7f000001/", RK_UNSUPPORTED);
}

static void
paths(void **state)
{
	normal("http://h/a/./b/../c", "http://h/a/c");
	normal("http://h/a/..", "http://h/");
	normal("http://h/../../a/.", "http://h/a/");
	normal("http://h/a/%2e%2E/b", "http://h/b");
	normal("http://h/...", "http://h/...");
	normal("http://h//a//b", "http://h//a//b");
	normal("http://h/\xc3\xa9 \"<>`{}|^'%zz", "http://h/%C3%A9%20%22%3C%3E%60%7B%7D|^'%zz");
	normal("http://h/a\\b\tc", "http://h/a/bc");
}

static void
queries(void **state)
{
	normal("https://h/?O'B \"<>`{}|\\", "https://h/?O%27B%20%22%3C%3E`{}|\\");
	normal("https://h/x?#", "https://h/x?#");
	normal("https://h/x#a ?`", "https://h/x#a%20?%60");
	normal("https://h?x", "https://h/?x");
}

static void
requeried(const char *url, const char *want)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(65536);

	assert_int_equal(rk_url_put_requeried(&out, rk_str(url)), RK_OK);
	assert_string_equal(rk_buf_z(&out), want);
}

static void
queries_of_old(void **state)
{
	requeried("http://h/x", "http://h/x");
	requeried("http://h/x?", "http://h/x?");
	requeried("http://h/x?a=b+c%27&d", "http://h/x?a=b%20c'&d=");
	requeried("http://h/?b=1&2=x&a=2&b=3&1=y&01=z", "http://h/?1=y&2=x&b=1&b=3&a=2&01=z");
	requeried("http://h/?a=1#f", "http://h/?a=1%23f");
}

static void
a_query_too_long_has_no_such_spelling(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(65536);
	RK_AUTO(rk_buf_free) struct rk_buf url = RK_BUF(65536);

	rk_buf_lit(&url, "http://h/?");
	for (int i = 0; i < 300; i++)
		rk_buf_printf(&url, "a%d&", i);
	assert_int_equal(rk_url_put_requeried(&out, rk_buf_str(&url)), RK_TOO_LARGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts),
		cmocka_unit_test(ports),
		cmocka_unit_test(hosts),
		cmocka_unit_test(paths),
		cmocka_unit_test(queries),
		cmocka_unit_test(queries_of_old),
		cmocka_unit_test(a_query_too_long_has_no_such_spelling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
