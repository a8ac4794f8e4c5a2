/*
 * masterkey.c - reading the master key from one of its three places, and making one.
 */
#include "keeper/masterkey.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "base/codec.h"
#include "base/err.h"
#include "base/secret.h"
#include "keeper/vault.h"

#define READ_MAX 256
#define TODO_FORM "Give 32 random bytes, or their base64: openssl rand -base64 32"

static enum rk_err
decode(struct rk_str text, bool raw_is_fine, struct rk_buf *ret_key, struct rk_why *why)
{
	RK_AUTO(rk_buf_wipe) struct rk_buf bytes = RK_BUF(READ_MAX);

	if (raw_is_fine && text.n == RK_VAULT_KEY_SIZE) {
		rk_buf_put(ret_key, text);
		return rk_buf_end(ret_key);
	}
	if (text.n && text.p[text.n - 1] == '\n')
		text.n--;
	if (rk_codec_get_base64(&bytes, text) != RK_OK || bytes.n != RK_VAULT_KEY_SIZE)
		return rk_why(why, RK_INVALID, "RK-704", TODO_FORM, "The master key is not 32 bytes long.");
	rk_buf_put(ret_key, rk_buf_str(&bytes));
	return rk_buf_end(ret_key);
}

/* systemd gives a service's user its credentials by an access list, which shows as a group bit. */
static bool
is_kept_close(const struct stat *st, bool credential)
{
	mode_t others = credential ? 0337 : 0177;

	if (!S_ISREG(st->st_mode) || (st->st_mode & others))
		return false;
	return st->st_uid == geteuid() || (credential && st->st_uid == 0);
}

static enum rk_err
read_whole(int fd, struct rk_buf *out)
{
	char bytes[READ_MAX];
	ssize_t n;

	while ((n = read(fd, bytes, sizeof bytes)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return RK_IO;
		rk_buf_put(out, rk_str_n(bytes, (size_t)n));
		rk_secret_wipe(bytes, (size_t)n);
	}
	return RK_OK;
}

static enum rk_err
from_file(const char *file, bool credential, struct rk_buf *ret_key, struct rk_why *why)
{
	RK_AUTO(rk_auto_close) int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	RK_AUTO(rk_buf_wipe) struct rk_buf text = RK_BUF(READ_MAX);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		return rk_why(why, RK_IO, "RK-702",
		    "Name a regular file that the user who runs Roomkey may read.",
		    "The file of the master key cannot be read: %s.", strerror(errno));
	if (!is_kept_close(&st, credential))
		return rk_why(why, RK_DENIED, "RK-703",
		    "Give it to the user who runs Roomkey, and: chmod 0400 FILE",
		    "The file of the master key is not ours alone: its mode must be 0400 or 0600, its owner "
		    "the user who "
		    "runs Roomkey.");
	if (read_whole(fd, &text) != RK_OK)
		return rk_why(
		    why, RK_IO, "RK-702", "Look at the disk.", "The file of the master key cannot be read.");
	if (text.bad)
		return rk_why(why, RK_INVALID, "RK-704", TODO_FORM, "The master key is not 32 bytes long.");
	return decode(rk_buf_str(&text), true, ret_key, why);
}

static enum rk_err
from_environment(char *value, struct rk_buf *ret_key, struct rk_why *why)
{
	enum rk_err err = decode(rk_str(value), false, ret_key, why);

	rk_secret_wipe(value, strlen(value));
	unsetenv(RK_MASTERKEY_ENV);
	return err;
}

enum rk_err
rk_masterkey_get(const char *file, struct rk_buf *ret_key, struct rk_why *why)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");
	char *value = getenv(RK_MASTERKEY_ENV);
	char path[4096];

	if (file)
		return from_file(file, false, ret_key, why);
	if (dir && snprintf(path, sizeof path, "%s/" RK_MASTERKEY_CREDENTIAL, dir) < (int)sizeof path &&
	    (access(path, F_OK) == 0 || errno != ENOENT))
		return from_file(path, true, ret_key, why);
	if (value)
		return from_environment(value, ret_key, why);
	return rk_why(why, RK_NOT_FOUND, "RK-701",
	    "Name a file, give the systemd credential " RK_MASTERKEY_CREDENTIAL ", or set " RK_MASTERKEY_ENV
	    ".",
	    "There is no master key.");
}

static enum rk_err
write_new(int fd, struct rk_str text)
{
	if (write(fd, text.p, text.n) != (ssize_t)text.n || fsync(fd) != 0)
		return errno == ENOSPC || errno == EDQUOT ? RK_FULL : RK_IO;
	return RK_OK;
}

/* The name itself must be on the disk too: sealed values without their key are lost. */
static enum rk_err
sync_folder_of(const char *file)
{
	const char *slash = strrchr(file, '/');
	RK_AUTO(rk_auto_free)
	char *dir = slash ? rk_str_dup(rk_str_n(file, (size_t)(slash - file + 1))) : NULL;
	RK_AUTO(rk_auto_close) int fd = open(dir ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 && fsync(fd) == 0 ? RK_OK : RK_IO;
}

enum rk_err
rk_masterkey_make(const char *file, struct rk_why *why)
{
	RK_AUTO(rk_buf_wipe) struct rk_buf key = RK_BUF(RK_VAULT_KEY_SIZE), text = RK_BUF(READ_MAX);
	RK_AUTO(rk_auto_close) int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
	enum rk_err err;

	if (fd < 0)
		return rk_why(why,
		    errno == EEXIST  ? RK_EXISTS
		    : errno == EROFS ? RK_UNAVAILABLE
				     : RK_IO,
		    "RK-705", "Name a file that is not there yet, in a folder that may be written.",
		    "The file of the master key cannot be made: %s.", strerror(errno));
	err = rk_vault_make_key(&key);
	rk_codec_put_base64(&text, rk_buf_str(&key));
	rk_buf_put_c(&text, '\n');
	if (!err)
		err = write_new(fd, rk_buf_str(&text));
	if (!err)
		err = sync_folder_of(file);
	if (!err)
		return RK_OK;
	unlink(file);
	return rk_why(
	    why, err, "RK-705", "Look at the disk.", "The file of the master key cannot be written.");
}
