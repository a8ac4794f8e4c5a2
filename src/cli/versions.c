/*
 * versions.c - `roomkey versions`, `roomkey rollback`, `roomkey promote`: which build an environment serves.
 */
#include <stdio.h>

#include "base/auto.h"
#include "base/err.h"
#include "cli/place.h"
#include "cli/say.h"
#include "cli/table.h"

#define DEPLOYMENTS_MAX 1000

/* The deployments of an environment, youngest first: the first has the highest number. */
struct history {
	struct {
		char build[RK_SID_LEN + 1], date[40];
	} rows[DEPLOYMENTS_MAX];
	unsigned count;
};

static bool
each_deployment(const struct rk_json *row, void *arg)
{
	struct history *h = arg;

	snprintf(
	    h->rows[h->count].build, sizeof h->rows->build, "%.*s", RK_FMT(rk_remote_text(row, "build_sid")));
	snprintf(h->rows[h->count].date, sizeof h->rows->date, "%.*s",
	    RK_FMT(rk_remote_text(row, "date_created")));
	return ++h->count < DEPLOYMENTS_MAX;
}

static enum rk_err
read_history(struct rk_errand *e, const struct rk_place *place, struct history *h, struct rk_why *why)
{
	char path[160];

	h->count = 0;
	snprintf(path, sizeof path, "/v1/Services/%s/Environments/%s/Deployments", place->service,
	    place->environment);
	return rk_remote_each(&e->remote, path, each_deployment, h, why);
}

/* Makes the environment serve the build. */
static enum rk_err
serve_build(struct rk_errand *e, const struct rk_place *place, const char *build, struct rk_why *why)
{
	struct rk_param field = { RK_STR("BuildSid"), rk_str(build) };
	char path[160];
	enum rk_err err;

	snprintf(path, sizeof path, "/v1/Services/%s/Environments/%s/Deployments", place->service,
	    place->environment);
	err = rk_remote_post_form(&e->remote, path, &field, 1, why);
	if (err == RK_OK && !rk_errand_is_json(e)) {
		rk_buf_printf(&e->out, "%s\n", build);
		rk_errand_say("%s %s serves %s at %s", place->service_name, rk_place_suffix(place), build,
		    place->domain);
	}
	return err;
}

/* ---- versions ---------------------------------------------------------------------------- */

enum { ENVIRONMENT = RK_ERRAND_COUNT, TO };

static const struct rk_flag versions_flags[] = {
	RK_ERRAND_FLAGS,
	{ "environment", RK_FLAG_VALUE, "NAME", "of this environment; by suffix, name or SID" },
	{ 0 },
};

static void
put_history(struct rk_errand *e, const struct rk_place *place, const struct history *h)
{
	static const char *const heads[] = { "N", "BUILD", "DEPLOYED", "LIVE" };
	struct rk_table table = RK_TABLE(4);
	bool live = false; /* a build may have been deployed more than once; the last time counts */

	rk_table_heads(&table, heads);
	for (unsigned i = 0; i < h->count; i++) {
		char number[16];
		bool is_live = !live && strcmp(h->rows[i].build, place->build) == 0;

		snprintf(number, sizeof number, "%u", h->count - i);
		rk_table_put(&table, rk_str(number));
		rk_table_put(&table, rk_str(h->rows[i].build));
		rk_table_put(&table, rk_str(h->rows[i].date));
		rk_table_put(&table, is_live ? RK_STR("live") : RK_STR("-"));
		live = live || is_live;
	}
	rk_table_end(&table, &e->out);
}

static enum rk_err
versions(struct rk_errand *e, struct rk_why *why)
{
	struct history h;
	struct rk_place place;
	enum rk_err err =
	    rk_place_find(e, e->word_count ? e->words[0] : NULL, e->values[ENVIRONMENT], &place, why);

	if (err == RK_OK)
		err = read_history(e, &place, &h, why);
	if (err == RK_OK && !rk_errand_is_json(e))
		put_history(e, &place, &h);
	return err;
}

static int
run_versions(int argc, char **argv)
{
	return rk_errand_run(&rk_verb_versions, argc, argv, 0, 1, versions);
}

const struct rk_verb rk_verb_versions = {
	.noun = "versions",
	.name = "",
	.args = "[SERVICE] [flags]",
	.summary = "List what an environment served, the newest first",
	.flags = versions_flags,
	.notes = "",
	.run = run_versions,
};

/* ---- rollback ------------------------------------------------------------------------------- */

static const struct rk_flag rollback_flags[] = {
	RK_ERRAND_FLAGS,
	{ "environment", RK_FLAG_VALUE, "NAME", "of this environment; by suffix, name or SID" },
	{ "to", RK_FLAG_VALUE, "N|ZB...", "the number that roomkey versions shows, or a build" },
	{ 0 },
};

/* The one before what is live, or what --to says; NULL: there is none. */
static const char *
choose(const struct rk_place *place, const struct history *h, const char *to)
{
	unsigned long long number = 0;
	unsigned i = 0;

	if (to && rk_sid_is(rk_str(to), "ZB"))
		return to;
	if (to)
		return rk_str_parse_u64(rk_str(to), h->count, &number) && number > 0
			   ? h->rows[h->count - number].build
			   : NULL;
	while (i < h->count && strcmp(h->rows[i].build, place->build) != 0)
		i++;
	while (i < h->count && strcmp(h->rows[i].build, place->build) == 0)
		i++;
	return i < h->count ? h->rows[i].build : NULL;
}

static enum rk_err
rollback(struct rk_errand *e, struct rk_why *why)
{
	struct history h;
	struct rk_place place;
	const char *build, *to = e->values[TO];
	enum rk_err err =
	    rk_place_find(e, e->word_count ? e->words[0] : NULL, e->values[ENVIRONMENT], &place, why);

	if (err == RK_OK)
		err = read_history(e, &place, &h, why);
	if (err != RK_OK)
		return err;
	build = choose(&place, &h, to);
	if (!build)
		return rk_why(why, RK_NOT_FOUND, RK_SAY_NAME, "roomkey versions lists them.",
		    to ? "There is no version %.60s." : "There is no version before the one that is live%s.",
		    to ? to : "");
	if (strcmp(build, place.build) != 0)
		return serve_build(e, &place, build, why);
	rk_errand_say("%s is live already: nothing to do.", build);
	rk_buf_printf(&e->out, e->json ? "{\"build_sid\":\"%s\"}\n" : "%s\n", build);
	return RK_OK;
}

static int
run_rollback(int argc, char **argv)
{
	return rk_errand_run(&rk_verb_rollback, argc, argv, 0, 1, rollback);
}

const struct rk_verb rk_verb_rollback = {
	.noun = "rollback",
	.name = "",
	.args = "[SERVICE] [flags]",
	.summary = "Serve an earlier version again",
	.flags = rollback_flags,
	.notes = "Without --to, the one before what is live. Requests under way finish where they are.\n",
	.run = run_rollback,
};

/* ---- promote -------------------------------------------------------------------------------- */

enum { PROMOTE_FROM = RK_ERRAND_COUNT, PROMOTE_TO };

static const struct rk_flag promote_flags[] = {
	RK_ERRAND_FLAGS,
	{ "from", RK_FLAG_VALUE, "NAME", "the environment whose build it is (dev)" },
	{ "to", RK_FLAG_VALUE, "NAME", "the environment that is to serve it (production)" },
	{ 0 },
};

/* Made when it is not there yet. */
static enum rk_err
find_target(struct rk_errand *e, const char *name, struct rk_place *place, struct rk_why *why)
{
	enum rk_err err = rk_place_find_environment(e, name, place, why);

	if (err != RK_NOT_FOUND)
		return err;
	*why = (struct rk_why){ 0 };
	rk_errand_say("Making the environment %s; its variables are to be set: roomkey env import.", name);
	return rk_place_make_environment(e, name, place, why);
}

static enum rk_err
promote(struct rk_errand *e, struct rk_why *why)
{
	const char *from = e->values[PROMOTE_FROM], *to = e->values[PROMOTE_TO];
	struct rk_place source, target;
	enum rk_err err =
	    rk_place_find(e, e->word_count ? e->words[0] : NULL, from ? from : "dev", &source, why);

	if (err != RK_OK)
		return err;
	if (!source.build[0])
		return rk_why(why, RK_NOT_FOUND, RK_SAY_NAME, "roomkey deploy puts something there.",
		    "%.100s %s serves nothing yet.", source.service_name, rk_place_suffix(&source));
	target = source;
	err = find_target(e, to ? to : RK_PLACE_PRODUCTION, &target, why);
	return err == RK_OK ? serve_build(e, &target, source.build, why) : err;
}

static int
run_promote(int argc, char **argv)
{
	return rk_errand_run(&rk_verb_promote, argc, argv, 0, 1, promote);
}

const struct rk_verb rk_verb_promote = {
	.noun = "promote",
	.name = "",
	.args = "[SERVICE] [flags]",
	.summary = "Serve in one environment what another one serves",
	.flags = promote_flags,
	.notes = "Variables stay those of the environment. One that is not there is made.\n",
	.run = run_promote,
};
