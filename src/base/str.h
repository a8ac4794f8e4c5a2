/*
 * str.h - working with borrowed views of bytes (the type is public: roomkey/str.h).
 */
#ifndef RK_BASE_STR_H
#define RK_BASE_STR_H

#include <stdbool.h>

#include <roomkey/str.h>

static inline bool
rk_str_is(struct rk_str a, struct rk_str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool rk_str_is_nocase(struct rk_str a, struct rk_str b);   /* ASCII only */
bool rk_str_has_prefix(struct rk_str s, struct rk_str prefix);
bool rk_str_has_suffix(struct rk_str s, struct rk_str suffix);

/* Index of the first byte c, or s.n when there is none. */
size_t rk_str_index(struct rk_str s, char c);

/* The part of s from byte `from` on, at most n bytes; out of range is empty. */
struct rk_str rk_str_sub(struct rk_str s, size_t from, size_t n);

/* Takes the text before the first c off *s (and c itself); all of it if none. */
struct rk_str rk_str_take(struct rk_str *s, char c);

/* Without leading and trailing space, tab, CR, LF, VT, FF. */
struct rk_str rk_str_trim(struct rk_str s);

/* A NUL-terminated copy for free(), or NULL when memory is short. */
char *rk_str_dup(struct rk_str s);

/* Order by bytes, as memcmp, shorter first. */
int rk_str_compare(struct rk_str a, struct rk_str b);

/* True when s is valid UTF-8 (RFC 3629: no surrogates, no overlong forms). */
bool rk_str_is_utf8(struct rk_str s);

/* Decimal digits only, without sign, at most `max`. */
bool rk_str_parse_u64(struct rk_str s, unsigned long long max, unsigned long long *ret_value);

#endif
