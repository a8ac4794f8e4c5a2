/*
 * dev.c - `roomkey dev`: checks the settings, then becomes the program `super`.
 */
#include <stdio.h>

#include "base/auto.h"
#include "base/conf.h"
#include "base/err.h"
#include "cli/program.h"
#include "cli/rc.h"
#include "cli/say.h"
#include "cli/verb.h"

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
become_super(const struct rk_rc *rc, int argc, char **argv)
{
	RK_AUTO(rk_auto_free) char **args = calloc((size_t)argc + rc->count + 2, sizeof *args);
	size_t n = 0;

	if (!args)
		return rk_say_error(RK_EXIT_UNREACHABLE, RK_SAY_INSTALL, "", "There is no memory.");
	args[n++] = (char *)"super";
	args[n++] = (char *)"dev";
	for (unsigned i = 0; i < rc->count; i++)
		args[n++] = rc->flags[i];
	for (int i = 1; i < argc; i++)
		args[n++] = argv[i];
	return rk_program_become("super", args);
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
	tell_ignored(&rc);
	status = become_super(&rc, argc, argv);
	rk_rc_done(&rc);
	return status;
}

const struct rk_verb rk_verb_dev = {
	.noun = "dev",
	.name = "",
	.args = "[DIR] [flags]",
	.summary = "Serve the functions of a project folder on this machine",
	.settings = RK_CONF_DEV,
	.notes = "DIR is the project's folder (.), with functions/ and .env in it. Ctrl-C ends it.\n"
		 "What its .twilioserverlessrc sets holds, unless a flag says otherwise.\n"
		 "--no-logs is --logs off.\n",
	.run = run,
};
