/*
 * input.c - whole files and standard input.
 */
#include "cli/input.h"

#include <errno.h>
#include <fcntl.h>

#include "base/auto.h"
#include "base/err.h"
#include "cli/say.h"

static const char *
called(const char *path)
{
	return strcmp(path, "-") == 0 ? "Standard input" : path;
}

/* One byte of room more than the ceiling tells "full" from "too much". */
static enum rk_err
read_all(int fd, struct rk_buf *out, const char *path, struct rk_why *why)
{
	char more;

	for (;;) {
		bool full = out->n == out->max;
		ssize_t n = read(fd, full ? &more : out->p + out->n, full ? 1 : out->max - out->n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return rk_why(why, RK_IO, RK_SAY_FILE, "", "%s cannot be read: %s.", called(path),
			    strerror(errno));
		if (n == 0)
			return RK_OK;
		if (full)
			return rk_why(why, RK_TOO_LARGE, RK_SAY_FILE, "", "%s holds more than %zu bytes.",
			    called(path), out->max);
		out->n += (size_t)n;
	}
}

enum rk_err
rk_input_read(struct rk_buf *out, const char *path, struct rk_why *why)
{
	RK_AUTO(rk_auto_close) int opened = -1;
	int fd = STDIN_FILENO;

	if (!rk_buf_reserve(out, out->max - out->n))
		return rk_why(why, RK_NOMEM, RK_SAY_FILE, "", "There is no memory to read %s.", called(path));
	if (strcmp(path, "-") != 0) {
		fd = opened = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return rk_why(why, RK_IO, RK_SAY_FILE, "Check the name and who may read it.",
			    "%s cannot be opened: %s.", path, strerror(errno));
	}
	return read_all(fd, out, path, why);
}
