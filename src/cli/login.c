/*
 * login.c - keeps one login in a file of the user's own.
 */
#include "cli/login.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "base/json.h"
#include "cli/say.h"

#define FILE_MAX 65536
#define PATH_SIZE 4096

enum rk_err
rk_login_keep(char **field, struct rk_str value)
{
	char *copy = rk_str_dup(value);

	if (!copy)
		return RK_NOMEM;
	free(*field);
	*field = copy;
	return RK_OK;
}

void
rk_login_done(struct rk_login *login)
{
	free(login->url);
	free(login->account_sid);
	free(login->user);
	free(login->ca);
	rk_secret_done(&login->secret);
	*login = (struct rk_login){ 0 };
}

/* ---- the place ------------------------------------------------------------------ */

/* The folder of all users' settings; relative values of XDG_CONFIG_HOME count as none, as its specification says. */
static bool
put_home(char path[PATH_SIZE])
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	int n;

	if (xdg && xdg[0] == '/')
		n = snprintf(path, PATH_SIZE, "%s", xdg);
	else
		n = home && *home ? snprintf(path, PATH_SIZE, "%s/.config", home) : -1;
	return n > 0 && n < PATH_SIZE - 64;
}

static enum rk_err
find(char path[PATH_SIZE], struct rk_why *why)
{
	if (!put_home(path))
		return rk_why(why, RK_IO, RK_SAY_LOGIN, "Set HOME.", "There is no home to keep a login in.");
	strcat(path, "/roomkey/credentials.json");
	return RK_OK;
}

/* ---- reading --------------------------------------------------------------------- */

static enum rk_err
take(struct rk_login *login, const struct rk_json *root)
{
	static const char *const names[] = { "url", "account_sid", "user", "ca" };
	char **const fields[] = { &login->url, &login->account_sid, &login->user, &login->ca };
	enum rk_err err = RK_OK;

	for (size_t i = 0; i < 4 && err == RK_OK; i++)
		if (rk_json_is_string(rk_json_get(root, names[i])))
			err = rk_login_keep(fields[i], rk_json_str(rk_json_get(root, names[i])));
	if (err == RK_OK)
		err = rk_secret_set(&login->secret, rk_json_str(rk_json_get(root, "secret")));
	if (err == RK_OK && (!login->url || !login->user || login->secret.n == 0))
		err = RK_INVALID;
	return err;
}

static enum rk_err
read_all(int fd, struct rk_buf *out)
{
	ssize_t n = 1;

	if (!rk_buf_reserve(out, out->max))
		return RK_NOMEM;
	while (n > 0 && out->n < out->max) {
		n = read(fd, out->p + out->n, out->max - out->n);
		if (n > 0)
			out->n += (size_t)n;
	}
	return n == 0 ? RK_OK : RK_IO;
}

static enum rk_err
parse(int fd, struct rk_login *ret_login, struct rk_why *why)
{
	RK_AUTO(rk_buf_wipe) struct rk_buf text = RK_BUF(FILE_MAX);
	RK_AUTO(rk_json_auto) struct rk_json *root = NULL;
	struct rk_login login = { 0 };
	enum rk_err err = read_all(fd, &text);

	if (err == RK_OK)
		err = rk_json_parse(rk_buf_str(&text), &root, NULL);
	if (err == RK_OK)
		err = take(&login, root);
	if (err == RK_OK) {
		*ret_login = login;
		return RK_OK;
	}
	rk_login_done(&login);
	return rk_why(
	    why, RK_IO, RK_SAY_LOGIN, "Log in again: roomkey login.", "The login kept cannot be read.");
}

enum rk_err
rk_login_read(struct rk_login *ret_login, struct rk_why *why)
{
	char path[PATH_SIZE];
	struct stat st;
	enum rk_err err = find(path, why);
	RK_AUTO(rk_auto_close) int fd = err == RK_OK ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;

	if (err != RK_OK)
		return err;
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return RK_NOT_FOUND;
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return rk_why(why, RK_IO, RK_SAY_LOGIN, "Log in again: roomkey login.",
		    "The login kept cannot be read.");
	if (st.st_mode & 077)
		return rk_why(why, RK_DENIED, RK_SAY_LOGIN,
		    "chmod 600 it, and make a new key if others read it.",
		    "The file of the login (roomkey/credentials.json) is open to others.");
	return parse(fd, ret_login, why);
}

/* ---- writing ---------------------------------------------------------------------- */

static void
put_member(struct rk_buf *out, const char *name, const char *value)
{
	if (!value)
		return;
	rk_buf_printf(out, "%s\n  \"%s\": ", out->n > 1 ? "," : "", name);
	rk_json_put_string(out, rk_str(value));
}

static void
put_login(struct rk_buf *out, const struct rk_login *login)
{
	rk_buf_put_c(out, '{');
	put_member(out, "url", login->url);
	put_member(out, "account_sid", login->account_sid);
	put_member(out, "user", login->user);
	put_member(out, "ca", login->ca);
	rk_buf_lit(out, ",\n  \"secret\": ");
	rk_json_put_string(out, rk_str_n(login->secret.p, login->secret.n));
	rk_buf_lit(out, "\n}\n");
}

/* Beside the old one first, so that a full disk costs neither. */
static bool
replace(const char *path, struct rk_str text)
{
	char beside[PATH_SIZE + 8];
	bool done;

	snprintf(beside, sizeof beside, "%s.new", path);
	unlink(beside);
	RK_AUTO(rk_auto_close) int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	done = fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n && fsync(fd) == 0 &&
	       rename(beside, path) == 0;
	if (fd >= 0 && !done)
		unlink(beside);
	return done;
}

static void
make_folders(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
}

enum rk_err
rk_login_write(const struct rk_login *login, struct rk_why *why)
{
	RK_AUTO(rk_buf_wipe) struct rk_buf text = RK_BUF(FILE_MAX);
	char path[PATH_SIZE];
	enum rk_err err = find(path, why);

	if (err != RK_OK)
		return err;
	if (rk_buf_reserve(&text, text.max))
		put_login(&text, login);
	make_folders(path);
	if (text.n > 0 && rk_buf_end(&text) == RK_OK && replace(path, rk_buf_str(&text)))
		return RK_OK;
	return rk_why(why, RK_IO, RK_SAY_WRITE, "Look at the disk, and at who owns ~/.config.",
	    "The login cannot be kept: %s.", strerror(errno));
}

enum rk_err
rk_login_forget(struct rk_why *why)
{
	char path[PATH_SIZE];
	enum rk_err err = find(path, why);

	if (err != RK_OK || unlink(path) == 0)
		return err;
	if (errno == ENOENT || errno == ENOTDIR)
		return RK_NOT_FOUND;
	return rk_why(why, RK_IO, RK_SAY_WRITE, "", "The login cannot be removed: %s.", strerror(errno));
}
