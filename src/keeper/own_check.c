/*
 * own_check.c - Check: one function is compiled, and nothing kept. Try: one request is made inside.
 */
#include "keeper/own_problem.h"

#define COMPILE_MS 30000

static void
show(struct rk_own_call *oc, const struct rk_estate_outcome *outcome)
{
	struct rk_own_names *names = oc->work;
	struct rk_buf *out;

	if (outcome->err && !outcome->problem_n) {
		if (rk_own_compiled(oc, outcome, NULL, 0))
			rk_api_fail_err(&oc->call, RK_INTERNAL, NULL);
		return;
	}
	rk_own_names_add(names, rk_own_text(oc, "content"));
	out = rk_own_open(oc);
	rk_own_problems_put(out, outcome, NULL, 0);
	rk_buf_lit(out, ",\"variables_read\":[");
	for (size_t i = 0; i < names->n; i++) {
		if (i)
			rk_buf_put_c(out, ',');
		rk_json_put_string(out, names->v[i].name);
	}
	rk_buf_put_c(out, ']');
	rk_own_close(oc, 200);
}

void
rk_own_check_post(struct rk_own_call *oc)
{
	struct rk_bundle_function f = { .path = RK_STR("/check"),
		.file = RK_STR("functions/check.js"),
		.visibility = RK_PUBLIC,
		.source = rk_own_text(oc, "content") };

	oc->work = rk_arena_take(&oc->call.arena, sizeof(struct rk_own_names));
	if (!oc->work)
		rk_api_fail_err(&oc->call, RK_NOMEM, NULL);
	else
		rk_own_wait(
		    oc, rk_estate_compile(oc->own->opts.estate, &f, 1, rk_own_outcome, oc), COMPILE_MS, show);
}

/* ---- Try ---- */

static bool
is_token(struct rk_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] >= 0x7f ||
		    strchr("()<>@,;:\\\"/[]?={}", s.p[i]))
			return false;
	return s.n != 0;
}

static bool
is_header_value(struct rk_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (((unsigned char)s.p[i] < ' ' && s.p[i] != '\t') || s.p[i] == 0x7f)
			return false;
	return true;
}

/* Printable ASCII, as in a request line; '#' ends what is sent. */
static bool
is_target(struct rk_str path, struct rk_str query)
{
	for (size_t i = 0; i < path.n; i++)
		if ((unsigned char)path.p[i] <= ' ' || (unsigned char)path.p[i] >= 0x7f ||
		    strchr("?#", path.p[i]))
			return false;
	for (size_t i = 0; i < query.n; i++)
		if ((unsigned char)query.p[i] <= ' ' || (unsigned char)query.p[i] >= 0x7f ||
		    query.p[i] == '#')
			return false;
	return path.n && path.p[0] == '/';
}

static bool
put_headers(struct rk_own_call *oc, struct rk_buf *out)
{
	const struct rk_json *list = rk_json_get(oc->body, "headers");
	size_t begun = rk_pairs_begin(out), n = list ? rk_json_count(list) : 0;

	for (size_t i = 0; i < n; i++) {
		const struct rk_json *pair = rk_json_at(list, i);
		bool good = rk_json_type(pair) == RK_JSON_ARRAY && rk_json_count(pair) == 2 &&
			    is_token(rk_json_str(rk_json_at(pair, 0))) &&
			    rk_json_is_string(rk_json_at(pair, 1)) &&
			    is_header_value(rk_json_str(rk_json_at(pair, 1)));
		if (!good) {
			rk_api_fail(&oc->call, RK_API_PARAMETER,
			    "headers[%zu] must be a list of a name and a value, without control characters.",
			    i);
			return false;
		}
		rk_pairs_put(out, rk_json_str(rk_json_at(pair, 0)), rk_json_str(rk_json_at(pair, 1)));
	}
	rk_pairs_end(out, begun, (uint16_t)n);
	return true;
}

void
rk_own_try_post(struct rk_own_call *oc)
{
	struct rk_str path = rk_own_text(oc, "path"), query = rk_own_text(oc, "query");
	struct rk_admin_run run = { .method = rk_own_text(oc, "method"),
		.site = rk_estate_site(oc->own->opts.estate, rk_api_call_owner(&oc->call, "environment_sid")),
		.is_signed = rk_own_flag(oc, "signed", false) };
	struct rk_buf target = RK_BUF(16384), *out = &oc->response.body;

	if (!is_token(run.method))
		rk_api_fail(&oc->call, RK_API_PARAMETER, "method must be a method of HTTP.");
	else if (!is_target(path, query))
		rk_api_fail(&oc->call, RK_API_PARAMETER,
		    "path must begin with '/', and path and query must be percent-encoded.");
	else if (run.site == RK_SITE_TRIAL)
		rk_own_fail_why(oc, RK_API_CONFLICT, "RK-746", "Nothing is deployed in this environment.");
	else {
		rk_buf_put(&target, path);
		rk_buf_put(&target, query.n ? RK_STR("?") : RK_STR(""));
		rk_buf_put(&target, query);
		run.target = rk_buf_str(&target);
		rk_admin_run_put_head(out, &run);
		oc->how = RK_ADMIN_RUN;
		oc->response.status = 200;
		if (put_headers(oc, out))
			rk_msg_put_str(out, rk_own_text(oc, "body"));
		else
			oc->how = RK_ADMIN_WHOLE;
	}
	rk_buf_free(&target);
}
