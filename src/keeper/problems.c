#include "keeper/problems.h"

static bool
keep(struct rk_project *p, struct rk_str *s)
{
	*s = rk_arena_dup(&p->arena, *s);
	return s->p != NULL;
}

const struct rk_problem *
rk_problems_get(const struct rk_project *p, size_t function)
{
	for (size_t i = 0; i < p->problem_n; i++)
		if (p->problems[i].function == function)
			return &p->problems[i];
	return NULL;
}

enum rk_err
rk_problems_put(struct rk_project *p, const struct rk_problem *problem)
{
	struct rk_problem copy = *problem;

	if (rk_problems_get(p, problem->function))
		return RK_OK;
	if (!p->problems)
		p->problems = rk_arena_take(&p->arena, (p->function_n + 1) * sizeof(*p->problems));
	if (!p->problems || !keep(p, &copy.kind) || !keep(p, &copy.message) || !keep(p, &copy.source))
		return RK_NOMEM;
	p->problems[p->problem_n++] = copy;
	return RK_OK;
}

enum rk_err
rk_problems_take(struct rk_project *p, struct rk_msg_view *view)
{
	uint32_t n = rk_msg_get_u32(view);
	struct rk_problem problem;

	if (view->bad || n > p->function_n)
		return RK_INVALID;
	for (; n > 0; n--) {
		rk_problem_get(view, &problem);
		if (view->bad || problem.function >= p->function_n)
			return RK_INVALID;
		enum rk_err err = rk_problems_put(p, &problem);
		if (err != RK_OK)
			return err;
	}
	return rk_msg_is_done(view) ? RK_OK : RK_INVALID;
}

bool
rk_problems_has_complaint(const struct rk_project *before, const struct rk_why *complaint)
{
	for (size_t i = 0; before && i < before->complaint_n; i++)
		if (strcmp(before->complaints[i].what, complaint->what) == 0)
			return true;
	return false;
}

bool
rk_problems_has(const struct rk_project *before, struct rk_str file, const struct rk_problem *problem)
{
	for (size_t i = 0; before && i < before->problem_n; i++) {
		const struct rk_problem *old = &before->problems[i];
		if (rk_str_is(before->functions[old->function].file, file) &&
		    rk_str_is(old->message, problem->message) && rk_str_is(old->source, problem->source) &&
		    old->line == problem->line && old->column == problem->column)
			return true;
	}
	return false;
}
