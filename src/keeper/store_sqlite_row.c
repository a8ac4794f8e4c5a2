/*
 * store_sqlite_row.c - any record to a row of its table and back; content and settings.
 */
#include "base/auto.h"
#include "keeper/store_sqlite_db.h"

#define HEAD_COLUMNS "sid, account_sid, date_created, date_updated"
#define HEAD_N 4

static struct rk_db *
db_of(struct rk_store *store)
{
	return (struct rk_db *)store;
}

static void
put_field_value(struct rk_sql *sql, const struct rk_field *f, const void *row)
{
	if (!rk_field_is_text(f))
		rk_sql_number(sql, rk_field_number(f, row));
	else if (f->type == RK_FIELD_TEXT && !rk_field_text(f, row)->p && !(f->flags & RK_FIELD_NULL))
		rk_sql_text(sql, RK_STR("")); /* may be empty, was never set */
	else if (f->type == RK_FIELD_TEXT)
		rk_sql_text(sql, *rk_field_text(f, row));
	else
		rk_sql_bytes(sql, *rk_field_text(f, row));
}

static void
put_columns(struct rk_sql *sql, const struct rk_record *record)
{
	rk_sql_put(sql, HEAD_COLUMNS);
	for (size_t i = 0; i < record->field_n; i++) {
		rk_sql_put(sql, ", ");
		rk_sql_put(sql, record->fields[i].name);
	}
}

enum rk_err
rk_db_create(struct rk_store *store, enum rk_kind kind, const void *row)
{
	RK_AUTO(rk_sql_free) struct rk_sql sql = RK_SQL;
	const struct rk_record *record = rk_record_get(kind);
	const struct rk_row *head = row;

	rk_sql_put(&sql, "INSERT INTO ");
	rk_sql_put(&sql, record->table);
	rk_sql_put(&sql, " (");
	put_columns(&sql, record);
	rk_sql_put(&sql, ") VALUES (?, ?, ?, ?");
	rk_sql_text(&sql, rk_str(head->sid));
	rk_sql_text(&sql, head->account_sid);
	rk_sql_number(&sql, head->date_created);
	rk_sql_number(&sql, head->date_updated);
	for (size_t i = 0; i < record->field_n; i++) {
		rk_sql_put(&sql, ", ?");
		put_field_value(&sql, &record->fields[i], row);
	}
	rk_sql_put(&sql, ")");
	return rk_sql_run(db_of(store), &sql);
}

static void
put_change(struct rk_sql *sql, const struct rk_field *f, const void *row)
{
	rk_sql_put(sql, ", ");
	rk_sql_put(sql, f->name);
	if (f->type == RK_FIELD_SEALED) {
		rk_sql_put(sql, " = coalesce(?, ");
		rk_sql_put(sql, f->name);
		rk_sql_put(sql, ")");
	} else {
		rk_sql_put(sql, " = ?");
	}
	put_field_value(sql, f, row);
}

enum rk_err
rk_db_update(struct rk_store *store, enum rk_kind kind, const void *row)
{
	RK_AUTO(rk_sql_free) struct rk_sql sql = RK_SQL;
	const struct rk_record *record = rk_record_get(kind);
	const struct rk_row *head = row;
	enum rk_err err;

	rk_sql_put(&sql, "UPDATE ");
	rk_sql_put(&sql, record->table);
	rk_sql_put(&sql, " SET date_updated = ?");
	rk_sql_number(&sql, head->date_updated);
	for (size_t i = 0; i < record->field_n; i++)
		if (!(record->fields[i].flags & RK_FIELD_FIXED))
			put_change(&sql, &record->fields[i], row);
	rk_sql_put(&sql, " WHERE sid = ? AND account_sid = ?");
	rk_sql_text(&sql, rk_str(head->sid));
	rk_sql_text(&sql, head->account_sid);
	err = rk_sql_run(db_of(store), &sql);
	return !err && rk_db_changes(db_of(store)) == 0 ? RK_NOT_FOUND : err;
}

enum rk_err
rk_db_touch(struct rk_store *store, enum rk_kind kind, struct rk_str account, struct rk_str sid, int64_t at)
{
	RK_AUTO(rk_sql_free) struct rk_sql sql = RK_SQL;
	enum rk_err err;

	rk_sql_put(&sql, "UPDATE ");
	rk_sql_put(&sql, rk_record_get(kind)->table);
	rk_sql_put(&sql, " SET last_used = ? WHERE sid = ? AND account_sid = ?");
	rk_sql_number(&sql, at);
	rk_sql_text(&sql, sid);
	rk_sql_text(&sql, account);
	err = rk_sql_run(db_of(store), &sql);
	return !err && rk_db_changes(db_of(store)) == 0 ? RK_NOT_FOUND : err;
}

/* "sid" or a name out of the table: never a text of the caller's. */
static const char *
column_of(const struct rk_record *record, const char *name)
{
	const struct rk_field *f = rk_record_field(record, rk_str(name));

	if (strcmp(name, "sid") == 0)
		return "sid";
	return f && f->type == RK_FIELD_TEXT ? f->name : NULL;
}

static bool
put_filter(struct rk_sql *sql, const struct rk_record *record, const struct rk_filter *filter)
{
	const char *column = column_of(record, filter->field);

	if (!column)
		return false;
	rk_sql_put(sql, filter->holds ? " AND instr(" : " AND ");
	rk_sql_put(sql, column);
	if (!filter->value.p) {
		rk_sql_put(sql, " IS NULL");
		return !filter->holds;
	}
	rk_sql_put(sql, filter->holds ? ", ?) > 0" : " = ?");
	rk_sql_text(sql, filter->value);
	return true;
}

static bool
put_build(struct rk_sql *sql, enum rk_kind kind, struct rk_str build)
{
	if (kind == RK_KIND_FUNCTION_VERSION)
		rk_sql_put(sql, " AND sid IN (SELECT version_sid FROM build_functions WHERE build_sid = ?)");
	else if (kind == RK_KIND_ASSET_VERSION)
		rk_sql_put(sql, " AND sid IN (SELECT version_sid FROM build_assets WHERE build_sid = ?)");
	else
		return false;
	rk_sql_text(sql, build);
	return true;
}

static void
put_times(struct rk_sql *sql, const struct rk_query *q)
{
	if (q->from) {
		rk_sql_put(sql, " AND date_created >= ?");
		rk_sql_number(sql, q->from);
	}
	if (q->to) {
		rk_sql_put(sql, " AND date_created < ?");
		rk_sql_number(sql, q->to);
	}
	if (q->after_date) {
		rk_sql_put(sql, q->newest_first ? " AND (date_created, sid) < (?, ?)"
						: " AND (date_created, sid) > (?, ?)");
		rk_sql_number(sql, q->after_date);
		rk_sql_text(sql, q->after_sid);
	}
}

static bool
put_conditions(struct rk_sql *sql, enum rk_kind kind, const struct rk_query *q)
{
	const struct rk_record *record = rk_record_get(kind);
	bool good = true;

	rk_sql_put(sql, " WHERE true");
	if (!rk_str_is(q->account, RK_EVERY_ACCOUNT)) {
		rk_sql_put(sql, " AND account_sid = ?");
		rk_sql_text(sql, q->account);
	}
	for (size_t i = 0; i < RK_STORE_FILTERS && q->filters[i].field && good; i++)
		good = put_filter(sql, record, &q->filters[i]);
	if (q->build.n)
		good = good && put_build(sql, kind, q->build);
	else if (record->flags & RK_KIND_SOFT)
		rk_sql_put(sql, q->removed ? " AND removed IS NOT NULL" : " AND removed IS NULL");
	else
		good = good && !q->removed;
	put_times(sql, q);
	return good;
}

/* False when the row is not of the form that we write: a damaged file. */
static bool
read_row(const struct rk_sql *sql, const struct rk_record *record, union rk_row_any *row)
{
	struct rk_str sid = rk_sql_get_bytes(sql, 0);

	if (sid.n != RK_SID_LEN)
		return false;
	memcpy(row->row.sid, sid.p, sid.n);
	row->row.sid[sid.n] = '\0';
	row->row.account_sid = rk_sql_get_bytes(sql, 1);
	row->row.date_created = rk_sql_get_number(sql, 2);
	row->row.date_updated = rk_sql_get_number(sql, 3);
	for (size_t i = 0; i < record->field_n; i++) {
		const struct rk_field *f = &record->fields[i];
		if (rk_field_is_text(f))
			*rk_field_text(f, row) = rk_sql_get_bytes(sql, HEAD_N + (int)i);
		else
			rk_field_set_number(f, row, rk_sql_get_number(sql, HEAD_N + (int)i));
	}
	return true;
}

static enum rk_err
each_row(struct rk_db *db, struct rk_sql *sql, const struct rk_record *record, unsigned limit,
    rk_store_fn *each, void *arg, bool *ret_more)
{
	union rk_row_any row = { 0 };
	unsigned n = 0;
	enum rk_err err;

	for (err = RK_OK; (err = rk_sql_step(db, sql)) == RK_OK && n < limit; n++) {
		if (!each)
			continue;
		if (!read_row(sql, record, &row))
			return RK_DAMAGED;
		each(&row, arg);
	}
	*ret_more = err == RK_OK;
	return err == RK_NOT_FOUND && n ? RK_OK : err;
}

enum rk_err
rk_db_list(struct rk_store *store, enum rk_kind kind, const struct rk_query *query, rk_store_fn *each,
    void *arg, bool *ret_more)
{
	RK_AUTO(rk_sql_free) struct rk_sql sql = RK_SQL;
	const struct rk_record *record = rk_record_get(kind);
	unsigned limit = query->limit && query->limit < RK_STORE_PAGE_MAX ? query->limit : RK_STORE_PAGE_MAX;

	rk_sql_put(&sql, "SELECT ");
	put_columns(&sql, record);
	rk_sql_put(&sql, " FROM ");
	rk_sql_put(&sql, record->table);
	if (!put_conditions(&sql, kind, query))
		return RK_INVALID;
	rk_sql_put(&sql, query->newest_first ? " ORDER BY date_created DESC, sid DESC LIMIT ?"
					     : " ORDER BY date_created, sid LIMIT ?");
	rk_sql_number(&sql, limit + (each ? 1 : 0)); /* one more tells whether there is a next page */
	return each_row(db_of(store), &sql, record, limit, each, arg, ret_more);
}

enum rk_err
rk_db_link(struct rk_store *store, enum rk_kind kind, struct rk_str build, struct rk_str version)
{
	RK_AUTO(rk_sql_free) struct rk_sql sql = RK_SQL;

	rk_sql_put(&sql,
	    kind == RK_KIND_FUNCTION_VERSION ? "INSERT INTO build_functions" : "INSERT INTO build_assets");
	rk_sql_put(&sql, " (build_sid, version_sid) VALUES (?, ?)");
	rk_sql_text(&sql, build);
	rk_sql_text(&sql, version);
	return rk_sql_run(db_of(store), &sql);
}

enum rk_err
rk_db_put_content(struct rk_store *store, struct rk_str digest, struct rk_str bytes)
{
	RK_AUTO(rk_sql_free) struct rk_sql sql = RK_SQL;

	rk_sql_put(
	    &sql, "INSERT INTO contents (digest, bytes) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING");
	rk_sql_bytes(&sql, digest);
	rk_sql_bytes(&sql, bytes.p ? bytes : RK_STR(""));
	return rk_sql_run(db_of(store), &sql);
}

/* One value of one row, appended. */
static enum rk_err
get_bytes(struct rk_db *db, struct rk_sql *sql, struct rk_buf *out)
{
	enum rk_err err = rk_sql_step(db, sql);

	if (err)
		return err;
	rk_buf_put(out, rk_sql_get_bytes(sql, 0));
	return rk_buf_end(out);
}

enum rk_err
rk_db_get_content(struct rk_store *store, struct rk_str digest, struct rk_buf *out)
{
	RK_AUTO(rk_sql_free) struct rk_sql sql = RK_SQL;

	rk_sql_put(&sql, "SELECT bytes FROM contents WHERE digest = ?");
	rk_sql_bytes(&sql, digest);
	return get_bytes(db_of(store), &sql, out);
}

enum rk_err
rk_db_put_setting(struct rk_store *store, struct rk_str name, struct rk_str value)
{
	RK_AUTO(rk_sql_free) struct rk_sql sql = RK_SQL;

	rk_sql_put(&sql, "INSERT INTO settings (name, value) VALUES (?, ?) "
			 "ON CONFLICT (name) DO UPDATE SET value = excluded.value");
	rk_sql_text(&sql, name);
	rk_sql_bytes(&sql, value);
	return rk_sql_run(db_of(store), &sql);
}

enum rk_err
rk_db_get_setting(struct rk_store *store, struct rk_str name, struct rk_buf *out)
{
	RK_AUTO(rk_sql_free) struct rk_sql sql = RK_SQL;

	rk_sql_put(&sql, "SELECT value FROM settings WHERE name = ?");
	rk_sql_text(&sql, name);
	return get_bytes(db_of(store), &sql, out);
}
