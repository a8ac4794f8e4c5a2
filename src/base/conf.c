/*
 * conf.c - the one table of settings, and the three forms it takes: flags, lines of text, help.
 */
#include "base/conf.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/near.h"

#define CODE_UNKNOWN "RK-020"
#define CODE_VALUE "RK-021"
#define CODE_ARGS "RK-022"

enum kind { TEXT, NUMBER, CHOICE, SWITCH };

struct row {
	unsigned commands;
	enum kind kind;
	size_t offset; /* of the field in struct rk_conf */
	const char *flag, *value, *place, *help;
	long least, most;
};

static const struct row rows[] = {
#define X(commands, kind, field, flag, value, least, most, place, help) \
	{ RK_CONF_##commands, kind, offsetof(struct rk_conf, field), flag, value, place, help, least, most },
	RK_CONF_ROWS(X)
#undef X
};

static const struct row project_row = { RK_CONF_BOTH, TEXT, offsetof(struct rk_conf, project), "project", ".",
	"DIR", "the project's folder", 0, 0 };

#define ROW_COUNT (sizeof rows / sizeof rows[0])

static void *
field_of(const struct rk_conf *conf, const struct row *row)
{
	return (char *)conf + row->offset;
}

/* Of the settings that the command knows. */
static const struct row *
row_of(const struct rk_conf *conf, struct rk_str flag)
{
	for (size_t i = 0; i < ROW_COUNT; i++)
		if ((rows[i].commands & conf->command) && rk_str_is(flag, rk_str(rows[i].flag)))
			return &rows[i];
	return rk_str_is(flag, rk_str(project_row.flag)) ? &project_row : NULL;
}

/* ---- one value ----------------------------------------------------------- */

static enum rk_err
set_text(struct rk_conf *conf, const struct row *row, struct rk_str value, struct rk_why *why)
{
	char **field = field_of(conf, row), *copy;

	if (rk_str_index(value, '\n') < value.n || rk_str_index(value, '\0') < value.n ||
	    (value.n == 0 && row->value[0]))
		return rk_why(
		    why, RK_INVALID, CODE_VALUE, "", "--%s takes one line of text, not empty", row->flag);
	copy = rk_str_dup(value);
	if (!copy)
		return RK_NOMEM;
	free(*field);
	*field = copy;
	return RK_OK;
}

static enum rk_err
set_number(struct rk_conf *conf, const struct row *row, struct rk_str value, struct rk_why *why)
{
	unsigned long long number;

	if (!rk_str_parse_u64(value, (unsigned long long)row->most, &number) || (long)number < row->least)
		return rk_why(why, RK_INVALID, CODE_VALUE, "", "--%s takes a number from %ld to %ld",
		    row->flag, row->least, row->most);
	*(long *)field_of(conf, row) = (long)number;
	return RK_OK;
}

/* The place of value in "a|b|c", or -1. */
static int
choice_of(const char *choices, struct rk_str value)
{
	struct rk_str left = rk_str(choices);

	for (int i = 0; left.n; i++)
		if (rk_str_is(rk_str_take(&left, '|'), value))
			return i;
	return -1;
}

static enum rk_err
set_choice(struct rk_conf *conf, const struct row *row, struct rk_str value, struct rk_why *why)
{
	int choice = choice_of(row->place, value);

	if (choice < 0)
		return rk_why(why, RK_INVALID, CODE_VALUE, "", "--%s takes one of %s", row->flag, row->place);
	*(int *)field_of(conf, row) = choice;
	return RK_OK;
}

/* 1 on, 0 off, -1 neither. */
static int
switch_of(struct rk_str value)
{
	int choice = choice_of("off|on|false|true", value);

	return choice < 0 ? -1 : choice & 1;
}

static enum rk_err
set_switch(struct rk_conf *conf, const struct row *row, struct rk_str value, struct rk_why *why)
{
	int on = switch_of(value);

	if (on < 0)
		return rk_why(why, RK_INVALID, CODE_VALUE, "", "--%s takes on or off", row->flag);
	*(bool *)field_of(conf, row) = on;
	return RK_OK;
}

static enum rk_err
set(struct rk_conf *conf, const struct row *row, struct rk_str value, struct rk_why *why)
{
	switch (row->kind) {
	case TEXT:
		return set_text(conf, row, value, why);
	case NUMBER:
		return set_number(conf, row, value, why);
	case CHOICE:
		return set_choice(conf, row, value, why);
	case SWITCH:
		return set_switch(conf, row, value, why);
	}
	return RK_INTERNAL;
}

/* ---- unknown names ------------------------------------------------------- */

static enum rk_err
say_unknown(const struct rk_conf *conf, struct rk_str flag, struct rk_why *why)
{
	char todo[64];
	struct rk_near near = RK_NEAR(flag);

	for (size_t i = 0; i < ROW_COUNT; i++)
		if (rows[i].commands & conf->command)
			rk_near_put(&near, rows[i].flag);
	if (near.best)
		snprintf(todo, sizeof todo, "The nearest is --%s.", near.best);
	else
		snprintf(todo, sizeof todo, "--help lists every setting.");
	return rk_why(why, RK_NOT_FOUND, CODE_UNKNOWN, todo, "there is no setting --%.*s",
	    RK_FMT(rk_str_sub(flag, 0, 64)));
}

/* ---- the whole ----------------------------------------------------------- */

enum rk_err
rk_conf_set(struct rk_conf *conf, struct rk_str flag, struct rk_str value, struct rk_why *why)
{
	const struct row *row = row_of(conf, flag);

	return row ? set(conf, row, value, why) : say_unknown(conf, flag, why);
}

enum rk_err
rk_conf_init(struct rk_conf *conf, unsigned command)
{
	enum rk_err err;

	*conf = (struct rk_conf){ .command = command };
	err = set(conf, &project_row, command == RK_CONF_SERVE ? RK_STR("roomkey-data") : RK_STR("."), NULL);
	for (size_t i = 0; i < ROW_COUNT && !err; i++)
		err = set(conf, &rows[i], rk_str(rows[i].value), NULL);
	if (err)
		rk_conf_done(conf);
	return err;
}

void
rk_conf_done(struct rk_conf *conf)
{
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (rows[i].kind == TEXT)
			free(*(char **)field_of(conf, &rows[i]));
	free(conf->project);
	*conf = (struct rk_conf){ 0 };
}

/* ---- arguments ----------------------------------------------------------- */

struct args {
	char **at;       /* the next one; NULL ends them */
	bool flags_over; /* "--" was seen */
	bool has_project;
};

/* --logs and --no-logs need no value; an "on" or "off" that follows is one. */
static enum rk_err
set_bare_switch(struct rk_conf *conf, const struct row *row, struct args *args, struct rk_why *why)
{
	struct rk_str next = rk_str(*args->at);

	if (switch_of(next) < 0)
		return set(conf, row, RK_STR("on"), why);
	args->at++;
	return set(conf, row, next, why);
}

/* `flag` is without its dashes, and had no '='. */
static enum rk_err
set_from_next(struct rk_conf *conf, struct rk_str flag, struct args *args, struct rk_why *why)
{
	const struct row *row = row_of(conf, flag);
	const struct row *negated =
	    rk_str_has_prefix(flag, RK_STR("no-")) ? row_of(conf, rk_str_sub(flag, 3, flag.n)) : NULL;

	if (!row && negated && negated->kind == SWITCH)
		return set(conf, negated, RK_STR("off"), why);
	if (!row)
		return say_unknown(conf, flag, why);
	if (row->kind == SWITCH)
		return set_bare_switch(conf, row, args, why);
	if (!*args->at || rk_str_has_prefix(rk_str(*args->at), RK_STR("--")))
		return rk_why(why, RK_INVALID, CODE_ARGS, "", "--%s needs a value: --%s %s", row->flag,
		    row->flag, row->place);
	return set(conf, row, rk_str(*args->at++), why);
}

static enum rk_err
set_project(struct rk_conf *conf, struct rk_str value, struct args *args, struct rk_why *why)
{
	if (args->has_project)
		return rk_why(why, RK_INVALID, CODE_ARGS, "Give one folder; settings begin with --.",
		    "there is more than one folder: %.*s", RK_FMT(rk_str_sub(value, 0, 128)));
	args->has_project = true;
	return set(conf, &project_row, value, why);
}

static enum rk_err
take_arg(struct rk_conf *conf, struct args *args, struct rk_why *why)
{
	struct rk_str arg = rk_str(*args->at++), flag;
	bool has_value = rk_str_index(arg, '=') < arg.n;

	if (args->flags_over || arg.n < 2 || arg.p[0] != '-')
		return set_project(conf, arg, args, why);
	if (rk_str_is(arg, RK_STR("--"))) {
		args->flags_over = true;
		return RK_OK;
	}
	if (!rk_str_has_prefix(arg, RK_STR("--")))
		return rk_why(why, RK_INVALID, CODE_ARGS,
		    "Settings begin with two dashes; --help lists them.", "there is no setting %.*s",
		    RK_FMT(rk_str_sub(arg, 0, 64)));
	arg = rk_str_sub(arg, 2, arg.n);
	if (!has_value)
		return set_from_next(conf, arg, args, why);
	flag = rk_str_take(&arg, '=');
	return rk_conf_set(conf, flag, arg, why);
}

enum rk_err
rk_conf_parse_args(struct rk_conf *conf, int argc, char **argv, struct rk_why *why)
{
	struct args args = { .at = argv + (argc > 0) };
	enum rk_err err = RK_OK;

	while (*args.at && !err)
		err = take_arg(conf, &args, why);
	return err == RK_NOT_FOUND ? RK_INVALID : err;
}

/* ---- text ---------------------------------------------------------------- */

static void
put_row(struct rk_buf *out, const struct rk_conf *conf, const struct row *row)
{
	void *field = field_of(conf, row);
	struct rk_str choices = rk_str(row->place), choice;

	rk_buf_printf(out, "%s=", row->flag);
	switch (row->kind) {
	case TEXT:
		rk_buf_put(out, rk_str(*(char **)field));
		break;
	case NUMBER:
		rk_buf_put_i64(out, *(long *)field);
		break;
	case SWITCH:
		rk_buf_put(out, *(bool *)field ? RK_STR("on") : RK_STR("off"));
		break;
	case CHOICE:
		choice = rk_str_take(&choices, '|');
		for (int i = *(int *)field; i > 0; i--)
			choice = rk_str_take(&choices, '|');
		rk_buf_put(out, choice);
		break;
	}
	rk_buf_put_c(out, '\n');
}

void
rk_conf_format(struct rk_buf *out, const struct rk_conf *conf)
{
	rk_buf_printf(out, "command=%s\n", conf->command == RK_CONF_SERVE ? "serve" : "dev");
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (rows[i].commands & conf->command)
			put_row(out, conf, &rows[i]);
	put_row(out, conf, &project_row);
}

enum rk_err
rk_conf_parse(struct rk_conf *conf, struct rk_str text, struct rk_why *why)
{
	enum rk_err err = RK_OK;

	while (text.n && !err) {
		struct rk_str line = rk_str_take(&text, '\n'), flag;

		if (rk_str_index(line, '=') == line.n)
			return rk_why(why, RK_INVALID, CODE_VALUE, "Write it as setting=value.",
			    "a line of settings has no '='");
		flag = rk_str_take(&line, '=');
		if (rk_str_is(flag, RK_STR("command")))
			conf->command = rk_str_is(line, RK_STR("serve")) ? RK_CONF_SERVE : RK_CONF_DEV;
		else
			err = rk_conf_set(conf, flag, line, why);
	}
	return err;
}

void
rk_conf_help(struct rk_buf *out, unsigned command)
{
	for (size_t i = 0; i < ROW_COUNT; i++) {
		char left[64];

		if (!(rows[i].commands & command))
			continue;
		snprintf(left, sizeof left, "--%s %s", rows[i].flag, rows[i].place);
		rk_buf_printf(out, "  %-32s %s", left, rows[i].help);
		if (rows[i].value[0])
			rk_buf_printf(out, " (default %s)", rows[i].value);
		rk_buf_put_c(out, '\n');
	}
}
