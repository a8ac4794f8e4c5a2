/*
 * serve.c - `roomkey serve`: puts the settings together, then becomes the program `super`.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/conf.h"
#include "base/err.h"
#include "cli/program.h"
#include "cli/say.h"
#include "cli/settings.h"
#include "cli/verb.h"

#define TEXT_MAX 262144
#define ARGS_MAX (RK_SETTINGS_MAX + 8)

static const struct rk_flag flags[] = {
	{ "config", RK_FLAG_VALUE, "FILE", "the file of settings (DIR/roomkey.conf)" },
	{ "check", RK_FLAG_SWITCH, NULL, "look at the settings, say what is wrong, and end; also -n" },
	{ "print-config", RK_FLAG_SWITCH, NULL, "print every setting and where it comes from, and end" },
	{ "json", RK_FLAG_SWITCH, NULL, "with --print-config: an object" },
	{ 0 },
};

struct serve {
	const char *config;
	bool check, print, json;
	struct rk_settings settings;
};

/* Takes the flags that are no settings out of argv, in place; the others stay in their order. */
static enum rk_err
take_own(struct serve *v, int *argc, char **argv, struct rk_why *why)
{
	int n = 1, i = 1;

	for (; i < *argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "-n") == 0 || strcmp(argv[i], "--check") == 0)
			v->check = true;
		else if (strcmp(argv[i], "--print-config") == 0)
			v->print = true;
		else if (strcmp(argv[i], "--json") == 0)
			v->json = true;
		else if (strncmp(argv[i], "--config=", 9) == 0)
			v->config = argv[i] + 9;
		else if (strcmp(argv[i], "--config") != 0)
			argv[n++] = argv[i];
		else if (++i < *argc)
			v->config = argv[i];
		else
			return rk_why(
			    why, RK_INVALID, RK_SAY_VALUE, "", "--config needs a value: --config FILE.");
	}
	while (i < *argc)
		argv[n++] = argv[i++];
	argv[n] = NULL;
	*argc = n;
	return RK_OK;
}

static void
tell_problems(const struct rk_settings *settings)
{
	for (unsigned i = 0; i < settings->problem_count; i++) {
		const struct rk_settings_problem *p = &settings->problems[i];
		char what[sizeof p->where + sizeof p->why.what + 4];

		snprintf(what, sizeof what, "%s: %s", p->where, p->why.what);
		rk_say_finding(true, p->why.code, what, p->why.todo);
	}
}

/* "super serve --host=... --port=... -- DIR". Comes back only on failure. */
static int
become_super(const struct rk_settings *settings)
{
	RK_AUTO(rk_buf_free) struct rk_buf text = RK_BUF(TEXT_MAX), words = RK_BUF(TEXT_MAX);
	char *args[ARGS_MAX] = { (char *)"super", (char *)"serve" };
	struct rk_str left;
	size_t n = 2;

	rk_conf_format(&text, &settings->conf);
	left = rk_buf_str(&text);
	if (rk_buf_end(&text) != RK_OK || !rk_buf_reserve(&words, text.n + 4 * RK_SETTINGS_MAX))
		return rk_say_error(RK_EXIT_UNREACHABLE, RK_SAY_INSTALL, "", "There is no memory.");
	while (left.n > 0 && n < ARGS_MAX - 3) {
		struct rk_str line = rk_str_take(&left, '\n');

		if (rk_str_has_prefix(line, RK_STR("command=")) ||
		    rk_str_has_prefix(line, RK_STR("project=")))
			continue;
		args[n++] = words.p + words.n; /* words has its room: nothing moves */
		rk_buf_printf(&words, "--%.*s", RK_FMT(line));
		rk_buf_put_c(&words, '\0');
	}
	args[n++] = (char *)"--";
	args[n] = settings->conf.project;
	return rk_program_become("super", args);
}

static int
serve(struct serve *v)
{
	struct rk_buf out = RK_BUF(TEXT_MAX);

	tell_problems(&v->settings);
	if (v->print) {
		rk_settings_print(&out, &v->settings, v->json);
		return rk_say_data(&out, v->settings.problem_count ? RK_EXIT_REFUSED : RK_EXIT_DONE);
	}
	if (v->settings.problem_count > 0)
		return RK_EXIT_REFUSED;
	if (!v->check)
		return become_super(&v->settings);
	fprintf(stderr, "%s: the settings are fine.\n",
	    v->settings.file ? v->settings.file : "no configuration file");
	return RK_EXIT_DONE;
}

static void
serve_done(struct serve *v)
{
	rk_settings_done(&v->settings);
}

static int
run(int argc, char **argv)
{
	RK_AUTO(serve_done) struct serve v = { 0 };
	struct rk_why why = { 0 };
	enum rk_err err = take_own(&v, &argc, argv, &why);

	if (err == RK_OK)
		err = rk_settings_read(&v.settings, argc, argv, v.config, getenv, &why);
	if (err == RK_OK)
		return serve(&v);
	if (!why.todo[0])
		snprintf(why.todo, sizeof why.todo, "See roomkey serve --help.");
	return rk_say_why(&why, err == RK_INVALID ? RK_EXIT_USAGE : RK_EXIT_REFUSED);
}

const struct rk_verb rk_verb_serve = {
	.noun = "serve",
	.name = "",
	.args = "[DIR] [flags]",
	.summary = "Run the platform: services, their functions, the API and the console",
	.flags = flags,
	.settings = RK_CONF_SERVE,
	.notes = "DIR is where everything is kept (roomkey-data); it is made if it is not there.\n"
		 "A setting comes from its default, then the file of settings, then the environment\n"
		 "(ROOMKEY_PORT for --port, and so on), then its flag; what comes later wins.\n",
	.run = run,
};
