#include "keeper/scan.h"

#include "keeper/lex.h"

/* Tokens that may be looked at twice in one text, so that nested braces cannot make it quadratic. */
#define LOOKAHEAD_MAX 400000u

enum origin { NOWHERE, ENV, CONTEXT, EVENT };

struct scan {
	struct rk_lex lx;
	unsigned budget;
	struct rk_str context, event; /* what the handler calls its parameters */
	void (*each)(const struct rk_scan_read *read, void *arg);
	void *arg;
};

static struct rk_token
ahead(struct scan *s, struct rk_lex *lx)
{
	if (s->budget == 0)
		return (struct rk_token){ .kind = RK_TOKEN_END };
	s->budget--;
	return rk_lex_next(lx);
}

static bool
is_sign(const struct rk_token *t, const char *sign)
{
	return rk_token_is(t, RK_TOKEN_SIGN, sign);
}

static bool
is_dot(const struct rk_token *t)
{
	return is_sign(t, ".") || is_sign(t, "?.");
}

static bool
is_own_field(enum origin from, struct rk_str name)
{
	static const char *const own[] = { "PATH", "DOMAIN_NAME", "SERVICE_SID", "ENVIRONMENT_SID",
		"getTwilioClient" };

	if (from == EVENT)
		return rk_str_is(name, RK_STR("request"));
	for (size_t i = 0; from == CONTEXT && i < sizeof(own) / sizeof(*own); i++)
		if (rk_str_is(name, rk_str(own[i])))
			return true;
	return false;
}

/* No escapes, no controls, no line breaks: what a name in a .env file can be, and a bit more. */
static bool
is_plain_name(struct rk_str name)
{
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] <= ' ' || name.p[i] == '\\' || name.p[i] == 0x7F)
			return false;
	return name.n > 0;
}

static void
report(struct scan *s, enum origin from, const struct rk_token *name, bool has_default)
{
	if (is_own_field(from, name->text) || !is_plain_name(name->text))
		return;
	s->each(&(struct rk_scan_read){ .source = from == EVENT ? RK_SCAN_EVENT : RK_SCAN_VARIABLE,
		    .name = name->text,
		    .line = name->line,
		    .has_default = has_default },
	    s->arg);
}

/* The object that a word stands for; lx, just past the word, moves past `.env` when it is process.env. */
static enum origin
origin_of(struct scan *s, const struct rk_token *word, struct rk_lex *lx)
{
	if (word->kind != RK_TOKEN_WORD)
		return NOWHERE;
	if (rk_str_is(word->text, RK_STR("process"))) {
		struct rk_token dot = ahead(s, lx), env = ahead(s, lx);
		return is_dot(&dot) && rk_token_is(&env, RK_TOKEN_WORD, "env") ? ENV : NOWHERE;
	}
	if (rk_str_is(word->text, s->context))
		return CONTEXT;
	return rk_str_is(word->text, s->event) ? EVENT : NOWHERE;
}

/* `.X`, `?.X`, `['X']`, `?.['X']` at lx. */
static bool
take_member(struct scan *s, struct rk_lex *lx, struct rk_token *ret_name)
{
	struct rk_token t = ahead(s, lx);
	bool dotted = is_dot(&t);

	if (dotted) {
		bool optional = is_sign(&t, "?.");
		t = ahead(s, lx);
		if (t.kind == RK_TOKEN_WORD) {
			*ret_name = t;
			return true;
		}
		if (!optional)
			return false;
	}
	if (!is_sign(&t, "["))
		return false;
	*ret_name = ahead(s, lx);
	t = ahead(s, lx);
	return ret_name->kind == RK_TOKEN_STRING && is_sign(&t, "]");
}

static void
find_member(struct scan *s, const struct rk_token *word)
{
	struct rk_lex lx = s->lx;
	enum origin from = origin_of(s, word, &lx);
	struct rk_token name;

	if (from == NOWHERE || !take_member(s, &lx, &name))
		return;
	struct rk_token after = ahead(s, &lx);
	/* Variables are strings: what is called, as context.succeed(), is no variable. */
	if (is_sign(&after, "=") || is_sign(&after, "("))
		return;
	report(s, from, &name,
	    is_sign(&after, "||") || is_sign(&after, "??") || is_sign(&after, "||=") ||
		is_sign(&after, "?\?="));
}

/* Past a default value or a nested pattern: to the ',' or '}' that ends the property, which is returned. */
static struct rk_token
skip_value(struct scan *s, struct rk_lex *lx)
{
	unsigned depth = 0;

	for (;;) {
		struct rk_token t = ahead(s, lx);
		if (t.kind == RK_TOKEN_END || (depth == 0 && (is_sign(&t, ",") || is_sign(&t, "}"))))
			return t;
		if (is_sign(&t, "{") || is_sign(&t, "[") || is_sign(&t, "("))
			depth++;
		else if (is_sign(&t, "}") || is_sign(&t, "]") || is_sign(&t, ")"))
			depth -= depth > 0;
	}
}

/* One property of a pattern; returns the ',' or '}' after it, or anything else when it is none. */
static struct rk_token
take_property(struct scan *s, struct rk_lex *lx, const struct rk_token *name, enum origin from)
{
	struct rk_token t = ahead(s, lx);
	bool has_default = is_sign(&t, "=");

	if (is_sign(&t, ":")) {
		struct rk_lex target = *lx;
		(void)ahead(s, &target);
		t = ahead(s, &target);
		has_default = is_sign(&t, "=");
		t = skip_value(s, lx);
	} else if (has_default) {
		t = skip_value(s, lx);
	}
	if (from != NOWHERE && (is_sign(&t, ",") || is_sign(&t, "}")))
		report(s, from, name, has_default);
	return t;
}

/* `A, B: b, C = 1, ...rest }` at lx, just past the '{'. Reports the names when `from` is known. */
static bool
take_pattern(struct scan *s, struct rk_lex *lx, enum origin from)
{
	for (;;) {
		struct rk_token t = ahead(s, lx);
		if (is_sign(&t, "}"))
			return true;
		if (is_sign(&t, "..."))
			t = skip_value(s, lx);
		else if (t.kind == RK_TOKEN_WORD || t.kind == RK_TOKEN_STRING)
			t = take_property(s, lx, &t, from);
		if (is_sign(&t, "}"))
			return true;
		if (!is_sign(&t, ","))
			return false;
	}
}

/* `{ A, B } = process.env`, when the lexer stands just past a '{' that may open a pattern. */
static void
find_destructuring(struct scan *s)
{
	struct rk_lex lx = s->lx;

	if (!take_pattern(s, &lx, NOWHERE))
		return;
	struct rk_token t = ahead(s, &lx);
	if (!is_sign(&t, "="))
		return;
	t = ahead(s, &lx);
	enum origin from = origin_of(s, &t, &lx);
	t = ahead(s, &lx);
	if (from == NOWHERE || is_dot(&t) || is_sign(&t, "[") || is_sign(&t, "("))
		return;
	lx = s->lx;
	(void)take_pattern(s, &lx, from);
}

/* One parameter of the handler: its name, or a pattern of what it holds. False when no ',' follows. */
static bool
take_parameter(struct scan *s, struct rk_lex *lx, enum origin from, struct rk_str *ret_name)
{
	struct rk_token t = ahead(s, lx);

	if (is_sign(&t, "{")) {
		if (!take_pattern(s, lx, from))
			return false;
	} else if (t.kind == RK_TOKEN_WORD) {
		*ret_name = t.text;
	} else {
		return false;
	}
	t = ahead(s, lx);
	return is_sign(&t, ",");
}

/* `handler = [async] [function [name]] (context, event, ...`, when the lexer stands just past `handler`. */
static void
find_handler(struct scan *s)
{
	struct rk_lex lx = s->lx;
	struct rk_token t = ahead(s, &lx);

	if (!is_sign(&t, "="))
		return;
	t = ahead(s, &lx);
	if (rk_token_is(&t, RK_TOKEN_WORD, "async"))
		t = ahead(s, &lx);
	if (rk_token_is(&t, RK_TOKEN_WORD, "function")) {
		t = ahead(s, &lx);
		if (t.kind == RK_TOKEN_WORD)
			t = ahead(s, &lx);
	}
	if (is_sign(&t, "(") && take_parameter(s, &lx, CONTEXT, &s->context))
		(void)take_parameter(s, &lx, EVENT, &s->event);
}

static bool
may_open_pattern(const struct rk_token *before)
{
	return is_sign(before, "(") || is_sign(before, ",") || rk_token_is(before, RK_TOKEN_WORD, "const") ||
	       rk_token_is(before, RK_TOKEN_WORD, "let") || rk_token_is(before, RK_TOKEN_WORD, "var");
}

void
rk_scan_each(struct rk_str text, void (*each)(const struct rk_scan_read *read, void *arg), void *arg)
{
	struct scan s = { .budget = LOOKAHEAD_MAX,
		.context = RK_STR("context"),
		.event = RK_STR("event"),
		.each = each,
		.arg = arg };
	struct rk_token before = { .kind = RK_TOKEN_END };

	for (rk_lex_init(&s.lx, text);;) {
		struct rk_token t = rk_lex_next(&s.lx);
		if (t.kind == RK_TOKEN_END)
			return;
		if (is_sign(&t, "{") && may_open_pattern(&before))
			find_destructuring(&s);
		else if (rk_token_is(&t, RK_TOKEN_WORD, "handler"))
			find_handler(&s);
		else if (t.kind == RK_TOKEN_WORD &&
			 (!is_dot(&before) || rk_str_is(t.text, RK_STR("process"))))
			find_member(&s, &t);
		before = t;
	}
}
