/*
 * program.c - where the programs of the roles lie.
 */
#include "cli/program.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/say.h"

static bool
is_program(char path[PATH_MAX], const char *dir, const char *name)
{
	int n = snprintf(path, PATH_MAX, "%s/%s", dir, name);

	return n > 0 && n < PATH_MAX && access(path, X_OK) == 0;
}

/* The folder of this executable; "." when /proc is not there. */
static void
own_dir(char dir[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", dir, PATH_MAX - 1);
	char *slash;

	dir[n > 0 ? n : 0] = '\0';
	slash = strrchr(dir, '/');
	if (slash)
		*slash = '\0';
	else
		strcpy(dir, ".");
}

/* In the tree where it was built every program lies in the folder of its layer. */
static bool
is_built(char path[PATH_MAX], const char *dir, const char *name)
{
	static const char *const layers[] = { "super", "keeper" };
	char rest[64];

	for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++) {
		snprintf(rest, sizeof rest, "../%s/%s", layers[i], name);
		if (is_program(path, dir, rest))
			return true;
	}
	return false;
}

/* Built, moved as a whole, or installed: the first that is there. */
static bool
find(char path[PATH_MAX], const char *name)
{
	char dir[PATH_MAX], rest[64];

	own_dir(dir);
	snprintf(rest, sizeof rest, "../libexec/roomkey/%s", name);
	return is_built(path, dir, name) || is_program(path, dir, rest) ||
	       is_program(path, RK_LIBEXECDIR, name);
}

int
rk_program_become(const char *name, char **args)
{
	char path[PATH_MAX];

	if (!find(path, name))
		return rk_say_error(RK_EXIT_UNREACHABLE, RK_SAY_INSTALL,
		    "Install Roomkey again, whole; its programs belong into libexec/roomkey.",
		    "The program %s is not installed beside this command.", name);
	execv(path, args);
	return rk_say_error(RK_EXIT_UNREACHABLE, RK_SAY_INSTALL, "Install Roomkey again, whole.",
	    "The program %s does not start: %s.", name, strerror(errno));
}
