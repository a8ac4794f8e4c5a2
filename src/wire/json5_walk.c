/*
 * json5_walk.c - see json5_walk.h.
 */
#include "wire/json5_walk.h"

void
rk_json5_walk_refuse(struct rk_json5_walk *w, size_t at, const char *what)
{
	if (w->fault)
		return;
	w->fault = what;
	w->fault_at = at;
}

/* The byte at the front; 0 past the end, and for a NUL, which nothing accepts. */
unsigned char
rk_json5_walk_peek(const struct rk_json5_walk *w)
{
	return w->at < w->text.n && !w->fault ? (unsigned char)w->text.p[w->at] : 0;
}

bool
rk_json5_walk_starts(const struct rk_json5_walk *w, const char *word)
{
	return rk_str_has_prefix(rk_str_sub(w->text, w->at, w->text.n), rk_str(word));
}

/* ---- between the tokens ------------------------------------------------------- */

/* How many bytes of white space (JSON5 section 8; Unicode's Zs) are at the front. */
size_t
rk_json5_walk_space(const struct rk_json5_walk *w)
{
	static const char *const wide[] = { "\xC2\xA0", "\xEF\xBB\xBF", "\xE2\x80\xA8", "\xE2\x80\xA9",
		"\xE1\x9A\x80", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80" };
	unsigned char c = rk_json5_walk_peek(w);

	if (c == ' ' || (c >= '\t' && c <= '\r'))
		return 1;
	for (size_t i = 0; c >= 0x80 && i < sizeof(wide) / sizeof(wide[0]); i++)
		if (rk_json5_walk_starts(w, wide[i]))
			return strlen(wide[i]);
	if (rk_json5_walk_starts(w, "\xE2\x80") && w->at + 2 < w->text.n) {
		c = (unsigned char)w->text.p[w->at + 2];
		return c >= 0x80 && c <= 0x8A ? 3 : 0;
	}
	return 0;
}

static void
skip_comment(struct rk_json5_walk *w)
{
	size_t begun = w->at;

	if (rk_json5_walk_starts(w, "//")) {
		while (w->at < w->text.n && w->text.p[w->at] != '\n' && w->text.p[w->at] != '\r')
			w->at++;
		return;
	}
	w->at += 2;
	while (w->at < w->text.n && !rk_json5_walk_starts(w, "*/"))
		w->at++;
	if (w->at < w->text.n)
		w->at += 2;
	else
		rk_json5_walk_refuse(w, begun, "a comment has no end");
}

void
rk_json5_walk_skip(struct rk_json5_walk *w)
{
	while (!w->fault && w->at < w->text.n) {
		size_t n = rk_json5_walk_space(w);

		if (n == 0 && (rk_json5_walk_starts(w, "//") || rk_json5_walk_starts(w, "/*")))
			skip_comment(w);
		else if (n == 0)
			return;
		w->at += n;
	}
}
