/*
 * store_sqlite.c - opening and closing the file, and the driver's table.
 */
#include "keeper/store_sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "base/err.h"
#include "keeper/sealing.h"
#include "keeper/store_sqlite_db.h"

#define APPLICATION_ID 0x526b6579 /* "Rkey" */
#define DIGITS_(x) #x
#define DIGITS(x) DIGITS_(x)
#define BUSY_MS 5000
#define VALUE_MAX (65 * 1024 * 1024)
#define OPEN_MARK RK_STR("in_use")

static void
finish(struct rk_db *db)
{
	for (unsigned i = 0; i < db->kept_n; i++) {
		sqlite3_finalize(db->kept[i].stmt);
		free(db->kept[i].text);
	}
	sqlite3_close(db->sqlite);
	rk_auto_close(&db->lock_fd);
	free(db);
}

static void
close_store(struct rk_store *store)
{
	struct rk_db *db = (struct rk_db *)store;

	while (db->depth)
		rk_db_rollback(store);
	/* When this fails the next start reads the file through, which is all that the mark is for. */
	if (db->marked && rk_db_put_setting(store, OPEN_MARK, RK_STR("0")) != RK_OK)
		db->marked = false;
	finish(db);
}

static enum rk_err
explain(struct rk_why *why, enum rk_err err)
{
	switch (err) {
	case RK_OK:
		return RK_OK;
	case RK_DAMAGED:
		return rk_why(why, err, "RK-714",
		    "Put back a copy made with `roomkey backup`; keep the damaged file.",
		    "The store's file is damaged.");
	case RK_UNAVAILABLE:
		return rk_why(why, err, "RK-715",
		    "Look whether the disk is mounted read-only, who owns the file and its folder, and "
		    "whether another "
		    "Roomkey runs.",
		    "The store's file cannot be opened or written.");
	case RK_FULL:
		return rk_why(why, err, "RK-716", "Make room on the disk.", "The disk of the store is full.");
	default:
		return rk_why(why, err, "RK-717", "Look at the disk, and at the kernel's log.",
		    "The store cannot be opened: %s.", rk_err_text(err));
	}
}

static enum rk_err
check_store(struct rk_store *store, struct rk_why *why)
{
	RK_AUTO(rk_sql_free) struct rk_sql sql = RK_SQL, keys = RK_SQL;
	struct rk_db *db = (struct rk_db *)store;
	enum rk_err err;

	rk_sql_put(&sql, "PRAGMA quick_check(1)");
	err = rk_sql_step(db, &sql);
	if (!err && !rk_str_is(rk_sql_get_bytes(&sql, 0), RK_STR("ok")))
		err = RK_DAMAGED;
	if (err)
		return explain(why, err == RK_NOT_FOUND ? RK_DAMAGED : err);
	rk_sql_put(&keys, "PRAGMA foreign_key_check");
	err = rk_sql_step(db, &keys);
	return explain(why, err == RK_NOT_FOUND ? RK_OK : err ? err : RK_DAMAGED);
}

/*
 * The file first, with its mode: SQLite gives the files beside it the same. The lock is flock(2), which SQLite's
 * own do not meet; as closing any descriptor of a file drops those, this one is closed last.
 */
static enum rk_err
hold_file(const char *file, int *ret_fd)
{
	struct stat st;
	int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);

	if (fd < 0)
		return errno == ENOSPC || errno == EDQUOT ? RK_FULL : RK_UNAVAILABLE;
	*ret_fd = fd;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return RK_UNAVAILABLE;
	return flock(fd, LOCK_EX | LOCK_NB) == 0 ? RK_OK : RK_UNAVAILABLE;
}

static enum rk_err
connect_file(struct rk_db *db, const char *file)
{
	int flags =
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE;
	int code = sqlite3_open_v2(file, &db->sqlite, flags, NULL);

	if (code != SQLITE_OK)
		return rk_db_error(code);
	sqlite3_busy_timeout(db->sqlite, BUSY_MS);
	sqlite3_limit(db->sqlite, SQLITE_LIMIT_LENGTH, VALUE_MAX);
	sqlite3_limit(db->sqlite, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
	return rk_db_exec(db, "PRAGMA cell_size_check = ON");
}

/* Is this ours, and of a form that we know? Reads only. */
static enum rk_err
look_at_form(struct rk_db *db, int64_t *ret_version, struct rk_why *why)
{
	int64_t id = 0, version = 0, tables = 0;
	enum rk_err err = rk_db_number(db, "PRAGMA application_id", &id);

	if (!err)
		err = rk_db_number(db, "PRAGMA user_version", &version);
	if (!err)
		err = rk_db_number(db, "SELECT count(*) FROM sqlite_schema", &tables);
	if (err)
		return explain(why, err);
	if (id != APPLICATION_ID && (id || version || tables))
		return rk_why(why, RK_INVALID, "RK-712", "Name another file.",
		    "The file is a database, but no store of Roomkey's.");
	if (version > (int64_t)rk_db_newest())
		return rk_why(why, RK_UNSUPPORTED, "RK-713", "Run that version of Roomkey, or a newer one.",
		    "The store was made by a newer Roomkey: its form is %lld, and this one knows up to %u.",
		    (long long)version, rk_db_newest());
	*ret_version = version;
	return RK_OK;
}

static enum rk_err
set_up(struct rk_db *db)
{
	RK_AUTO(rk_sql_free) struct rk_sql sql = RK_SQL;
	enum rk_err err;

	rk_sql_put(&sql, "PRAGMA journal_mode = WAL");
	err = rk_sql_step(db, &sql);
	if (!err && !rk_str_is(rk_sql_get_bytes(&sql, 0), RK_STR("wal")))
		err = RK_UNAVAILABLE;
	if (!err)
		err = rk_db_exec(db, "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 16777216");
	return err;
}

/* Read through when the mark of the last use is still there. */
static enum rk_err
check_mark(struct rk_db *db, struct rk_why *why)
{
	RK_AUTO(rk_buf_free) struct rk_buf mark = RK_BUF(64);
	enum rk_err err = rk_db_get_setting(&db->store, OPEN_MARK, &mark);

	if (err == RK_NOT_FOUND || (!err && rk_str_is(rk_buf_str(&mark), RK_STR("0"))))
		return RK_OK;
	return err ? explain(why, err) : check_store(&db->store, why);
}

/* First what only reads, and may refuse; then what writes. */
static enum rk_err
prepare(struct rk_db *db, struct rk_why *why)
{
	int64_t version = 0;
	enum rk_err err = look_at_form(db, &version, why);

	if (!err && version > 0)
		err = rk_sealing_check(&db->store, why);
	if (err && version > 0 && err != RK_SIGNATURE) /* which it has explained */
		return explain(why, err);
	if (!err && version > 0)
		err = check_mark(db, why);
	if (err)
		return err;
	err = set_up(db);
	if (!err && version == 0)
		err = rk_db_exec(db, "PRAGMA application_id = " DIGITS(APPLICATION_ID));
	if (!err)
		err = rk_db_migrate(db, (unsigned)version);
	if (!err)
		err = rk_sealing_check(&db->store, NULL);
	if (!err)
		err = rk_db_put_setting(&db->store, OPEN_MARK, RK_STR("1"));
	db->marked = !err;
	return explain(why, err);
}

static const struct rk_store_ops ops = {
	.close = close_store,
	.begin = rk_db_begin,
	.commit = rk_db_commit,
	.rollback = rk_db_rollback,
	.create = rk_db_create,
	.list = rk_db_list,
	.update = rk_db_update,
	.touch = rk_db_touch,
	.remove = rk_db_remove,
	.restore = rk_db_restore,
	.purge = rk_db_purge,
	.trim = rk_db_trim,
	.link = rk_db_link,
	.put_content = rk_db_put_content,
	.get_content = rk_db_get_content,
	.put_setting = rk_db_put_setting,
	.get_setting = rk_db_get_setting,
	.backup = rk_db_backup,
	.check = check_store,
};

enum rk_err
rk_store_sqlite_open(
    const char *file, const struct rk_vault *vault, struct rk_store **ret_store, struct rk_why *why)
{
	struct rk_db *db = calloc(1, sizeof *db);
	enum rk_err err;

	if (!db)
		return explain(why, RK_NOMEM);
	db->store.ops = &ops;
	db->store.vault = vault;
	db->lock_fd = -1;
	err = hold_file(file, &db->lock_fd);
	if (!err)
		err = connect_file(db, file);
	err = err ? explain(why, err) : prepare(db, why);
	if (err) {
		finish(db);
		return err;
	}
	*ret_store = &db->store;
	return RK_OK;
}
