/*
 * lex.h - JavaScript text as tokens, well enough to know code from comments,
 * strings, templates and regular expressions (ECMA-262 section 12).
 *
 * It judges nothing: broken text gives some tokens and then the end. The state
 * is one plain struct, so that looking ahead is reading from a copy.
 */
#ifndef RK_KEEPER_LEX_H
#define RK_KEEPER_LEX_H

#include <stdint.h>

#include "base/str.h"

#define RK_LEX_TEMPLATES 32

enum rk_token_kind {
	RK_TOKEN_END,
	RK_TOKEN_WORD,      /* identifiers and keywords */
	RK_TOKEN_NUMBER,
	RK_TOKEN_STRING,    /* text: what stands between the quotes, escapes untouched */
	RK_TOKEN_TEMPLATE,  /* a part of a template that has ${ } in it, or its end */
	RK_TOKEN_REGEXP,
	RK_TOKEN_SIGN,      /* one of the operators that sign_length knows, or one character */
};

struct rk_token {
	enum rk_token_kind kind;
	struct rk_str text;
	unsigned line;              /* from 1, where the token begins */
};

struct rk_lex {
	const char *p, *end;
	unsigned line;
	struct rk_token last;       /* decides whether '/' divides or opens a regular expression */
	bool last_paren_is_head;    /* the ')' just read closed `if (...)`: a statement follows */
	unsigned parens;            /* open '(' */
	uint64_t head_parens;       /* bit: that '(' belongs to if, while, for or with */
	uint32_t braces;            /* open '{' */
	unsigned templates;         /* open `${` */
	uint32_t template_braces[RK_LEX_TEMPLATES];  /* braces at each of them */
};

void rk_lex_init(struct rk_lex *lx, struct rk_str text);
/* The next token; its text borrows from the input. RK_TOKEN_END again and again at the end. */
struct rk_token rk_lex_next(struct rk_lex *lx);

bool rk_token_is(const struct rk_token *t, enum rk_token_kind kind, const char *text);

#endif
