#include "worker/syntax.h"

#include <stdio.h>

#include "base/auto.h"
#include "base/str.h"
#include "worker/text.h"

#define TAIL RK_STR("\n})")
#define SHORT_TAIL RK_STR("})") /* what follows a piece of a line stays on that line */
#define SOURCE_MAX (64u << 20)
#define TRIES 16

/* The text between the first pair of ' in the engine's words: the token that it stumbled over. */
static struct rk_str
token_of(struct rk_str message)
{
	struct rk_str rest = message;

	rk_str_take(&rest, '\'');
	return rk_str_sub(rest, 0, rk_str_index(rest, '\''));
}

static struct rk_str
line_at(struct rk_str source, uint32_t line)
{
	struct rk_str text = { NULL, 0 };

	for (uint32_t i = 0; i < line && source.n > 0; i++)
		text = rk_str_take(&source, '\n');
	return rk_str_has_suffix(text, RK_STR("\r")) ? rk_str_sub(text, 0, text.n - 1) : text;
}

/* Most sources are ASCII: those go to the engine as bytes and take half the memory. */
static JSStringRef
new_text(struct rk_buf *wrapped)
{
	struct rk_str s = rk_buf_str(wrapped);
	const char *z;

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == 0 || (unsigned char)s.p[i] >= 0x80)
			return rk_text_new(s);
	z = rk_buf_z(wrapped);
	return z ? JSStringCreateWithUTF8CString(z) : NULL;
}

/* Parses source in the wrapper. Without a script, *ret_message and *ret_line say why. */
static enum rk_err
parse(JSContextGroupRef group, JSStringRef url, struct rk_str source, struct rk_str tail,
    JSScriptRef *ret_script, JSStringRef *ret_message, int *ret_line)
{
	struct rk_buf wrapped RK_AUTO(rk_buf_free) = RK_BUF(SOURCE_MAX);
	JSStringRef text;

	rk_buf_lit(&wrapped, RK_SYNTAX_HEAD);
	if (rk_str_has_prefix(source, RK_STR("#!"))) {
		rk_buf_lit(&wrapped, "//");
		source = rk_str_sub(source, 2, source.n);
	}
	rk_buf_put(&wrapped, source);
	rk_buf_put(&wrapped, tail);
	if (rk_buf_end(&wrapped))
		return rk_buf_end(&wrapped);
	text = new_text(&wrapped);
	if (!text)
		return RK_NOMEM;
	*ret_message = NULL;
	*ret_script = JSScriptCreateFromString(group, url, 1, text, ret_message, ret_line);
	JSStringRelease(text);
	return *ret_script ? RK_OK : RK_INVALID;
}

/* Whether the source up to `end` fails with the same words at the same line: then the token before it is the
 * culprit. */
static bool
fails_alike(JSContextGroupRef group, JSStringRef url, struct rk_str source, JSStringRef message, int line)
{
	JSScriptRef script = NULL;
	JSStringRef other = NULL;
	int other_line = 0;
	bool alike;

	if (parse(group, url, source, SHORT_TAIL, &script, &other, &other_line) == RK_OK)
		JSScriptRelease(script);
	alike = other && other_line == line && JSStringIsEqual(other, message);
	if (other)
		JSStringRelease(other);
	return alike;
}

/* The engine tells the line and the token, not the column: tries each place of the token on that line. */
static uint32_t
find_column(JSContextGroupRef group, JSStringRef url, struct rk_str source, struct rk_syntax_fault *fault,
    JSStringRef message)
{
	struct rk_str token = token_of(rk_str(fault->message)), line = fault->source;
	size_t before = line.n ? (size_t)(line.p - source.p) : 0;
	unsigned tries = 0;

	if (token.n == 0)
		return 0;
	for (size_t at = 0; at + token.n <= line.n && tries < TRIES; at++) {
		if (memcmp(line.p + at, token.p, token.n) != 0)
			continue;
		tries++;
		if (fails_alike(
			group, url, rk_str_sub(source, 0, before + at + token.n), message, (int)fault->line))
			return (uint32_t)at + 1;
	}
	return 0;
}

static void
explain(JSContextGroupRef group, JSStringRef url, struct rk_str source, JSStringRef message, int line,
    struct rk_syntax_fault *ret_fault)
{
	*ret_fault = (struct rk_syntax_fault){ .line = line > 0 ? (uint32_t)line : 0 };
	JSStringGetUTF8CString(message, ret_fault->message, sizeof(ret_fault->message));
	ret_fault->source = line_at(source, ret_fault->line);
	ret_fault->column = find_column(group, url, source, ret_fault, message);
}

enum rk_err
rk_syntax_parse(JSContextGroupRef group, struct rk_str file, struct rk_str source, JSScriptRef *ret_script,
    struct rk_syntax_fault *ret_fault)
{
	JSStringRef url = rk_text_new(file), message = NULL;
	JSScriptRef script = NULL;
	int line = 0;
	enum rk_err err;

	if (!url)
		return RK_NOMEM;
	if (rk_str_has_prefix(source, RK_STR("\xef\xbb\xbf")))
		source = rk_str_sub(source, 3, source.n);
	err = parse(group, url, source, TAIL, &script, &message, &line);
	if (err == RK_OK)
		*ret_script = script;
	else if (message)
		explain(group, url, source, message, line, ret_fault);
	else if (err == RK_INVALID)
		*ret_fault = (struct rk_syntax_fault){ .message = "The source cannot be parsed" };
	if (message)
		JSStringRelease(message);
	JSStringRelease(url);
	return err;
}
