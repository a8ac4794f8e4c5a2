/*
 * place.c - finds services and environments.
 */
#include "cli/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/err.h"
#include "cli/input.h"
#include "cli/say.h"

#define PACKAGE_MAX (1024 * 1024)

static void
copy(char *out, size_t size, struct rk_str text)
{
	snprintf(out, size, "%.*s", RK_FMT(text));
}

const char *
rk_place_suffix(const struct rk_place *place)
{
	return place->suffix[0] ? place->suffix : RK_PLACE_PRODUCTION;
}

/* ---- the service ------------------------------------------------------------------- */

char *
rk_place_package_name(const char *dir)
{
	RK_AUTO(rk_buf_free) struct rk_buf file = RK_BUF(4096), text = RK_BUF(PACKAGE_MAX);
	RK_AUTO(rk_json_auto) struct rk_json *root = NULL;
	struct rk_str name;

	rk_buf_printf(&file, "%s/package.json", dir);
	if (!rk_buf_z(&file) || access(rk_buf_z(&file), R_OK) != 0 ||
	    rk_input_read(&text, rk_buf_z(&file), NULL) != RK_OK ||
	    rk_json_parse(rk_buf_str(&text), &root, NULL) != RK_OK)
		return NULL;
	name = rk_remote_text(root, "name");
	if (rk_str_has_prefix(name, RK_STR("@")))
		rk_str_take(&name, '/');
	return name.n > 0 ? rk_str_dup(name) : NULL;
}

static void
take_service(struct rk_place *place, const struct rk_json *row)
{
	copy(place->service, sizeof place->service, rk_remote_text(row, "sid"));
	copy(place->service_name, sizeof place->service_name, rk_remote_text(row, "unique_name"));
}

static enum rk_err
service_named(struct rk_errand *e, const char *name, struct rk_place *place, struct rk_why *why)
{
	enum rk_err err;

	if (!rk_errand_is_part(name))
		return rk_why(why, RK_INVALID, RK_SAY_VALUE, "roomkey services list shows them all.",
		    "%.100s is no name of a service.", name);
	err = rk_remote_get(&e->remote, why, "/v1/Services/%s", name);
	if (err == RK_OK)
		take_service(place, e->remote.last);
	if (err == RK_NOT_FOUND)
		return rk_why(why, err, RK_SAY_NAME,
		    "roomkey services list shows them all; roomkey deploy makes one.",
		    "There is no service %.100s.", name);
	return err;
}

struct only {
	struct rk_place *place;
	unsigned count;
};

static bool
each_service(const struct rk_json *row, void *arg)
{
	struct only *only = arg;

	take_service(only->place, row);
	return ++only->count < 2;
}

static enum rk_err
only_service(struct rk_errand *e, struct rk_place *place, struct rk_why *why)
{
	struct only only = { place, 0 };
	enum rk_err err = rk_remote_each(&e->remote, "/v1/Services", each_service, &only, why);

	if (err != RK_OK || only.count == 1)
		return err;
	if (only.count == 0)
		return rk_why(why, RK_NOT_FOUND, RK_SAY_NAME, "roomkey deploy makes the first one.",
		    "There is no service yet.");
	return rk_why(why, RK_INVALID, RK_SAY_MISSING, "roomkey services list shows them.",
	    "There are several services: name one.");
}

enum rk_err
rk_place_find_service(struct rk_errand *e, const char *name, struct rk_place *ret_place, struct rk_why *why)
{
	RK_AUTO(rk_auto_free) char *here = name ? NULL : rk_place_package_name(".");
	struct rk_place place = { 0 };
	enum rk_err err = RK_NOT_FOUND;

	if (name)
		err = service_named(e, name, &place, why);
	else if (here && rk_errand_is_part(here))
		err = service_named(e, here, &place, why);
	if (!name && err == RK_NOT_FOUND)
		err = only_service(e, &place, why);
	if (err == RK_OK)
		*ret_place = place;
	return err;
}

/* ---- the environment ------------------------------------------------------------------- */

void
rk_place_take(struct rk_place *place, const struct rk_json *row)
{
	copy(place->environment, sizeof place->environment, rk_remote_text(row, "sid"));
	copy(place->suffix, sizeof place->suffix, rk_remote_text(row, "domain_suffix"));
	copy(place->domain, sizeof place->domain, rk_remote_text(row, "domain_name"));
	copy(place->build, sizeof place->build, rk_remote_text(row, "build_sid"));
}

struct looking {
	const char *wanted; /* NULL: any */
	struct rk_place *place;
	unsigned count;
	struct rk_buf names;
};

static bool
is_wanted(const struct rk_json *row, const char *wanted)
{
	struct rk_str suffix = rk_remote_text(row, "domain_suffix"), name = rk_str(wanted);

	return rk_str_is(rk_remote_text(row, "sid"), name) ||
	       rk_str_is(rk_remote_text(row, "unique_name"), name) || rk_str_is(suffix, name) ||
	       (suffix.n == 0 && rk_str_is(name, RK_STR(RK_PLACE_PRODUCTION)));
}

static bool
each_environment(const struct rk_json *row, void *arg)
{
	struct looking *l = arg;
	struct rk_str suffix = rk_remote_text(row, "domain_suffix");

	rk_buf_printf(&l->names, "%s%.*s", l->names.n > 0 ? ", " : "",
	    RK_FMT(suffix.n > 0 ? suffix : RK_STR(RK_PLACE_PRODUCTION)));
	if (l->wanted && !is_wanted(row, l->wanted))
		return true;
	rk_place_take(l->place, row);
	l->count++;
	return !l->wanted;
}

static enum rk_err
tell_environments(struct looking *l, struct rk_why *why)
{
	const char *names = rk_buf_z(&l->names);

	if (l->wanted)
		return rk_why(why, RK_NOT_FOUND, RK_SAY_NAME, "roomkey deploy makes it.",
		    "%.100s has no environment %.100s; it has: %.200s.", l->place->service_name, l->wanted,
		    l->names.n > 0 && names ? names : "none");
	if (l->count == 0)
		return rk_why(why, RK_NOT_FOUND, RK_SAY_NAME, "roomkey deploy makes one.",
		    "%.100s has no environment yet.", l->place->service_name);
	return rk_why(why, RK_INVALID, RK_SAY_MISSING, "Name one: --environment NAME.",
	    "%.100s has several environments: %.200s.", l->place->service_name, names ? names : "");
}

enum rk_err
rk_place_find_environment(
    struct rk_errand *e, const char *environment, struct rk_place *place, struct rk_why *why)
{
	RK_AUTO(rk_buf_free) struct rk_buf path = RK_BUF(256);
	struct looking l = { environment, place, 0, RK_BUF(65536) };
	enum rk_err err;

	rk_buf_printf(&path, "/v1/Services/%s/Environments", place->service);
	err = rk_remote_each(&e->remote, rk_buf_z(&path), each_environment, &l, why);
	if (err == RK_OK && l.count != 1)
		err = tell_environments(&l, why);
	rk_buf_free(&l.names);
	return err;
}

enum rk_err
rk_place_find(struct rk_errand *e, const char *service, const char *environment, struct rk_place *ret_place,
    struct rk_why *why)
{
	enum rk_err err = rk_place_find_service(e, service, ret_place, why);

	return err == RK_OK ? rk_place_find_environment(e, environment, ret_place, why) : err;
}

enum rk_err
rk_place_make_environment(struct rk_errand *e, const char *suffix, struct rk_place *place, struct rk_why *why)
{
	bool production = strcmp(suffix, RK_PLACE_PRODUCTION) == 0 || !*suffix;
	char path[128], name[128];
	struct rk_param fields[] = { { RK_STR("UniqueName"), { name, 0 } },
		{ RK_STR("DomainSuffix"), rk_str(suffix) } };
	enum rk_err err;

	snprintf(path, sizeof path, "/v1/Services/%s/Environments", place->service);
	snprintf(name, sizeof name, "%s", RK_PLACE_PRODUCTION);
	if (!production)
		snprintf(name, sizeof name, "%.100s-environment", suffix);
	fields[0].value = rk_str(name);
	err = rk_remote_post_form(&e->remote, path, fields, production ? 1 : 2, why);
	if (err == RK_OK)
		rk_place_take(place, e->remote.last);
	return err;
}
