/*
 * json5.c - one walk over the text, by recursive descent of bounded depth.
 *
 * After a fault every step does nothing and the walk unwinds.
 */
#include "wire/json5.h"

#include "base/json.h"
#include "wire/json5_walk.h"

#define STRING_MAX (1024u * 1024u)

/* ---- strings -------------------------------------------------------------------- */

/* The value of `digits` hex digits at the front, or -1. */
static long
take_hex(struct rk_json5_walk *w, int digits)
{
	long value = 0;

	for (int i = 0; i < digits; i++) {
		unsigned char c = rk_json5_walk_peek(w);
		int digit = c >= '0' && c <= '9'                     ? c - '0'
			    : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
								     : -1;
		if (digit < 0)
			return -1;
		value = value << 4 | digit;
		w->at++;
	}
	return value;
}

static void
put_char(struct rk_buf *out, unsigned long c)
{
	if (c < 0x80) {
		rk_buf_put_c(out, (char)c);
		return;
	}
	if (c >= 0x10000)
		rk_buf_put_c(out, (char)(0xF0 | c >> 18));
	if (c >= 0x800)
		rk_buf_put_c(out, (char)(c >= 0x10000 ? 0x80 | (c >> 12 & 0x3F) : 0xE0 | c >> 12));
	rk_buf_put_c(out, (char)(c >= 0x800 ? 0x80 | (c >> 6 & 0x3F) : 0xC0 | c >> 6));
	rk_buf_put_c(out, (char)(0x80 | (c & 0x3F)));
}

/* After \u or \x. Two halves of a surrogate pair become one character; a half alone is none. */
static void
take_code(struct rk_json5_walk *w, int digits, struct rk_buf *out)
{
	size_t begun = w->at;
	long c = take_hex(w, digits), low;

	if (c >= 0xD800 && c <= 0xDBFF && rk_json5_walk_starts(w, "\\u")) {
		w->at += 2;
		low = take_hex(w, 4);
		c = low >= 0xDC00 && low <= 0xDFFF ? 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00) : -1;
	}
	if (c < 0 || (c >= 0xD800 && c <= 0xDFFF))
		rk_json5_walk_refuse(w, begun, "an escape is not followed by the digits of a character");
	else
		put_char(out, (unsigned long)c);
}

/* After a backslash. An escaped end of line is no character (section 5.2). */
static void
take_escape(struct rk_json5_walk *w, struct rk_buf *out)
{
	static const char names[] = "bfnrtv0", values[] = "\b\f\n\r\t\v\0";
	unsigned char c = rk_json5_walk_peek(w);
	const char *name = c ? strchr(names, c) : NULL;

	if (rk_json5_walk_starts(w, "\r\n")) {
		w->at += 2;
		return;
	}
	w->at++;
	if (c == 'u' || c == 'x')
		take_code(w, c == 'u' ? 4 : 2, out);
	else if (name)
		rk_buf_put_c(out, values[name - names]);
	else if (c == 0 || (c >= '1' && c <= '9'))
		rk_json5_walk_refuse(w, w->at - 1, "a backslash stands before what is no escape");
	else if (c != '\n' && c != '\r')
		rk_buf_put_c(out, (char)c);
}

static void
take_string(struct rk_json5_walk *w)
{
	struct rk_buf value = RK_BUF(STRING_MAX);
	size_t begun = w->at;
	char quote = (char)rk_json5_walk_peek(w);

	w->at++;
	while (!w->fault && rk_json5_walk_peek(w) != (unsigned char)quote) {
		char c = (char)rk_json5_walk_peek(w);

		if (c == 0 || c == '\n' || c == '\r') {
			rk_json5_walk_refuse(w, begun, "a string has no end");
			break;
		}
		w->at++;
		if (c == '\\')
			take_escape(w, &value);
		else
			rk_buf_put_c(&value, c);
	}
	w->at++;
	if (rk_buf_end(&value) != RK_OK)
		rk_json5_walk_refuse(w, begun, "a string is too long");
	rk_json_put_string(w->out, rk_buf_str(&value));
	rk_buf_free(&value);
}

/* ---- words and numbers ------------------------------------------------------------ */

static bool
is_name_char(unsigned char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' || c == '$' ||
	       c >= 0x80;
}

static struct rk_str
take_word(struct rk_json5_walk *w)
{
	size_t begun = w->at;

	while (is_name_char(rk_json5_walk_peek(w)) && rk_json5_walk_space(w) == 0)
		w->at++;
	return rk_str_sub(w->text, begun, w->at - begun);
}

static void
take_name(struct rk_json5_walk *w)
{
	unsigned char c = rk_json5_walk_peek(w);
	size_t begun = w->at;
	struct rk_str word;

	if (c == '"' || c == '\'') {
		take_string(w);
		return;
	}
	word = take_word(w);
	if (word.n == 0 || (c >= '0' && c <= '9'))
		rk_json5_walk_refuse(w, begun, "a name is expected here, or the end of the object");
	else
		rk_json_put_string(w->out, word);
}

/* 0x1F: up to 13 digits, so that a double holds it exactly. */
static void
put_hex_number(struct rk_json5_walk *w, size_t begun)
{
	unsigned long long value = 0;
	int digits = 0;
	long digit;

	w->at += 2;
	for (; (digit = take_hex(w, 1)) >= 0 && digits < 14; digits++)
		value = value << 4 | (unsigned long long)digit;
	if (digits < 1 || digits > 13)
		rk_json5_walk_refuse(w, begun, "a number cannot be read");
	rk_buf_put_u64(w->out, value);
}

/* As many digits as there are, put as they stand. */
static size_t
put_digits(struct rk_json5_walk *w)
{
	size_t begun = w->at;

	while (rk_json5_walk_peek(w) >= '0' && rk_json5_walk_peek(w) <= '9')
		w->at++;
	rk_buf_put(w->out, rk_str_sub(w->text, begun, w->at - begun));
	return w->at - begun;
}

static size_t
put_fraction(struct rk_json5_walk *w)
{
	struct rk_str digits;
	size_t begun = ++w->at;

	while (rk_json5_walk_peek(w) >= '0' && rk_json5_walk_peek(w) <= '9')
		w->at++;
	digits = rk_str_sub(w->text, begun, w->at - begun);
	if (digits.n > 0)
		rk_buf_printf(w->out, ".%.*s", RK_FMT(digits));
	return digits.n;
}

static void
put_decimal(struct rk_json5_walk *w, size_t begun)
{
	bool leads_with_zero = rk_json5_walk_peek(w) == '0';
	size_t whole, part = 0;

	if (rk_json5_walk_peek(w) == '.')
		rk_buf_put_c(w->out, '0');
	whole = put_digits(w);
	if (rk_json5_walk_peek(w) == '.')
		part = put_fraction(w);
	if (whole + part == 0 || (leads_with_zero && whole > 1))
		rk_json5_walk_refuse(w, begun, "a value is expected here");
	if ((rk_json5_walk_peek(w) | 0x20) != 'e')
		return;
	w->at++;
	rk_buf_put_c(w->out, 'e');
	if (rk_json5_walk_peek(w) == '-' || rk_json5_walk_peek(w) == '+')
		rk_buf_put_c(w->out, w->text.p[w->at++]);
	if (put_digits(w) == 0)
		rk_json5_walk_refuse(w, begun, "a number cannot be read");
}

static void
take_number(struct rk_json5_walk *w)
{
	size_t begun = w->at;

	if (rk_json5_walk_peek(w) == '-')
		rk_buf_put_c(w->out, '-');
	if (rk_json5_walk_peek(w) == '-' || rk_json5_walk_peek(w) == '+')
		w->at++;
	if (rk_json5_walk_starts(w, "Infinity") || rk_json5_walk_starts(w, "NaN"))
		rk_json5_walk_refuse(w, begun, "Infinity and NaN are no values here");
	else if (rk_json5_walk_starts(w, "0x") || rk_json5_walk_starts(w, "0X"))
		put_hex_number(w, begun);
	else
		put_decimal(w, begun);
	if (is_name_char(rk_json5_walk_peek(w)) && rk_json5_walk_space(w) == 0)
		rk_json5_walk_refuse(w, begun, "a number cannot be read");
}

static void
take_constant(struct rk_json5_walk *w)
{
	static const char *const constants[] = { "true", "false", "null" };
	size_t begun = w->at;
	struct rk_str word = take_word(w);

	for (size_t i = 0; i < sizeof(constants) / sizeof(constants[0]); i++)
		if (rk_str_is(word, rk_str(constants[i]))) {
			rk_buf_put(w->out, word);
			return;
		}
	rk_json5_walk_refuse(w, begun, "a value is expected here; text stands in quotes");
}

/* ---- values --------------------------------------------------------------------------- */

static void take_value(struct rk_json5_walk *w, unsigned depth);

/* After an element: goes over a comma. False at the end, whose bracket is taken. */
static bool
goes_on(struct rk_json5_walk *w, char end)
{
	rk_json5_walk_skip(w);
	if (rk_json5_walk_peek(w) == ',') {
		w->at++;
		rk_json5_walk_skip(w);
	} else if (rk_json5_walk_peek(w) != (unsigned char)end) {
		rk_json5_walk_refuse(
		    w, w->at, end == '}' ? "a comma or } is missing" : "a comma or ] is missing");
	}
	return !w->fault && rk_json5_walk_peek(w) != (unsigned char)end;
}

static void
take_member(struct rk_json5_walk *w, unsigned depth)
{
	take_name(w);
	rk_json5_walk_skip(w);
	if (rk_json5_walk_peek(w) != ':')
		rk_json5_walk_refuse(w, w->at, "a colon is missing after the name");
	w->at++;
	rk_buf_put_c(w->out, ':');
	take_value(w, depth);
}

/* An object or an array, its elements taken by `element`. */
static void
take_list(struct rk_json5_walk *w, char end, unsigned depth,
    void (*element)(struct rk_json5_walk *w, unsigned depth))
{
	if (depth >= RK_JSON5_DEPTH)
		rk_json5_walk_refuse(w, w->at, "it is nested too deep");
	rk_buf_put_c(w->out, w->text.p[w->at]);
	w->at++;
	rk_json5_walk_skip(w);
	if (!w->fault && rk_json5_walk_peek(w) != (unsigned char)end) {
		element(w, depth + 1);
		while (goes_on(w, end)) {
			rk_buf_put_c(w->out, ',');
			element(w, depth + 1);
		}
	}
	w->at++;
	rk_buf_put_c(w->out, end);
}

static void
take_value(struct rk_json5_walk *w, unsigned depth)
{
	unsigned char c;

	rk_json5_walk_skip(w);
	c = rk_json5_walk_peek(w);
	if (w->fault)
		return;
	if (c == '{')
		take_list(w, '}', depth, take_member);
	else if (c == '[')
		take_list(w, ']', depth, take_value);
	else if (c == '"' || c == '\'')
		take_string(w);
	else if ((c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'I' || c == 'N')
		take_number(w);
	else
		take_constant(w);
}

static void
locate(const struct rk_json5_walk *w, struct rk_json5_fault *ret_fault)
{
	*ret_fault = (struct rk_json5_fault){ .line = 1, .column = 1, .what = w->fault };
	for (size_t i = 0; i < w->fault_at && i < w->text.n; i++) {
		ret_fault->column++;
		if (w->text.p[i] == '\n') {
			ret_fault->line++;
			ret_fault->column = 1;
		}
	}
}

enum rk_err
rk_json5_put(struct rk_buf *out, struct rk_str text, struct rk_json5_fault *ret_fault)
{
	struct rk_json5_walk w = { .text = text, .out = out };

	if (!rk_str_is_utf8(text))
		rk_json5_walk_refuse(&w, 0, "it is not UTF-8 text");
	take_value(&w, 0);
	rk_json5_walk_skip(&w);
	if (w.at < text.n)
		rk_json5_walk_refuse(&w, w.at, "something stands after the end");
	if (!w.fault)
		return rk_buf_end(out);
	locate(&w, ret_fault);
	return RK_INVALID;
}
