/*
 * env.c - `roomkey env`: the variables of an environment.
 */
#include <stdio.h>

#include "base/auto.h"
#include "base/err.h"
#include "cli/input.h"
#include "cli/prompt.h"
#include "cli/say.h"
#include "cli/table.h"
#include "cli/variables.h"

#define VALUE_MAX 65536
#define FILE_MAX (1024 * 1024)

enum { SERVICE = RK_ERRAND_COUNT, ENVIRONMENT, MORE };

#define PLACE_FLAGS                                                                                  \
	{ "service", RK_FLAG_VALUE, "NAME", "of this service; else that of the package.json here" }, \
	{                                                                                            \
		"environment", RK_FLAG_VALUE, "NAME", "of this environment; by suffix, name or SID"  \
	}

static const struct rk_flag plain_flags[] = { RK_ERRAND_FLAGS, PLACE_FLAGS, { 0 } };

static enum rk_err
find(struct rk_errand *e, struct rk_place *place, struct rk_variables *there, struct rk_why *why)
{
	enum rk_err err = rk_place_find(e, e->values[SERVICE], e->values[ENVIRONMENT], place, why);

	return err == RK_OK ? rk_variables_read(e, place, there, why) : err;
}

static enum rk_err
tell_absent(const char *name, struct rk_why *why)
{
	return rk_why(why, RK_NOT_FOUND, RK_SAY_NAME, "roomkey env list shows them.",
	    "There is no variable %.100s.", name);
}

/* ---- list ---------------------------------------------------------------------------------- */

static const struct rk_flag list_flags[] = {
	RK_ERRAND_FLAGS,
	PLACE_FLAGS,
	{ "show", RK_FLAG_SWITCH, NULL, "the values too, as the lines of a .env file" },
	{ 0 },
};

/* SIDs are no secrets; of other values even the length stays covered. */
static struct rk_str
masked(const char *value)
{
	struct rk_str s = rk_str(value);
	bool is_sid = s.n == RK_SID_LEN && rk_sid_is(s, (const char[]){ s.p[0], s.p[1] });

	return is_sid ? s : RK_STR("****");
}

static void
put_json(struct rk_errand *e, const struct rk_variables *v)
{
	rk_buf_put_c(&e->out, '{');
	for (unsigned i = 0; i < v->count; i++) {
		struct rk_str value = e->values[MORE] ? rk_str(v->rows[i].value) : masked(v->rows[i].value);

		rk_buf_put(&e->out, i > 0 ? RK_STR(",") : RK_STR(""));
		rk_json_put_string(&e->out, rk_str(v->rows[i].name));
		rk_buf_put_c(&e->out, ':');
		rk_json_put_string(&e->out, value);
	}
	rk_buf_lit(&e->out, "}\n");
}

static void
put_masked(struct rk_errand *e, const struct rk_variables *v)
{
	static const char *const heads[] = { "NAME", "VALUE" };
	struct rk_table table = RK_TABLE(2);

	rk_table_heads(&table, heads);
	for (unsigned i = 0; i < v->count; i++) {
		rk_table_put(&table, rk_str(v->rows[i].name));
		rk_table_put(&table, masked(v->rows[i].value));
	}
	rk_table_end(&table, &e->out);
}

static enum rk_err
list(struct rk_errand *e, struct rk_why *why)
{
	RK_AUTO(rk_variables_done) struct rk_variables there = { 0 };
	struct rk_place place;
	enum rk_err err = find(e, &place, &there, why);

	if (err == RK_OK && e->json)
		put_json(e, &there);
	else if (err == RK_OK && !e->values[MORE])
		put_masked(e, &there);
	for (unsigned i = 0; err == RK_OK && !e->json && e->values[MORE] && i < there.count; i++)
		rk_buf_printf(&e->out, "%s=%s\n", there.rows[i].name, there.rows[i].value);
	return err;
}

static int
run_list(int argc, char **argv)
{
	return rk_errand_run(&rk_verb_env_list, argc, argv, 0, 0, list);
}

const struct rk_verb rk_verb_env_list = {
	.noun = "env",
	.name = "list",
	.args = "[flags]",
	.summary = "List the variables of an environment",
	.flags = list_flags,
	.notes = "Values other than SIDs are masked without --show.\n",
	.run = run_list,
};

/* ---- get -------------------------------------------------------------------------------------- */

static enum rk_err
get(struct rk_errand *e, struct rk_why *why)
{
	RK_AUTO(rk_variables_done) struct rk_variables there = { 0 };
	const struct rk_variable *row;
	struct rk_place place;
	enum rk_err err = find(e, &place, &there, why);

	if (err != RK_OK)
		return err;
	row = rk_variables_get(&there, rk_str(e->words[0]));
	if (!row)
		return tell_absent(e->words[0], why);
	if (e->json) {
		rk_buf_put_c(&e->out, '{');
		rk_errand_put_member(&e->out, "key", row->name);
		rk_errand_put_member(&e->out, "value", row->value);
		rk_buf_lit(&e->out, "}\n");
	} else {
		rk_buf_printf(&e->out, "%s\n", row->value);
	}
	return RK_OK;
}

static int
run_get(int argc, char **argv)
{
	return rk_errand_run(&rk_verb_env_get, argc, argv, 1, 1, get);
}

const struct rk_verb rk_verb_env_get = {
	.noun = "env",
	.name = "get",
	.args = "NAME [flags]",
	.summary = "Print the value of one variable",
	.flags = plain_flags,
	.notes = "",
	.run = run_get,
};

/* ---- set -------------------------------------------------------------------------------------- */

static enum rk_err
set_one(struct rk_errand *e, const struct rk_place *place, const struct rk_variables *there, const char *word,
    struct rk_why *why)
{
	RK_AUTO(rk_buf_wipe) struct rk_buf line = RK_BUF(VALUE_MAX);
	struct rk_str value = rk_str(word), name = rk_str_take(&value, '=');
	enum rk_err err = RK_OK;

	if (name.n == strlen(word)) {
		err = rk_prompt_line(word, true, &line, why);
		value = rk_buf_str(&line);
	}
	return err == RK_OK ? rk_variables_send(e, place, there, name, value, why) : err;
}

static enum rk_err
set(struct rk_errand *e, struct rk_why *why)
{
	RK_AUTO(rk_variables_done) struct rk_variables there = { 0 };
	struct rk_place place;
	enum rk_err err = find(e, &place, &there, why);

	for (unsigned i = 0; i < e->word_count && err == RK_OK; i++)
		err = set_one(e, &place, &there, e->words[i], why);
	if (err == RK_OK && !rk_errand_is_json(e))
		rk_errand_say("%u set in %s %s; it is in force.", e->word_count, place.service_name,
		    rk_place_suffix(&place));
	return err;
}

static int
run_set(int argc, char **argv)
{
	return rk_errand_run(&rk_verb_env_set, argc, argv, 1, RK_ERRAND_WORDS, set);
}

const struct rk_verb rk_verb_env_set = {
	.noun = "env",
	.name = "set",
	.args = "NAME|NAME=VALUE... [flags]",
	.summary = "Set variables of an environment",
	.flags = plain_flags,
	.notes =
	    "The value of a NAME alone is asked for, or read from standard input, a line each: so a secret\n"
	    "stays out of the process list and of the shell's history.\n",
	.run = run_set,
};

/* ---- unset ------------------------------------------------------------------------------------ */

static enum rk_err
unset(struct rk_errand *e, struct rk_why *why)
{
	RK_AUTO(rk_variables_done) struct rk_variables there = { 0 };
	struct rk_place place;
	enum rk_err err = find(e, &place, &there, why);

	for (unsigned i = 0; i < e->word_count && err == RK_OK; i++) {
		const struct rk_variable *row = rk_variables_get(&there, rk_str(e->words[i]));

		err = row ? rk_variables_remove(e, &place, row, why) : tell_absent(e->words[i], why);
	}
	if (err == RK_OK && !rk_errand_is_json(e))
		rk_errand_say("%u removed.", e->word_count);
	return err;
}

static int
run_unset(int argc, char **argv)
{
	return rk_errand_run(&rk_verb_env_unset, argc, argv, 1, RK_ERRAND_WORDS, unset);
}

const struct rk_verb rk_verb_env_unset = {
	.noun = "env",
	.name = "unset",
	.args = "NAME... [flags]",
	.summary = "Remove variables of an environment",
	.flags = plain_flags,
	.notes = "",
	.run = run_unset,
};

/* ---- import ------------------------------------------------------------------------------------ */

static const struct rk_flag import_flags[] = {
	RK_ERRAND_FLAGS,
	PLACE_FLAGS,
	{ "replace", RK_FLAG_SWITCH, NULL, "remove what the file does not have" },
	{ 0 },
};

struct sums {
	unsigned set, removed;
};

static enum rk_err
send_changed(struct rk_errand *e, const struct rk_place *place, const struct rk_variables *there,
    const struct rk_variables *wanted, struct sums *sums, struct rk_why *why)
{
	enum rk_err err = RK_OK;

	for (unsigned i = 0; i < wanted->count && err == RK_OK; i++) {
		const struct rk_variable *row = rk_variables_get(there, rk_str(wanted->rows[i].name));

		if (row && strcmp(row->value, wanted->rows[i].value) == 0)
			continue;
		err = rk_variables_send(
		    e, place, there, rk_str(wanted->rows[i].name), rk_str(wanted->rows[i].value), why);
		sums->set++;
	}
	return err;
}

static enum rk_err
remove_others(struct rk_errand *e, const struct rk_place *place, const struct rk_variables *there,
    const struct rk_variables *wanted, struct sums *sums, struct rk_why *why)
{
	enum rk_err err = RK_OK;

	for (unsigned i = 0; i < there->count && err == RK_OK; i++) {
		if (rk_variables_get(wanted, rk_str(there->rows[i].name)))
			continue;
		err = rk_variables_remove(e, place, &there->rows[i], why);
		sums->removed++;
	}
	return err;
}

static enum rk_err
import(struct rk_errand *e, struct rk_why *why)
{
	RK_AUTO(rk_variables_done) struct rk_variables there = { 0 }, wanted = { 0 };
	RK_AUTO(rk_buf_wipe) struct rk_buf text = RK_BUF(FILE_MAX);
	struct sums sums = { 0 };
	struct rk_place place;
	enum rk_err err = rk_input_read(&text, e->word_count ? e->words[0] : ".env", why);

	if (err == RK_OK)
		err = rk_variables_take_dotenv(&wanted, rk_buf_str(&text));
	if (err == RK_OK)
		err = find(e, &place, &there, why);
	if (err == RK_OK)
		err = send_changed(e, &place, &there, &wanted, &sums, why);
	if (err == RK_OK && e->values[MORE])
		err = remove_others(e, &place, &there, &wanted, &sums, why);
	if (err != RK_OK)
		return err;
	rk_errand_say("%u set, %u removed in %s %s.", sums.set, sums.removed, place.service_name,
	    rk_place_suffix(&place));
	if (e->json)
		rk_buf_printf(&e->out, "{\"set\":%u,\"removed\":%u}\n", sums.set, sums.removed);
	return RK_OK;
}

static int
run_import(int argc, char **argv)
{
	return rk_errand_run(&rk_verb_env_import, argc, argv, 0, 1, import);
}

const struct rk_verb rk_verb_env_import = {
	.noun = "env",
	.name = "import",
	.args = "[FILE] [flags]",
	.summary = "Set the variables that a .env file has",
	.flags = import_flags,
	.notes =
	    "FILE is .env, or - for standard input. Empty values, ACCOUNT_SID and AUTH_TOKEN are left out:\n"
	    "the platform gives the last two itself, with --include-credentials of the service.\n",
	.run = run_import,
};
