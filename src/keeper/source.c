#include "keeper/source.h"

#include "base/auto.h"

/* The bytes of the character at the front of s, or 0 when there is no whole one. */
static size_t
char_length(struct rk_str s)
{
	unsigned char lead = (unsigned char)s.p[0];
	size_t n = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;

	return n <= s.n && rk_str_is_utf8(rk_str_sub(s, 0, n)) ? n : 0;
}

static void
put_repaired(struct rk_buf *out, struct rk_str s)
{
	while (s.n) {
		size_t n = char_length(s);
		rk_buf_put(out, n ? rk_str_sub(s, 0, n) : RK_STR("\xEF\xBF\xBD"));
		s = rk_str_sub(s, n ? n : 1, s.n);
	}
}

enum rk_err
rk_source_take(struct rk_buf *bytes, char **ret_text, size_t *ret_n, bool *ret_repaired)
{
	RK_AUTO(rk_buf_free) struct rk_buf repaired = RK_BUF(3 * bytes->n);
	struct rk_buf *text = bytes;

	if (rk_str_has_prefix(rk_buf_str(bytes), RK_STR("\xEF\xBB\xBF")))
		rk_buf_drop(bytes, 3);
	bool repair = !rk_str_is_utf8(rk_buf_str(bytes));
	if (repair) {
		put_repaired(&repaired, rk_buf_str(bytes));
		text = &repaired;
	}
	size_t n = text->n;
	enum rk_err err = rk_buf_take(text, ret_text);
	if (err == RK_OK) {
		*ret_n = n;
		*ret_repaired = repair;
	}
	return err;
}
