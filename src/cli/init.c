/*
 * init.c - `roomkey init DIR`: a project that can be served at once.
 */
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/err.h"
#include "base/json.h"
#include "cli/say.h"
#include "cli/scaffold.h"
#include "cli/template.h"
#include "cli/verb.h"

#define NAME_MAX_PACKAGE 214u /* npm's own limit */

static const struct rk_flag flags[] = {
	{ "json", RK_FLAG_SWITCH, NULL, "print the names of the new files as one JSON object" },
	{ NULL, 0, NULL, NULL },
};

/* The folder's own name, made one that npm takes: lower case, and only letters, digits, '-', '_', '.'. */
static void
put_package(struct rk_buf *out, const char *dir)
{
	char path[PATH_MAX], name[NAME_MAX_PACKAGE + 1];
	const char *base = realpath(dir, path) ? basename(path) : "";
	size_t n = 0;

	for (; *base && n < NAME_MAX_PACKAGE; base++) {
		char c = *base >= 'A' && *base <= 'Z' ? (char)(*base | 0x20) : *base;
		bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
		/* It may not begin with a mark. */
		if (is_plain || (n > 0 && (c == '-' || c == '_' || c == '.')))
			name[n++] = c;
		else if (n > 0)
			name[n++] = '-';
	}
	name[n] = '\0';
	rk_buf_lit(out, "{\n  \"name\": ");
	rk_json_put_string(out, n > 0 ? rk_str(name) : RK_STR("functions"));
	rk_buf_lit(out, ",\n  \"version\": \"0.0.0\",\n  \"private\": true\n}\n");
}

/* All or nothing: what is in the way is named before anything is written. */
static enum rk_err
check_free(const struct rk_scaffold *scaffold, struct rk_why *why)
{
	struct rk_template_file file = { .name = "package.json" };
	size_t i = 0;

	do {
		if (rk_scaffold_has(scaffold, file.name))
			return rk_why(why, RK_EXISTS, RK_SAY_EXISTS,
			    "Nothing that is there is overwritten: choose a new folder; roomkey new adds to "
			    "a "
			    "project.",
			    "%s/%s is there already.", scaffold->dir, file.name);
	} while (rk_template_project_at(i++, &file));
	return RK_OK;
}

static enum rk_err
write_project(struct rk_scaffold *scaffold, struct rk_why *why)
{
	RK_AUTO(rk_buf_free) struct rk_buf package = RK_BUF(4096);
	struct rk_template_file file;
	enum rk_err err = check_free(scaffold, why);

	for (size_t i = 0; err == RK_OK && rk_template_project_at(i, &file); i++)
		err = rk_scaffold_put(scaffold, file.name, file.text, file.mode, why);
	put_package(&package, scaffold->dir);
	if (err == RK_OK)
		err = rk_scaffold_put(scaffold, "package.json", rk_buf_str(&package), 0666, why);
	return err;
}

static void
say_next(const char *dir)
{
	bool is_here = strcmp(dir, ".") == 0;

	fprintf(stderr,
	    "\nNext:\n"
	    "  1. Put your keys into %s/.env; where to find them stands there.\n"
	    "  2. roomkey dev%s%s\n"
	    "  3. Open http://localhost:3000/index.html and ask for a token.\n",
	    dir, is_here ? "" : " ", is_here ? "" : dir);
}

static int
make(const char *dir, bool json)
{
	struct rk_scaffold scaffold;
	struct rk_why why = { 0 };
	int status;

	if (rk_scaffold_open(dir, true, &scaffold, &why) != RK_OK)
		return rk_say_why(&why, RK_EXIT_REFUSED);
	if (write_project(&scaffold, &why) != RK_OK)
		status = rk_say_why(&why, RK_EXIT_REFUSED);
	else
		status = rk_scaffold_say(&scaffold, json);
	rk_scaffold_close(&scaffold);
	if (status == RK_EXIT_DONE)
		say_next(dir);
	return status;
}

static int
run(int argc, char **argv)
{
	struct rk_flags walk = RK_FLAGS(flags, argc, argv);
	const char *value, *dir = NULL;
	bool json = false;
	int row;

	while ((row = rk_flags_next(&walk, &value)) != RK_FLAGS_END) {
		if (row == RK_FLAGS_BAD)
			return RK_EXIT_USAGE;
		if (row == RK_FLAGS_WORD && dir)
			return rk_say_error(RK_EXIT_USAGE, RK_SAY_UNKNOWN, "Name one folder.",
			    "There is more than one folder: %s.", value);
		if (row == RK_FLAGS_WORD)
			dir = value;
		else
			json = true;
	}
	if (!dir)
		return rk_say_error(RK_EXIT_USAGE, RK_SAY_MISSING,
		    "roomkey init DIR; \".\" is the folder you are in.",
		    "It is not said where the project is to be.");
	return make(dir, json);
}

const struct rk_verb rk_verb_init = {
	.noun = "init",
	.name = "",
	.args = "DIR [--json]",
	.summary = "Make a new project, with the tutorial's function in it",
	.flags = flags,
	.notes = "Nothing that is there is overwritten.\n",
	.run = run,
};
