#include "gateway/proxy.h"

#include <netinet/in.h>
#include <string.h>

/* RFC 1122 (127/8), RFC 1918, RFC 3927 (169.254/16). */
static bool
is_near_v4(uint32_t a)
{
	return a >> 24 == 127 || a >> 24 == 10 || a >> 20 == 0xac1 || a >> 16 == 0xc0a8 || a >> 16 == 0xa9fe;
}

/* RFC 4291 (::1, fe80::/10), RFC 4193 (fc00::/7). */
static bool
is_near_v6(const struct in6_addr *a)
{
	uint32_t v4;

	if (IN6_IS_ADDR_V4MAPPED(a)) {
		memcpy(&v4, a->s6_addr + 12, sizeof(v4));
		return is_near_v4(ntohl(v4));
	}
	return IN6_IS_ADDR_LOOPBACK(a) || IN6_IS_ADDR_LINKLOCAL(a) || (a->s6_addr[0] & 0xfe) == 0xfc;
}

bool
rk_proxy_is_near(const struct sockaddr *peer)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (peer->sa_family == AF_INET) {
		memcpy(&v4, peer, sizeof(v4));
		return is_near_v4(ntohl(v4.sin_addr.s_addr));
	}
	if (peer->sa_family != AF_INET6)
		return false;
	memcpy(&v6, peer, sizeof(v6));
	return is_near_v6(&v6.sin6_addr);
}

bool
rk_proxy_is_loopback(const struct sockaddr *peer)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (peer->sa_family == AF_INET) {
		memcpy(&v4, peer, sizeof(v4));
		return ntohl(v4.sin_addr.s_addr) >> 24 == 127;
	}
	if (peer->sa_family != AF_INET6)
		return false;
	memcpy(&v6, peer, sizeof(v6));
	if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr))
		return v6.sin6_addr.s6_addr[12] == 127;
	return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

static struct rk_str
first_of(const struct rk_head *head, struct rk_str name)
{
	struct rk_str list = rk_head_get(head, name);

	return rk_str_trim(rk_str_take(&list, ','));
}

/* The colon of an IPv6 address in brackets is no port's. */
static bool
has_port(struct rk_str host)
{
	size_t at = host.n;

	while (at > 0 && host.p[at - 1] >= '0' && host.p[at - 1] <= '9')
		at--;
	return at > 0 && at < host.n && host.p[at - 1] == ':';
}

static bool
is_port(struct rk_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0 && s.n <= 5;
}

void
rk_proxy_read(const struct rk_head *head, bool is_trusted, struct rk_str *ret_scheme, struct rk_buf *host)
{
	struct rk_str given = rk_head_get(head, RK_STR("Host"));
	struct rk_str none = { 0 };
	struct rk_str forwarded = is_trusted ? first_of(head, RK_STR("X-Forwarded-Host")) : none;
	struct rk_str proto = is_trusted ? first_of(head, RK_STR("X-Forwarded-Proto")) : none;
	struct rk_str port = is_trusted ? first_of(head, RK_STR("X-Forwarded-Port")) : none;
	bool is_https = rk_str_is_nocase(proto, RK_STR("https"));

	*ret_scheme = is_https ? RK_STR("https") : RK_STR("http");
	given = forwarded.n > 0 ? forwarded : given;
	rk_buf_put(host, given);
	if (has_port(given) || !is_port(port) || rk_str_is(port, is_https ? RK_STR("443") : RK_STR("80")))
		return;
	rk_buf_put_c(host, ':');
	rk_buf_put(host, port);
}
