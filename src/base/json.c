/*
 * json.c - the only file that knows the JSON library (jansson).
 *
 * A struct rk_json is a json_t seen from outside; it is never allocated here.
 * An integer beyond 64 bits is read as JavaScript reads it, as a double; so a
 * double that holds a whole number within 2^53 counts as an integer throughout. Writing is json_put.c.
 */
#include "base/json.h"

#include <jansson.h>

#include "base/auto.h"

#define FLAGS (JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY)
#define SAFE_INTEGER 9007199254740992.0 /* 2^53 */
#define CODE "RK-010"
#define TODO "Check the JSON near that place."

static const json_t *
in(const struct rk_json *j)
{
	return (const json_t *)j;
}

static const struct rk_json *
out_of(const json_t *j)
{
	return (const struct rk_json *)j;
}

/* ---- reading ------------------------------------------------------------- */

/* Offset of the bracket that opens one level too many, or text.n. Brackets in strings do not count;
 * the text may be malformed, which is for the parser to say. */
static size_t
too_deep(struct rk_str text)
{
	bool quoted = false;
	unsigned depth = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '"')
			quoted = !quoted;
		else if (quoted)
			i += c == '\\';
		else if ((c == '[' || c == '{') && ++depth > RK_JSON_DEPTH)
			return i;
		else if ((c == ']' || c == '}') && depth)
			depth--;
	}
	return text.n;
}

/* A fault found by us, at an offset of the text. */
static enum rk_err
say_at(struct rk_str text, size_t at, struct rk_why *why, const char *what)
{
	unsigned line = 1;
	size_t start = 0;

	for (size_t i = 0; i < at; i++)
		if (text.p[i] == '\n') {
			line++;
			start = i + 1;
		}
	return rk_why(why, RK_INVALID, CODE, TODO, "line %u, column %zu: %s", line, at - start + 1, what);
}

/* The library's words without its quotation of the text, which may be somebody's secret. */
static enum rk_err
say_invalid(json_error_t *error, struct rk_why *why)
{
	char *quotation = strstr(error->text, " near '");

	if (quotation)
		*quotation = '\0';
	return rk_why(
	    why, RK_INVALID, CODE, TODO, "line %d, column %d: %s", error->line, error->column, error->text);
}

/* Faults that the library would let pass: it skips a byte order mark at the front and a NUL after a
 * number, and nests deeper than we allow. */
static enum rk_err
check_text(struct rk_str text, struct rk_why *why)
{
	size_t nul = rk_str_index(text, '\0'), deep = too_deep(text);

	if (rk_str_has_prefix(text, RK_STR("\ufeff")))
		return say_at(text, 0, why, "a byte order mark");
	if (nul < text.n)
		return say_at(text, nul, why, "a NUL byte");
	if (deep < text.n)
		return say_at(text, deep, why, "nested too deeply");
	return RK_OK;
}

enum rk_err
rk_json_parse(struct rk_str text, struct rk_json **ret_root, struct rk_why *why)
{
	const char *p = text.n ? text.p : "";
	json_error_t error;
	json_t *root;
	enum rk_err err = check_text(text, why);

	if (err)
		return err;
	root = json_loadb(p, text.n, FLAGS, &error);
	if (!root && json_error_code(&error) == json_error_numeric_overflow)
		root = json_loadb(p, text.n, FLAGS | JSON_DECODE_INT_AS_REAL, &error);
	if (!root)
		return json_error_code(&error) == json_error_out_of_memory ? RK_NOMEM
									   : say_invalid(&error, why);
	*ret_root = (struct rk_json *)root;
	return RK_OK;
}

void
rk_json_free(struct rk_json *root)
{
	json_decref((json_t *)root);
}

void
rk_json_auto(struct rk_json **root)
{
	rk_json_free(*root);
}

/* ---- looking ------------------------------------------------------------- */

static bool
is_whole(double v)
{
	return v >= -SAFE_INTEGER && v <= SAFE_INTEGER && v == (double)(long long)v;
}

enum rk_json_type
rk_json_type(const struct rk_json *j)
{
	switch (json_typeof(in(j))) {
	case JSON_OBJECT:
		return RK_JSON_OBJECT;
	case JSON_ARRAY:
		return RK_JSON_ARRAY;
	case JSON_STRING:
		return RK_JSON_STRING;
	case JSON_INTEGER:
		return RK_JSON_INTEGER;
	case JSON_REAL:
		return is_whole(json_real_value(in(j))) ? RK_JSON_INTEGER : RK_JSON_REAL;
	case JSON_TRUE:
		return RK_JSON_TRUE;
	case JSON_FALSE:
		return RK_JSON_FALSE;
	case JSON_NULL:
		break;
	}
	return RK_JSON_NULL;
}

const struct rk_json *
rk_json_get(const struct rk_json *object, const char *member)
{
	return out_of(json_object_get(in(object), member));
}

const struct rk_json *
rk_json_at(const struct rk_json *array, size_t i)
{
	return out_of(json_array_get(in(array), i));
}

size_t
rk_json_count(const struct rk_json *array_or_object)
{
	const json_t *j = in(array_or_object);

	return json_is_array(j) ? json_array_size(j) : json_object_size(j);
}

struct rk_str
rk_json_str(const struct rk_json *string)
{
	return rk_str_n(json_string_value(in(string)), json_string_length(in(string)));
}

bool
rk_json_is_string(const struct rk_json *j)
{
	return json_is_string(in(j));
}

bool
rk_json_integer(const struct rk_json *j, long long *ret_value)
{
	if (json_is_integer(in(j)))
		*ret_value = json_integer_value(in(j));
	else if (json_is_real(in(j)) && is_whole(json_real_value(in(j))))
		*ret_value = (long long)json_real_value(in(j));
	else
		return false;
	return true;
}

bool
rk_json_real(const struct rk_json *j, double *ret_value)
{
	if (!json_is_number(in(j)))
		return false;
	*ret_value = json_number_value(in(j));
	return true;
}

void
rk_json_each(const struct rk_json *object,
    void (*each)(struct rk_str name, const struct rk_json *value, void *arg), void *arg)
{
	json_t *j = (json_t *)object; /* the library iterates over non-const objects only; nothing changes */

	for (void *it = json_object_iter(j); it; it = json_object_iter_next(j, it))
		each(rk_str_n(json_object_iter_key(it), json_object_iter_key_len(it)),
		    out_of(json_object_iter_value(it)), arg);
}
