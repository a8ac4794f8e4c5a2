/*
 * buf.h - an owning, growing byte buffer with a ceiling from birth.
 *
 * A put that would pass the ceiling, or finds no memory, changes nothing but
 * sets `bad`, and every later put is ignored: write freely, check once at the
 * end with rk_buf_end(). rk_buf_free() may be called at any time, more than once.
 */
#ifndef RK_BASE_BUF_H
#define RK_BASE_BUF_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct rk_buf {
	char *p;
	size_t n;       /* bytes in use */
	size_t cap;     /* bytes allocated */
	size_t max;     /* ceiling for n */
	enum rk_err bad;
};

#define RK_BUF(max_bytes) ((struct rk_buf){ .max = (max_bytes) })

void rk_buf_free(struct rk_buf *b);        /* also a cleanup function for RK_AUTO */
void rk_buf_wipe(struct rk_buf *b);        /* overwrites, then frees: for secrets */
void rk_buf_clear(struct rk_buf *b);       /* n = 0, memory kept, bad cleared */
bool rk_buf_reserve(struct rk_buf *b, size_t more);   /* room for `more` bytes after n */
void rk_buf_put(struct rk_buf *b, struct rk_str s);
void rk_buf_put_c(struct rk_buf *b, char c);
void rk_buf_put_u64(struct rk_buf *b, uint64_t v);    /* decimal */
void rk_buf_put_i64(struct rk_buf *b, int64_t v);     /* decimal */
void rk_buf_printf(struct rk_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void rk_buf_drop(struct rk_buf *b, size_t n);         /* removes the first n bytes */

#define rk_buf_lit(b, lit) rk_buf_put((b), RK_STR(lit))

static inline struct rk_str
rk_buf_str(const struct rk_buf *b)
{
	return (struct rk_str){ b->p, b->n };
}

/* RK_OK, RK_TOO_LARGE (ceiling) or RK_NOMEM: the first thing that went wrong. */
RK_CHECKED enum rk_err rk_buf_end(const struct rk_buf *b);

/* The bytes with a NUL after them (not counted in n); NULL if there is no room. */
const char *rk_buf_z(struct rk_buf *b);

/* Moves the bytes out as a NUL-terminated heap string; the buffer is left empty. */
RK_CHECKED enum rk_err rk_buf_take(struct rk_buf *b, char **ret_z);

#endif
