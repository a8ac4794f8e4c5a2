#include "keeper/variables.h"

#include <stdlib.h>

#include "wire/dotenv.h"

struct reading {
	struct rk_variables vars;
	size_t cap;
	enum rk_err err;
};

static struct rk_variable *
find(const struct rk_variables *vars, struct rk_str name)
{
	for (size_t i = 0; i < vars->n; i++)
		if (rk_str_is(rk_str(vars->v[i].name), name))
			return &vars->v[i];
	return NULL;
}

static struct rk_variable *
append(struct reading *r, struct rk_str name)
{
	if (r->vars.n == r->cap) {
		size_t cap = r->cap ? 2 * r->cap : 16;
		struct rk_variable *v = realloc(r->vars.v, cap * sizeof(*v));
		if (!v)
			return NULL;
		r->vars.v = v;
		r->cap = cap;
	}
	struct rk_variable *var = &r->vars.v[r->vars.n];
	*var = (struct rk_variable){ .name = rk_str_dup(name) };
	if (!var->name)
		return NULL;
	r->vars.n++;
	return var;
}

static void
set(struct rk_str name, struct rk_str value, unsigned line, void *arg)
{
	struct reading *r = arg;

	if (r->err != RK_OK)
		return;
	struct rk_variable *var = find(&r->vars, name);
	if (var)
		var->first_line = var->first_line ? var->first_line : var->line;
	else
		var = append(r, name);
	r->err = var ? rk_secret_set(&var->value, value) : RK_NOMEM;
	if (var)
		var->line = line;
}

enum rk_err
rk_variables_parse(struct rk_str file, struct rk_str text, struct rk_variables *ret_vars, struct rk_why *why)
{
	struct reading r = { .err = RK_OK };

	if (!rk_str_is_utf8(text) || rk_str_index(text, '\0') < text.n)
		return rk_why(why, RK_INVALID, "RK-106", "Save it as UTF-8 text.",
		    "%.*s is not UTF-8 text, so no variable is set.", RK_FMT(file));

	enum rk_err err = rk_dotenv_each(text, set, &r);
	if (err == RK_OK)
		err = r.err;
	if (err != RK_OK) {
		rk_variables_done(&r.vars);
		return err;
	}
	*ret_vars = r.vars;
	return RK_OK;
}

void
rk_variables_done(struct rk_variables *vars)
{
	for (size_t i = 0; i < vars->n; i++) {
		free(vars->v[i].name);
		rk_secret_done(&vars->v[i].value);
	}
	free(vars->v);
	*vars = (struct rk_variables){ 0 };
}

const struct rk_variable *
rk_variables_get(const struct rk_variables *vars, struct rk_str name)
{
	return find(vars, name);
}
