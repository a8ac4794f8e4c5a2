/*
 * form.c - urlencoded text to pairs and back.
 */
#include "base/form.h"

#include "base/codec.h"

#define REPLACEMENT "\xef\xbf\xbd"

/* How many bytes at the front of s are one character of UTF-8 (*ret_good), or else the longest
 * beginning of one, which is replaced as a whole (WHATWG Encoding, "maximal subpart"). */
static size_t
character(struct rk_str s, bool *ret_good)
{
	unsigned char c = (unsigned char)s.p[0];
	unsigned char low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
	unsigned char high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
	size_t want = c < 0x80 ? 1 : c >= 0xc2 && c < 0xe0 ? 2 : (c & 0xf0) == 0xe0 ? 3 : 4, n = 1;

	*ret_good = c < 0x80;
	if (c < 0x80 || c < 0xc2 || c > 0xf4)
		return 1;
	for (; n < want && n < s.n; n++, low = 0x80, high = 0xbf)
		if ((unsigned char)s.p[n] < low || (unsigned char)s.p[n] > high)
			return n;
	*ret_good = n == want;
	return n;
}

static struct rk_str
repair(struct rk_arena *arena, struct rk_str s)
{
	char *p = rk_arena_take(arena, s.n * 3);
	size_t n = 0;
	bool good;

	for (size_t step; p && s.n > 0; s = rk_str_sub(s, step, s.n)) {
		step = character(s, &good);
		memcpy(p + n, good ? s.p : REPLACEMENT, good ? step : 3);
		n += good ? step : 3;
	}
	return (struct rk_str){ p, n };
}

struct rk_str
rk_form_decode(struct rk_arena *arena, struct rk_str s)
{
	char *p = rk_arena_z(arena, s);
	struct rk_buf out = { .p = p, .cap = s.n + 1, .max = s.n };

	if (!p)
		return (struct rk_str){ NULL, 0 };
	for (size_t i = 0; i < s.n; i++)
		if (p[i] == '+')
			p[i] = ' ';
	/* In place: the decoder never writes ahead of where it reads. */
	rk_codec_get_percent(&out, rk_str_n(p, s.n));
	return rk_str_is_utf8(rk_buf_str(&out)) ? rk_buf_str(&out) : repair(arena, rk_buf_str(&out));
}

static size_t
count_parts(struct rk_str text)
{
	size_t n = 0;

	while (text.n > 0)
		n += rk_str_take(&text, '&').n > 0;
	return n;
}

enum rk_err
rk_form_split(struct rk_arena *arena, struct rk_str text, size_t max, struct rk_form *ret_form)
{
	size_t parts = count_parts(text);
	struct rk_form form = { NULL, 0 };

	if (parts > max)
		return RK_TOO_LARGE;
	form.params = rk_arena_take(arena, parts * sizeof *form.params);
	if (!form.params)
		return RK_NOMEM;
	while (text.n > 0) {
		struct rk_str part = rk_str_take(&text, '&');

		if (part.n == 0)
			continue;
		form.params[form.count].name = rk_str_take(&part, '=');
		form.params[form.count++].value = part;
	}
	*ret_form = form;
	return RK_OK;
}

enum rk_err
rk_form_parse(struct rk_arena *arena, struct rk_str text, size_t max, struct rk_form *ret_form)
{
	struct rk_form form;
	enum rk_err err = rk_form_split(arena, text, max, &form);

	for (size_t i = 0; err == RK_OK && i < form.count; i++) {
		struct rk_param *p = &form.params[i];

		p->name = rk_form_decode(arena, p->name);
		p->value = rk_form_decode(arena, p->value);
		if (!p->name.p || !p->value.p)
			err = RK_NOMEM;
	}
	if (err == RK_OK)
		*ret_form = form;
	return err;
}

static bool
is_plain(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("-_.!~*'()", c));
}

void
rk_form_put_escaped(struct rk_buf *out, struct rk_str s)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (is_plain(c))
			rk_buf_put_c(out, (char)c);
		else
			rk_buf_put(out, rk_str_n((char[]){ '%', digits[c >> 4], digits[c & 15] }, 3));
	}
}

void
rk_form_put(struct rk_buf *out, const struct rk_param *params, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			rk_buf_put_c(out, '&');
		rk_form_put_escaped(out, params[i].name);
		rk_buf_put_c(out, '=');
		rk_form_put_escaped(out, params[i].value);
	}
}
