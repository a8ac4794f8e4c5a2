/*
 * settings.c - puts the settings of `roomkey serve` together.
 */
#include "cli/settings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/json.h"
#include "base/near.h"
#include "base/sid.h"
#include "cli/inifile.h"
#include "cli/input.h"
#include "cli/say.h"

#define SYSTEM_FILE "/etc/roomkey/roomkey.conf"
#define FILE_MAX 65536
#define TEXT_MAX 262144

static const struct row {
	unsigned commands;
	const char *flag;
} rows[] = {
#define X(commands, kind, field, flag, value, least, most, place, help) { RK_CONF_##commands, flag },
	RK_CONF_ROWS(X)
#undef X
};

#define ROW_COUNT (sizeof rows / sizeof rows[0])
_Static_assert(ROW_COUNT <= RK_SETTINGS_MAX, "every setting has room for its origin");

/* ROW_COUNT when serve has none by that name. */
static size_t
row_of(struct rk_str flag)
{
	size_t i = 0;

	while (
	    i < ROW_COUNT && !((rows[i].commands & RK_CONF_SERVE) && rk_str_is(flag, rk_str(rows[i].flag))))
		i++;
	return i;
}

/* ---- what is wrong ------------------------------------------------------------ */

static struct rk_why *complain(struct rk_settings *s, const char *where_fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* More problems than there is room for are written over the last. */
static struct rk_why *
complain(struct rk_settings *s, const char *where_fmt, ...)
{
	struct rk_settings_problem *p;
	va_list args;

	if (s->problem_count < RK_SETTINGS_PROBLEMS)
		s->problem_count++;
	p = &s->problems[s->problem_count - 1];
	va_start(args, where_fmt);
	vsnprintf(p->where, sizeof p->where, where_fmt, args);
	va_end(args);
	return &p->why;
}

/* Where the value of a setting comes from, as a person writes it. */
static void
name_origin(const struct rk_settings *s, size_t row, char *out, size_t size)
{
	RK_AUTO(rk_buf_free) struct rk_buf name = RK_BUF(128);

	rk_settings_put_variable(&name, rows[row].flag);
	switch (s->origin[row].source) {
	case RK_FROM_DEFAULT:
		snprintf(out, size, "default");
		break;
	case RK_FROM_FILE:
		snprintf(out, size, "%s:%u", s->file, s->origin[row].line);
		break;
	case RK_FROM_ENVIRONMENT:
		snprintf(out, size, "%s", rk_buf_z(&name));
		break;
	case RK_FROM_FLAG:
		snprintf(out, size, "--%s", rows[row].flag);
		break;
	}
}

/* ---- the file ------------------------------------------------------------------ */

static void
tell_unknown(struct rk_settings *s, const char *name, unsigned line)
{
	struct rk_near near = RK_NEAR(rk_str(name));
	char todo[128] = "roomkey serve --help lists every setting.";

	for (size_t i = 0; i < ROW_COUNT; i++)
		if (rows[i].commands & RK_CONF_SERVE)
			rk_near_put(&near, rows[i].flag);
	if (near.best)
		snprintf(todo, sizeof todo, "The nearest is %s.", near.best);
	(void)rk_why(complain(s, "%s:%u", s->file, line), RK_NOT_FOUND, RK_SAY_CONF, todo,
	    "There is no setting %.64s.", name);
}

/* Of one value: from wherever it comes. */
static void
set(struct rk_settings *s, size_t row, const char *value, enum rk_settings_source source, unsigned line)
{
	struct rk_why why = { 0 };
	char where[128];

	s->origin[row].source = source;
	s->origin[row].line = line;
	if (rk_conf_set(&s->conf, rk_str(rows[row].flag), rk_str(value), &why) == RK_OK)
		return;
	name_origin(s, row, where, sizeof where);
	*complain(s, "%s", where) = why;
}

static void
take_line(const char *section, const char *name, const char *value, unsigned line, void *arg)
{
	struct rk_settings *s = arg;
	size_t row = row_of(rk_str(name));

	if (*section && strcmp(section, "roomkey") != 0)
		(void)rk_why(complain(s, "%s:%u", s->file, line), RK_INVALID, RK_SAY_CONF,
		    "Leave sections out, or name it [roomkey].", "There is no section [%.64s].", section);
	else if (row == ROW_COUNT)
		tell_unknown(s, name, line);
	else if (s->origin[row].source == RK_FROM_FILE)
		(void)rk_why(complain(s, "%s:%u", s->file, line), RK_INVALID, RK_SAY_CONF,
		    "Keep one of them; a line must not begin with a blank.", "%s is set in line %u already.",
		    name, s->origin[row].line);
	else
		set(s, row, value, RK_FROM_FILE, line);
}

static enum rk_err
read_file(struct rk_settings *s, struct rk_why *why)
{
	RK_AUTO(rk_buf_free) struct rk_buf text = RK_BUF(FILE_MAX);
	unsigned line = 0;
	enum rk_err err;

	if (!s->file)
		return RK_OK;
	err = rk_input_read(&text, s->file, why);
	if (err == RK_OK)
		err = rk_inifile_each(rk_buf_str(&text), take_line, s, &line);
	if (line == 0)
		return err;
	(void)rk_why(complain(s, "%s:%u", s->file, line), RK_INVALID, RK_SAY_CONF,
	    "Write it as name = value.", "This line is no setting.");
	return RK_OK;
}

/* "DIR/roomkey.conf", then that of the system: the first that is there. */
static enum rk_err
find_file(struct rk_settings *s, const char *named)
{
	struct rk_buf own = RK_BUF(4096);
	enum rk_err err = RK_OK;

	if (!named) {
		rk_buf_printf(&own, "%s/roomkey.conf", s->conf.project);
		named = rk_buf_end(&own) == RK_OK ? rk_buf_z(&own) : NULL;
		if (!named || access(named, F_OK) != 0)
			named = access(SYSTEM_FILE, F_OK) == 0 ? SYSTEM_FILE : NULL;
	}
	if (named) {
		s->file = rk_str_dup(rk_str(named));
		err = s->file ? RK_OK : RK_NOMEM;
	}
	rk_buf_free(&own);
	return err;
}

/* ---- the environment and the flags ----------------------------------------------- */

void
rk_settings_put_variable(struct rk_buf *out, const char *flag)
{
	rk_buf_lit(out, "ROOMKEY_");
	for (; *flag; flag++)
		rk_buf_put_c(out, *flag == '-' ? '_' : (char)(*flag >= 'a' ? *flag - 'a' + 'A' : *flag));
}

static void
read_environment(struct rk_settings *s, char *(*getenv_fn)(const char *))
{
	for (size_t i = 0; i < ROW_COUNT; i++) {
		RK_AUTO(rk_buf_free) struct rk_buf name = RK_BUF(128);
		const char *value = NULL;

		rk_settings_put_variable(&name, rows[i].flag);
		if ((rows[i].commands & RK_CONF_SERVE) && rk_buf_z(&name))
			value = getenv_fn(rk_buf_z(&name));
		if (value)
			set(s, i, value, RK_FROM_ENVIRONMENT, 0);
	}
}

/* The values are in the conf already; a word with two dashes is never a value. */
static void
note_flags(struct rk_settings *s, int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		struct rk_str left = rk_str(argv[i]), name;
		size_t row;

		if (!rk_str_has_prefix(left, RK_STR("--")))
			continue;
		left = rk_str_sub(left, 2, left.n);
		name = rk_str_take(&left, '=');
		row = row_of(name);
		if (row == ROW_COUNT && rk_str_has_prefix(name, RK_STR("no-")))
			row = row_of(rk_str_sub(name, 3, name.n));
		if (row < ROW_COUNT)
			s->origin[row].source = RK_FROM_FLAG;
	}
}

/* ---- the whole -------------------------------------------------------------------- */

static size_t
row_named(const char *flag)
{
	return row_of(rk_str(flag));
}

/* What no value alone can tell. */
static void
check(struct rk_settings *s)
{
	const struct rk_conf *c = &s->conf;
	char where[128];

	if (*c->default_environment && !rk_sid_is(rk_str(c->default_environment), "ZE")) {
		name_origin(s, row_named("default-environment"), where, sizeof where);
		(void)rk_why(complain(s, "%s", where), RK_INVALID, RK_SAY_CONF,
		    "roomkey services show NAME lists them.", "default-environment is no SID (ZE...).");
	}
	if (c->port != 0 && c->port == c->admin_port && strcmp(c->host, c->admin_host) == 0) {
		name_origin(s, row_named("admin-port"), where, sizeof where);
		(void)rk_why(complain(s, "%s", where), RK_INVALID, RK_SAY_CONF, "Give them two ports.",
		    "port and admin-port are both %ld.", c->port);
	}
	if (strpbrk(c->base_domain, ":/ ")) {
		name_origin(s, row_named("base-domain"), where, sizeof where);
		(void)rk_why(complain(s, "%s", where), RK_INVALID, RK_SAY_CONF, "Write it as fn.example.com.",
		    "base-domain is a name only, without scheme, port or path.");
	}
}

/* The command line goes first for its mistakes and for DIR, and last for its values. */
enum rk_err
rk_settings_read(struct rk_settings *s, int argc, char **argv, const char *file,
    char *(*getenv_fn)(const char *), struct rk_why *why)
{
	struct rk_conf flags;
	enum rk_err err = rk_conf_init(&flags, RK_CONF_SERVE);

	if (err == RK_OK)
		err = rk_conf_parse_args(&flags, argc, argv, why);
	if (err == RK_OK)
		err = rk_conf_init(&s->conf, RK_CONF_SERVE);
	if (err == RK_OK)
		err = rk_conf_set(&s->conf, RK_STR("project"), rk_str(flags.project), why);
	rk_conf_done(&flags);
	if (err == RK_OK)
		err = find_file(s, file);
	if (err == RK_OK)
		err = read_file(s, why);
	if (err != RK_OK)
		return err;
	read_environment(s, getenv_fn);
	err = rk_conf_parse_args(&s->conf, argc, argv, why);
	note_flags(s, argc, argv);
	check(s);
	return err;
}

void
rk_settings_done(struct rk_settings *s)
{
	rk_conf_done(&s->conf);
	free(s->file);
	s->file = NULL;
}

/* ---- printing ---------------------------------------------------------------------- */

static void
put_json(struct rk_buf *out, struct rk_str name, struct rk_str value, const char *where, bool first)
{
	rk_buf_put_c(out, first ? '{' : ',');
	rk_json_put_string(out, name);
	rk_buf_lit(out, ":{\"value\":");
	rk_json_put_string(out, value);
	rk_buf_lit(out, ",\"source\":");
	rk_json_put_string(out, rk_str(where));
	rk_buf_put_c(out, '}');
}

static void
put_line(struct rk_buf *out, struct rk_str name, struct rk_str value, const char *where)
{
	struct rk_buf left = RK_BUF(8192);

	rk_buf_printf(&left, "%.*s = %.*s", RK_FMT(name), RK_FMT(value));
	rk_buf_printf(out, "%-40s ; ", rk_buf_z(&left) ? rk_buf_z(&left) : "");
	rk_say_put_visible(out, rk_str(where));
	rk_buf_put_c(out, '\n');
	rk_buf_free(&left);
}

void
rk_settings_print(struct rk_buf *out, const struct rk_settings *s, bool json)
{
	RK_AUTO(rk_buf_free) struct rk_buf text = RK_BUF(TEXT_MAX);
	struct rk_str left;
	bool first = true;

	rk_conf_format(&text, &s->conf);
	left = rk_buf_str(&text);
	while (left.n > 0) {
		struct rk_str value = rk_str_take(&left, '\n'), name = rk_str_take(&value, '=');
		size_t row = row_of(name);
		char where[4200];

		if (row == ROW_COUNT)
			continue;
		name_origin(s, row, where, sizeof where);
		if (json)
			put_json(out, name, value, where, first);
		else
			put_line(out, name, value, where);
		first = false;
	}
	rk_buf_put(out, json ? RK_STR("}\n") : RK_STR(""));
}
