#include "keeper/lex.h"

void
rk_lex_init(struct rk_lex *lx, struct rk_str text)
{
	*lx = (struct rk_lex){ .p = text.p, .end = text.p + text.n, .line = 1 };
	if (rk_str_has_prefix(text, RK_STR("#!")))
		lx->p += rk_str_index(text, '\n');
}

bool
rk_token_is(const struct rk_token *t, enum rk_token_kind kind, const char *text)
{
	return t->kind == kind && rk_str_is(t->text, rk_str(text));
}

static bool
is_word_byte(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
	       c == '$' || c == '\\' || c == '#' || c >= 0x80;
}

static char
peek(const struct rk_lex *lx, size_t ahead)
{
	return (size_t)(lx->end - lx->p) > ahead ? lx->p[ahead] : '\0';
}

/* Moves on one byte and counts lines: every byte that may be a newline passes here. */
static void
step(struct rk_lex *lx)
{
	if (*lx->p++ == '\n')
		lx->line++;
}

static void
skip_comment(struct rk_lex *lx)
{
	bool block = peek(lx, 1) == '*';

	lx->p += 2;
	while (lx->p < lx->end) {
		if (!block && *lx->p == '\n')
			return;
		if (block && *lx->p == '*' && peek(lx, 1) == '/') {
			lx->p += 2;
			return;
		}
		step(lx);
	}
}

static void
skip_space(struct rk_lex *lx)
{
	while (lx->p < lx->end) {
		if ((unsigned char)*lx->p <= ' ')
			step(lx);
		else if (*lx->p == '/' && (peek(lx, 1) == '/' || peek(lx, 1) == '*'))
			skip_comment(lx);
		else
			return;
	}
}

/* A word after which an expression begins, so that '/' opens a regular expression. */
static bool
is_operator_word(struct rk_str w)
{
	static const char *const words[] = { "return", "typeof", "instanceof", "in", "of", "new", "delete",
		"void", "throw", "case", "do", "else", "yield", "await" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (rk_str_is(w, rk_str(words[i])))
			return true;
	return false;
}

static bool
expects_operand(const struct rk_lex *lx)
{
	const struct rk_token *t = &lx->last;

	switch (t->kind) {
	case RK_TOKEN_END:
		return true;
	case RK_TOKEN_WORD:
		return is_operator_word(t->text);
	case RK_TOKEN_SIGN:
		if (rk_str_is(t->text, RK_STR(")")))
			return lx->last_paren_is_head;
		return !rk_str_is(t->text, RK_STR("]")) && !rk_str_is(t->text, RK_STR("++")) &&
		       !rk_str_is(t->text, RK_STR("--"));
	case RK_TOKEN_TEMPLATE:
		return rk_str_has_suffix(t->text, RK_STR("${"));
	default:
		return false;
	}
}

/* The length of the regular expression at p with its flags, or 0 when none ends on this line. */
static size_t
regexp_length(const struct rk_lex *lx)
{
	bool in_class = false;

	for (const char *p = lx->p + 1; p < lx->end && *p != '\n'; p++) {
		if (*p == '\\' && p + 1 < lx->end && p[1] != '\n')
			p++;
		else if (*p == '[')
			in_class = true;
		else if (*p == ']')
			in_class = false;
		else if (*p == '/' && !in_class) {
			for (p++; p < lx->end && is_word_byte((unsigned char)*p); p++)
				;
			return (size_t)(p - lx->p);
		}
	}
	return 0;
}

static size_t
sign_length(const struct rk_lex *lx)
{
	static const char *const signs[] = { "...", "===", "||=", "?\?=", "==", "=>", "||", "??", "++",
		"--" };
	struct rk_str rest = rk_str_n(lx->p, (size_t)(lx->end - lx->p));

	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
		if (rk_str_has_prefix(rest, rk_str(signs[i])))
			return strlen(signs[i]);
	if (peek(lx, 0) == '?' && peek(lx, 1) == '.' && !(peek(lx, 2) >= '0' && peek(lx, 2) <= '9'))
		return 2;
	return 1;
}

static void
take_string(struct rk_lex *lx, struct rk_token *t)
{
	char quote = *lx->p++;
	const char *from = lx->p;

	while (lx->p < lx->end && *lx->p != quote && *lx->p != '\n') {
		if (*lx->p == '\\' && lx->p + 1 < lx->end)
			step(lx);
		step(lx);
	}
	t->kind = RK_TOKEN_STRING;
	t->text = rk_str_n(from, (size_t)(lx->p - from));
	if (lx->p < lx->end && *lx->p == quote)
		lx->p++;
}

/* From after '`' or the '}' that ends a ${ } on: up to the closing '`', or past the next "${". */
static void
take_template(struct rk_lex *lx, struct rk_token *t, bool is_first)
{
	const char *from = lx->p;

	t->kind = RK_TOKEN_TEMPLATE;
	while (lx->p < lx->end) {
		if (*lx->p == '`') {
			t->kind = is_first ? RK_TOKEN_STRING : RK_TOKEN_TEMPLATE;
			t->text = rk_str_n(from, (size_t)(lx->p - from));
			lx->p++;
			return;
		}
		if (*lx->p == '$' && peek(lx, 1) == '{') {
			lx->p += 2;
			t->text = rk_str_n(from, (size_t)(lx->p - from));
			if (lx->templates == RK_LEX_TEMPLATES)
				lx->p = lx->end;
			else
				lx->template_braces[lx->templates++] = lx->braces;
			return;
		}
		if (*lx->p == '\\' && lx->p + 1 < lx->end)
			step(lx);
		step(lx);
	}
	t->text = rk_str_n(from, (size_t)(lx->p - from));
}

static bool
is_head_word(const struct rk_token *t)
{
	return rk_token_is(t, RK_TOKEN_WORD, "if") || rk_token_is(t, RK_TOKEN_WORD, "while") ||
	       rk_token_is(t, RK_TOKEN_WORD, "for") || rk_token_is(t, RK_TOKEN_WORD, "with");
}

/* Beyond 64 open parentheses nothing is remembered: then a '/' after ')' divides. */
static void
count_paren(struct rk_lex *lx, char c)
{
	if (c == '(') {
		uint64_t bit = lx->parens < 64 ? UINT64_C(1) << lx->parens : 0;
		lx->head_parens = is_head_word(&lx->last) ? lx->head_parens | bit : lx->head_parens & ~bit;
		lx->parens++;
		return;
	}
	if (lx->parens > 0)
		lx->parens--;
	lx->last_paren_is_head = lx->parens < 64 && (lx->head_parens >> lx->parens & 1);
}

static void
take_sign(struct rk_lex *lx, struct rk_token *t)
{
	size_t n = sign_length(lx);
	char c = *lx->p;

	t->kind = RK_TOKEN_SIGN;
	t->text = rk_str_n(lx->p, n);
	lx->p += n;
	if (c == '(' || c == ')')
		count_paren(lx, c);
	else if (c == '{')
		lx->braces++;
	else if (c == '}' && lx->braces > 0)
		lx->braces--;
}

static void
take_word(struct rk_lex *lx, struct rk_token *t)
{
	const char *from = lx->p;
	bool number = *from >= '0' && *from <= '9';

	while (lx->p < lx->end &&
	       (is_word_byte((unsigned char)*lx->p) || (number && *lx->p == '.' && peek(lx, 1) != '.')))
		lx->p++;
	t->kind = number ? RK_TOKEN_NUMBER : RK_TOKEN_WORD;
	t->text = rk_str_n(from, (size_t)(lx->p - from));
}

static bool
ends_substitution(const struct rk_lex *lx)
{
	return *lx->p == '}' && lx->templates > 0 && lx->template_braces[lx->templates - 1] == lx->braces;
}

struct rk_token
rk_lex_next(struct rk_lex *lx)
{
	skip_space(lx);
	struct rk_token t = { .kind = RK_TOKEN_END, .line = lx->line };
	size_t n = 0;

	if (lx->p >= lx->end)
		return t;
	if (ends_substitution(lx)) {
		lx->templates--;
		lx->p++;
		take_template(lx, &t, false);
	} else if (*lx->p == '`') {
		lx->p++;
		take_template(lx, &t, true);
	} else if (*lx->p == '"' || *lx->p == '\'') {
		take_string(lx, &t);
	} else if (*lx->p == '/' && expects_operand(lx) && (n = regexp_length(lx)) > 0) {
		t.kind = RK_TOKEN_REGEXP;
		t.text = rk_str_n(lx->p, n);
		lx->p += n;
	} else if (is_word_byte((unsigned char)*lx->p)) {
		take_word(lx, &t);
	} else {
		take_sign(lx, &t);
	}
	lx->last = t;
	return t;
}
