/*
 * normal.c - the WHATWG URL Standard's spelling of an http or https URL; see url.h.
 *
 * What is done here is what the standard's "basic URL parser" and "URL serializer" do to
 * special schemes, for hosts that need no IDNA.
 */
#include <arpa/inet.h>

#include "base/auto.h"
#include "token/url.h"

/* The standard's percent-encode sets, beyond controls and everything from U+007F on. */
#define FRAGMENT_SET " \"<>`"
#define QUERY_SET " \"#<>'"
#define PATH_SET " \"#<>?`{}"
#define USERINFO_SET PATH_SET "/:;=@[\\]^|"

static bool
is_any(char c, const char *set)
{
	return c && strchr(set, c);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void
put_encoded(struct rk_buf *out, struct rk_str s, const char *set)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 || c > 0x7e || is_any((char)c, set))
			rk_buf_put(out, rk_str_n((char[]){ '%', digits[c >> 4], digits[c & 15] }, 3));
		else
			rk_buf_put_c(out, (char)c);
	}
}

static void
put_userinfo(struct rk_buf *out, struct rk_str userinfo)
{
	struct rk_str password = rk_str_sub(userinfo, 0, userinfo.n ? userinfo.n - 1 : 0); /* without its @ */
	struct rk_str user = rk_str_take(&password, ':');

	put_encoded(out, user, USERINFO_SET);
	if (password.n > 0)
		rk_buf_put_c(out, ':');
	put_encoded(out, password, USERINFO_SET);
	if (user.n > 0 || password.n > 0)
		rk_buf_put_c(out, '@');
}

/* Where the longest run of two or more zero pieces begins, which "::" stands for; *ret_n is 0 when there is
 * none. */
static int
longest_zeros(const unsigned char a[16], int *ret_n)
{
	int best = 8;

	*ret_n = 0;
	for (int i = 0, n = 0; i < 8; i++) {
		n = a[2 * i] || a[2 * i + 1] ? 0 : n + 1;
		if (n > 1 && n > *ret_n) {
			*ret_n = n;
			best = i - n + 1;
		}
	}
	return best;
}

static void
put_pieces(struct rk_buf *out, const unsigned char a[16])
{
	int n, from = longest_zeros(a, &n);

	rk_buf_put_c(out, '[');
	for (int i = 0; i < 8; i++) {
		if (i == from) {
			rk_buf_put(out, i == 0 ? RK_STR("::") : RK_STR(":"));
			i += n - 1;
			continue;
		}
		rk_buf_printf(out, i < 7 ? "%x:" : "%x", a[2 * i] << 8 | a[2 * i + 1]);
	}
	rk_buf_put_c(out, ']');
}

/* A NUL inside would hide what follows it. */
static bool
copy_z(char *dst, size_t size, struct rk_str s)
{
	if (s.n == 0 || s.n >= size || memchr(s.p, '\0', s.n))
		return false;
	memcpy(dst, s.p, s.n);
	dst[s.n] = '\0';
	return true;
}

static enum rk_err
put_ipv6(struct rk_buf *out, struct rk_str host)
{
	unsigned char a[16];
	char text[64];

	if (host.p[host.n - 1] != ']' || !copy_z(text, sizeof text, rk_str_sub(host, 1, host.n - 2)) ||
	    inet_pton(AF_INET6, text, a) != 1)
		return RK_INVALID;
	put_pieces(out, a);
	return RK_OK;
}

/* The standard reads a host as an IPv4 address when its last label is a number. */
static bool
ends_in_number(struct rk_str host)
{
	size_t digits = 0;

	if (host.n > 0 && host.p[host.n - 1] == '.')
		host.n--;
	for (size_t dot; (dot = rk_str_index(host, '.')) < host.n;)
		host = rk_str_sub(host, dot + 1, host.n);
	while (digits < host.n && is_digit(host.p[digits]))
		digits++;
	return host.n > 0 && (digits == host.n || rk_str_is_nocase(rk_str_sub(host, 0, 2), RK_STR("0x")));
}

static enum rk_err
put_name(struct rk_buf *out, struct rk_str host)
{
	for (size_t i = 0; i < host.n; i++) {
		char c = host.p[i];

		if ((unsigned char)c >= 0x80 || c == '%')
			return RK_UNSUPPORTED;
		if ((unsigned char)c <= 0x20 || c == 0x7f || is_any(c, "#/:<>?@[\\]^|"))
			return RK_INVALID;
		rk_buf_put_c(out, c >= 'A' && c <= 'Z' ? (char)(c | 32) : c);
	}
	return RK_OK;
}

static enum rk_err
put_host(struct rk_buf *out, struct rk_str host)
{
	unsigned char a[4];
	char text[16];

	if (host.n == 0)
		return RK_INVALID;
	if (host.p[0] == '[')
		return put_ipv6(out, host);
	if (ends_in_number(host) && !(copy_z(text, sizeof text, host) && inet_pton(AF_INET, text, a) == 1))
		return RK_UNSUPPORTED;
	return put_name(out, host);
}

/* `port` begins with its colon. */
static enum rk_err
put_port(struct rk_buf *out, struct rk_str port, bool https)
{
	unsigned long long v;

	if (port.n <= 1)
		return RK_OK;
	if (!rk_str_parse_u64(rk_str_sub(port, 1, port.n), 65535, &v))
		return RK_INVALID;
	if (v != (https ? 443 : 80))
		rk_buf_printf(out, ":%llu", v);
	return RK_OK;
}

/* 1 for ".", 2 for "..", where "%2e" is a dot too; else 0. */
static int
count_dots(struct rk_str segment)
{
	int dots = 0;

	while (segment.n > 0) {
		bool plain = segment.p[0] == '.';

		if (!plain && !rk_str_is_nocase(rk_str_sub(segment, 0, 3), RK_STR("%2e")))
			return 0;
		segment = rk_str_sub(segment, plain ? 1 : 3, segment.n);
		dots++;
	}
	return dots > 2 ? 0 : dots;
}

static void
put_path(struct rk_buf *out, struct rk_str path)
{
	size_t begin = out->n;

	path = rk_str_sub(path, 1, path.n);
	for (bool more = true; more;) {
		struct rk_str segment = rk_str_sub(path, 0, rk_str_index(path, '/'));
		int dots = count_dots(segment);

		more = segment.n < path.n;
		path = rk_str_sub(path, segment.n + 1, path.n);
		if (dots == 2 && !out->bad)
			while (out->n > begin && out->p[--out->n] != '/')
				;
		if (dots == 0 || !more)
			rk_buf_put_c(out, '/');
		if (dots == 0)
			put_encoded(out, segment, PATH_SET);
	}
}

/* Without blanks and controls around it, and without tabs and newlines anywhere. */
static void
put_cleaned(struct rk_buf *out, struct rk_str s)
{
	while (s.n > 0 && (unsigned char)s.p[0] <= 0x20)
		s = rk_str_sub(s, 1, s.n);
	while (s.n > 0 && (unsigned char)s.p[s.n - 1] <= 0x20)
		s.n--;
	for (size_t i = 0; i < s.n; i++)
		if (!is_any(s.p[i], "\t\n\r"))
			rk_buf_put_c(out, s.p[i]);
}

/* Lower-case scheme, "//", then the rest in which '\' is '/' up to the query; any number of slashes may
 * stand behind the colon. */
static enum rk_err
put_straight(struct rk_buf *out, struct rk_str s)
{
	struct rk_str scheme = rk_str_take(&s, ':');
	bool https = rk_str_is_nocase(scheme, RK_STR("https")), query = false;

	if (!https && !rk_str_is_nocase(scheme, RK_STR("http")))
		return RK_INVALID;
	rk_buf_put(out, https ? RK_STR("https://") : RK_STR("http://"));
	while (s.n > 0 && is_any(s.p[0], "/\\"))
		s = rk_str_sub(s, 1, s.n);
	for (size_t i = 0; i < s.n; i++) {
		query = query || s.p[i] == '?' || s.p[i] == '#';
		rk_buf_put_c(out, s.p[i] == '\\' && !query ? '/' : s.p[i]);
	}
	return rk_buf_end(out);
}

enum rk_err
rk_url_normalise(struct rk_buf *out, struct rk_str url)
{
	RK_AUTO(rk_buf_free) struct rk_buf clean = RK_BUF(url.n);
	RK_AUTO(rk_buf_free) struct rk_buf straight = RK_BUF(url.n + 8);
	struct rk_url u;
	enum rk_err err;

	put_cleaned(&clean, url);
	err = put_straight(&straight, rk_buf_str(&clean));
	if (err != RK_OK)
		return err;
	if (clean.bad || !rk_url_split(rk_buf_str(&straight), &u))
		return RK_NOMEM;
	rk_buf_put(out, u.scheme);
	put_userinfo(out, u.userinfo);
	err = put_host(out, u.host);
	if (err == RK_OK)
		err = put_port(out, u.port, rk_url_is_https(&u));
	if (err != RK_OK)
		return err;
	put_path(out, u.path);
	put_encoded(out, rk_str_sub(u.query, 0, 1), "");
	put_encoded(out, rk_str_sub(u.query, 1, u.query.n), QUERY_SET);
	put_encoded(out, rk_str_sub(u.fragment, 0, 1), "");
	put_encoded(out, rk_str_sub(u.fragment, 1, u.fragment.n), FRAGMENT_SET);
	return rk_buf_end(out);
}
