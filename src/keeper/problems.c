#include "keeper/problems.h"

static bool
keep(struct rk_project *p, struct rk_str *s)
{
	*s = rk_arena_dup(&p->arena, *s);
	return s->p != NULL;
}

static enum rk_err
take(struct rk_project *p, struct rk_msg_view *view, struct rk_problem *ret_problem)
{
	rk_problem_get(view, ret_problem);
	if (view->bad || ret_problem->function >= p->function_n)
		return RK_INVALID;
	if (!keep(p, &ret_problem->kind) || !keep(p, &ret_problem->message) || !keep(p, &ret_problem->source))
		return RK_NOMEM;
	return RK_OK;
}

enum rk_err
rk_problems_take(struct rk_project *p, struct rk_msg_view *view)
{
	uint32_t n = rk_msg_get_u32(view);

	/* A function has one problem at most: it does not compile. */
	if (view->bad || n > p->function_n)
		return RK_INVALID;
	p->problems = rk_arena_take(&p->arena, (n + 1) * sizeof(*p->problems));
	if (!p->problems)
		return RK_NOMEM;
	for (p->problem_n = 0; p->problem_n < n; p->problem_n++) {
		enum rk_err err = take(p, view, &p->problems[p->problem_n]);
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
