/*
 * table.h - rows of texts in columns that line up.
 */
#ifndef RK_CLI_TABLE_H
#define RK_CLI_TABLE_H

#include "base/json.h"

/* Zero it, but for the number of columns and the ceiling of the cells. */
struct rk_table {
	unsigned columns;
	struct rk_buf cells; /* texts, a NUL behind each */
};

#define RK_TABLE(n) ((struct rk_table){ .columns = (n), .cells = RK_BUF(64u * 1024u * 1024u) })

/* The next cell, row by row; nothing in it is obeyed by a terminal. The first row is the heads. Empty is "-". */
void rk_table_put(struct rk_table *table, struct rk_str text);
void rk_table_heads(struct rk_table *table, const char *const *heads);
/* Of a member: a text, a number, yes or no. */
void rk_table_put_member(struct rk_table *table, const struct rk_json *object, const char *member);

/* Appends the rows, and frees the table. */
void rk_table_end(struct rk_table *table, struct rk_buf *out);

#endif
