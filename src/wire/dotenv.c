/*
 * dotenv.c - one line at a time, as this expression of dotenv 6 would match it:
 *
 *   ^\s*([\w.-]+)\s*=\s*(.*)?\s*$
 *
 * where \s is JavaScript's white space, wider than ASCII, and '.' is anything
 * but a line terminator. A line that does not match is a comment or a mistake,
 * and says nothing.
 */
#include "wire/dotenv.h"

#include "base/auto.h"

/* Length of the line terminator (other than LF) at the front of s, or 0. */
static size_t
terminator(struct rk_str s)
{
	if (s.n && s.p[0] == '\r')
		return 1;
	if (rk_str_has_prefix(s, RK_STR("\u2028")) || rk_str_has_prefix(s, RK_STR("\u2029")))
		return 3;
	return 0;
}

/* Length of the white space at the front of s (ECMA-262: WhiteSpace, LineTerminator), or 0. */
static size_t
space(struct rk_str s)
{
	static const char *const wide[] = { "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003",
		"\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200a", "\u202f", "\u205f",
		"\u3000", "\ufeff" };

	if (s.n && (s.p[0] == ' ' || (s.p[0] >= '\t' && s.p[0] <= '\r')))
		return 1;
	for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++)
		if (rk_str_has_prefix(s, rk_str(wide[i])))
			return strlen(wide[i]);
	return terminator(s);
}

static struct rk_str
skip_space(struct rk_str s)
{
	for (size_t n; (n = space(s)) != 0;)
		s = rk_str_sub(s, n, s.n);
	return s;
}

static struct rk_str
trim(struct rk_str s)
{
	bool found = true;

	s = skip_space(s);
	while (found && s.n) {
		found = false;
		for (size_t n = 1; n <= 3 && n <= s.n && !found; n++)
			if (space(rk_str_sub(s, s.n - n, n)) == n) {
				s.n -= n;
				found = true;
			}
	}
	return s;
}

static bool
is_key_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
	       c == '.' || c == '-';
}

/* The line's key, and what the second group catches; false when the line does not match. */
static bool
match(struct rk_str line, struct rk_str *ret_key, struct rk_str *ret_caught)
{
	struct rk_str key = skip_space(line), left;
	size_t n = 0;

	while (n < key.n && is_key_char(key.p[n]))
		n++;
	left = skip_space(rk_str_sub(key, n, key.n));
	if (n == 0 || left.n == 0 || left.p[0] != '=')
		return false;
	left = skip_space(rk_str_sub(left, 1, left.n));
	*ret_key = rk_str_sub(key, 0, n);
	n = 0;
	while (n < left.n && !terminator(rk_str_sub(left, n, 3)))
		n++;
	*ret_caught = rk_str_sub(left, 0, n);
	return skip_space(rk_str_sub(left, n, left.n)).n == 0;
}

static bool
is_quote(char c)
{
	return c == '"' || c == '\'';
}

/* The value of what was caught: \n in a "..." text, then one quote off each end, then trimmed. */
static struct rk_str
value_of(struct rk_str s, struct rk_buf *text)
{
	bool expand = s.n && s.p[0] == '"' && s.p[s.n - 1] == '"';

	rk_buf_clear(text);
	for (size_t i = 0; i < s.n; i++) {
		bool newline = expand && s.p[i] == '\\' && i + 1 < s.n && s.p[i + 1] == 'n';

		rk_buf_put_c(text, newline ? '\n' : s.p[i]);
		i += newline;
	}
	s = rk_buf_str(text);
	if (s.n && is_quote(s.p[0]))
		s = rk_str_sub(s, 1, s.n);
	if (s.n && is_quote(s.p[s.n - 1]))
		s.n--;
	return trim(s);
}

enum rk_err
rk_dotenv_each(struct rk_str text,
    void (*each)(struct rk_str name, struct rk_str value, unsigned line, void *arg), void *arg)
{
	RK_AUTO(rk_buf_wipe) struct rk_buf scratch = RK_BUF(text.n);
	struct rk_str left = text, key, caught;

	if (!rk_str_is_utf8(text))
		return RK_INVALID;
	if (!rk_buf_reserve(&scratch, text.n)) /* once, so that no copy of a value stays behind */
		return rk_buf_end(&scratch);
	for (unsigned line = 1; left.n; line++)
		if (match(rk_str_take(&left, '\n'), &key, &caught))
			each(key, value_of(caught, &scratch), line, arg);
	return RK_OK;
}
