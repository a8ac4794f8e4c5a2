#include "cli/scaffold.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "base/err.h"
#include "base/json.h"
#include "cli/say.h"

#define MADE_MAX 65536

static enum rk_err
refuse(struct rk_why *why, const char *dir, const char *name)
{
	if (errno == EEXIST)
		return rk_why(why, RK_EXISTS, RK_SAY_EXISTS,
		    "Nothing that is there is overwritten: choose another name.", "%s/%s is there already.",
		    dir, name);
	return rk_why(why, RK_IO, RK_SAY_WRITE, "Look at who may write there, and at the disk.",
	    "%s/%s cannot be written: %s.", dir, name, strerror(errno));
}

/* Every folder on the way to the last part of path. */
static bool
make_parents(int fd, const char *path)
{
	char part[PATH_MAX];

	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		size_t n = (size_t)(slash - path);
		if (n >= sizeof part) {
			errno = ENAMETOOLONG;
			return false;
		}
		memcpy(part, path, n);
		part[n] = '\0';
		if (mkdirat(fd, part, 0777) != 0 && errno != EEXIST)
			return false;
	}
	return true;
}

enum rk_err
rk_scaffold_open(const char *dir, bool make, struct rk_scaffold *ret_scaffold, struct rk_why *why)
{
	int fd;

	if (*dir == '\0' ||
	    (make && (!make_parents(AT_FDCWD, dir) || (mkdir(dir, 0777) != 0 && errno != EEXIST))))
		return rk_why(why, RK_IO, RK_SAY_WRITE, "Choose a folder that can be made.",
		    "The folder %s cannot be made: %s.", *dir ? dir : "\"\"",
		    *dir ? strerror(errno) : "no name");
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return rk_why(why, RK_NOT_FOUND, RK_SAY_FILE,
		    "Name the project's folder; roomkey init DIR makes one.", "There is no folder %s: %s.",
		    dir, strerror(errno));
	*ret_scaffold = (struct rk_scaffold){ .dir = dir, .fd = fd, .made = RK_BUF(MADE_MAX) };
	return RK_OK;
}

void
rk_scaffold_close(struct rk_scaffold *scaffold)
{
	close(scaffold->fd);
	rk_buf_free(&scaffold->made);
}

bool
rk_scaffold_has(const struct rk_scaffold *scaffold, const char *name)
{
	struct stat st;

	return fstatat(scaffold->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool
write_all(int fd, struct rk_str text)
{
	while (text.n > 0) {
		ssize_t n = write(fd, text.p, text.n);

		if (n < 0 && errno != EINTR)
			return false;
		text = rk_str_sub(text, n > 0 ? (size_t)n : 0, text.n);
	}
	return true;
}

static enum rk_err
write_at(struct rk_scaffold *scaffold, const char *name, int flags, unsigned mode, struct rk_str text,
    struct rk_why *why)
{
	RK_AUTO(rk_auto_close) int fd = openat(scaffold->fd, name, flags | O_WRONLY | O_CLOEXEC, mode);

	if (fd < 0 || !write_all(fd, text))
		return refuse(why, scaffold->dir, name);
	return RK_OK;
}

enum rk_err
rk_scaffold_put(
    struct rk_scaffold *scaffold, const char *name, struct rk_str text, unsigned mode, struct rk_why *why)
{
	enum rk_err err;

	if (!make_parents(scaffold->fd, name))
		return refuse(why, scaffold->dir, name);
	err = write_at(scaffold, name, O_CREAT | O_EXCL | O_NOFOLLOW, mode, text, why);
	if (err == RK_OK)
		rk_buf_printf(&scaffold->made, "%s/%s\n", scaffold->dir, name);
	return err;
}

enum rk_err
rk_scaffold_append(struct rk_scaffold *scaffold, const char *name, struct rk_str text, struct rk_why *why)
{
	return write_at(scaffold, name, O_APPEND, 0, text, why);
}

int
rk_scaffold_say(struct rk_scaffold *scaffold, bool json)
{
	struct rk_buf out = RK_BUF(2 * MADE_MAX);
	struct rk_str left = rk_buf_str(&scaffold->made);

	if (!json) {
		rk_buf_put(&out, left);
		return rk_say_data(&out, RK_EXIT_DONE);
	}
	rk_buf_lit(&out, "{\"created\":[");
	for (bool first = true; left.n > 0; first = false) {
		rk_buf_put(&out, first ? RK_STR("") : RK_STR(","));
		rk_json_put_string(&out, rk_str_take(&left, '\n'));
	}
	rk_buf_lit(&out, "]}\n");
	return rk_say_data(&out, RK_EXIT_DONE);
}
