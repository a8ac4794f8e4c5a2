/*
 * store_sqlite_copy.c - a copy of the whole file while it is in use (sqlite3_backup).
 */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>

#include "base/auto.h"
#include "base/err.h"
#include "keeper/store_sqlite.h"
#include "keeper/store_sqlite_db.h"

#define PAGES 1024
#define BUSY_MS 5000

static enum rk_err
copy_pages(sqlite3 *from, sqlite3 *to)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
	int code = SQLITE_OK;

	if (!b)
		return rk_db_error(sqlite3_extended_errcode(to));
	while (code == SQLITE_OK)
		code = sqlite3_backup_step(b, PAGES);
	if (code == SQLITE_DONE)
		code = sqlite3_backup_finish(b);
	else
		sqlite3_backup_finish(b);
	return rk_db_error(code);
}

static enum rk_err
copy_to(sqlite3 *from, const char *part)
{
	sqlite3 *to = NULL;
	int flags =
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE;
	int code = sqlite3_open_v2(part, &to, flags, NULL);
	enum rk_err err = rk_db_error(code);

	if (!err)
		err = copy_pages(from, to);
	code = sqlite3_close(to);
	return err ? err : rk_db_error(code);
}

static enum rk_err
sync_path(const char *path, int flags)
{
	RK_AUTO(rk_auto_close) int fd = open(path, flags | O_CLOEXEC);

	return fd >= 0 && fsync(fd) == 0 ? RK_OK : RK_IO;
}

static enum rk_err
sync_folder_of(const char *file)
{
	const char *slash = strrchr(file, '/');
	RK_AUTO(rk_auto_free)
	char *dir = slash ? rk_str_dup(rk_str_n(file, (size_t)(slash - file + 1))) : NULL;

	return sync_path(dir ? dir : ".", O_RDONLY | O_DIRECTORY);
}

/* link, not rename: a file that is there already stays. */
static enum rk_err
put_in_place(const char *part, const char *file)
{
	enum rk_err err = sync_path(part, O_RDONLY);

	if (!err && link(part, file) != 0)
		err = errno == EEXIST ? RK_EXISTS : RK_IO;
	unlink(part);
	return err ? err : sync_folder_of(file);
}

static enum rk_err
copy_database(sqlite3 *from, const char *file, struct rk_why *why)
{
	char part[4096];
	enum rk_err err = RK_OK;
	int fd;

	if (snprintf(part, sizeof part, "%s.part", file) >= (int)sizeof part)
		return rk_why(
		    why, RK_TOO_LARGE, "RK-718", "Shorten it.", "The name of the copy is too long.");
	unlink(part); /* of a copy that was broken off */
	fd = open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		err = errno == ENOSPC ? RK_FULL : RK_UNAVAILABLE;
	else
		close(fd);
	if (!err)
		err = copy_to(from, part);
	if (!err)
		err = put_in_place(part, file);
	else
		unlink(part);
	if (err)
		return rk_why(why, err, "RK-718",
		    "Name a new file in a folder with room enough that may be written.",
		    "The copy cannot be made: %s.", rk_err_text(err));
	return RK_OK;
}

enum rk_err
rk_db_backup(struct rk_store *store, const char *file, struct rk_why *why)
{
	return copy_database(((struct rk_db *)store)->sqlite, file, why);
}

enum rk_err
rk_store_sqlite_copy(const char *file, const char *copy, struct rk_why *why)
{
	sqlite3 *from = NULL;
	int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE;
	enum rk_err err = rk_db_error(sqlite3_open_v2(file, &from, flags, NULL));

	if (!err)
		sqlite3_busy_timeout(from, BUSY_MS);
	err = err ? rk_why(why, err, "RK-718", "Name the store's file.", "The store cannot be read: %s.",
			rk_err_text(err))
		  : copy_database(from, copy, why);
	sqlite3_close(from);
	return err;
}
