/*
 * datadir.c - the folder first, then the key, then the store: each may refuse, and then the next is not touched.
 */
#include "keeper/datadir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "base/log.h"
#include "keeper/masterkey.h"
#include "keeper/store_sqlite.h"

#define PATH_MAX_BYTES 4096

struct paths {
	char store[PATH_MAX_BYTES], key[PATH_MAX_BYTES], backups[PATH_MAX_BYTES];
};

static enum rk_err
make_folder(const char *path, struct rk_why *why)
{
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return RK_OK;
	return rk_why(why, RK_IO, "RK-755", "Name a folder in one that is there, and that you may write to.",
	    "The data directory cannot be made: %s.", strerror(errno));
}

static enum rk_err
check_folder(const char *path, struct rk_why *why)
{
	RK_AUTO(rk_auto_close) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		return rk_why(why, RK_IO, "RK-755", "Name a folder that the user who runs Roomkey may enter.",
		    "The data directory cannot be opened: %s.", strerror(errno));
	if (st.st_uid != geteuid() || (st.st_mode & 077))
		return rk_why(why, RK_DENIED, "RK-756",
		    "Give it to the user who runs Roomkey, and: chmod 0700 DIR",
		    "The data directory is not ours alone: its mode must be 0700, its owner the user who "
		    "runs "
		    "Roomkey.");
	return RK_OK;
}

static enum rk_err
name_files(const char *dir, struct paths *ret_paths, struct rk_why *why)
{
	if (snprintf(ret_paths->store, PATH_MAX_BYTES, "%s/roomkey.db", dir) < PATH_MAX_BYTES &&
	    snprintf(ret_paths->key, PATH_MAX_BYTES, "%s/master.key", dir) < PATH_MAX_BYTES &&
	    snprintf(ret_paths->backups, PATH_MAX_BYTES, "%s/backups", dir) < PATH_MAX_BYTES)
		return RK_OK;
	return rk_why(why, RK_TOO_LARGE, "RK-755", "Name it by a shorter path.",
	    "The data directory's path is too long.");
}

/* The file in the data directory comes last, and a new one only with a new store: without its old key a store is lost,
 * and a new key would hide that. */
static enum rk_err
get_key(const struct rk_conf *conf, const struct paths *paths, struct rk_datadir *dir, struct rk_buf *key,
    struct rk_why *why)
{
	const char *file = conf->master_key_file && *conf->master_key_file ? conf->master_key_file : NULL;
	enum rk_err err = rk_masterkey_get(file, key, why);

	if (file || err != RK_NOT_FOUND)
		return err;
	if (access(paths->key, F_OK) != 0 && errno == ENOENT) {
		if (!dir->is_new)
			return err;
		err = rk_masterkey_make(paths->key, why);
		if (err)
			return err;
		dir->has_new_key = true;
	}
	return rk_masterkey_get(paths->key, key, why);
}

static enum rk_err
open_store(const struct rk_conf *conf, const struct paths *paths, struct rk_datadir *dir, struct rk_why *why)
{
	RK_AUTO(rk_buf_wipe) struct rk_buf key = RK_BUF(RK_VAULT_KEY_SIZE);
	enum rk_err err;

	dir->is_new = access(paths->store, F_OK) != 0 && errno == ENOENT;
	err = get_key(conf, paths, dir, &key, why);
	if (!err)
		err = rk_vault_new(rk_buf_str(&key), &dir->vault);
	if (err)
		return err;
	if (!rk_vault_is_locked(dir->vault))
		rk_warn("RK-757: The keys could not be locked in memory, so that they may come into the swap "
			"space. Raise "
			"the limit: ulimit -l");
	return rk_store_sqlite_open(paths->store, dir->vault, &dir->store, why);
}

enum rk_err
rk_datadir_open(const struct rk_conf *conf, struct rk_datadir *ret_dir, struct rk_why *why)
{
	struct rk_datadir dir = { 0 };
	struct paths paths;
	enum rk_err err = name_files(conf->project, &paths, why);

	if (!err)
		err = make_folder(conf->project, why);
	if (!err)
		err = check_folder(conf->project, why);
	if (!err)
		err = open_store(conf, &paths, &dir, why);
	if (!err)
		err = make_folder(paths.backups, why);
	if (err) {
		rk_datadir_close(&dir);
		return err;
	}
	*ret_dir = dir;
	return RK_OK;
}

void
rk_datadir_close(struct rk_datadir *dir)
{
	rk_store_close(dir->store);
	rk_vault_free(dir->vault);
	*dir = (struct rk_datadir){ 0 };
}
