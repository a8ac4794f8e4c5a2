/*
 * store_sqlite_life.c - transactions, and the end of rows: removing, restoring, purging, trimming.
 */
#include <stdio.h>

#include "base/auto.h"
#include "keeper/store_sqlite_db.h"

static struct rk_db *
db_of(struct rk_store *store)
{
	return (struct rk_db *)store;
}

/* Within a transaction there is nothing to begin: an inner rollback makes the outermost commit fail. */
enum rk_err
rk_db_begin(struct rk_store *store)
{
	struct rk_db *db = db_of(store);
	enum rk_err err = db->depth ? RK_OK : rk_db_exec(db, "BEGIN IMMEDIATE");

	if (err)
		return err;
	if (!db->depth++)
		db->lost = false;
	return RK_OK;
}

enum rk_err
rk_db_commit(struct rk_store *store)
{
	struct rk_db *db = db_of(store);
	enum rk_err err;

	if (!db->depth)
		return RK_INVALID;
	if (--db->depth)
		return RK_OK;
	err = db->lost ? RK_IO : rk_db_exec(db, "COMMIT");
	if (err && rk_db_exec(db, "ROLLBACK") != RK_OK)
		return err; /* SQLite had rolled back by itself */
	return err;
}

void
rk_db_rollback(struct rk_store *store)
{
	struct rk_db *db = db_of(store);

	if (!db->depth)
		return;
	db->lost = true;
	/* Fails when SQLite rolled back by itself (a full disk): then nothing is left to undo. */
	if (--db->depth == 0 && rk_db_exec(db, "ROLLBACK") != RK_OK)
		return;
}

static enum rk_err
settle(struct rk_store *store, enum rk_err err)
{
	if (!err)
		return rk_db_commit(store);
	rk_db_rollback(store);
	return err;
}

/* The column by which a kind's rows go away with a row of `owner`; NULL when they do not. */
static const char *
owner_column(const struct rk_record *record, enum rk_kind owner)
{
	if (owner == RK_KIND_ACCOUNT)
		return "account_sid";
	for (size_t i = 0; i < record->field_n; i++)
		if ((record->fields[i].flags & RK_FIELD_OWNER) && record->fields[i].which == owner)
			return record->fields[i].name;
	return NULL;
}

static enum rk_err
mark(struct rk_db *db, const struct rk_record *record, const char *column, struct rk_str account,
    struct rk_str sid, int64_t at)
{
	RK_AUTO(rk_sql_free) struct rk_sql sql = RK_SQL;

	rk_sql_put(&sql, "UPDATE ");
	rk_sql_put(&sql, record->table);
	rk_sql_put(&sql, " SET removed = ?, removed_with = ? WHERE removed IS NULL AND account_sid = ? AND ");
	rk_sql_number(&sql, at);
	rk_sql_text(&sql, sid);
	rk_sql_text(&sql, account);
	rk_sql_put(&sql, column);
	rk_sql_put(&sql, " = ?");
	rk_sql_text(&sql, sid);
	return rk_sql_run(db, &sql);
}

static enum rk_err
mark_owned(struct rk_db *db, enum rk_kind owner, struct rk_str account, struct rk_str sid, int64_t at)
{
	enum rk_err err = RK_OK;

	for (enum rk_kind kind = 1; kind < RK_KINDS && !err; kind++) {
		const struct rk_record *record = rk_record_get(kind);
		const char *column = owner_column(record, owner);
		if (column && (record->flags & RK_KIND_SOFT))
			err = mark(db, record, column, account, sid, at);
	}
	return err;
}

enum rk_err
rk_db_remove(struct rk_store *store, enum rk_kind kind, struct rk_str account, struct rk_str sid, int64_t at)
{
	enum rk_err err = rk_db_begin(store);

	if (err)
		return err;
	err = mark(db_of(store), rk_record_get(kind), "sid", account, sid, at);
	if (!err && rk_db_changes(db_of(store)) == 0)
		err = RK_NOT_FOUND;
	if (!err)
		err = mark_owned(db_of(store), kind, account, sid, at);
	return settle(store, err);
}

static enum rk_err
unmark(struct rk_db *db, const struct rk_record *record, struct rk_str account, struct rk_str sid)
{
	RK_AUTO(rk_sql_free) struct rk_sql sql = RK_SQL;

	rk_sql_put(&sql, "UPDATE ");
	rk_sql_put(&sql, record->table);
	rk_sql_put(
	    &sql, " SET removed = NULL, removed_with = NULL WHERE removed_with = ? AND account_sid = ?");
	rk_sql_text(&sql, sid);
	rk_sql_text(&sql, account);
	return rk_sql_run(db, &sql);
}

/* RK_OK when the row was removed by itself, so that restoring it is restoring what went with it. */
static enum rk_err
is_removed(struct rk_db *db, const struct rk_record *record, struct rk_str account, struct rk_str sid)
{
	RK_AUTO(rk_sql_free) struct rk_sql sql = RK_SQL;

	rk_sql_put(&sql, "SELECT 1 FROM ");
	rk_sql_put(&sql, record->table);
	rk_sql_put(&sql, " WHERE sid = ? AND account_sid = ? AND removed_with = sid");
	rk_sql_text(&sql, sid);
	rk_sql_text(&sql, account);
	return rk_sql_step(db, &sql);
}

/* A row whose owner is gone cannot come back alone. */
static enum rk_err
has_owners(struct rk_db *db, const struct rk_record *record, struct rk_str sid)
{
	enum rk_err err = RK_OK;

	for (size_t i = 0; i < record->field_n && !err; i++) {
		const struct rk_field *f = &record->fields[i];
		RK_AUTO(rk_sql_free) struct rk_sql sql = RK_SQL;
		if (!(f->flags & (RK_FIELD_OWNER | RK_FIELD_REF)))
			continue;
		rk_sql_put(&sql, "SELECT 1 FROM ");
		rk_sql_put(&sql, record->table);
		rk_sql_put(&sql, " AS r WHERE r.sid = ? AND (r.");
		rk_sql_text(&sql, sid);
		rk_sql_put(&sql, f->name);
		rk_sql_put(&sql, " IS NULL OR EXISTS (SELECT 1 FROM ");
		rk_sql_put(&sql, rk_record_get((enum rk_kind)f->which)->table);
		rk_sql_put(&sql, " AS o WHERE o.removed IS NULL AND o.sid = r.");
		rk_sql_put(&sql, f->name);
		rk_sql_put(&sql, "))");
		err = rk_sql_step(db, &sql);
	}
	return err;
}

enum rk_err
rk_db_restore(struct rk_store *store, enum rk_kind kind, struct rk_str account, struct rk_str sid)
{
	struct rk_db *db = db_of(store);
	enum rk_err err = rk_db_begin(store);

	if (err)
		return err;
	err = is_removed(db, rk_record_get(kind), account, sid);
	for (enum rk_kind k = 1; k < RK_KINDS && !err; k++)
		if (rk_record_get(k)->flags & RK_KIND_SOFT)
			err = unmark(db, rk_record_get(k), account, sid);
	if (!err)
		err = has_owners(db, rk_record_get(kind), sid);
	return settle(store, err);
}

/*
 * Leaves first. A version that a build still has outlives its function's removal, and so does the function: what
 * runs stays whole. The next purge takes them, once the build is gone.
 */
static const char *const purges[] = {
	"DELETE FROM deployments WHERE removed < ?",
	"DELETE FROM variables WHERE removed < ?",
	"DELETE FROM environments WHERE removed < ? "
	"AND NOT EXISTS (SELECT 1 FROM deployments AS d WHERE d.environment_sid = environments.sid) "
	"AND NOT EXISTS (SELECT 1 FROM variables AS v WHERE v.environment_sid = environments.sid)",
	"DELETE FROM builds WHERE removed < ? "
	"AND NOT EXISTS (SELECT 1 FROM environments AS e WHERE e.build_sid = builds.sid)",
	"DELETE FROM function_versions WHERE removed < ? "
	"AND NOT EXISTS (SELECT 1 FROM build_functions AS b WHERE b.version_sid = function_versions.sid)",
	"DELETE FROM asset_versions WHERE removed < ? "
	"AND NOT EXISTS (SELECT 1 FROM build_assets AS b WHERE b.version_sid = asset_versions.sid)",
	"DELETE FROM functions WHERE removed < ? "
	"AND NOT EXISTS (SELECT 1 FROM function_versions AS v WHERE v.function_sid = functions.sid)",
	"DELETE FROM assets WHERE removed < ? "
	"AND NOT EXISTS (SELECT 1 FROM asset_versions AS v WHERE v.asset_sid = assets.sid)",
	"DELETE FROM services WHERE removed < ? "
	"AND NOT EXISTS (SELECT 1 FROM environments AS x WHERE x.service_sid = services.sid) "
	"AND NOT EXISTS (SELECT 1 FROM builds AS x WHERE x.service_sid = services.sid) "
	"AND NOT EXISTS (SELECT 1 FROM functions AS x WHERE x.service_sid = services.sid) "
	"AND NOT EXISTS (SELECT 1 FROM assets AS x WHERE x.service_sid = services.sid)",
	"DELETE FROM keys WHERE removed < ?",
	"DELETE FROM sessions WHERE removed < ?",
	"DELETE FROM people WHERE removed < ? "
	"AND NOT EXISTS (SELECT 1 FROM sessions AS x WHERE x.person_sid = people.sid)",
	"DELETE FROM accounts WHERE removed < ? "
	"AND NOT EXISTS (SELECT 1 FROM services AS x WHERE x.account_sid = accounts.sid) "
	"AND NOT EXISTS (SELECT 1 FROM keys AS x WHERE x.account_sid = accounts.sid) "
	"AND NOT EXISTS (SELECT 1 FROM people AS x WHERE x.account_sid = accounts.sid)",
};

static const char contents_purge[] =
    "DELETE FROM contents WHERE NOT EXISTS (SELECT 1 FROM function_versions AS v WHERE v.content_digest = "
    "digest) "
    "AND NOT EXISTS (SELECT 1 FROM asset_versions AS v WHERE v.content_digest = digest)";

static enum rk_err
purge_rows(struct rk_db *db, const char *text, int64_t before, int64_t *count)
{
	RK_AUTO(rk_sql_free) struct rk_sql sql = RK_SQL;
	enum rk_err err;

	rk_sql_put(&sql, text);
	if (before)
		rk_sql_number(&sql, before);
	err = rk_sql_run(db, &sql);
	if (!err)
		*count += rk_db_changes(db);
	return err;
}

enum rk_err
rk_db_purge(struct rk_store *store, int64_t before, int64_t *ret_count)
{
	int64_t count = 0, contents = 0;
	enum rk_err err = before > 0 ? rk_db_begin(store) : RK_INVALID;

	if (err)
		return err;
	for (size_t i = 0; i < sizeof purges / sizeof purges[0] && !err; i++)
		err = purge_rows(db_of(store), purges[i], before, &count);
	if (!err && count)
		err = purge_rows(db_of(store), contents_purge, 0, &contents);
	err = settle(store, err);
	if (!err)
		*ret_count = count;
	return err;
}

/* What lies beyond `most` rows is found by its place, youngest first. */
static int64_t
bound_of(struct rk_db *db, const char *table, int64_t before, int64_t most)
{
	RK_AUTO(rk_sql_free) struct rk_sql sql = RK_SQL;
	int64_t beyond;

	if (most <= 0)
		return before;
	rk_sql_put(&sql, "SELECT date_created + 1 FROM ");
	rk_sql_put(&sql, table);
	rk_sql_put(&sql, " ORDER BY date_created DESC, sid DESC LIMIT 1 OFFSET ?");
	rk_sql_number(&sql, most);
	if (rk_sql_step(db, &sql) != RK_OK)
		return before;
	beyond = rk_sql_get_number(&sql, 0);
	return beyond > before ? beyond : before;
}

enum rk_err
rk_db_trim(struct rk_store *store, enum rk_kind kind, int64_t before, int64_t most, int64_t *ret_count)
{
	RK_AUTO(rk_sql_free) struct rk_sql sql = RK_SQL;
	struct rk_db *db = db_of(store);
	const char *table = rk_record_get(kind)->table;
	enum rk_err err;

	rk_sql_put(&sql, "DELETE FROM ");
	rk_sql_put(&sql, table);
	rk_sql_put(&sql, " WHERE rowid IN (SELECT rowid FROM ");
	rk_sql_put(&sql, table);
	rk_sql_put(&sql, " WHERE date_created < ? ORDER BY date_created LIMIT ?)");
	rk_sql_number(&sql, bound_of(db, table, before, most));
	rk_sql_number(&sql, RK_STORE_TRIM);
	err = rk_sql_run(db, &sql);
	if (!err)
		*ret_count = rk_db_changes(db);
	return err;
}
