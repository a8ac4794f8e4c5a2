/*
 * new.c - `roomkey new PATH`: a function from a template, in a project that is there.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/err.h"
#include "base/json.h"
#include "cli/input.h"
#include "cli/rc.h"
#include "cli/say.h"
#include "cli/scaffold.h"
#include "cli/template.h"
#include "cli/verb.h"
#include "wire/dotenv.h"

#define NAME_BYTES 512u
#define ENV_BYTES (256u * 1024u)

enum { TEMPLATE, PROJECT, LIST, JSON };

static const struct rk_flag flags[] = {
	[TEMPLATE] = { "template", RK_FLAG_VALUE, "NAME", "what it starts with (blank)" },
	[PROJECT] = { "project", RK_FLAG_VALUE, "DIR", "the project's folder (the folder you are in)" },
	[LIST] = { "list", RK_FLAG_SWITCH, NULL, "list the templates" },
	[JSON] = { "json", RK_FLAG_SWITCH, NULL, "print one JSON object instead of text" },
	{ NULL, 0, NULL, NULL },
};

struct order {
	const char *path, *project, *template;
	bool list, json;
};

/* ---- the list -------------------------------------------------------------------- */

static int
list(bool json)
{
	struct rk_buf out = RK_BUF(8192);
	struct rk_template t;

	if (json)
		rk_buf_lit(&out, "{\"templates\":[");
	for (size_t i = 0; rk_template_at(i, &t); i++)
		if (json)
			rk_buf_printf(&out, "%s{\"name\":\"%s\",\"summary\":\"%s\"}", i > 0 ? "," : "",
			    t.name, t.summary);
		else
			rk_buf_printf(&out, "%-12s  %s\n", t.name, t.summary);
	if (json)
		rk_buf_lit(&out, "]}\n");
	return rk_say_data(&out, RK_EXIT_DONE);
}

/* ---- where it goes ------------------------------------------------------------------ */

/* The folder of functions: what .twilioserverlessrc says, else functions/, else src/, else a new functions/. */
static enum rk_err
put_folder(struct rk_buf *out, const struct rk_scaffold *scaffold, struct rk_why *why)
{
	static const struct rk_str flag = { "--functions-folder=", sizeof "--functions-folder=" - 1 };
	bool has_src = rk_scaffold_has(scaffold, "src") && !rk_scaffold_has(scaffold, "functions");
	struct rk_str folder = has_src ? RK_STR("src") : RK_STR("functions");
	struct rk_rc rc;
	enum rk_err err = rk_rc_read(scaffold->dir, &rc, why);

	if (err != RK_OK)
		return err;
	for (unsigned i = 0; i < rc.count; i++)
		if (rk_str_has_prefix(rk_str(rc.flags[i]), flag))
			folder = rk_str_sub(rk_str(rc.flags[i]), flag.n, NAME_BYTES);
	while (rk_str_has_prefix(folder, RK_STR("./")))
		folder = rk_str_sub(folder, 2, folder.n);
	rk_buf_put(out, folder);
	rk_buf_put_c(out, '/');
	rk_rc_done(&rc);
	return RK_OK;
}

/* Characters that no path of a function may have (RK-110 of `roomkey dev`), and parts that lead elsewhere. */
static bool
is_path(struct rk_str path)
{
	if (path.n == 0 || path.n > 255)
		return false;
	for (size_t i = 0; i < path.n; i++)
		if ((unsigned char)path.p[i] <= ' ' || strchr("#;,?:@+&$()'\"\\\x7f", path.p[i]))
			return false;
	while (path.n > 0) {
		struct rk_str part = rk_str_take(&path, '/');
		if (part.n == 0 || part.p[0] == '.')
			return false;
	}
	return true;
}

/* "/sms/reply", "sms/reply.js" and "functions/sms/reply.js" are the same. */
static enum rk_err
put_name(struct rk_buf *out, const struct rk_scaffold *scaffold, const char *typed, struct rk_why *why)
{
	struct rk_str path = rk_str(typed);
	enum rk_err err = put_folder(out, scaffold, why);

	if (err != RK_OK)
		return err;
	if (rk_str_has_prefix(path, RK_STR("/")))
		path = rk_str_sub(path, 1, path.n);
	if (rk_str_has_prefix(path, rk_buf_str(out)))
		path = rk_str_sub(path, out->n, path.n);
	if (rk_str_has_suffix(path, RK_STR(".js")))
		path.n -= 3;
	if (!is_path(path))
		return rk_why(why, RK_INVALID, RK_SAY_VALUE,
		    "Write it as in the address: sms/reply, or sms/reply.protected.",
		    "%s is no path that a function can have.", typed);
	rk_buf_printf(out, "%.*s.js", RK_FMT(path));
	return rk_buf_z(out) ? RK_OK : rk_buf_end(out);
}

/* ---- what it needs -------------------------------------------------------------------- */

struct search {
	struct rk_str name;
	bool found;
};

static void
match(struct rk_str name, struct rk_str value, unsigned line, void *arg)
{
	struct search *search = arg;

	search->found |= rk_str_is(name, search->name);
}

/* Set, or there already as a commented line for someone to fill in. */
static bool
has_variable(struct rk_str env, struct rk_str name)
{
	struct search search = { .name = name };

	if (rk_dotenv_each(env, match, &search) != RK_OK || search.found)
		return true;
	while (env.n > 0) {
		struct rk_str line = rk_str_trim(rk_str_take(&env, '\n'));
		if (!rk_str_has_prefix(line, RK_STR("#")))
			continue;
		line = rk_str_trim(rk_str_sub(line, 1, line.n));
		if (rk_str_has_prefix(line, name) && line.n > name.n && line.p[name.n] == '=')
			return true;
	}
	return false;
}

/* The lines to add; empty when nothing is missing. */
static void
put_missing(struct rk_buf *out, const struct rk_template *t, const char *file, struct rk_str env)
{
	struct rk_str left = rk_str(t->variables);

	while (left.n > 0) {
		struct rk_str name = rk_str_take(&left, ' ');
		if (has_variable(env, name))
			continue;
		if (out->n == 0)
			rk_buf_printf(out, "%s\n# %s reads these: fill them in and take the # away.\n",
			    env.n > 0 && env.p[env.n - 1] != '\n' ? "\n" : "", file);
		rk_buf_printf(out, "# %.*s=\n", RK_FMT(name));
		fprintf(stderr, "  %.*s is read by it and not set yet: see .env\n", RK_FMT(name));
	}
}

static enum rk_err
read_env(const struct rk_scaffold *scaffold, struct rk_buf *out, struct rk_why *why)
{
	char path[4096];
	int n = snprintf(path, sizeof path, "%s/.env", scaffold->dir);

	if (n < 0 || (size_t)n >= sizeof path || !rk_scaffold_has(scaffold, ".env"))
		return RK_OK;
	return rk_input_read(out, path, why);
}

static enum rk_err
add_variables(struct rk_scaffold *scaffold, const struct rk_template *t, const char *file, struct rk_why *why)
{
	RK_AUTO(rk_buf_wipe) struct rk_buf env = RK_BUF(ENV_BYTES);
	RK_AUTO(rk_buf_free) struct rk_buf lines = RK_BUF(4096);
	enum rk_err err = read_env(scaffold, &env, why);

	if (err != RK_OK)
		return err;
	put_missing(&lines, t, file, rk_buf_str(&env));
	if (lines.n == 0)
		return RK_OK;
	if (rk_scaffold_has(scaffold, ".env"))
		return rk_scaffold_append(scaffold, ".env", rk_buf_str(&lines), why);
	return rk_scaffold_put(scaffold, ".env", rk_buf_str(&lines), 0600, why);
}

/* ---- the command ------------------------------------------------------------------------ */

static enum rk_err
write_function(
    struct rk_scaffold *scaffold, const struct rk_template *t, const char *path, struct rk_why *why)
{
	RK_AUTO(rk_buf_free) struct rk_buf name = RK_BUF(2 * NAME_BYTES);
	enum rk_err err = put_name(&name, scaffold, path, why);

	if (err == RK_OK)
		err = rk_scaffold_put(scaffold, rk_buf_z(&name), t->text, 0666, why);
	if (err == RK_OK)
		err = add_variables(scaffold, t, rk_buf_z(&name), why);
	return err;
}

static int
make(const struct order *order, const struct rk_template *t)
{
	struct rk_scaffold scaffold;
	struct rk_why why = { 0 };
	enum rk_err err = rk_scaffold_open(order->project, false, &scaffold, &why);
	int status;

	if (err != RK_OK)
		return rk_say_why(&why, RK_EXIT_REFUSED);
	err = write_function(&scaffold, t, order->path, &why);
	if (err == RK_INVALID && strcmp(why.code, RK_SAY_VALUE) == 0)
		status = rk_say_why(&why, RK_EXIT_USAGE);
	else if (err != RK_OK)
		status = rk_say_why(&why, RK_EXIT_REFUSED);
	else
		status = rk_scaffold_say(&scaffold, order->json);
	rk_scaffold_close(&scaffold);
	return status;
}

static int
carry_out(const struct order *order)
{
	struct rk_template t;
	char todo[128] = "roomkey new --list names them.";
	const char *near;

	if (order->list)
		return list(order->json);
	if (!order->path)
		return rk_say_error(RK_EXIT_USAGE, RK_SAY_MISSING,
		    "roomkey new PATH [--template NAME]; --list names the templates.",
		    "It is not said which address the function is to have.");
	if (rk_template_find(order->template, &t))
		return make(order, &t);
	near = rk_template_near(order->template);
	if (near)
		snprintf(todo, sizeof todo, "Did you mean %s? --list names them all.", near);
	return rk_say_error(RK_EXIT_USAGE, RK_SAY_VALUE, todo, "There is no template %s.", order->template);
}

static int
run(int argc, char **argv)
{
	struct rk_flags walk = RK_FLAGS(flags, argc, argv);
	struct order order = { .project = ".", .template = "blank" };
	const char *value;
	int row;

	while ((row = rk_flags_next(&walk, &value)) != RK_FLAGS_END) {
		if (row == RK_FLAGS_BAD)
			return RK_EXIT_USAGE;
		if (row == RK_FLAGS_WORD && order.path)
			return rk_say_error(RK_EXIT_USAGE, RK_SAY_UNKNOWN, "Name one function at a time.",
			    "There is more than one path: %s.", value);
		if (row == RK_FLAGS_WORD)
			order.path = value;
		else if (row == TEMPLATE)
			order.template = value;
		else if (row == PROJECT)
			order.project = value;
		else if (row == LIST)
			order.list = true;
		else
			order.json = true;
	}
	return carry_out(&order);
}

const struct rk_verb rk_verb_new = {
	.noun = "new",
	.name = "",
	.args = "PATH [flags]",
	.summary = "Add a function to a project, from a template",
	.flags = flags,
	.notes =
	    "PATH is the function's address, such as sms/reply; sms/reply.protected makes one that only "
	    "signed\n"
	    "requests reach. Variables that it reads are added to .env, to be filled in. Nothing that is\n"
	    "there is overwritten.\n",
	.run = run,
};
