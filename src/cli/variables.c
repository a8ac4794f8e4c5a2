/*
 * variables.c - reads and writes the variables of an environment.
 */
#include "cli/variables.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/secret.h"
#include "wire/dotenv.h"

static void
drop(char **text)
{
	if (*text)
		rk_secret_wipe(*text, strlen(*text));
	free(*text);
	*text = NULL;
}

void
rk_variables_done(struct rk_variables *v)
{
	for (unsigned i = 0; i < v->count; i++) {
		drop(&v->rows[i].name);
		drop(&v->rows[i].value);
	}
	v->count = 0;
}

const struct rk_variable *
rk_variables_get(const struct rk_variables *v, struct rk_str name)
{
	for (unsigned i = 0; i < v->count; i++)
		if (rk_str_is(rk_str(v->rows[i].name), name))
			return &v->rows[i];
	return NULL;
}

static enum rk_err
add(struct rk_variables *v, struct rk_str sid, struct rk_str name, struct rk_str value)
{
	struct rk_variable *row = &v->rows[v->count];

	if (v->count == RK_VARIABLES_MAX)
		return RK_TOO_LARGE;
	*row = (struct rk_variable){ .name = rk_str_dup(name), .value = rk_str_dup(value) };
	snprintf(row->sid, sizeof row->sid, "%.*s", RK_FMT(sid));
	v->count++;
	return row->name && row->value ? RK_OK : RK_NOMEM;
}

enum rk_err
rk_variables_put(struct rk_variables *v, struct rk_str sid, struct rk_str name, struct rk_str value)
{
	const struct rk_variable *found = rk_variables_get(v, name);
	struct rk_variable *row;

	if (!found)
		return add(v, sid, name, value);
	row = &v->rows[found - v->rows];
	drop(&row->value);
	row->value = rk_str_dup(value);
	return row->value ? RK_OK : RK_NOMEM;
}

/* ---- from the server ---------------------------------------------------------------- */

struct reading {
	struct rk_variables *v;
	enum rk_err err;
};

static bool
each_row(const struct rk_json *row, void *arg)
{
	struct reading *r = arg;

	r->err = rk_variables_put(
	    r->v, rk_remote_text(row, "sid"), rk_remote_text(row, "key"), rk_remote_text(row, "value"));
	return r->err == RK_OK;
}

static void
put_path(char path[256], const struct rk_place *place, const char *sid)
{
	snprintf(path, 256, "/v1/Services/%s/Environments/%s/Variables%s%s", place->service,
	    place->environment, *sid ? "/" : "", sid);
}

enum rk_err
rk_variables_read(
    struct rk_errand *e, const struct rk_place *place, struct rk_variables *v, struct rk_why *why)
{
	struct reading r = { v, RK_OK };
	char path[256];
	enum rk_err err;

	put_path(path, place, "");
	err = rk_remote_each(&e->remote, path, each_row, &r, why);
	return err == RK_OK ? r.err : err;
}

/* ---- from a file ----------------------------------------------------------------------- */

static void
each_line(struct rk_str name, struct rk_str value, unsigned line, void *arg)
{
	struct reading *r = arg;

	if (r->err != RK_OK || value.n == 0 || rk_str_is(name, RK_STR("ACCOUNT_SID")) ||
	    rk_str_is(name, RK_STR("AUTH_TOKEN")))
		return;
	r->err = rk_variables_put(r->v, RK_STR(""), name, value);
}

enum rk_err
rk_variables_take_dotenv(struct rk_variables *v, struct rk_str text)
{
	struct reading r = { v, RK_OK };
	enum rk_err err = rk_dotenv_each(text, each_line, &r);

	return err == RK_OK ? r.err : err;
}

/* ---- to the server ------------------------------------------------------------------------ */

enum rk_err
rk_variables_send(struct rk_errand *e, const struct rk_place *place, const struct rk_variables *there,
    struct rk_str name, struct rk_str value, struct rk_why *why)
{
	const struct rk_variable *row = rk_variables_get(there, name);
	struct rk_param fields[] = { { RK_STR("Key"), name }, { RK_STR("Value"), value } };
	char path[256];

	put_path(path, place, row ? row->sid : "");
	return rk_remote_post_form(&e->remote, path, fields, 2, why);
}

enum rk_err
rk_variables_remove(
    struct rk_errand *e, const struct rk_place *place, const struct rk_variable *row, struct rk_why *why)
{
	char path[256];

	put_path(path, place, row->sid);
	return rk_remote_call(&e->remote, "DELETE", path, RK_REMOTE_NOTHING, why);
}
