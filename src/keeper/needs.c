#include "keeper/needs.h"

#include "keeper/scan.h"

struct finding {
	const struct rk_variables *set; /* NULL: fields of event are looked for */
	const struct rk_function *function;
	struct rk_needs *needs;
};

static struct rk_need *
find(struct rk_needs *needs, struct rk_str name)
{
	for (size_t i = 0; i < needs->n; i++)
		if (rk_str_is(needs->v[i].name, name))
			return &needs->v[i];
	return NULL;
}

static void
note(const struct rk_scan_read *read, void *arg)
{
	struct finding *f = arg;

	if (read->source != (f->set ? RK_SCAN_VARIABLE : RK_SCAN_EVENT))
		return;
	if (f->set && rk_variables_get(f->set, read->name))
		return;
	struct rk_need *need = find(f->needs, read->name);
	bool is_worse = need && need->has_default && !read->has_default;
	if (!need && f->needs->n < RK_NEEDS_MAX)
		need = &f->needs->v[f->needs->n++];
	else if (!is_worse)
		return;
	*need = (struct rk_need){ .name = read->name,
		.function = f->function,
		.line = read->line,
		.has_default = read->has_default };
}

void
rk_needs_find_variables(const struct rk_project *project, struct rk_needs *ret_needs)
{
	struct finding f = { .set = &project->variables, .needs = ret_needs };

	ret_needs->n = 0;
	for (size_t i = 0; i < project->function_n; i++) {
		f.function = &project->functions[i];
		rk_scan_each(rk_str_n(f.function->source, f.function->source_n), note, &f);
	}
}

void
rk_needs_find_fields(const struct rk_function *function, struct rk_needs *ret_needs)
{
	struct finding f = { .function = function, .needs = ret_needs };

	ret_needs->n = 0;
	rk_scan_each(rk_str_n(function->source, function->source_n), note, &f);
}

bool
rk_needs_has(const struct rk_needs *needs, struct rk_str name)
{
	for (size_t i = 0; i < needs->n; i++)
		if (rk_str_is(needs->v[i].name, name))
			return true;
	return false;
}
