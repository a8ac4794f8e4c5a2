/*
 * ecma.c - see ecma.h.
 */
#include "token/ecma.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define SAFE_INTEGER 9007199254740992.0

bool
rk_ecma_is_text(struct rk_str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t from = 0;

	for (size_t i = 0; i + 2 < s.n; i++)
		if (p[i] == 0xed && p[i + 1] >= 0xa0 && p[i + 1] <= 0xbf && (p[i + 2] & 0xc0) == 0x80) {
			if (!rk_str_is_utf8(rk_str_sub(s, from, i - from)))
				return false;
			from = i + 3;
			i += 2;
		}
	return rk_str_is_utf8(rk_str_sub(s, from, s.n - from));
}

bool
rk_ecma_is_plain(struct rk_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\')
			return false;
	}
	return true;
}

void
rk_ecma_put_latin1(struct rk_buf *out, struct rk_str utf8)
{
	const unsigned char *p = (const unsigned char *)utf8.p, *end = p + utf8.n;

	while (p < end) {
		unsigned more = *p < 0x80 ? 0 : *p < 0xe0 ? 1 : *p < 0xf0 ? 2 : 3;
		unsigned c = more ? *p & (0x3fu >> more) : *p;

		for (p++; more && p < end; more--)
			c = c << 6 | (*p++ & 0x3fu);
		if (c >= 0x10000) {
			rk_buf_put_c(out, (char)((0xd800 + ((c - 0x10000) >> 10)) & 0xff));
			c = 0xdc00 + ((c - 0x10000) & 0x3ff);
		}
		rk_buf_put_c(out, (char)(c & 0xff));
	}
}

/* Two digits at a time: a token holds three such numbers. */
static char *
digits_before(char *end, uint64_t v)
{
	static const char pairs[] = "00010203040506070809101112131415161718192021222324"
				    "25262728293031323334353637383940414243444546474849"
				    "50515253545556575859606162636465666768697071727374"
				    "75767778798081828384858687888990919293949596979899";

	for (; v >= 100; v /= 100) {
		end -= 2;
		memcpy(end, pairs + v % 100 * 2, 2);
	}
	if (v >= 10) {
		end -= 2;
		memcpy(end, pairs + v * 2, 2);
	} else {
		*--end = (char)('0' + v);
	}
	return end;
}

char *
rk_ecma_write_integer(char *p, int64_t v)
{
	char digits[20], *end = digits + sizeof(digits);
	char *first = digits_before(end, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);

	if (v < 0)
		*p++ = '-';
	return rk_ecma_write(p, rk_str_n(first, (size_t)(end - first)));
}

/* ECMAScript Number::toString, given the shortest digits and the place n of the point. */
static char *
put_digits(char *p, const char *digits, int k, int n)
{
	if (n > 21 || n <= -6) {
		*p++ = digits[0];
		if (k > 1) {
			*p++ = '.';
			p = rk_ecma_write(p, rk_str_n(digits + 1, (size_t)k - 1));
		}
		*p++ = 'e';
		if (n > 0)
			*p++ = '+';
		return rk_ecma_write_integer(p, n - 1);
	}
	if (n <= 0) {
		p = rk_ecma_lit(p, "0.");
		for (; n < 0; n++)
			*p++ = '0';
		return rk_ecma_write(p, rk_str_n(digits, (size_t)k));
	}
	for (int i = 0; i < k || i < n; i++) {
		if (i == n)
			*p++ = '.';
		*p++ = i < k ? digits[i] : '0';
	}
	return p;
}

char *
rk_ecma_write_number(char *p, double v)
{
	char text[RK_ECMA_NUMBER_MAX], digits[RK_ECMA_NUMBER_MAX];
	int k = 0, precision = 0;
	const char *t;

	if (fabs(v) < SAFE_INTEGER && v == (double)(int64_t)v)
		return rk_ecma_write_integer(p, (int64_t)v);
	do /* the fewest digits that read back as the same number */
		snprintf(text, sizeof(text), "%.*e", precision++, fabs(v));
	while (precision < 17 && strtod(text, NULL) != fabs(v));
	for (t = text; *t && *t != 'e'; t++)
		if (*t >= '0' && *t <= '9')
			digits[k++] = *t;
	while (k > 1 && digits[k - 1] == '0')
		k--;
	if (v < 0)
		*p++ = '-';
	return put_digits(p, digits, k, atoi(t + 1) + 1);
}
