/*
 * store_sqlite_sql.c - statements: put together, prepared once, bound, stepped.
 */
#include <errno.h>
#include <sqlite3.h>

#include "base/auto.h"
#include "keeper/store_sqlite_db.h"

void
rk_sql_put(struct rk_sql *sql, const char *text)
{
	rk_buf_put(&sql->text, rk_str(text));
}

static void
put_value(struct rk_sql *sql, int type, int64_t number, struct rk_str bytes)
{
	if (sql->n == RK_DB_VALUES) {
		sql->text.bad = RK_TOO_LARGE;
		return;
	}
	sql->values[sql->n].type = type;
	sql->values[sql->n].number = number;
	sql->values[sql->n++].bytes = bytes;
}

void
rk_sql_number(struct rk_sql *sql, int64_t value)
{
	put_value(sql, RK_SQL_NUMBER, value, rk_str(NULL));
}

void
rk_sql_text(struct rk_sql *sql, struct rk_str value)
{
	put_value(sql, RK_SQL_TEXT, 0, value);
}

void
rk_sql_bytes(struct rk_sql *sql, struct rk_str value)
{
	put_value(sql, RK_SQL_BYTES, 0, value);
}

void
rk_sql_free(struct rk_sql *sql)
{
	if (sql->stmt && sql->kept) {
		sqlite3_reset(sql->stmt);
		sqlite3_clear_bindings(sql->stmt);
	} else if (sql->stmt) {
		sqlite3_finalize(sql->stmt);
	}
	sql->stmt = NULL;
	rk_buf_free(&sql->text);
}

enum rk_err
rk_db_error(int code)
{
	if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
		return RK_EXISTS;
	if (code == SQLITE_CONSTRAINT_FOREIGNKEY)
		return RK_NOT_FOUND;
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return RK_OK;
	case SQLITE_NOMEM:
		return RK_NOMEM;
	case SQLITE_FULL:
		return RK_FULL;
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return RK_UNAVAILABLE;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_FORMAT:
		return RK_DAMAGED;
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
		return RK_INVALID;
	case SQLITE_TOOBIG:
		return RK_TOO_LARGE;
	case SQLITE_IOERR:
		return RK_IO;
	default:
		return RK_INTERNAL;
	}
}

/* SQLite calls some of what a full or read-only disk does an I/O error: the system's own number tells. It is
 * errno, cleared before the call: sqlite3_system_errno is 0 for what fails within a commit. */
static enum rk_err
error_of_system(int number, enum rk_err otherwise)
{
	switch (number) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return RK_FULL;
	case EROFS:
	case EACCES:
		return RK_UNAVAILABLE;
	default:
		return otherwise;
	}
}

enum rk_err
rk_db_last_error(const struct rk_db *db)
{
	int code = sqlite3_extended_errcode(db->sqlite);
	enum rk_err err = rk_db_error(code);

	if ((code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN)
		return error_of_system(errno, err);
	return err;
}

/* A kept statement that is at rest; the same text may be under way further up the stack. */
static sqlite3_stmt *
find_kept(struct rk_db *db, const char *text)
{
	for (unsigned i = 0; i < db->kept_n; i++)
		if (strcmp(db->kept[i].text, text) == 0 && !sqlite3_stmt_busy(db->kept[i].stmt))
			return db->kept[i].stmt;
	return NULL;
}

/* Keeps it, in the place of the one that was made longest ago. False: the caller finalizes it. */
static bool
keep(struct rk_db *db, const char *text, sqlite3_stmt *stmt)
{
	unsigned at = db->kept_n < RK_DB_KEPT ? db->kept_n : db->next++ % RK_DB_KEPT;
	char *copy = rk_str_dup(rk_str(text));

	if (!copy)
		return false;
	if (at < db->kept_n) {
		if (sqlite3_stmt_busy(db->kept[at].stmt)) {
			free(copy);
			return false;
		}
		free(db->kept[at].text);
		sqlite3_finalize(db->kept[at].stmt);
	} else {
		db->kept_n++;
	}
	db->kept[at].text = copy;
	db->kept[at].stmt = stmt;
	return true;
}

static int
bind(sqlite3_stmt *stmt, struct rk_sql *sql)
{
	int code = SQLITE_OK;

	for (unsigned i = 0; i < sql->n && code == SQLITE_OK; i++) {
		struct rk_str s = sql->values[i].bytes;
		int at = (int)i + 1;
		if (sql->values[i].type == RK_SQL_NUMBER)
			code = sqlite3_bind_int64(stmt, at, sql->values[i].number);
		else if (!s.p)
			code = sqlite3_bind_null(stmt, at);
		else if (sql->values[i].type == RK_SQL_TEXT)
			code = sqlite3_bind_text64(stmt, at, s.p, s.n, SQLITE_STATIC, SQLITE_UTF8);
		else
			code = sqlite3_bind_blob64(stmt, at, s.p, s.n, SQLITE_STATIC);
	}
	return code;
}

static int
prepare(struct rk_db *db, struct rk_sql *sql, const char *text)
{
	int code = SQLITE_OK;

	sql->stmt = find_kept(db, text);
	sql->kept = sql->stmt != NULL;
	if (!sql->stmt)
		code = sqlite3_prepare_v3(db->sqlite, text, -1, SQLITE_PREPARE_PERSISTENT, &sql->stmt, NULL);
	if (code != SQLITE_OK)
		return code;
	if (!sql->kept)
		sql->kept = keep(db, text, sql->stmt);
	return bind(sql->stmt, sql);
}

enum rk_err
rk_sql_step(struct rk_db *db, struct rk_sql *sql)
{
	int code = SQLITE_OK;

	errno = 0;
	if (!sql->stmt) {
		const char *text = rk_buf_z(&sql->text);
		if (!text)
			return sql->text.bad ? sql->text.bad : RK_NOMEM;
		code = prepare(db, sql, text);
		if (code ==
		    SQLITE_ERROR) /* a name is not there: the tables are not those of the form that the file claims */
			return RK_DAMAGED;
	}
	if (code == SQLITE_OK)
		code = sqlite3_step(sql->stmt);
	if (code == SQLITE_ROW)
		return RK_OK;
	if (code == SQLITE_DONE)
		return RK_NOT_FOUND;
	return rk_db_last_error(db);
}

enum rk_err
rk_sql_run(struct rk_db *db, struct rk_sql *sql)
{
	enum rk_err err;

	while ((err = rk_sql_step(db, sql)) == RK_OK)
		;
	/* "No more rows" and a broken foreign key are both RK_NOT_FOUND; only the first is the end. */
	if (err == RK_NOT_FOUND && (sqlite3_errcode(db->sqlite) & 0xff) != SQLITE_CONSTRAINT)
		err = RK_OK;
	return err;
}

int64_t
rk_sql_get_number(const struct rk_sql *sql, int column)
{
	return sqlite3_column_int64(sql->stmt, column);
}

struct rk_str
rk_sql_get_bytes(const struct rk_sql *sql, int column)
{
	const char *p;

	if (sqlite3_column_type(sql->stmt, column) == SQLITE_NULL)
		return rk_str(NULL);
	p = sqlite3_column_blob(sql->stmt, column);
	return p ? rk_str_n(p, (size_t)sqlite3_column_bytes(sql->stmt, column)) : RK_STR("");
}

int64_t
rk_db_changes(const struct rk_db *db)
{
	return sqlite3_changes64(db->sqlite);
}

enum rk_err
rk_db_exec(struct rk_db *db, const char *text)
{
	errno = 0;
	return sqlite3_exec(db->sqlite, text, NULL, NULL, NULL) == SQLITE_OK ? RK_OK : rk_db_last_error(db);
}

enum rk_err
rk_db_number(struct rk_db *db, const char *text, int64_t *ret_number)
{
	RK_AUTO(rk_sql_free) struct rk_sql sql = RK_SQL;
	enum rk_err err;

	rk_sql_put(&sql, text);
	err = rk_sql_step(db, &sql);
	if (!err)
		*ret_number = rk_sql_get_number(&sql, 0);
	return err;
}
