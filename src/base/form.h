/*
 * form.h - application/x-www-form-urlencoded text, and queries, as flat pairs.
 *
 * Decodes as Node's querystring does: '+' is a space, %XX a byte, a '%' that begins no
 * %XX stays as written, bytes that are no UTF-8 become U+FFFD. Empty parts ("&&") are
 * nothing; a part without '=' has an empty value. No nesting: that is the worker's.
 * It lies in base since the signatures of token/ need it for queries.
 */
#ifndef RK_BASE_FORM_H
#define RK_BASE_FORM_H

#include <roomkey/param.h>

#include "base/arena.h"
#include "base/buf.h"

struct rk_form {
	struct rk_param *params; /* in order of appearance, repeated names too */
	size_t count;
};

/* Everything lies in the arena. RK_TOO_LARGE: more than `max` pairs. RK_NOMEM: also the arena's ceiling. */
RK_CHECKED enum rk_err rk_form_parse(
    struct rk_arena *arena, struct rk_str text, size_t max, struct rk_form *ret_form);

/* The same without decoding anything: views into text. */
RK_CHECKED enum rk_err rk_form_split(
    struct rk_arena *arena, struct rk_str text, size_t max, struct rk_form *ret_form);

/* One component decoded; p == NULL when the arena is full. */
struct rk_str rk_form_decode(struct rk_arena *arena, struct rk_str s);

/* One component, and all of them with = and & between, as Node's querystring writes them:
 * everything as %XX but letters, digits and -_.!~*'(). */
void rk_form_put_escaped(struct rk_buf *out, struct rk_str s);
void rk_form_put(struct rk_buf *out, const struct rk_param *params, size_t count);

#endif
