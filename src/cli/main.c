/*
 * main.c - the command `roomkey`: noun, then verb.
 *
 * Holds:     what it was given on its command line, for as long as one verb runs.
 * May:       read the files it is told to read; write to its standard output and error; become
 *            the program `super` (dev).
 * May not:   take a secret as an argument, print one, or open a socket but in client.c.
 * Talks to:  the address that `roomkey invoke` is given, by HTTP; else nobody. `roomkey dev` hands its
 *            arguments to super by exec.
 */
#include <stdio.h>

#include "base/auto.h"
#include "cli/say.h"
#include "cli/verb.h"

#define HELP_MAX 65536

static bool
is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* --help anywhere among the flags of a verb asks for its help and does nothing else. */
static bool
asks_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (is_help(argv[i]))
			return true;
	return false;
}

static int
unknown(const char *noun, const char *typed)
{
	const char *near = rk_verb_near(noun, typed);
	char todo[128];

	if (near)
		snprintf(todo, sizeof todo, "Did you mean roomkey %s%s%s?", noun ? noun : "", noun ? " " : "",
		    near);
	else
		snprintf(todo, sizeof todo, "See roomkey %s%s--help.", noun ? noun : "", noun ? " " : "");
	if (noun)
		return rk_say_error(RK_EXIT_USAGE, RK_SAY_UNKNOWN, todo, "%s has no verb %s.", noun, typed);
	return rk_say_error(RK_EXIT_USAGE, RK_SAY_UNKNOWN, todo, "There is no command %s.", typed);
}

/* `roomkey help`, `roomkey help NOUN`, `roomkey help NOUN VERB`. */
static int
help(const char *noun, const char *name)
{
	struct rk_buf out = RK_BUF(HELP_MAX);
	const struct rk_verb *verb = noun ? rk_verb_find(noun, name) : NULL;

	if (noun && !rk_verb_is_noun(noun))
		return unknown(NULL, noun);
	if (noun && name && !verb)
		return unknown(noun, name);
	if (verb)
		rk_verb_help(&out, verb);
	else if (noun)
		rk_verb_help_noun(&out, noun);
	else
		rk_verb_help_all(&out);
	return rk_say_data(&out, RK_EXIT_DONE);
}

static int
version(const char *flag)
{
	struct rk_buf out = RK_BUF(128);

	if (flag && strcmp(flag, "--json") != 0)
		return rk_say_error(RK_EXIT_USAGE, RK_SAY_UNKNOWN, "It takes --json at most.",
		    "--version does not take %s.", flag);
	rk_buf_printf(&out, flag ? "{\"version\":\"%s\"}\n" : "roomkey %s\n", RK_VERSION);
	return rk_say_data(&out, RK_EXIT_DONE);
}

/* argv[0] is a noun. */
static int
run(int argc, char **argv)
{
	const char *noun = argv[0];
	const struct rk_verb *verb = rk_verb_find(noun, NULL);

	if (!rk_verb_is_noun(noun))
		return unknown(NULL, noun);
	if (!verb && (argc < 2 || is_help(argv[1])))
		return argc < 2 ? rk_say_error(RK_EXIT_USAGE, RK_SAY_MISSING,
				      "Its help lists them: roomkey help NOUN.", "%s needs a verb.", noun)
				: help(noun, NULL);
	if (!verb) {
		verb = rk_verb_find(noun, argv[1]);
		if (!verb)
			return unknown(noun, argv[1]);
		argc--, argv++;
	}
	return asks_help(argc, argv) ? help(verb->noun, verb->name) : verb->run(argc, argv);
}

int
main(int argc, char **argv)
{
	if (argc < 2) {
		rk_say_error(RK_EXIT_USAGE, RK_SAY_MISSING,
		    "See roomkey --help; a good start is roomkey dev.",
		    "roomkey needs to be told what to do.");
		return RK_EXIT_USAGE;
	}
	if (is_help(argv[1]) || strcmp(argv[1], "help") == 0)
		return help(argc > 2 ? argv[2] : NULL, argc > 3 ? argv[3] : NULL);
	if (strcmp(argv[1], "--version") == 0)
		return version(argc > 2 ? argv[2] : NULL);
	return run(argc - 1, argv + 1);
}
