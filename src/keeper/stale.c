#include "keeper/stale.h"

#include <stdlib.h>

#include "base/auto.h"
#include "keeper/problems.h"

struct rk_str
rk_stale_served(const struct rk_function *f)
{
	return f->good ? rk_str_n(f->good, f->good_n) : rk_str_n(f->source, f->source_n);
}

static enum rk_err
keep_good(struct rk_function *f, struct rk_str good)
{
	char *copy = malloc(good.n + 1);

	if (!copy)
		return RK_NOMEM;
	memcpy(copy, good.p, good.n);
	f->good = copy;
	f->good_n = good.n;
	return RK_OK;
}

/* Functions are sorted by path. */
static int
by_path(const void *path, const void *function)
{
	return rk_str_compare(*(const struct rk_str *)path, ((const struct rk_function *)function)->path);
}

static const struct rk_function *
find(const struct rk_project *p, struct rk_str path)
{
	if (!p || p->function_n == 0)
		return NULL;
	return bsearch(&path, p->functions, p->function_n, sizeof(*p->functions), by_path);
}

static enum rk_err
carry(struct rk_project *now, size_t i, const struct rk_project *live)
{
	struct rk_function *f = &now->functions[i];
	const struct rk_function *old = find(live, f->path);

	if (!old || !old->good || !rk_str_is(old->file, f->file) ||
	    !rk_str_is(rk_str_n(old->source, old->source_n), rk_str_n(f->source, f->source_n)))
		return RK_OK;
	const struct rk_problem *problem = rk_problems_get(live, (size_t)(old - live->functions));
	if (!problem)
		return RK_OK;
	struct rk_problem same = *problem;
	same.function = (uint32_t)i;
	enum rk_err err = rk_problems_put(now, &same);
	return err == RK_OK ? keep_good(f, rk_stale_served(old)) : err;
}

enum rk_err
rk_stale_carry(struct rk_project *now, const struct rk_project *live)
{
	enum rk_err err = RK_OK;

	for (size_t i = 0; i < now->function_n && err == RK_OK; i++)
		err = carry(now, i, live);
	return err;
}

enum rk_err
rk_stale_hold(struct rk_project *now, const struct rk_project *live, size_t *ret_n)
{
	size_t n = 0;

	for (size_t i = 0; i < now->problem_n; i++) {
		struct rk_function *f = &now->functions[now->problems[i].function];
		const struct rk_function *old = f->good ? NULL : find(live, f->path);

		if (!old || (!old->good && rk_problems_get(live, (size_t)(old - live->functions))))
			continue;
		enum rk_err err = keep_good(f, rk_stale_served(old));
		if (err != RK_OK)
			return err;
		n++;
	}
	*ret_n = n;
	return RK_OK;
}

void
rk_stale_drop(struct rk_project *p)
{
	for (size_t i = 0; i < p->function_n; i++) {
		free(rk_steal(&p->functions[i].good));
		p->functions[i].good_n = 0;
	}
}

void
rk_stale_put(struct rk_buf *out, const struct rk_project *p, size_t function)
{
	RK_AUTO(rk_buf_free) struct rk_buf text = RK_BUF(64 * RK_KB);
	const struct rk_problem *problem = rk_problems_get(p, function);

	if (!problem || !p->functions[function].good)
		return;
	rk_buf_printf(&text, "%.*s %.*s:%u:%u %.*s", RK_FMT(problem->kind),
	    RK_FMT(p->functions[function].file), (unsigned)problem->line, (unsigned)problem->column,
	    RK_FMT(problem->message));
	for (size_t i = 0; i < text.n && i < RK_STALE_TEXT; i++)
		rk_buf_put_c(out, text.p[i] >= ' ' && text.p[i] < 0x7f ? text.p[i] : '?');
}
