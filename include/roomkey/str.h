/*
 * roomkey/str.h - a borrowed view of bytes, the one string type of this library.
 *
 * Passed by value. Never owns, never NUL-terminated, may hold NUL bytes.
 * An empty view has n == 0; p may then be NULL.
 */
#ifndef ROOMKEY_STR_H
#define ROOMKEY_STR_H

#include <stddef.h>
#include <string.h>

struct rk_str {
	const char *p;
	size_t n;
};

/* printf("%.*s", RK_FMT(s)) */
#define RK_FMT(s) (int)(s).n, (s).n ? (s).p : ""

/* A view of a string literal. */
#define RK_STR(lit) ((struct rk_str){ "" lit, sizeof(lit) - 1 })

/* A view of a NUL-terminated string; NULL gives an empty view. */
static inline struct rk_str
rk_str(const char *z)
{
	return (struct rk_str){ z, z ? strlen(z) : 0 };
}

static inline struct rk_str
rk_str_n(const void *p, size_t n)
{
	return (struct rk_str){ (const char *)p, n };
}

#endif
