#include "keeper/changes.h"

struct comparison {
	void (*each)(const struct rk_change *change, void *arg);
	void *arg;
	size_t n;
};

static void
report(struct comparison *c, struct rk_change change)
{
	c->n++;
	if (c->each)
		c->each(&change, c->arg);
}

static bool
is_same_source(const struct rk_function *a, const struct rk_function *b)
{
	return rk_str_is(rk_str_n(a->source, a->source_n), rk_str_n(b->source, b->source_n));
}

static void
compare_function(struct comparison *c, const struct rk_function *before, const struct rk_function *after)
{
	if (!rk_str_is(before->file, after->file) || before->visibility != after->visibility)
		report(c, (struct rk_change){ .kind = RK_CHANGE_RENAMED, .function = after });
	else if (!is_same_source(before, after))
		report(c, (struct rk_change){ .kind = RK_CHANGE_EDITED, .function = after });
}

/* Both lists are sorted by path. */
static void
compare_functions(struct comparison *c, const struct rk_project *before, const struct rk_project *after)
{
	size_t i = 0, k = 0;

	while (i < before->function_n || k < after->function_n) {
		const struct rk_function *f = i < before->function_n ? &before->functions[i] : NULL;
		const struct rk_function *g = k < after->function_n ? &after->functions[k] : NULL;
		int order = !f ? 1 : !g ? -1 : rk_str_compare(f->path, g->path);
		if (order < 0)
			report(c, (struct rk_change){ .kind = RK_CHANGE_REMOVED, .function = f });
		else if (order > 0)
			report(c, (struct rk_change){ .kind = RK_CHANGE_ADDED, .function = g });
		else
			compare_function(c, f, g);
		i += order <= 0;
		k += order >= 0;
	}
}

static void
compare_asset(struct comparison *c, const struct rk_asset *before, const struct rk_asset *after)
{
	if (!rk_str_is(before->file, after->file) || before->visibility != after->visibility)
		report(c, (struct rk_change){ .kind = RK_CHANGE_RENAMED, .asset = after });
	else if (!rk_str_is(rk_str_n(before->content, before->content_n),
		     rk_str_n(after->content, after->content_n)))
		report(c, (struct rk_change){ .kind = RK_CHANGE_EDITED, .asset = after });
}

/* These, too, are sorted by path. */
static void
compare_assets(struct comparison *c, const struct rk_project *before, const struct rk_project *after)
{
	size_t i = 0, k = 0;

	while (i < before->asset_n || k < after->asset_n) {
		const struct rk_asset *a = i < before->asset_n ? &before->assets[i] : NULL;
		const struct rk_asset *b = k < after->asset_n ? &after->assets[k] : NULL;
		int order = !a ? 1 : !b ? -1 : rk_str_compare(a->path, b->path);
		if (order < 0)
			report(c, (struct rk_change){ .kind = RK_CHANGE_REMOVED, .asset = a });
		else if (order > 0)
			report(c, (struct rk_change){ .kind = RK_CHANGE_ADDED, .asset = b });
		else
			compare_asset(c, a, b);
		i += order <= 0;
		k += order >= 0;
	}
}

static void
compare_variables(struct comparison *c, const struct rk_variables *before, const struct rk_variables *after)
{
	for (size_t i = 0; i < after->n; i++) {
		const struct rk_variable *v = &after->v[i], *old = rk_variables_get(before, rk_str(v->name));
		if (!old || !rk_secret_is(&old->value, rk_str_n(v->value.p, v->value.n)))
			report(
			    c, (struct rk_change){ .kind = RK_CHANGE_VARIABLE, .variable = rk_str(v->name) });
	}
	for (size_t i = 0; i < before->n; i++)
		if (!rk_variables_get(after, rk_str(before->v[i].name)))
			report(c, (struct rk_change){
				      .kind = RK_CHANGE_VARIABLE, .variable = rk_str(before->v[i].name) });
}

size_t
rk_changes_each(const struct rk_project *before, const struct rk_project *after,
    void (*each)(const struct rk_change *change, void *arg), void *arg)
{
	struct comparison c = { .each = each, .arg = arg };

	compare_functions(&c, before, after);
	compare_assets(&c, before, after);
	compare_variables(&c, &before->variables, &after->variables);
	return c.n;
}

static void
look_for_half(const struct rk_change *change, void *arg)
{
	bool *is_half = arg;

	if (change->kind == RK_CHANGE_EDITED)
		*is_half |=
		    change->function ? change->function->source_n == 0 : change->asset->content_n == 0;
}

bool
rk_changes_is_half(const struct rk_project *before, const struct rk_project *after)
{
	bool is_half = before->variables.n > 0 && after->variables.n == 0;

	rk_changes_each(before, after, look_for_half, &is_half);
	return is_half;
}

bool
rk_changes_has_complaints(const struct rk_project *before, const struct rk_project *after)
{
	if (before->complaint_n != after->complaint_n)
		return true;
	for (size_t i = 0; i < after->complaint_n; i++)
		if (strcmp(before->complaints[i].what, after->complaints[i].what) != 0)
			return true;
	return false;
}
