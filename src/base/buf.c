/*
 * buf.c - growth, and the puts.
 *
 * One byte beyond what was asked for is always allocated, so that a NUL can
 * follow the bytes even at the ceiling. Growing may leave a copy of old bytes
 * behind in the heap: a buffer for a secret is reserved whole before its first put.
 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST_CAP 64

void
rk_buf_free(struct rk_buf *b)
{
	free(b->p);
	b->p = NULL;
	b->n = b->cap = 0;
}

void
rk_buf_wipe(struct rk_buf *b)
{
	if (b->p)
		explicit_bzero(b->p, b->cap);
	rk_buf_free(b);
}

void
rk_buf_clear(struct rk_buf *b)
{
	b->n = 0;
	b->bad = RK_OK;
}

static bool
fail(struct rk_buf *b, enum rk_err err)
{
	b->bad = err;
	return false;
}

static bool
grow(struct rk_buf *b, size_t more)
{
	size_t cap = b->cap < FIRST_CAP ? FIRST_CAP : b->cap * 2;
	size_t need = b->n + more + 1;
	char *p;

	if (more > SIZE_MAX / 4) /* n is less, being allocated: so need has not wrapped below */
		return fail(b, RK_NOMEM);
	if (cap > b->max)
		cap = b->max + 1;
	if (cap < need)
		cap = need;
	p = realloc(b->p, cap);
	if (!p)
		return fail(b, RK_NOMEM);
	b->p = p;
	b->cap = cap;
	return true;
}

bool
rk_buf_reserve(struct rk_buf *b, size_t more)
{
	if (b->bad)
		return false;
	if (b->n > b->max || more > b->max - b->n)
		return fail(b, RK_TOO_LARGE);
	return more < b->cap - b->n || grow(b, more);
}

void
rk_buf_put(struct rk_buf *b, struct rk_str s)
{
	if (s.n == 0 || !rk_buf_reserve(b, s.n))
		return;
	memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
}

void
rk_buf_put_c(struct rk_buf *b, char c)
{
	if (rk_buf_reserve(b, 1))
		b->p[b->n++] = c;
}

void
rk_buf_put_u64(struct rk_buf *b, uint64_t v)
{
	char digits[20];
	size_t at = sizeof digits;

	do
		digits[--at] = (char)('0' + v % 10);
	while (v /= 10);
	rk_buf_put(b, rk_str_n(digits + at, sizeof digits - at));
}

void
rk_buf_put_i64(struct rk_buf *b, int64_t v)
{
	char digits[21];
	uint64_t left = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	size_t at = sizeof digits;

	do
		digits[--at] = (char)('0' + left % 10);
	while (left /= 10);
	if (v < 0)
		digits[--at] = '-';
	rk_buf_put(b, rk_str_n(digits + at, sizeof digits - at));
}

void
rk_buf_printf(struct rk_buf *b, const char *fmt, ...)
{
	va_list args, again;
	int n;

	va_start(args, fmt);
	va_copy(again, args);
	n = vsnprintf(NULL, 0, fmt, args);
	if (n < 0)
		fail(b, RK_INTERNAL);
	else if (rk_buf_reserve(b, (size_t)n)) {
		vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
		b->n += (size_t)n;
	}
	va_end(again);
	va_end(args);
}

void
rk_buf_drop(struct rk_buf *b, size_t n)
{
	if (n > b->n)
		n = b->n;
	if (n == 0)
		return;
	memmove(b->p, b->p + n, b->n - n);
	b->n -= n;
}

enum rk_err
rk_buf_end(const struct rk_buf *b)
{
	return b->bad;
}

const char *
rk_buf_z(struct rk_buf *b)
{
	if (!rk_buf_reserve(b, 0))
		return NULL;
	b->p[b->n] = '\0';
	return b->p;
}

enum rk_err
rk_buf_take(struct rk_buf *b, char **ret_z)
{
	if (!rk_buf_z(b))
		return b->bad;
	*ret_z = b->p;
	b->p = NULL;
	b->n = b->cap = 0;
	return RK_OK;
}
