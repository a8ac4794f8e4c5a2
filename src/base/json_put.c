/*
 * json_put.c - writing JSON as JavaScript's JSON.stringify does; see json.h.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"

/* The shortest decimal digits that read back as v (positive), and the power of ten of the first. */
static int
shortest_digits(double v, char digits[18])
{
	char text[32];
	int n = 0;

	for (int precision = 0; precision <= 16; precision++) {
		snprintf(text, sizeof text, "%.*e", precision, v);
		if (strtod(text, NULL) == v)
			break;
	}
	for (const char *p = text; *p != 'e'; p++)
		if (*p >= '0' && *p <= '9')
			digits[n++] = *p;
	digits[n] = '\0';
	return atoi(strchr(text, 'e') + 1);
}

static void
put_zeros(struct rk_buf *out, int n)
{
	while (n-- > 0)
		rk_buf_put_c(out, '0');
}

/* ECMA-262 Number::toString, for finite values. */
static void
put_real(struct rk_buf *out, double v)
{
	char digits[18];
	int power, point, n;

	if (v == 0) {
		rk_buf_put_c(out, '0');
		return;
	}
	if (v < 0)
		rk_buf_put_c(out, '-');
	power = shortest_digits(v < 0 ? -v : v, digits);
	n = (int)strlen(digits);
	point = power + 1; /* digits before the decimal point */
	if (point > 21 || point < -5) {
		rk_buf_printf(out, "%c%s%se%c%d", digits[0], n > 1 ? "." : "", digits + 1,
		    power < 0 ? '-' : '+', abs(power));
	} else if (point <= 0) {
		rk_buf_lit(out, "0.");
		put_zeros(out, -point);
		rk_buf_put(out, rk_str(digits));
	} else if (point >= n) {
		rk_buf_put(out, rk_str(digits));
		put_zeros(out, point - n);
	} else {
		rk_buf_printf(out, "%.*s.%s", point, digits, digits + point);
	}
}

static void
put_array(struct rk_buf *out, const struct rk_json *j)
{
	rk_buf_put_c(out, '[');
	for (size_t i = 0; i < rk_json_count(j); i++) {
		if (i)
			rk_buf_put_c(out, ',');
		rk_json_put(out, rk_json_at(j, i));
	}
	rk_buf_put_c(out, ']');
}

struct member_sink {
	struct rk_buf *out;
	char before; /* '{' or ',' */
};

static void
put_member(struct rk_str name, const struct rk_json *value, void *arg)
{
	struct member_sink *sink = arg;

	rk_buf_put_c(sink->out, sink->before);
	sink->before = ',';
	rk_json_put_string(sink->out, name);
	rk_buf_put_c(sink->out, ':');
	rk_json_put(sink->out, value);
}

static void
put_object(struct rk_buf *out, const struct rk_json *j)
{
	struct member_sink sink = { out, '{' };

	rk_json_each(j, put_member, &sink);
	if (sink.before == '{')
		rk_buf_put_c(out, '{');
	rk_buf_put_c(out, '}');
}

/* A double that is whole within 2^53 counts as an integer: its digits are the same. */
static void
put_integer(struct rk_buf *out, const struct rk_json *j)
{
	long long value = 0;

	if (rk_json_integer(j, &value))
		rk_buf_put_i64(out, value);
}

static void
put_number(struct rk_buf *out, const struct rk_json *j)
{
	double value = 0;

	if (rk_json_real(j, &value))
		put_real(out, value);
}

/* Recurses as deep as the value, which rk_json_parse bounds by RK_JSON_DEPTH. */
void
rk_json_put(struct rk_buf *out, const struct rk_json *j)
{
	switch (rk_json_type(j)) {
	case RK_JSON_OBJECT:
		put_object(out, j);
		break;
	case RK_JSON_ARRAY:
		put_array(out, j);
		break;
	case RK_JSON_STRING:
		rk_json_put_string(out, rk_json_str(j));
		break;
	case RK_JSON_INTEGER:
		put_integer(out, j);
		break;
	case RK_JSON_REAL:
		put_number(out, j);
		break;
	case RK_JSON_TRUE:
		rk_buf_lit(out, "true");
		break;
	case RK_JSON_FALSE:
		rk_buf_lit(out, "false");
		break;
	case RK_JSON_NULL:
		rk_buf_lit(out, "null");
		break;
	}
}

static bool
is_plain(unsigned char c)
{
	return c >= 0x20 && c != '"' && c != '\\' && c != 0xed;
}

static void
put_ascii_escape(struct rk_buf *out, unsigned char c)
{
	static const char names[0x20] = {
		['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'
	};
	char name = c < sizeof names ? names[c] : (char)c;

	if (name)
		rk_buf_put(out, rk_str_n((char[]){ '\\', name }, 2));
	else
		rk_buf_printf(out, "\\u%04x", c);
}

/* Puts what stands at the front of s, which is not plain; returns how many bytes it took. */
static size_t
put_special(struct rk_buf *out, struct rk_str s)
{
	const unsigned char *p = (const unsigned char *)s.p;

	if (p[0] != 0xed) {
		put_ascii_escape(out, p[0]);
		return 1;
	}
	if (s.n < 3 || p[1] < 0xa0 || p[1] > 0xbf || (p[2] & 0xc0) != 0x80) { /* U+D000-U+D7FF */
		rk_buf_put_c(out, s.p[0]);
		return 1;
	}
	rk_buf_printf(out, "\\u%04x", 0xd000u | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu));
	return 3;
}

void
rk_json_put_string(struct rk_buf *out, struct rk_str s)
{
	rk_buf_put_c(out, '"');
	while (s.n) {
		size_t n = 0;

		while (n < s.n && is_plain((unsigned char)s.p[n]))
			n++;
		rk_buf_put(out, rk_str_sub(s, 0, n));
		s = rk_str_sub(s, n, s.n);
		if (s.n)
			s = rk_str_sub(s, put_special(out, s), s.n);
	}
	rk_buf_put_c(out, '"');
}
