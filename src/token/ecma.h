/*
 * ecma.h - text and numbers as JavaScript writes them, for bytes equal to the vendor's library.
 *
 * The write functions put bytes at p, which has room for them, and return the place after.
 */
#ifndef RK_TOKEN_ECMA_H
#define RK_TOKEN_ECMA_H

#include "base/buf.h"

/* Room for any number. */
#define RK_ECMA_NUMBER_MAX 32

/* UTF-8 in which lone surrogates may stand as three bytes, ED A0..BF 80..BF (WTF-8). */
bool rk_ecma_is_text(struct rk_str s);

/* True when every byte stands for itself in a JSON string. */
bool rk_ecma_is_plain(struct rk_str s);

/* The UTF-16 units of UTF-8 text, each cut to its low byte: what Node's 'binary' encoding makes of it. */
void rk_ecma_put_latin1(struct rk_buf *out, struct rk_str utf8);

static inline char *
rk_ecma_write(char *p, struct rk_str s)
{
	if (s.n)
		memcpy(p, s.p, s.n);
	return p + s.n;
}

#define rk_ecma_lit(p, lit) rk_ecma_write((p), RK_STR(lit))

char *rk_ecma_write_integer(char *p, int64_t v);
char *rk_ecma_write_number(char *p, double v);    /* Number::toString; v is finite */

#endif
