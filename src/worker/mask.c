#include "worker/mask.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/json.h"

#define BYTES_MAX (64u * RK_MB)
#define LINE_MIN 8u /* of a value of several lines */
#define NAME_MAX_SHOWN 64u
#define TOKEN_HEAD_MIN 12u /* {"alg":"x"} in base64url */
#define TOKEN_TAIL_MIN 16u

/* ---- what is looked for ---------------------------------------------------------------- */

/* Words that a variable may well hold and that give nothing away. */
static bool
is_common(struct rk_str value)
{
	static const char *const words[] = { "true", "false", "null", "none", "undefined", "info", "debug",
		"warn", "error", "test", "staging", "production", "development", "localhost", "http",
		"https" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (rk_str_is_nocase(value, rk_str(words[i])))
			return true;
	return false;
}

static size_t
pair_of(const char *p)
{
	return (size_t)(unsigned char)p[0] | (size_t)(unsigned char)p[1] << 8;
}

static size_t
chain_of(size_t pair)
{
	return (pair ^ pair >> 8 ^ pair >> 3) & 0xff;
}

static void
add_row(struct rk_mask *mask, struct rk_str text, struct rk_str name)
{
	struct rk_mask_row *rows = mask->rows;
	size_t at = mask->bytes.n, room = mask->room;

	if (mask->bytes.bad)
		return;
	if (mask->count == room) {
		room = 2 * room + 64;
		rows = realloc(rows, room * sizeof(*rows));
		if (!rows) {
			mask->bytes.bad = RK_NOMEM;
			return;
		}
		mask->rows = rows;
		mask->room = room;
	}
	rk_buf_put(&mask->bytes, text);
	rows[mask->count++] = (struct rk_mask_row){ at, text.n, name, 0 };
}

/* As JSON.stringify writes it, without the quotes. */
static void
put_json(struct rk_buf *out, struct rk_str value)
{
	struct rk_buf quoted RK_AUTO(rk_buf_wipe) = RK_BUF(BYTES_MAX);

	rk_json_put_string(&quoted, value);
	if (rk_buf_end(&quoted))
		out->bad = rk_buf_end(&quoted);
	else
		rk_buf_put(out, rk_str_sub(rk_buf_str(&quoted), 1, quoted.n - 2));
}

/* As the console writes a string within an object: like JSON, but double quotes as they are. */
static void
put_inspected(struct rk_buf *out, struct rk_str json)
{
	for (size_t i = 0; i < json.n; i++) {
		if (json.p[i] == '\\' && i + 1 < json.n) {
			i++;
			if (json.p[i] != '"')
				rk_buf_put_c(out, '\\');
		}
		rk_buf_put_c(out, json.p[i]);
	}
}

static void
add_lines(struct rk_mask *mask, struct rk_str value, struct rk_str name)
{
	while (value.n > 0) {
		struct rk_str line = rk_str_take(&value, '\n');

		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		if (line.n >= LINE_MIN)
			add_row(mask, line, name);
	}
}

static void
add_value(struct rk_mask *mask, struct rk_str value, struct rk_str name)
{
	struct rk_buf json RK_AUTO(rk_buf_wipe) = RK_BUF(BYTES_MAX),
			   twice RK_AUTO(rk_buf_wipe) = RK_BUF(BYTES_MAX),
			   shown RK_AUTO(rk_buf_wipe) = RK_BUF(BYTES_MAX);

	add_row(mask, value, name);
	put_json(&json, value);
	if (rk_buf_end(&json)) {
		mask->bytes.bad = rk_buf_end(&json);
		return;
	}
	if (rk_str_is(rk_buf_str(&json), value))
		return;
	add_row(mask, rk_buf_str(&json), name);
	put_json(&twice, rk_buf_str(&json));
	put_inspected(&shown, rk_buf_str(&json));
	if (rk_buf_end(&twice) || rk_buf_end(&shown)) {
		mask->bytes.bad = RK_NOMEM;
		return;
	}
	add_row(mask, rk_buf_str(&twice), name);
	add_row(mask, rk_buf_str(&shown), name);
	add_lines(mask, value, name);
}

/* Longer first, so that a value which holds another is taken whole; of equal ones the first variable. */
static int
by_length(const void *a, const void *b)
{
	const struct rk_mask_row *x = a, *y = b;

	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	return x->at < y->at ? -1 : x->at > y->at;
}

/* Chains are filled from the shortest, each new head before the others. */
static void
link_rows(struct rk_mask *mask)
{
	qsort(mask->rows + 1, mask->count - 1, sizeof(*mask->rows), by_length);
	for (size_t i = mask->count - 1; i > 0; i--) {
		struct rk_mask_row *row = &mask->rows[i];
		size_t pair = pair_of(mask->bytes.p + row->at);

		row->next = mask->chains[chain_of(pair)];
		mask->chains[chain_of(pair)] = (uint32_t)i;
		mask->pairs[pair >> 3] |= (uint8_t)(1u << (pair & 7));
	}
	mask->longest = mask->count > 1 ? mask->rows[1].n : 0;
}

enum rk_err
rk_mask_init(struct rk_mask *mask, const struct rk_bundle *bundle)
{
	size_t token = pair_of("ey");
	enum rk_err err;

	*mask = (struct rk_mask){ .bytes = RK_BUF(BYTES_MAX) };
	add_row(mask, (struct rk_str){ NULL, 0 }, (struct rk_str){ NULL, 0 });
	for (uint32_t i = 0; i < bundle->variable_count; i++) {
		struct rk_str value = bundle->variables[i].value;

		if (value.n >= RK_MASK_MIN && !is_common(value))
			add_value(mask, value, bundle->variables[i].name);
	}
	err = rk_buf_end(&mask->bytes);
	if (err) {
		rk_mask_done(mask);
		return err;
	}
	link_rows(mask);
	mask->pairs[token >> 3] |= (uint8_t)(1u << (token & 7));
	return RK_OK;
}

void
rk_mask_done(struct rk_mask *mask)
{
	rk_buf_wipe(&mask->bytes);
	free(mask->rows);
	*mask = (struct rk_mask){ 0 };
}

/* ---- looking through a text -------------------------------------------------------------- */

static size_t
take_base64url(struct rk_str text, size_t at)
{
	while (at < text.n && (isalnum((unsigned char)text.p[at]) || text.p[at] == '-' || text.p[at] == '_'))
		at++;
	return at;
}

/*
 * The bytes of a token that begins at `at` (RFC 7519 section 3: three parts; the first begins as '{"' does), or 0. Then
 * no token begins before *ret_after either: its first part would end at the same place.
 */
static size_t
token_at(struct rk_str text, size_t at, size_t *ret_after)
{
	size_t head, body, tail;

	if (text.n - at < 3 || memcmp(text.p + at, "eyJ", 3) != 0)
		return 0;
	*ret_after = head = take_base64url(text, at);
	if (head - at < TOKEN_HEAD_MIN)
		return 0;
	if (head == text.n)
		return head - at;
	if (text.p[head] != '.')
		return 0;
	body = take_base64url(text, head + 1);
	if (body == text.n)
		return body - at;
	if (body == head + 1 || text.p[body] != '.')
		return 0;
	tail = take_base64url(text, body + 1);
	return tail - body > TOKEN_TAIL_MIN || tail == text.n ? tail - at : 0;
}

static const struct rk_mask_row *
row_at(const struct rk_mask *mask, struct rk_str text, size_t at, size_t pair)
{
	for (uint32_t i = mask->chains[chain_of(pair)]; i; i = mask->rows[i].next) {
		const struct rk_mask_row *row = &mask->rows[i];

		if (row->n <= text.n - at && memcmp(mask->bytes.p + row->at, text.p + at, row->n) == 0)
			return row;
	}
	return NULL;
}

/* The bytes to hide at `at`, and the name to put there; 0 when there are none. No token begins before *after. */
static size_t
secret_at(const struct rk_mask *mask, struct rk_str text, size_t at, size_t *after, struct rk_str *ret_name)
{
	const struct rk_mask_row *row = row_at(mask, text, at, pair_of(text.p + at));
	size_t token = at >= *after ? token_at(text, at, after) : 0;

	if (row && row->n >= token) {
		*ret_name = rk_str_sub(row->name, 0, NAME_MAX_SHOWN);
		return row->n;
	}
	*ret_name = RK_STR("token");
	return token;
}

bool
rk_mask_text(const struct rk_mask *mask, struct rk_str text, struct rk_buf *out)
{
	struct rk_str name = { NULL, 0 };
	size_t kept = 0, after = 0, n;
	bool found = false;

	for (size_t at = 0; at + 1 < text.n;) {
		size_t pair = pair_of(text.p + at);

		if (!(mask->pairs[pair >> 3] & 1u << (pair & 7)) ||
		    (n = secret_at(mask, text, at, &after, &name)) == 0) {
			at++;
			continue;
		}
		rk_buf_put(out, rk_str_sub(text, kept, at - kept));
		rk_buf_put_c(out, '[');
		rk_buf_put(out, name);
		rk_buf_put_c(out, ']');
		kept = at += n;
		found = true;
	}
	if (!found)
		return false;
	rk_buf_put(out, rk_str_sub(text, kept, text.n - kept));
	return true;
}
