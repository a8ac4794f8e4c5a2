/*
 * json.h - reading JSON (RFC 8259) strictly and writing it as JavaScript does.
 *
 * Reading refuses duplicate members, bytes after the value, invalid UTF-8, and
 * nesting deeper than RK_JSON_DEPTH. NUL inside strings is allowed. The only
 * file that knows the JSON library is json.c.
 */
#ifndef RK_BASE_JSON_H
#define RK_BASE_JSON_H

#include "base/buf.h"

#define RK_JSON_DEPTH 64

struct rk_json;   /* a node, borrowed from the tree that rk_json_parse returned */

enum rk_json_type {
	RK_JSON_NULL, RK_JSON_FALSE, RK_JSON_TRUE, RK_JSON_INTEGER, RK_JSON_REAL,
	RK_JSON_STRING, RK_JSON_ARRAY, RK_JSON_OBJECT,
};

/* Any JSON value at the top. RK_INVALID with line and column in why, or RK_NOMEM. */
RK_CHECKED enum rk_err rk_json_parse(struct rk_str text, struct rk_json **ret_root, struct rk_why *why);
void rk_json_free(struct rk_json *root);
void rk_json_auto(struct rk_json **root);   /* for RK_AUTO */

enum rk_json_type rk_json_type(const struct rk_json *j);
const struct rk_json *rk_json_get(const struct rk_json *object, const char *member); /* NULL if absent */
const struct rk_json *rk_json_at(const struct rk_json *array, size_t i);             /* NULL past the end */
size_t rk_json_count(const struct rk_json *array_or_object);
struct rk_str rk_json_str(const struct rk_json *string);    /* empty when it is no string */
bool rk_json_is_string(const struct rk_json *j);            /* false for NULL */
bool rk_json_integer(const struct rk_json *j, long long *ret_value);   /* false when it is none */
bool rk_json_real(const struct rk_json *j, double *ret_value);         /* integers too */

/* Calls each(member name, value, arg) in the order of the text. */
void rk_json_each(const struct rk_json *object,
    void (*each)(struct rk_str name, const struct rk_json *value, void *arg), void *arg);

/* Appends the value, members in their order, without spaces. */
void rk_json_put(struct rk_buf *out, const struct rk_json *j);

/* Appends a quoted string as JSON.stringify writes it: '/' and non-ASCII as
 * they are, \b \t \n \f \r, other controls as \u00xx. Input is UTF-8 in which
 * lone surrogates may stand as three-byte sequences (WTF-8): those become \udxxx. */
void rk_json_put_string(struct rk_buf *out, struct rk_str s);

#endif
