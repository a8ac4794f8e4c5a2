/*
 * own_problem.c - what a compile found, for people.
 */
#include "keeper/own_problem.h"

static void
put_problem(struct rk_buf *out, const struct rk_problem *p, const struct rk_str *paths, size_t n)
{
	struct rk_buf message = RK_BUF(8192);

	rk_buf_put(&message, p->kind);
	rk_buf_put(&message, p->kind.n && p->message.n ? RK_STR(": ") : RK_STR(""));
	rk_buf_put(&message, rk_str_sub(p->message, 0, 4096));
	rk_buf_put(out, out->p[out->n - 1] == '[' ? RK_STR("{") : RK_STR(",{"));
	if (paths)
		rk_api_json_text(out, "path", p->function < n ? paths[p->function] : RK_STR(""));
	rk_api_json_number(out, "line", p->line);
	rk_api_json_number(out, "column", p->column);
	rk_api_json_text(out, "message", rk_buf_str(&message));
	rk_api_json_text(out, "source", p->source.n ? p->source : RK_STR(""));
	rk_buf_put_c(out, '}');
	rk_buf_free(&message);
}

void
rk_own_problems_put(
    struct rk_buf *out, const struct rk_estate_outcome *outcome, const struct rk_str *paths, size_t n)
{
	rk_api_json_name(out, "problems");
	rk_buf_put_c(out, '[');
	for (size_t i = 0; i < outcome->problem_n; i++)
		put_problem(out, &outcome->problems[i], paths, n);
	rk_buf_put_c(out, ']');
}

bool
rk_own_compiled(
    struct rk_own_call *oc, const struct rk_estate_outcome *outcome, const struct rk_str *paths, size_t n)
{
	struct rk_buf *out;

	if (outcome->problem_n) {
		out = rk_own_fail_open(
		    oc, RK_API_UNPROCESSABLE, "RK-744", "It does not compile. Nothing was deployed.");
		rk_own_problems_put(out, outcome, paths, n);
		rk_buf_put_c(out, '}');
	} else if (outcome->err == RK_REFUSED || outcome->err == RK_INVALID) {
		out = rk_own_fail_open(
		    oc, RK_API_UNPROCESSABLE, "RK-744", "It does not compile. Nothing was deployed.");
		rk_buf_printf(out, ",\"problems\":[{\"path\":\"\",\"line\":0,\"column\":0,\"message\":");
		rk_json_put_string(out, outcome->text.n ? outcome->text : RK_STR("It does not compile."));
		rk_buf_lit(out, ",\"source\":\"\"}]}");
	} else if (outcome->err) {
		rk_own_fail_why(oc, RK_API_UNAVAILABLE, "RK-745",
		    "It could not be compiled now. Nothing was deployed; try again.");
	} else {
		return true;
	}
	return false;
}
