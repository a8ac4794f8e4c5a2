/*
 * services.c - `roomkey services`: the services of the account and their environments.
 */
#include <stdio.h>

#include "base/auto.h"
#include "base/err.h"
#include "cli/place.h"
#include "cli/say.h"
#include "cli/table.h"

static const struct rk_flag plain_flags[] = { RK_ERRAND_FLAGS, { 0 } };

/* ---- list and show -------------------------------------------------------------------- */

static void
put_environment(struct rk_table *table, const struct rk_json *service, const struct rk_json *environment)
{
	rk_table_put_member(table, service, "unique_name");
	rk_table_put_member(table, environment, "unique_name");
	rk_table_put_member(table, environment, "url");
	rk_table_put_member(table, environment, "functions");
	rk_table_put_member(table, environment, "assets");
	rk_table_put_member(table, environment, "requests_1h");
	rk_table_put_member(table, environment, "errors_1h");
}

/* A line an environment, and one for a service that has none. */
static void
put_service(struct rk_table *table, const struct rk_json *service)
{
	const struct rk_json *all = rk_json_get(service, "environments");
	size_t n = all ? rk_json_count(all) : 0;

	for (size_t i = 0; i < n; i++)
		put_environment(table, service, rk_json_at(all, i));
	if (n == 0)
		put_environment(table, service, NULL);
}

static void
put_heads(struct rk_table *table)
{
	static const char *const heads[] = { "SERVICE", "ENVIRONMENT", "URL", "FUNCTIONS", "ASSETS",
		"REQUESTS/H", "ERRORS/H" };

	rk_table_heads(table, heads);
}

static enum rk_err
list(struct rk_errand *e, struct rk_why *why)
{
	struct rk_table table = RK_TABLE(7);
	const struct rk_json *services;
	enum rk_err err = rk_remote_get(&e->remote, why, "/roomkey/v1/Overview");

	if (err != RK_OK || rk_errand_is_json(e))
		return err;
	put_heads(&table);
	services = rk_json_get(e->remote.last, "services");
	for (size_t i = 0; services && i < rk_json_count(services); i++)
		put_service(&table, rk_json_at(services, i));
	rk_table_end(&table, &e->out);
	return RK_OK;
}

static int
run_list(int argc, char **argv)
{
	return rk_errand_run(&rk_verb_services_list, argc, argv, 0, 0, list);
}

const struct rk_verb rk_verb_services_list = {
	.noun = "services",
	.name = "list",
	.args = "[flags]",
	.summary = "List services and their environments",
	.flags = plain_flags,
	.notes = "",
	.run = run_list,
};

static const struct rk_json *
service_of(const struct rk_json *overview, const char *sid)
{
	const struct rk_json *services = rk_json_get(overview, "services");

	for (size_t i = 0; services && i < rk_json_count(services); i++)
		if (rk_str_is(rk_remote_text(rk_json_at(services, i), "sid"), rk_str(sid)))
			return rk_json_at(services, i);
	return NULL;
}

static void
put_open(struct rk_errand *e, const struct rk_json *environments)
{
	for (size_t i = 0; environments && i < rk_json_count(environments); i++) {
		const struct rk_json *open = rk_json_get(rk_json_at(environments, i), "open_functions");

		for (size_t k = 0; open && k < rk_json_count(open); k++)
			rk_errand_say("open to everybody: %.*s%.*s",
			    RK_FMT(rk_remote_text(rk_json_at(environments, i), "url")),
			    RK_FMT(rk_json_str(rk_json_at(open, k))));
	}
}

static enum rk_err
show(struct rk_errand *e, struct rk_why *why)
{
	struct rk_table table = RK_TABLE(7);
	const struct rk_json *service;
	struct rk_place place;
	enum rk_err err = rk_place_find_service(e, e->word_count ? e->words[0] : NULL, &place, why);

	if (err == RK_OK)
		err = rk_remote_get(&e->remote, why, "/roomkey/v1/Overview");
	if (err != RK_OK)
		return err;
	service = service_of(e->remote.last, place.service);
	if (e->json) {
		if (service)
			rk_json_put(&e->out, service);
		rk_buf_put(&e->out, rk_str(service ? "\n" : "{}\n"));
		return RK_OK;
	}
	rk_buf_printf(&e->out, "%s %s\n", place.service, place.service_name);
	put_heads(&table);
	put_service(&table, service);
	rk_table_end(&table, &e->out);
	put_open(e, rk_json_get(service, "environments"));
	return RK_OK;
}

static int
run_show(int argc, char **argv)
{
	return rk_errand_run(&rk_verb_services_show, argc, argv, 0, 1, show);
}

const struct rk_verb rk_verb_services_show = {
	.noun = "services",
	.name = "show",
	.args = "[SERVICE] [flags]",
	.summary = "Show one service and its environments",
	.flags = plain_flags,
	.notes = "",
	.run = run_show,
};

/* ---- create and delete --------------------------------------------------------------------- */

enum { CREDENTIALS = RK_ERRAND_COUNT };

static const struct rk_flag create_flags[] = {
	RK_ERRAND_FLAGS,
	{ "include-credentials", RK_FLAG_SWITCH, NULL, "its functions see ACCOUNT_SID and AUTH_TOKEN" },
	{ 0 },
};

static enum rk_err
create(struct rk_errand *e, struct rk_why *why)
{
	struct rk_param fields[] = { { RK_STR("UniqueName"), rk_str(e->words[0]) },
		{ RK_STR("FriendlyName"), rk_str(e->words[0]) },
		{ RK_STR("IncludeCredentials"), e->values[CREDENTIALS] ? RK_STR("true") : RK_STR("false") },
		{ RK_STR("UiEditable"), RK_STR("true") } };
	enum rk_err err = rk_remote_post_form(&e->remote, "/v1/Services", fields, 4, why);

	if (err == RK_OK && !rk_errand_is_json(e))
		rk_buf_printf(&e->out, "%.*s\n", RK_FMT(rk_remote_text(e->remote.last, "sid")));
	return err;
}

static int
run_create(int argc, char **argv)
{
	return rk_errand_run(&rk_verb_services_create, argc, argv, 1, 1, create);
}

const struct rk_verb rk_verb_services_create = {
	.noun = "services",
	.name = "create",
	.args = "NAME [flags]",
	.summary = "Make a service",
	.flags = create_flags,
	.notes = "Prints its SID.\n",
	.run = run_create,
};

enum { YES = RK_ERRAND_COUNT };

static const struct rk_flag delete_flags[] = {
	RK_ERRAND_FLAGS,
	{ "yes", RK_FLAG_SWITCH, NULL, "do it" },
	{ 0 },
};

static enum rk_err
remove_service(struct rk_errand *e, struct rk_why *why)
{
	struct rk_place place;
	char path[128];
	enum rk_err err = rk_place_find_service(e, e->words[0], &place, why);

	if (err == RK_OK && !e->values[YES])
		return rk_why(why, RK_INVALID, RK_SAY_MISSING, "Say --yes if that is meant.",
		    "%.100s and all its environments would stop answering.", place.service_name);
	snprintf(path, sizeof path, "/v1/Services/%s", place.service);
	if (err == RK_OK)
		err = rk_remote_call(&e->remote, "DELETE", path, RK_REMOTE_NOTHING, why);
	if (err == RK_OK && !rk_errand_is_json(e)) {
		rk_buf_printf(&e->out, "%s\n", place.service);
		rk_errand_say("The operator can restore it for 30 days.");
	}
	return err;
}

static int
run_delete(int argc, char **argv)
{
	return rk_errand_run(&rk_verb_services_delete, argc, argv, 1, 1, remove_service);
}

const struct rk_verb rk_verb_services_delete = {
	.noun = "services",
	.name = "delete",
	.args = "SERVICE --yes [flags]",
	.summary = "Remove a service and all its environments",
	.flags = delete_flags,
	.notes = "",
	.run = run_delete,
};
