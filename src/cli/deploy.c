/*
 * deploy.c - `roomkey deploy`: makes an environment serve what a project's folder holds.
 *
 * Variables with new names go first, and changed values last: a build that does not compile leaves the
 * version that runs as it was.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/err.h"
#include "cli/plan.h"
#include "cli/say.h"

#define NAME_SIZE 64

enum { SERVICE = RK_ERRAND_COUNT, ENVIRONMENT, DRY_RUN, FUNCTIONS, ASSETS, ENV };

static const struct rk_flag flags[] = {
	RK_ERRAND_FLAGS,
	{ "service", RK_FLAG_VALUE, "NAME", "the service (package.json's name, else the folder's)" },
	{ "environment", RK_FLAG_VALUE, "SUFFIX", "its environment (dev); production has no suffix" },
	{ "dry-run", RK_FLAG_SWITCH, NULL, "show what would change, and change nothing" },
	{ "functions-folder", RK_FLAG_VALUE, "DIR", "folder of functions (functions/ or src/)" },
	{ "assets-folder", RK_FLAG_VALUE, "DIR", "folder of assets (assets/ or static/)" },
	{ "env", RK_FLAG_VALUE, "FILE", "file of variables, within the project (.env)" },
	{ 0 },
};

/* Which step it is at, for who watches. */
static void
tell_step(const char *step)
{
	if (isatty(STDERR_FILENO))
		rk_errand_say("%s...", step);
}

/* ---- the place ------------------------------------------------------------------------ */

/* A name that the server takes, of the package or of the folder. */
static void
choose_name(const char *dir, char name[NAME_SIZE])
{
	RK_AUTO(rk_auto_free) char *package = rk_place_package_name(dir), *whole = realpath(dir, NULL);
	const char *slash = whole ? strrchr(whole, '/') : NULL;

	snprintf(name, NAME_SIZE, "%.50s", package ? package : slash && slash[1] ? slash + 1 : "functions");
	for (char *c = name; *c; c++)
		if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
			strchr("-_", *c)))
			*c = '-';
}

static enum rk_err
make_service(struct rk_plan *d, const char *name, struct rk_why *why)
{
	struct rk_param fields[] = { { RK_STR("UniqueName"), rk_str(name) },
		{ RK_STR("FriendlyName"), rk_str(name) }, { RK_STR("IncludeCredentials"), RK_STR("true") },
		{ RK_STR("UiEditable"), RK_STR("true") } };
	enum rk_err err;

	rk_errand_say("Making the service %s.", name);
	err = rk_remote_post_form(&d->e->remote, "/v1/Services", fields, 4, why);
	if (err == RK_OK) {
		snprintf(d->place.service, sizeof d->place.service, "%.*s",
		    RK_FMT(rk_remote_text(d->e->remote.last, "sid")));
		snprintf(d->place.service_name, sizeof d->place.service_name, "%s", name);
	}
	return err;
}

/* What is not there is made, but for a dry run. */
static enum rk_err
find_place(struct rk_plan *d, const char *dir, struct rk_why *why)
{
	const char *suffix = d->e->values[ENVIRONMENT] ? d->e->values[ENVIRONMENT] : "dev";
	bool dry = d->e->values[DRY_RUN];
	char own[NAME_SIZE];
	const char *name = d->e->values[SERVICE] ? d->e->values[SERVICE] : own;
	enum rk_err err;

	choose_name(dir, own);
	err = rk_place_find_service(d->e, name, &d->place, why);
	if (err == RK_NOT_FOUND && dry)
		rk_errand_say("The service %s would be made.", name);
	if (err == RK_NOT_FOUND && !rk_sid_is(rk_str(name), "ZS"))
		err = dry ? RK_OK : make_service(d, name, why);
	if (err != RK_OK || !d->place.service[0])
		return err;
	err = rk_place_find_environment(d->e, suffix, &d->place, why);
	if (err == RK_NOT_FOUND && !rk_sid_is(rk_str(suffix), "ZE")) {
		rk_errand_say(
		    dry ? "The environment %s would be made." : "Making the environment %s.", suffix);
		err = dry ? RK_OK : rk_place_make_environment(d->e, suffix, &d->place, why);
	}
	return err;
}

/* ---- sending ------------------------------------------------------------------------------ */

/* Only those that are there already, or only those that are not. */
static enum rk_err
send_variables(struct rk_plan *d, bool known, struct rk_why *why)
{
	enum rk_err err = RK_OK;

	for (unsigned i = 0; i < d->wanted.count && err == RK_OK; i++) {
		const struct rk_variable *want = &d->wanted.rows[i];
		const struct rk_variable *row = rk_variables_get(&d->there, rk_str(want->name));

		if (!row == known || (row && strcmp(row->value, want->value) == 0))
			continue;
		err = rk_variables_send(
		    d->e, &d->place, &d->there, rk_str(want->name), rk_str(want->value), why);
	}
	return err;
}

/* "functions/a.js:3:7: ...", a line each; "/a" when it is not of this folder. */
static void
tell_problems(const struct rk_plan *d)
{
	const struct rk_json *problems = rk_json_get(d->e->remote.last, "problems");

	for (size_t i = 0; problems && i < rk_json_count(problems); i++) {
		const struct rk_json *p = rk_json_at(problems, i);
		struct rk_str path = rk_remote_text(p, "path"), source = rk_remote_text(p, "source");
		const struct rk_part *part = rk_parts_get(&d->parts, false, path);
		long long line = 0, column = 0;

		(void)rk_json_integer(rk_json_get(p, "line"), &line);
		(void)rk_json_integer(rk_json_get(p, "column"), &column);
		rk_errand_say("%.*s:%lld:%lld: %.*s", RK_FMT(part ? rk_str(part->file) : path), line, column,
		    RK_FMT(rk_remote_text(p, "message")));
		if (source.n > 0)
			rk_errand_say("    %.*s", RK_FMT(source));
	}
}

static enum rk_err
send_parts(struct rk_plan *d, struct rk_why *why)
{
	RK_AUTO(rk_buf_free) struct rk_buf body = RK_BUF(RK_PLAN_BODY_MAX);
	char path[160];
	enum rk_err err;

	rk_plan_put_body(d, &body);
	if (rk_buf_end(&body) != RK_OK || rk_buf_end(&d->removals) != RK_OK)
		return rk_why(why, RK_TOO_LARGE, RK_SAY_DEPLOY, "Deploy with the vendor's tools.",
		    "What changes is too large for one request.");
	snprintf(path, sizeof path, "/roomkey/v1/Services/%s/Environments/%s/Changes", d->place.service,
	    d->place.environment);
	tell_step("Compiling and deploying");
	err = rk_remote_call(&d->e->remote, "POST", path, RK_REMOTE_JSON(&body), why);
	if (err == RK_REFUSED)
		tell_problems(d);
	if (err == RK_EXISTS)
		snprintf(why->todo, sizeof why->todo,
		    "Somebody deployed meanwhile. Look at it, then deploy again.");
	return err;
}

/* ---- the outcome ---------------------------------------------------------------------------- */

/* Of every function that can be called. */
static void
put_urls(struct rk_plan *d, struct rk_str url)
{
	while (rk_str_has_suffix(url, RK_STR("/")))
		url.n--;
	for (unsigned i = 0; i < d->parts.count; i++) {
		const struct rk_part *part = d->parts.rows[i];

		if (!part->is_asset && part->name.visibility != RK_PRIVATE)
			rk_buf_printf(&d->e->out, "%.*s%s\n", RK_FMT(url), part->name.path);
	}
}

static enum rk_err
tell_nothing(struct rk_plan *d)
{
	rk_errand_say(d->variables ? "Variables changed; the code is what is live." : "Nothing to do.");
	if (d->e->json)
		rk_buf_printf(&d->e->out, "{\"build_sid\":%s%s%s,\"unchanged\":%u}\n", d->live[0] ? "\"" : "",
		    d->live[0] ? d->live : "null", d->live[0] ? "\"" : "", d->parts.count);
	return RK_OK;
}

static enum rk_err
tell_done(struct rk_plan *d)
{
	long long took = 0;

	(void)rk_json_integer(rk_json_get(d->e->remote.last, "took_ms"), &took);
	rk_errand_say("Live after %lld ms: %s %s.", took, d->place.service_name, rk_place_suffix(&d->place));
	if (!rk_errand_is_json(d->e))
		put_urls(d, rk_remote_text(d->e->remote.last, "url"));
	return RK_OK;
}

/* The answer to the changes stays the last one that the output is made of. */
static enum rk_err
apply(struct rk_plan *d, struct rk_why *why)
{
	struct rk_json *answer;
	enum rk_err err = send_variables(d, false, why);

	if (err == RK_OK && d->changes > 0)
		err = send_parts(d, why);
	if (err != RK_OK)
		return err;
	answer = rk_steal(&d->e->remote.last);
	err = send_variables(d, true, why);
	rk_json_free(d->e->remote.last);
	d->e->remote.last = answer;
	if (err != RK_OK)
		return err;
	return d->changes > 0 ? tell_done(d) : tell_nothing(d);
}

static enum rk_err
deploy(struct rk_errand *e, struct rk_why *why)
{
	RK_AUTO(rk_plan_done) struct rk_plan d = { .e = e, .removals = RK_BUF(RK_PLAN_BODY_MAX) };
	const char *dir = e->word_count ? e->words[0] : ".";
	enum rk_err err =
	    rk_parts_read(dir, e->values[FUNCTIONS], e->values[ASSETS], e->values[ENV], &d.parts, why);

	if (err == RK_OK)
		err = find_place(&d, dir, why);
	if (err == RK_OK)
		err = rk_plan_make(&d, why);
	if (err != RK_OK || !e->values[DRY_RUN])
		return err == RK_OK ? apply(&d, why) : err;
	rk_errand_say("%u would change, and %u variables; nothing was.", d.changes, d.variables);
	if (e->json)
		rk_buf_printf(&e->out, "{\"changes\":%u,\"variables\":%u}\n", d.changes, d.variables);
	return RK_OK;
}

static int
run(int argc, char **argv)
{
	return rk_errand_run(&rk_verb_deploy, argc, argv, 0, 1, deploy);
}

const struct rk_verb rk_verb_deploy = {
	.noun = "deploy",
	.name = "",
	.args = "[DIR] [flags]",
	.summary = "Serve what a project's folder holds",
	.flags = flags,
	.notes = "DIR is the project (.), as for roomkey dev. Shows what is new (+), changed (~) and gone "
		 "(-), sends only\n"
		 "that, and prints the URLs. A service or an environment that is not there is made. "
		 "Variables of the\n"
		 ".env are set, others stay. When something does not compile, what was live stays live.\n",
	.run = run,
};
