/*
 * rekey.c - changes the master key of a store, and survives being interrupted.
 */
#include "keeper/rekey.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/err.h"
#include "keeper/masterkey.h"
#include "keeper/sealing.h"
#include "keeper/store_sqlite.h"
#include "keeper/vault.h"

static bool
put_name(char out[PATH_MAX], const char *dir, const char *name, const char *suffix)
{
	int n = snprintf(out, PATH_MAX, "%s%s%s%s", dir, *dir ? "/" : "", name, suffix);

	return n > 0 && n < PATH_MAX;
}

enum rk_err
rk_rekey_init(struct rk_rekey *r, const char *dir, const char *key_file, const char *new_key_file)
{
	bool fits = put_name(r->dir, "", dir, "") && put_name(r->store, dir, RK_REKEY_STORE, "");

	if (key_file)
		fits = fits && put_name(r->key, "", key_file, "");
	else
		fits = fits && put_name(r->key, dir, RK_REKEY_KEY, "");
	if (new_key_file)
		fits = fits && put_name(r->next, "", new_key_file, "");
	else
		fits = fits && put_name(r->next, "", r->key, ".next");
	if (fits && !key_file && access(r->key, F_OK) != 0)
		r->key[0] = '\0';
	r->replaces = !new_key_file && r->key[0];
	return fits ? RK_OK : RK_TOO_LARGE;
}

/* ---- opening -------------------------------------------------------------------------- */

static void
vault_done(struct rk_vault **vault)
{
	rk_vault_free(*vault);
}

static void
store_done(struct rk_store **store)
{
	rk_store_close(*store);
}

static enum rk_err
open_vault(const char *file, struct rk_vault **ret_vault, struct rk_why *why)
{
	RK_AUTO(rk_buf_wipe) struct rk_buf key = RK_BUF(RK_VAULT_KEY_SIZE);
	enum rk_err err = rk_masterkey_get(*file ? file : NULL, &key, why);

	if (err == RK_OK)
		err = rk_vault_new(rk_buf_str(&key), ret_vault);
	return err;
}

static enum rk_err
open_store(const struct rk_rekey *r, const char *key, struct rk_vault **ret_vault,
    struct rk_store **ret_store, struct rk_why *why)
{
	enum rk_err err;

	if (access(r->store, F_OK) != 0)
		return rk_why(why, RK_NOT_FOUND, "RK-715", "Name the data directory of roomkey serve.",
		    "There is no store (" RK_REKEY_STORE ") in that folder: %s.", strerror(errno));
	err = open_vault(key, ret_vault, why);
	return err == RK_OK ? rk_store_sqlite_open(r->store, *ret_vault, ret_store, why) : err;
}

enum rk_err
rk_rekey_open(
    const struct rk_rekey *r, struct rk_vault **ret_vault, struct rk_store **ret_store, struct rk_why *why)
{
	return open_store(r, r->key, ret_vault, ret_store, why);
}

/* ---- the change --------------------------------------------------------------------------- */

/* Interrupted behind the store's own commit, the new key lies ready and fits: only its name is missing. */
static bool
is_sealed_anew(const struct rk_rekey *r)
{
	RK_AUTO(vault_done) struct rk_vault *vault = NULL;
	RK_AUTO(store_done) struct rk_store *store = NULL;

	return access(r->next, F_OK) == 0 && open_store(r, r->next, &vault, &store, NULL) == RK_OK;
}

/* The key is on the disk before anything is sealed with it. */
static enum rk_err
seal_anew(const struct rk_rekey *r, int64_t *ret_count, struct rk_why *why)
{
	RK_AUTO(vault_done) struct rk_vault *old = NULL, *new = NULL;
	RK_AUTO(store_done) struct rk_store *store = NULL;
	enum rk_err err = open_store(r, r->key, &old, &store, why);

	if (err == RK_OK && access(r->next, F_OK) != 0)
		err = rk_masterkey_make(r->next, why);
	if (err == RK_OK)
		err = open_vault(r->next, &new, why);
	return err == RK_OK ? rk_sealing_rekey(store, new, ret_count, why) : err;
}

static bool
sync_folder_of(const char *file)
{
	const char *slash = strrchr(file, '/');
	RK_AUTO(rk_auto_free)
	char *dir = slash ? rk_str_dup(rk_str_n(file, (size_t)(slash - file + 1))) : NULL;
	RK_AUTO(rk_auto_close) int fd = open(dir ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 && fsync(fd) == 0;
}

enum rk_err
rk_rekey_run(const struct rk_rekey *r, int64_t *ret_count, struct rk_why *why)
{
	enum rk_err err;

	*ret_count = 0;
	err = is_sealed_anew(r) ? RK_OK : seal_anew(r, ret_count, why);
	if (err != RK_OK || !r->replaces)
		return err;
	if (rename(r->next, r->key) == 0 && sync_folder_of(r->key))
		return RK_OK;
	return rk_why(why, RK_IO, "RK-711", "Call it again: it takes up where this ended.",
	    "The new master key cannot take its place: %s.", strerror(errno));
}
