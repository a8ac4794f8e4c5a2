#include "keeper/clean.h"

#include "base/auto.h"

/* The bytes of the control character at the front of s, or 0. C1 controls are two bytes in UTF-8; in text
 * that is not UTF-8 no byte above ASCII is trusted. */
static size_t
control(struct rk_str s, bool is_utf8)
{
	unsigned char c = (unsigned char)s.p[0];

	if (c < 0x20 || c == 0x7F || (c >= 0x80 && !is_utf8))
		return 1;
	return c == 0xC2 && s.n > 1 && (unsigned char)s.p[1] < 0xA0 ? 2 : 0;
}

void
rk_clean_put(struct rk_buf *out, struct rk_str s)
{
	bool is_utf8 = rk_str_is_utf8(s);

	while (s.n) {
		size_t n = control(s, is_utf8);
		if (n > 0)
			rk_buf_printf(out, "\\x%02x", (unsigned)(unsigned char)s.p[n - 1]);
		else
			rk_buf_put_c(out, s.p[0]);
		s = rk_str_sub(s, n ? n : 1, s.n);
	}
}

void
rk_clean_put_line(struct rk_buf *out, struct rk_str s)
{
	bool is_utf8 = rk_str_is_utf8(s);

	while (s.n) {
		size_t n = control(s, is_utf8);
		rk_buf_put_c(out, n > 0 && s.p[0] != '\t' ? '?' : s.p[0]);
		s = rk_str_sub(s, n ? n : 1, s.n);
	}
}

size_t
rk_clean_width(struct rk_str text)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(4 * text.n + 1);
	size_t width = 0;

	rk_clean_put(&out, text);
	for (size_t i = 0; i < out.n; i++)
		width += ((unsigned char)out.p[i] & 0xC0) != 0x80;
	return width;
}

bool
rk_clean_is_word(struct rk_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= 'A' && s.p[i] <= 'Z') ||
			(s.p[i] >= '0' && s.p[i] <= '9') || strchr("_-.", s.p[i])))
			return false;
	return s.n > 0;
}
