/*
 * own_changes.c - Changes: put and remove what an environment serves, in one request that ends when it is live.
 *
 * Compile first, then write, then swap: what does not compile leaves nothing behind.
 */
#include "keeper/own_changes.h"

#include "base/clock.h"
#include "keeper/own_problem.h"

#define COMPILE_MS 30000
#define LIVE_MS 10000

static int64_t
now_us(void)
{
	return (int64_t)rk_clock_mono_ms() * 1000;
}

/* What is live is what the caller believes to be; else somebody was faster. */
static bool
is_base(struct rk_own_call *oc, struct rk_str live)
{
	struct rk_str base = rk_own_text(oc, "base_build");
	struct rk_buf *out;

	if (rk_str_is(base, live))
		return true;
	out = rk_own_fail_open(oc, RK_API_CONFLICT, "RK-747",
	    "Something else is live by now than what this change was made from.");
	rk_api_json_text(out, "live_build", live.n ? live : rk_str(NULL));
	rk_buf_put_c(out, '}');
	return false;
}

static bool
get_environment(struct rk_own_call *oc, struct rk_row_environment *ret_row)
{
	return rk_api_get(
	    &oc->call, RK_KIND_ENVIRONMENT, rk_api_call_owner(&oc->call, "environment_sid"), ret_row);
}

static void
show(struct rk_own_call *oc, int status)
{
	struct rk_own_change *change = oc->work;
	struct rk_buf *out = rk_own_open(oc), url = RK_BUF(1024);

	rk_estate_put_url(oc->own->opts.estate, change->environment.domain_label, &url);
	if (status == 201) {
		rk_api_json_text(out, "build_sid", rk_str(change->build_sid));
		rk_api_json_text(out, "deployment_sid", rk_str(change->deployment_sid));
	}
	rk_api_json_text(out, "url", rk_buf_str(&url));
	if (status == 201)
		rk_api_json_number(out, "took_ms", (now_us() - change->began_us) / 1000);
	rk_own_change_put(out, change);
	rk_own_close(oc, status);
	rk_buf_free(&url);
}

/* The rows are kept whatever comes: what did not become live now becomes it when Roomkey starts again. */
static void
end(struct rk_own_call *oc, const struct rk_estate_outcome *outcome)
{
	if (outcome->err)
		rk_own_fail_why(oc, RK_API_UNAVAILABLE, "RK-748",
		    "The change is kept, but not live yet. Look at the logs of Roomkey.");
	else
		show(oc, 201);
}

/* Asked for again: the environment may be another since the compile began. */
static void
write_and_swap(struct rk_own_call *oc)
{
	struct rk_own_change *change = oc->work;
	struct rk_estate *estate = oc->own->opts.estate;
	struct rk_row_environment e;
	struct rk_str sid;

	if (!get_environment(oc, &e) || !is_base(oc, e.build_sid) || !rk_own_change_write(oc, change))
		return;
	sid = rk_str(change->environment.row.sid);
	rk_estate_changed(estate, e.row.account_sid, sid);
	rk_own_wait(oc, rk_estate_await(estate, sid, rk_own_outcome, oc), LIVE_MS, end);
}

static void
compiled(struct rk_own_call *oc, const struct rk_estate_outcome *outcome)
{
	struct rk_own_change *change = oc->work;

	if (rk_own_compiled(oc, outcome, change->paths, change->path_n))
		write_and_swap(oc);
}

static bool
is_new(const struct rk_own_version *v)
{
	return v->content.p && (v->state == RK_OWN_ADDED || v->state == RK_OWN_CHANGED);
}

/* "functions/sms/reply.js" */
static struct rk_str
file_of(struct rk_own_call *oc, struct rk_str path)
{
	struct rk_buf file = RK_BUF(2048);
	struct rk_str copy;

	rk_buf_lit(&file, "functions");
	rk_buf_put(&file, path);
	rk_buf_lit(&file, ".js");
	copy = rk_arena_dup(&oc->call.arena, rk_buf_str(&file));
	rk_buf_free(&file);
	return copy;
}

/* Only what is new: the rest was compiled when it became live. */
static void
compile(struct rk_own_call *oc)
{
	struct rk_own_change *change = oc->work;
	struct rk_bundle_function *f = rk_arena_take(&oc->call.arena, (change->build.n + 1) * sizeof *f);
	enum rk_err err = RK_OK;

	change->paths = rk_arena_take(&oc->call.arena, (change->build.n + 1) * sizeof *change->paths);
	if (!f || !change->paths) {
		rk_api_fail_err(&oc->call, RK_NOMEM, NULL);
		return;
	}
	for (size_t i = 0; i < change->build.n; i++) {
		const struct rk_own_version *v = &change->build.v[i];
		if (v->is_asset || !is_new(v))
			continue;
		f[change->path_n] = (struct rk_bundle_function){
			.path = v->path, .file = file_of(oc, v->path), .source = v->content
		};
		change->paths[change->path_n++] = v->path;
	}
	if (!change->path_n) {
		write_and_swap(oc);
		return;
	}
	err = rk_estate_compile(oc->own->opts.estate, f, change->path_n, rk_own_outcome, oc);
	rk_own_wait(oc, err, COMPILE_MS, compiled);
}

static bool
changes_something(const struct rk_own_change *change)
{
	for (size_t i = 0; i < change->build.n; i++)
		if (change->build.v[i].state != RK_OWN_KEPT)
			return true;
	return false;
}

void
rk_own_changes_post(struct rk_own_call *oc)
{
	struct rk_own_change *change = rk_arena_take(&oc->call.arena, sizeof *change);

	if (!change) {
		rk_api_fail_err(&oc->call, RK_NOMEM, NULL);
		return;
	}
	oc->work = change;
	change->began_us = now_us();
	if (!get_environment(oc, &change->environment) || !is_base(oc, change->environment.build_sid) ||
	    !rk_own_change_take(oc, change))
		return;
	if (rk_own_flag(oc, "dry_run", false) || !changes_something(change))
		show(oc, 200);
	else
		compile(oc);
}
