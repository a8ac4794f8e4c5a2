/*
 * table.c - columns that line up, as wide as their widest text.
 */
#include "cli/table.h"

#include <unistd.h>

#include "cli/say.h"

#define COLUMNS_MAX 12
#define GAP 2

void
rk_table_put(struct rk_table *table, struct rk_str text)
{
	if (text.n == 0)
		text = RK_STR("-");
	rk_say_put_visible(&table->cells, text);
	rk_buf_put_c(&table->cells, '\0');
}

void
rk_table_heads(struct rk_table *table, const char *const *heads)
{
	for (unsigned i = 0; i < table->columns; i++)
		rk_table_put(table, rk_str(heads[i]));
}

void
rk_table_put_member(struct rk_table *table, const struct rk_json *object, const char *member)
{
	const struct rk_json *value = rk_json_get(object, member);
	char number[32];
	struct rk_buf text = RK_BUF(sizeof number);
	long long integer;

	if (rk_json_integer(value, &integer)) {
		rk_buf_put_i64(&text, integer);
		rk_table_put(table, rk_buf_str(&text));
		rk_buf_free(&text);
		return;
	}
	if (value && (rk_json_type(value) == RK_JSON_TRUE || rk_json_type(value) == RK_JSON_FALSE))
		rk_table_put(table, rk_json_type(value) == RK_JSON_TRUE ? RK_STR("yes") : RK_STR("no"));
	else
		rk_table_put(table, rk_json_str(value));
}

/* Characters, as terminals show most of them: one place each. */
static size_t
width_of(struct rk_str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++)
		n += ((unsigned char)text.p[i] & 0xc0) != 0x80;
	return n;
}

static void
measure(const struct rk_table *table, size_t widths[COLUMNS_MAX])
{
	struct rk_str left = rk_buf_str(&table->cells);

	for (unsigned i = 0; left.n > 0; i = (i + 1) % table->columns) {
		size_t n = width_of(rk_str_take(&left, '\0'));

		if (n > widths[i])
			widths[i] = n;
	}
}

/* Blanks only between cells: no line ends in one. */
static void
put_row(struct rk_buf *out, const struct rk_table *table, const size_t *widths, struct rk_str *left)
{
	for (unsigned i = 0; i < table->columns; i++) {
		struct rk_str text = rk_str_take(left, '\0');
		size_t fill = i + 1 < table->columns ? widths[i] - width_of(text) + GAP : 0;

		rk_buf_put(out, text);
		while (fill-- > 0)
			rk_buf_put_c(out, ' ');
	}
	rk_buf_put_c(out, '\n');
}

void
rk_table_end(struct rk_table *table, struct rk_buf *out)
{
	size_t widths[COLUMNS_MAX] = { 0 };
	struct rk_str left = rk_buf_str(&table->cells);

	if (rk_buf_end(&table->cells) != RK_OK)
		out->bad = table->cells.bad;
	measure(table, widths);
	rk_buf_put(out, rk_str(rk_say_on(STDOUT_FILENO, RK_SAY_BOLD)));
	if (left.n > 0)
		put_row(out, table, widths, &left);
	rk_buf_put(out, rk_str(rk_say_off(STDOUT_FILENO)));
	while (left.n > 0)
		put_row(out, table, widths, &left);
	rk_buf_free(&table->cells);
}
