/*
 * t_proxy.c - who may be a proxy of ours, and what is believed of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>

#include "base/auto.h"
#include "gateway/proxy.h"

static bool
ask(const char *text, bool (*question)(const struct sockaddr *))
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
		return question((struct sockaddr *)&v4);
	assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
	return question((struct sockaddr *)&v6);
}

static bool
is_near(const char *text)
{
	return ask(text, rk_proxy_is_near);
}

static void
loopback_addresses(void **state)
{
	static const char *const own[] = { "127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1" };
	static const char *const other[] = { "10.0.0.1", "192.168.1.1", "169.254.1.1", "128.0.0.1", "::",
		"fe80::1", "::ffff:10.0.0.1", "0.0.0.0", "8.8.8.8" };

	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		assert_true(ask(own[i], rk_proxy_is_loopback));
	for (size_t i = 0; i < sizeof(other) / sizeof(*other); i++)
		assert_false(ask(other[i], rk_proxy_is_loopback));
	assert_false(rk_proxy_is_loopback(&(struct sockaddr){ .sa_family = AF_UNIX }));
}

static void
near_addresses(void **state)
{
	static const char *const near[] = { "127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1",
		"172.31.255.255", "192.168.1.1", "169.254.1.1", "::1", "fe80::1", "fd00::1", "fc00::1",
		"::ffff:10.0.0.1" };
	static const char *const far[] = { "8.8.8.8", "172.15.0.1", "172.32.0.1", "192.169.0.1", "11.0.0.1",
		"128.0.0.1", "169.255.0.1", "2001:db8::1", "fe00::1", "::ffff:8.8.8.8", "::", "0.0.0.0" };

	for (size_t i = 0; i < sizeof(near) / sizeof(*near); i++)
		assert_true(is_near(near[i]));
	for (size_t i = 0; i < sizeof(far) / sizeof(*far); i++)
		assert_false(is_near(far[i]));
	assert_false(rk_proxy_is_near(&(struct sockaddr){ .sa_family = AF_UNIX }));
}

static void
check(const char *host, const char *proto, const char *fhost, const char *port, bool trust, const char *want)
{
	RK_AUTO(rk_buf_free) struct rk_buf got = RK_BUF(1024), name = RK_BUF(1024);
	struct rk_field fields[4];
	struct rk_head head = { .fields = fields };
	struct rk_str scheme;

	fields[head.count++] = (struct rk_field){ RK_STR("host"), rk_str(host) };
	if (proto)
		fields[head.count++] = (struct rk_field){ RK_STR("X-Forwarded-Proto"), rk_str(proto) };
	if (fhost)
		fields[head.count++] = (struct rk_field){ RK_STR("X-Forwarded-Host"), rk_str(fhost) };
	if (port)
		fields[head.count++] = (struct rk_field){ RK_STR("X-Forwarded-Port"), rk_str(port) };
	rk_proxy_read(&head, trust, &scheme, &name);
	rk_buf_put(&got, scheme);
	rk_buf_lit(&got, "://");
	rk_buf_put(&got, rk_buf_str(&name));
	assert_string_equal(rk_buf_z(&got), want);
}

static void
what_a_proxy_says(void **state)
{
	check("a:3000", NULL, NULL, NULL, true, "http://a:3000");
	check("a:3000", "https", "b", "8443", false, "http://a:3000");
	check("a:3000", "https", "b", NULL, true, "https://b");
	check("a", "HTTPS", NULL, NULL, true, "https://a");
	check("a", "https, http", "b, c", "443, 80", true, "https://b");
	check("a", "https", "b", "8443", true, "https://b:8443");
	check("a", "https", "b:1", "8443", true, "https://b:1");
	check("a", "http", "b", "80", true, "http://b");
	check("a", "ftp", "b", "x", true, "http://b");
	check("[::1]", NULL, NULL, "99", true, "http://[::1]:99");
	check("a", NULL, NULL, "999999", true, "http://a");
	check("", NULL, NULL, NULL, true, "http://");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loopback_addresses),
		cmocka_unit_test(near_addresses),
		cmocka_unit_test(what_a_proxy_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
