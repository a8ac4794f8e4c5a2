#include "keeper/clash.h"

#include <stdlib.h>

#include "base/auto.h"

/* Who wants to answer where. */
struct claim {
	struct rk_str *path; /* of the function or asset; emptied when it loses */
	struct rk_str file;
};

static int
by_path(const void *a, const void *b)
{
	const struct claim *f = a, *g = b;
	int order = rk_str_compare(*f->path, *g->path);

	return order ? order : rk_str_compare(f->file, g->file);
}

static void
complain(struct rk_project *p, const struct claim *v, size_t n)
{
	struct rk_str a = v[0].file, b = v[1].file;

	(void)rk_why(rk_project_complain(p), RK_EXISTS, "RK-108", "Rename one of them.",
	    "%.*s and %.*s%s answer to the same path %.*s, so none of them is served.", RK_FMT(a), RK_FMT(b),
	    n > 2 ? " and others" : "", RK_FMT(*v[0].path));
}

/* Sorted: those that share a path stand side by side, and all lose. */
static void
settle(struct rk_project *p, struct claim *v, size_t n)
{
	for (size_t i = 0, same; i < n; i += same) {
		for (same = 1; i + same < n && rk_str_is(*v[i].path, *v[i + same].path); same++)
			;
		if (same == 1)
			continue;
		complain(p, v + i, same);
		for (size_t k = 0; k < same; k++)
			v[i + k].path->n = 0;
	}
}

static int
functions_by_path(const void *a, const void *b)
{
	return rk_str_compare(((const struct rk_function *)a)->path, ((const struct rk_function *)b)->path);
}

static int
assets_by_path(const void *a, const void *b)
{
	return rk_str_compare(((const struct rk_asset *)a)->path, ((const struct rk_asset *)b)->path);
}

/* No path of a file is empty: those that are have lost. */
static void
sweep(struct rk_project *p)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->function_n; i++)
		if (p->functions[i].path.n > 0)
			p->functions[kept++] = p->functions[i];
		else
			free(p->functions[i].source);
	p->function_n = kept;
	kept = 0;
	for (size_t i = 0; i < p->asset_n; i++)
		if (p->assets[i].path.n > 0)
			p->assets[kept++] = p->assets[i];
		else
			free(p->assets[i].content);
	p->asset_n = kept;
	if (p->function_n > 0)
		qsort(p->functions, p->function_n, sizeof(*p->functions), functions_by_path);
	if (p->asset_n > 0)
		qsort(p->assets, p->asset_n, sizeof(*p->assets), assets_by_path);
}

void
rk_clash_drop(struct rk_project *p)
{
	RK_AUTO(rk_auto_free) struct claim *v = calloc(p->function_n + p->asset_n + 1, sizeof(*v));
	size_t n = 0;

	if (!v) {
		p->err = RK_NOMEM;
		return;
	}
	for (size_t i = 0; i < p->function_n; i++)
		v[n++] = (struct claim){ &p->functions[i].path, p->functions[i].file };
	for (size_t i = 0; i < p->asset_n; i++)
		v[n++] = (struct claim){ &p->assets[i].path, p->assets[i].file };
	qsort(v, n, sizeof(*v), by_path);
	settle(p, v, n);
	sweep(p);
}
