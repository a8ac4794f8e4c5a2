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
#include "cli/rc.h"
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

/* Mistakes are told here, by one process, before another one starts. *ret_project is for free(). */
static enum rk_err
check(int argc, char **argv, char **ret_project, struct rk_why *why)
{
	struct rk_conf conf;
	enum rk_err err = rk_conf_init(&conf, RK_CONF_DEV);

	if (err == RK_OK)
		err = rk_conf_parse_args(&conf, argc, argv, why);
	if (err == RK_OK)
		*ret_project = rk_steal(&conf.project);
	rk_conf_done(&conf);
	return err;
}

static void
tell_ignored(const struct rk_rc *rc)
{
	char what[4096];

	if (rc->ignored.n == 0)
		return;
	snprintf(what, sizeof what, "%s has settings that mean nothing here: %.*s.", rc->file,
	    RK_FMT(rk_buf_str(&rc->ignored)));
	rk_say_finding(false, RK_SAY_RC, what, "The others are used. docs/development.md lists both.");
}

/* super is given what the project brings along, then what we were given, which wins: "super dev [flags]
 * [DIR] [flags]". Comes back only on failure. */
static int
become_super(const char *path, const struct rk_rc *rc, int argc, char **argv)
{
	char **args = calloc((size_t)argc + rc->count + 2, sizeof *args);
	size_t n = 0;

	if (!args)
		return rk_say_error(RK_EXIT_UNREACHABLE, RK_SAY_INSTALL, "", "There is no memory.");
	args[n++] = (char *)"super";
	args[n++] = (char *)"dev";
	for (unsigned i = 0; i < rc->count; i++)
		args[n++] = rc->flags[i];
	for (int i = 1; i < argc; i++)
		args[n++] = argv[i];
	execv(path, args);
	free(args);
	return rk_say_error(RK_EXIT_UNREACHABLE, RK_SAY_INSTALL, "Install Roomkey again, whole.",
	    "The program super does not start: %s.", strerror(errno));
}

static int
start(const struct rk_rc *rc, int argc, char **argv)
{
	char path[PATH_MAX];

	if (!find_super(path))
		return rk_say_error(RK_EXIT_UNREACHABLE, RK_SAY_INSTALL,
		    "Install Roomkey again, whole; its programs belong into libexec/roomkey.",
		    "The program super is not installed beside this command.");
	tell_ignored(rc);
	return become_super(path, rc, argc, argv);
}

static int
run(int argc, char **argv)
{
	RK_AUTO(rk_auto_free) char *project = NULL;
	struct rk_why why = { 0 };
	struct rk_rc rc;
	int status;

	if (check(argc, argv, &project, &why) != RK_OK) {
		if (!why.todo[0])
			snprintf(why.todo, sizeof why.todo, "See roomkey dev --help.");
		return rk_say_why(&why, RK_EXIT_USAGE);
	}
	if (rk_rc_read(project, &rc, &why) != RK_OK)
		return rk_say_why(&why, RK_EXIT_REFUSED);
	status = start(&rc, argc, argv);
	rk_rc_done(&rc);
	return status;
}

const struct rk_verb rk_verb_dev = {
	.noun = "dev",
	.name = "",
	.args = "[DIR] [flags]",
	.summary = "Serve the functions of a project folder on this machine",
	.flags = NULL,
	.notes = "DIR is the project's folder (.), with functions/ and .env in it. Ctrl-C ends it.\n"
		 "What its .twilioserverlessrc sets holds, unless a flag says otherwise.\n"
		 "--no-logs is --logs off.\n",
	.run = run,
};
