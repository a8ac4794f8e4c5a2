/*
 * store_sqlite_db.h - what the files of the SQLite driver share: the connection, and statements
 * made of text and values side by side. Names in the text come from record.c's tables only.
 */
#ifndef RK_KEEPER_STORE_SQLITE_DB_H
#define RK_KEEPER_STORE_SQLITE_DB_H

#include "keeper/store.h"

struct sqlite3;
struct sqlite3_stmt;

#define RK_DB_KEPT 160 /* prepared statements that are kept */
#define RK_DB_VALUES 64
#define RK_DB_TEXT_MAX 16384

struct rk_db {
	struct rk_store store; /* first: a driver's struct begins with it */
	struct sqlite3 *sqlite;
	unsigned depth;     /* transactions that are open, one in another */
	bool lost;          /* one of them was undone: the outermost commit fails */
	bool marked;        /* the file says that it is in use */
	int lock_fd;        /* held while the store is open: one keeper a file */
	unsigned kept_n, next;
	struct {
		char *text;
		struct sqlite3_stmt *stmt;
	} kept[RK_DB_KEPT];
};

/* One statement on its way. Start from RK_SQL; free with rk_sql_free. */
struct rk_sql {
	struct rk_buf text;
	struct {
		enum { RK_SQL_NUMBER, RK_SQL_TEXT, RK_SQL_BYTES } type;
		int64_t number;
		struct rk_str bytes; /* borrowed until the statement is given back; p == NULL: null */
	} values[RK_DB_VALUES];
	unsigned n;
	struct sqlite3_stmt *stmt;
	bool kept;
};

#define RK_SQL { .text = { .max = RK_DB_TEXT_MAX } }

void rk_sql_put(struct rk_sql *sql, const char *text);
void rk_sql_number(struct rk_sql *sql, int64_t value); /* a value: the text says ? */
void rk_sql_text(struct rk_sql *sql, struct rk_str value);
void rk_sql_bytes(struct rk_sql *sql, struct rk_str value);
void rk_sql_free(struct rk_sql *sql); /* resets the statement; for RK_AUTO */

/* RK_OK: a row is there. RK_NOT_FOUND: no more rows. */
RK_CHECKED enum rk_err rk_sql_step(struct rk_db *db, struct rk_sql *sql);
/* To its end. */
RK_CHECKED enum rk_err rk_sql_run(struct rk_db *db, struct rk_sql *sql);
int64_t rk_sql_get_number(const struct rk_sql *sql, int column);
struct rk_str rk_sql_get_bytes(const struct rk_sql *sql, int column); /* text too; until the next step */
int64_t rk_db_changes(const struct rk_db *db);

/* SQLite's code as one of ours. */
enum rk_err rk_db_error(int code);
/* What went wrong last on the connection. */
enum rk_err rk_db_last_error(const struct rk_db *db);
RK_CHECKED enum rk_err rk_db_exec(struct rk_db *db, const char *text);
/* The first number of the first row. */
RK_CHECKED enum rk_err rk_db_number(struct rk_db *db, const char *text, int64_t *ret_number);

/* store_sqlite_schema.c: brings the file to the newest form, one transaction a step. */
unsigned rk_db_newest(void);
RK_CHECKED enum rk_err rk_db_migrate(struct rk_db *db, unsigned from);

/* store_sqlite_row.c */
enum rk_err rk_db_create(struct rk_store *store, enum rk_kind kind, const void *row);
enum rk_err rk_db_update(struct rk_store *store, enum rk_kind kind, const void *row);
enum rk_err rk_db_touch(struct rk_store *store, enum rk_kind kind, struct rk_str account, struct rk_str sid, int64_t at);
enum rk_err rk_db_list(struct rk_store *store, enum rk_kind kind, const struct rk_query *query, rk_store_fn *each,
    void *arg, bool *ret_more);
enum rk_err rk_db_link(struct rk_store *store, enum rk_kind kind, struct rk_str build, struct rk_str version);
enum rk_err rk_db_put_content(struct rk_store *store, struct rk_str digest, struct rk_str bytes);
enum rk_err rk_db_get_content(struct rk_store *store, struct rk_str digest, struct rk_buf *out);
enum rk_err rk_db_put_setting(struct rk_store *store, struct rk_str name, struct rk_str value);
enum rk_err rk_db_get_setting(struct rk_store *store, struct rk_str name, struct rk_buf *out);

/* store_sqlite_life.c */
enum rk_err rk_db_begin(struct rk_store *store);
enum rk_err rk_db_commit(struct rk_store *store);
void rk_db_rollback(struct rk_store *store);
enum rk_err rk_db_remove(struct rk_store *store, enum rk_kind kind, struct rk_str account, struct rk_str sid, int64_t at);
enum rk_err rk_db_restore(struct rk_store *store, enum rk_kind kind, struct rk_str account, struct rk_str sid);
enum rk_err rk_db_purge(struct rk_store *store, int64_t before, int64_t *ret_count);
enum rk_err rk_db_trim(struct rk_store *store, enum rk_kind kind, int64_t before, int64_t most, int64_t *ret_count);

/* store_sqlite_copy.c */
enum rk_err rk_db_backup(struct rk_store *store, const char *file, struct rk_why *why);

#endif
