/*
 * rc.c - finds .twilioserverlessrc, reads it as JSON5, and keeps what has a flag here.
 */
#include "cli/rc.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/conf.h"
#include "base/err.h"
#include "base/json.h"
#include "cli/input.h"
#include "cli/say.h"
#include "wire/json5.h"

#define FILE_MAX (1024u * 1024u)
#define IGNORED_MAX 2048u
#define ENVIRONMENT "dev" /* the vendor's tool has the same default */

/* Their name, ours. */
static const char *const known[][2] = {
	{ "functionsFolder", "functions-folder" },
	{ "assetsFolder", "assets-folder" },
	{ "port", "port" },
	{ "env", "env" },
	{ "logs", "logs" },
};

#define KNOWN_COUNT (sizeof known / sizeof known[0])

struct reading {
	const char *file;
	struct rk_str text;
	struct rk_rc *rc;
	const struct rk_json *values[KNOWN_COUNT]; /* the last that was met; NULL for none */
	const char *section;                       /* "commands.start."; "" at the base */
	const char *chosen;                        /* in `sections`: the one that counts */
};

/* ---- what is not used ---------------------------------------------------------- */

/* null, false, {} and "" ask for nothing. */
static bool
is_empty(const struct rk_json *value)
{
	switch (rk_json_type(value)) {
	case RK_JSON_NULL:
	case RK_JSON_FALSE:
		return true;
	case RK_JSON_STRING:
		return rk_json_str(value).n == 0;
	case RK_JSON_OBJECT:
	case RK_JSON_ARRAY:
		return rk_json_count(value) == 0;
	default:
		return false;
	}
}

static void
ignore(struct reading *r, struct rk_str name, const struct rk_json *value)
{
	struct rk_buf *out = &r->rc->ignored;

	if (!is_empty(value))
		rk_buf_printf(out, "%s%s%.*s", out->n > 0 ? ", " : "", r->section, RK_FMT(name));
}

/* ---- the sections ----------------------------------------------------------------- */

static void
take_setting(struct rk_str name, const struct rk_json *value, void *arg)
{
	struct reading *r = arg;
	static const char *const handled[] = { "commands", "environments", "environment" };

	for (size_t i = 0; i < KNOWN_COUNT; i++)
		if (rk_str_is(name, rk_str(known[i][0]))) {
			if (rk_json_type(value) != RK_JSON_NULL)
				r->values[i] = value;
			return;
		}
	for (size_t i = 0; r->section[0] == '\0' && i < sizeof handled / sizeof handled[0]; i++)
		if (rk_str_is(name, rk_str(handled[i])))
			return;
	ignore(r, name, value);
}

static void
take_section(struct rk_str name, const struct rk_json *value, void *arg)
{
	struct reading *r = arg;
	const char *outer = r->section;
	char section[128];

	if (!rk_str_is(name, rk_str(r->chosen)) || rk_json_type(value) != RK_JSON_OBJECT) {
		ignore(r, name, value);
		return;
	}
	snprintf(section, sizeof section, "%s%s.", outer, r->chosen);
	r->section = section;
	rk_json_each(value, take_setting, r);
	r->section = outer;
}

/* root.commands.start, root.environments.dev */
static void
take_sections(struct reading *r, const struct rk_json *root, const char *member, const char *chosen)
{
	const struct rk_json *sections = rk_json_get(root, member);
	char section[32];

	if (!sections || rk_json_type(sections) != RK_JSON_OBJECT)
		return;
	snprintf(section, sizeof section, "%s.", member);
	r->section = section;
	r->chosen = chosen;
	rk_json_each(sections, take_section, r);
	r->section = "";
}

/* ---- as flags ---------------------------------------------------------------------- */

/* "file:3:5" when the name stands in the text once; else its position would be a guess: "file". */
static void
put_place(struct rk_buf *out, const struct reading *r, const char *name)
{
	size_t n = strlen(name);
	unsigned line = 1, column = 1, found = 0, at_line = 0, at_column = 0;

	for (size_t i = 0; i < r->text.n; i++, column++) {
		if (r->text.p[i] == '\n') {
			line++;
			column = 0;
		} else if (rk_str_is(rk_str_sub(r->text, i, n), rk_str(name))) {
			found++;
			at_line = line;
			at_column = column;
		}
	}
	rk_buf_put(out, rk_str(r->file));
	if (found == 1)
		rk_buf_printf(out, ":%u:%u", at_line, at_column);
}

static enum rk_err
refuse_value(const struct reading *r, size_t i, const char *what, struct rk_why *why)
{
	struct rk_buf place RK_AUTO(rk_buf_free) = RK_BUF(256);

	put_place(&place, r, known[i][0]);
	return rk_why(why, RK_INVALID, RK_SAY_RC, "Correct it there, or leave it out.", "%s: %s: %s",
	    rk_buf_z(&place), known[i][0], what);
}

static enum rk_err
put_value(struct rk_buf *out, const struct rk_json *value)
{
	switch (rk_json_type(value)) {
	case RK_JSON_STRING:
		rk_buf_put(out, rk_json_str(value));
		return RK_OK;
	case RK_JSON_INTEGER:
	case RK_JSON_TRUE:
	case RK_JSON_FALSE:
		rk_json_put(out, value);
		return RK_OK;
	default:
		return RK_INVALID;
	}
}

/* Tried on settings that nobody uses: what is wrong with a value is said before anything starts. */
static enum rk_err
put_flag(struct reading *r, size_t i, struct rk_conf *scratch, struct rk_why *why)
{
	struct rk_buf flag RK_AUTO(rk_buf_free) = RK_BUF(4096), value RK_AUTO(rk_buf_free) = RK_BUF(4096);
	struct rk_why reason = { 0 };

	if (put_value(&value, r->values[i]) != RK_OK || rk_buf_end(&value) != RK_OK)
		return refuse_value(r, i, "it takes a text, a number, true or false", why);
	enum rk_err err = rk_conf_set(scratch, rk_str(known[i][1]), rk_buf_str(&value), &reason);
	if (err == RK_INVALID)
		return refuse_value(r, i, reason.what, why);
	if (err == RK_NOT_FOUND) {
		ignore(r, rk_str(known[i][0]), r->values[i]);
		return RK_OK;
	}
	rk_buf_printf(&flag, "--%s=%.*s", known[i][1], RK_FMT(rk_buf_str(&value)));
	if (err == RK_OK)
		err = rk_buf_end(&flag);
	if (err == RK_OK)
		err = rk_buf_take(&flag, &r->rc->flags[r->rc->count]);
	r->rc->count += err == RK_OK;
	return err;
}

static enum rk_err
put_flags(struct reading *r, struct rk_why *why)
{
	struct rk_conf scratch;
	enum rk_err err = rk_conf_init(&scratch, RK_CONF_DEV);

	for (size_t i = 0; i < KNOWN_COUNT && err == RK_OK; i++)
		if (r->values[i])
			err = put_flag(r, i, &scratch, why);
	rk_conf_done(&scratch);
	return err;
}

/* ---- the text ------------------------------------------------------------------------- */

static enum rk_err
parse_json5(const char *file, struct rk_str text, struct rk_json **ret_root, struct rk_why *why)
{
	struct rk_buf json RK_AUTO(rk_buf_free) = RK_BUF(8 * FILE_MAX);
	struct rk_json5_fault fault;
	struct rk_why reason = { 0 };
	enum rk_err err = rk_json5_put(&json, text, &fault);

	if (err == RK_INVALID)
		return rk_why(why, err, RK_SAY_RC,
		    "It is read as JSON5: comments and trailing commas may stand.", "%s:%u:%u: %s.", file,
		    fault.line, fault.column, fault.what);
	if (err == RK_OK)
		err = rk_json_parse(rk_buf_str(&json), ret_root, &reason);
	if (err != RK_OK)
		return rk_why(why, err, RK_SAY_RC, "Give every name once.", "%s cannot be read: %s", file,
		    reason.what[0] ? reason.what : rk_err_text(err));
	return RK_OK;
}

enum rk_err
rk_rc_parse(
    const char *file, const char *member, struct rk_str text, struct rk_rc *ret_rc, struct rk_why *why)
{
	RK_AUTO(rk_json_auto) struct rk_json *whole = NULL;
	struct reading r = { .file = file, .text = text, .rc = ret_rc, .section = "" };
	enum rk_err err;

	*ret_rc = (struct rk_rc){ .ignored = RK_BUF(IGNORED_MAX) };
	err = parse_json5(file, text, &whole, why);
	if (err != RK_OK)
		return err;
	const struct rk_json *root = member ? rk_json_get(whole, member) : whole;
	if (!root)
		return RK_OK;
	if (rk_json_type(root) != RK_JSON_OBJECT)
		return rk_why(why, RK_INVALID, RK_SAY_RC, "It begins with { and ends with }.",
		    "%s:1:1: the settings are no object.", file);
	ret_rc->file = file;
	struct rk_str environment = rk_json_str(rk_json_get(root, "environment"));
	RK_AUTO(rk_auto_free) char *chosen = rk_str_dup(environment.n ? environment : RK_STR(ENVIRONMENT));
	if (!chosen)
		return RK_NOMEM;
	rk_json_each(root, take_setting, &r);
	take_sections(&r, root, "commands", "start");
	take_sections(&r, root, "environments", chosen);
	err = put_flags(&r, why);
	if (err != RK_OK)
		rk_rc_done(ret_rc);
	return err;
}

/* ---- the file --------------------------------------------------------------------------- */

static enum rk_err
read_file(const char *project, const char *file, const char *member, struct rk_rc *ret_rc, struct rk_why *why)
{
	struct rk_buf text RK_AUTO(rk_buf_free) = RK_BUF(FILE_MAX);
	char path[4096];
	int n = snprintf(path, sizeof path, "%s/%s", project, file);
	enum rk_err err;

	if (n < 0 || (size_t)n >= sizeof path || access(path, F_OK) != 0)
		return RK_NOT_FOUND;
	err = rk_input_read(&text, path, why);
	/* A package.json that does not speak of us is none of our business, whatever is wrong with it. */
	if (err == RK_OK && member && !memmem(text.p, text.n, member, strlen(member)))
		return RK_NOT_FOUND;
	return err == RK_OK ? rk_rc_parse(file, member, rk_buf_str(&text), ret_rc, why) : err;
}

static void
ignore_other_forms(const char *project, struct rk_rc *rc)
{
	static const char *const forms[] = { ".twilioserverlessrc.yaml", ".twilioserverlessrc.yml",
		".twilioserverlessrc.js", ".twilioserverlessrc.cjs", "twilioserverless.config.js" };
	char path[4096];

	for (size_t i = 0; i < sizeof forms / sizeof forms[0] && !rc->file; i++) {
		int n = snprintf(path, sizeof path, "%s/%s", project, forms[i]);
		if (n > 0 && (size_t)n < sizeof path && access(path, F_OK) == 0) {
			rc->file = forms[i];
			rk_buf_lit(&rc->ignored, "all of it (only JSON is read)");
		}
	}
}

enum rk_err
rk_rc_read(const char *project, struct rk_rc *ret_rc, struct rk_why *why)
{
	static const struct {
		const char *file, *member;
	} places[] = {
		{ ".twilioserverlessrc", NULL },
		{ ".twilioserverlessrc.json", NULL },
		{ "package.json", "twilioserverless" },
	};

	*ret_rc = (struct rk_rc){ .ignored = RK_BUF(IGNORED_MAX) };
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		enum rk_err err = read_file(project, places[i].file, places[i].member, ret_rc, why);
		if (err != RK_NOT_FOUND && (err != RK_OK || ret_rc->file))
			return err;
	}
	ignore_other_forms(project, ret_rc);
	return RK_OK;
}

void
rk_rc_done(struct rk_rc *rc)
{
	while (rc->count > 0)
		free(rc->flags[--rc->count]);
	rk_buf_free(&rc->ignored);
}
