/*
 * str.c - comparing, cutting and reading borrowed views. Nothing here allocates but rk_str_dup.
 */
#include "base/str.h"

#include <stdlib.h>

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

bool
rk_str_is_nocase(struct rk_str a, struct rk_str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

bool
rk_str_has_prefix(struct rk_str s, struct rk_str prefix)
{
	return s.n >= prefix.n && rk_str_is(rk_str_sub(s, 0, prefix.n), prefix);
}

bool
rk_str_has_suffix(struct rk_str s, struct rk_str suffix)
{
	return s.n >= suffix.n && rk_str_is(rk_str_sub(s, s.n - suffix.n, suffix.n), suffix);
}

size_t
rk_str_index(struct rk_str s, char c)
{
	const char *found = s.n ? memchr(s.p, c, s.n) : NULL;

	return found ? (size_t)(found - s.p) : s.n;
}

struct rk_str
rk_str_sub(struct rk_str s, size_t from, size_t n)
{
	if (from >= s.n)
		return (struct rk_str){ NULL, 0 };
	if (n > s.n - from)
		n = s.n - from;
	return (struct rk_str){ s.p + from, n };
}

struct rk_str
rk_str_take(struct rk_str *s, char c)
{
	size_t at = rk_str_index(*s, c);
	struct rk_str taken = { s->p, at };

	*s = at < s->n ? rk_str_sub(*s, at + 1, s->n) : (struct rk_str){ NULL, 0 };
	return taken;
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct rk_str
rk_str_trim(struct rk_str s)
{
	while (s.n && is_blank(s.p[0]))
		s.p++, s.n--;
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

char *
rk_str_dup(struct rk_str s)
{
	char *z = malloc(s.n + 1);

	if (!z)
		return NULL;
	if (s.n)
		memcpy(z, s.p, s.n);
	z[s.n] = '\0';
	return z;
}

int
rk_str_compare(struct rk_str a, struct rk_str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	if (order)
		return order;
	return (a.n > b.n) - (a.n < b.n);
}

/* Length of the well-formed sequence at p (RFC 3629 section 4), or 0. */
static size_t
utf8_sequence(const unsigned char *p, size_t left)
{
	unsigned char least = 0x80, most = 0xbf;
	size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;

	if (p[0] < 0xc2 || p[0] > 0xf4 || left < n)
		return 0;
	if (p[0] == 0xe0)
		least = 0xa0; /* no overlong form */
	else if (p[0] == 0xed)
		most = 0x9f; /* no surrogate */
	else if (p[0] == 0xf0)
		least = 0x90;
	else if (p[0] == 0xf4)
		most = 0x8f; /* U+10FFFF is the last */
	if (p[1] < least || p[1] > most)
		return 0;
	for (size_t i = 2; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

/* True when none of the eight bytes has its top bit set. */
static bool
eight_ascii(const unsigned char *p)
{
	unsigned long long word;

	memcpy(&word, p, sizeof word);
	return (word & 0x8080808080808080ull) == 0;
}

bool
rk_str_is_utf8(struct rk_str s)
{
	const unsigned char *p = (const unsigned char *)s.p;

	for (size_t i = 0; i < s.n;) {
		size_t n = 1;

		if (s.n - i >= 8 && eight_ascii(p + i))
			n = 8;
		else if (p[i] >= 0x80)
			n = utf8_sequence(p + i, s.n - i);
		if (n == 0)
			return false;
		i += n;
	}
	return true;
}

bool
rk_str_parse_u64(struct rk_str s, unsigned long long max, unsigned long long *ret_value)
{
	unsigned long long value = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned digit = (unsigned)(unsigned char)s.p[i] - '0';

		if (digit > 9 || digit > max || value > (max - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*ret_value = value;
	return true;
}
