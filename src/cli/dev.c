/*
 * dev.c - `roomkey dev`: checks the settings, then becomes the program `super`.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/conf.h"
#include "base/err.h"
#include "cli/say.h"
#include "cli/verb.h"

static bool
is_program(char *path, size_t size, const char *dir, const char *rest)
{
	int n = snprintf(path, size, "%s/%s", dir, rest);

	return n > 0 && (size_t)n < size && access(path, X_OK) == 0;
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

/* Installed, moved as a whole, or in the tree where it was built: the first that is there. */
static bool
find_super(char path[PATH_MAX])
{
	char dir[PATH_MAX];

	own_dir(dir);
	return is_program(path, PATH_MAX, dir, "../super/super") ||
	       is_program(path, PATH_MAX, dir, "../libexec/roomkey/super") ||
	       is_program(path, PATH_MAX, RK_LIBEXECDIR, "super");
}

/* Mistakes are told here, by one process, before another one starts. */
static enum rk_err
check(int argc, char **argv, struct rk_why *why)
{
	struct rk_conf conf;
	enum rk_err err = rk_conf_init(&conf);

	if (err == RK_OK)
		err = rk_conf_parse_args(&conf, argc, argv, why);
	rk_conf_done(&conf);
	return err;
}

/* super is given what we were given: "super dev [DIR] [flags]". Comes back only on failure. */
static int
become_super(const char *path, int argc, char **argv)
{
	char **args = calloc((size_t)argc + 2, sizeof *args);

	if (!args)
		return rk_say_error(RK_EXIT_UNREACHABLE, RK_SAY_INSTALL, "", "There is no memory.");
	args[0] = (char *)"super";
	args[1] = (char *)"dev";
	for (int i = 1; i < argc; i++)
		args[i + 1] = argv[i];
	execv(path, args);
	free(args);
	return rk_say_error(RK_EXIT_UNREACHABLE, RK_SAY_INSTALL, "Install Roomkey again, whole.",
	    "The program super does not start: %s.", strerror(errno));
}

static int
run(int argc, char **argv)
{
	char path[PATH_MAX];
	struct rk_why why = { 0 };

	if (check(argc, argv, &why) != RK_OK) {
		if (!why.todo[0])
			snprintf(why.todo, sizeof why.todo, "See roomkey dev --help.");
		return rk_say_why(&why, RK_EXIT_USAGE);
	}
	if (!find_super(path))
		return rk_say_error(RK_EXIT_UNREACHABLE, RK_SAY_INSTALL,
		    "Install Roomkey again, whole; its programs belong into libexec/roomkey.",
		    "The program super is not installed beside this command.");
	return become_super(path, argc, argv);
}

const struct rk_verb rk_verb_dev = {
	.noun = "dev",
	.name = "",
	.args = "[DIR] [flags]",
	.summary = "Serve the functions of a project folder on this machine",
	.flags = NULL,
	.notes = "DIR is the project's folder (.), with functions/ and .env in it. Ctrl-C ends it.\n"
		 "--no-logs is --logs off.\n",
	.run = run,
};
