/*
 * builds.c - dependencies, then the compile, then the word to the API.
 */
#include "keeper/builds.h"

#include "base/auto.h"
#include "base/json.h"
#include "base/log.h"
#include "keeper/platform.h"

#define TEXT_MAX 16384

struct rk_builds_job {
	struct rk_builds *builds;
	struct rk_builds_job *next;
	char account[RK_SID_LEN + 1], build[RK_SID_LEN + 1];
	struct rk_site *site; /* its files, once it is being compiled */
	uint32_t *sent;       /* which of its functions are: by their numbers in the trial */
	size_t sent_n;
	bool begun;
};

/* What a function gets without npm: natively (twilio and its local runtime), or as a module of Node's that is here. */
static const char *const provided[] = { "twilio", "@twilio/runtime-handler", "assert", "buffer", "console",
	"crypto", "events", "fs", "path", "process", "querystring", "timers", "url", "util" };

static bool
is_provided(struct rk_str name)
{
	for (size_t i = 0; i < sizeof provided / sizeof *provided; i++)
		if (rk_str_is(name, rk_str(provided[i])))
			return true;
	return false;
}

struct rk_str
rk_builds_find_missing(struct rk_str dependencies, struct rk_arena *arena)
{
	RK_AUTO(rk_json_auto) struct rk_json *list = NULL;

	if (rk_json_parse(dependencies, &list, NULL) != RK_OK)
		return rk_str(NULL); /* they were checked when the build was made */
	for (size_t i = 0; i < rk_json_count(list); i++) {
		struct rk_str name = rk_json_str(rk_json_get(rk_json_at(list, i), "name"));
		if (!is_provided(name))
			return rk_arena_dup(arena, name);
	}
	return rk_str(NULL);
}

/* ---- the end ------------------------------------------------------------------------- */

static void
free_job(struct rk_builds_job *job)
{
	struct rk_builds_job **at = &job->builds->first;

	while (*at != job)
		at = &(*at)->next;
	*at = job->next;
	rk_site_free(job->site);
	free(job->sent);
	free(job);
}

static void
end(struct rk_builds_job *job, bool ok, struct rk_str text)
{
	enum rk_err err = rk_api_build_done(job->builds->api, rk_str(job->build), ok, text);

	if (err && err != RK_NOT_FOUND) /* it stays "building": the next start asks again */
		rk_error("RK-753: The end of a build could not be kept: %s.", rk_err_text(err));
	free_job(job);
}

static const struct rk_site_file *
sent_file(const struct rk_builds_job *job, size_t i)
{
	return &job->site->functions[job->sent[i]];
}

static void
put_problem(struct rk_buf *out, const struct rk_builds_job *job, const struct rk_problem *p)
{
	struct rk_str path = p->function < job->sent_n ? sent_file(job, p->function)->path : RK_STR("?");

	if (out->n)
		rk_buf_put_c(out, '\n');
	rk_buf_printf(out, "%.*s:%u:%u: %.*s: %.*s", RK_FMT(path), (unsigned)p->line, (unsigned)p->column,
	    RK_FMT(p->kind), RK_FMT(p->message));
}

static void
remember(struct rk_builds_job *job)
{
	for (size_t i = 0; i < job->sent_n; i++)
		rk_proven_add(&job->builds->proven, sent_file(job, i)->digest);
}

/* Problems that have no room are left out: the first are what people read. */
static void
on_compiled(void *arg, const struct rk_estate_outcome *outcome)
{
	RK_AUTO(rk_buf_free) struct rk_buf text = RK_BUF(TEXT_MAX);
	struct rk_builds_job *job = arg;

	for (size_t i = 0; i < outcome->problem_n; i++)
		put_problem(&text, job, &outcome->problems[i]);
	if (outcome->err)
		rk_buf_printf(&text, "The build could not be compiled: %.*s", RK_FMT(outcome->text));
	bool ok = !outcome->err && outcome->problem_n == 0;
	if (ok)
		remember(job);
	end(job, ok, rk_buf_str(&text));
}

/* ---- the beginning -------------------------------------------------------------------- */

static enum rk_err
choose(struct rk_builds_job *job)
{
	job->sent = calloc(job->site->function_n + 1, sizeof *job->sent);
	if (!job->sent)
		return RK_NOMEM;
	for (size_t i = 0; i < job->site->function_n; i++)
		if (!rk_proven_has(&job->builds->proven, job->site->functions[i].digest))
			job->sent[job->sent_n++] = (uint32_t)i;
	return RK_OK;
}

static void
free_sources(struct rk_buf *sources, size_t n)
{
	for (size_t i = 0; sources && i < n; i++)
		rk_buf_free(&sources[i]);
	free(sources);
}

static enum rk_err
read_sources(struct rk_builds_job *job, struct rk_buf *sources, struct rk_bundle_function *functions)
{
	enum rk_err err = RK_OK;

	for (size_t i = 0; i < job->sent_n && !err; i++) {
		const struct rk_site_file *f = sent_file(job, i);
		sources[i] = RK_BUF(RK_PLATFORM_CONTENT_MAX);
		err = rk_platform_get_content(job->builds->store, f->digest, &sources[i]);
		functions[i] = (struct rk_bundle_function){ .path = f->path,
			.file = f->file,
			.visibility = f->visibility,
			.source = rk_buf_str(&sources[i]) };
	}
	return err;
}

static enum rk_err
compile(struct rk_builds_job *job)
{
	size_t n = job->sent_n;
	struct rk_buf *sources = calloc(n + 1, sizeof *sources);
	RK_AUTO(rk_auto_free) struct rk_bundle_function *functions = calloc(n + 1, sizeof *functions);
	enum rk_err err = sources && functions ? read_sources(job, sources, functions) : RK_NOMEM;

	if (!err)
		err = rk_estate_compile(job->builds->estate, functions, n, on_compiled, job);
	free_sources(sources, n);
	return err;
}

/* False when the build has failed already. */
static bool
has_dependencies(struct rk_builds_job *job, struct rk_str dependencies, struct rk_arena *arena)
{
	RK_AUTO(rk_buf_free) struct rk_buf text = RK_BUF(TEXT_MAX);
	struct rk_str missing = rk_builds_find_missing(dependencies, arena);

	if (!missing.n)
		return true;
	rk_buf_printf(&text,
	    "The package %.*s is not available: this version of Roomkey installs nothing from npm. Take it "
	    "out of the "
	    "dependencies, or copy its code into a private function. (RK-754)",
	    RK_FMT(missing));
	end(job, false, rk_buf_str(&text));
	return false;
}

static void
begin(struct rk_builds_job *job)
{
	struct rk_row_build row;
	struct rk_arena arena;
	enum rk_err err;

	job->begun = true;
	rk_arena_init(&arena, 0);
	err = rk_store_get(
	    job->builds->store, RK_KIND_BUILD, rk_str(job->account), rk_str(job->build), &arena, &row);
	if (!err && has_dependencies(job, row.dependencies, &arena)) {
		err = rk_site_read_build(job->builds->store, &row, &job->site);
		if (!err)
			err = choose(job);
		if (!err && job->sent_n > 0)
			err = compile(job);
		else if (!err)
			end(job, true, rk_str(NULL)); /* assets, and what compiled before */
	}
	rk_arena_done(&arena);
	if (err) {
		rk_error("RK-753: A build could not be compiled: %s.", rk_err_text(err));
		end(job, false, RK_STR("The build could not be compiled now. Try again."));
	}
}

static void
on_turn(void *arg)
{
	struct rk_builds *builds = arg;
	struct rk_builds_job *job = builds->first;

	while (job && job->begun)
		job = job->next;
	if (!job)
		return;
	begin(job);
	rk_loop_at_turn_end(builds->loop, &builds->turn); /* one a turn: reading a build takes its time */
}

void
rk_builds_init(
    struct rk_builds *builds, struct rk_loop *loop, struct rk_store *store, struct rk_estate *estate)
{
	*builds = (struct rk_builds){
		.loop = loop, .store = store, .estate = estate, .turn = { .run = on_turn, .arg = builds }
	};
}

enum rk_err
rk_builds_compile(struct rk_builds *builds, const struct rk_row_build *build)
{
	struct rk_builds_job *job = calloc(1, sizeof *job), **at = &builds->first;

	if (!job)
		return RK_NOMEM;
	job->builds = builds;
	memcpy(job->build, build->row.sid, sizeof job->build);
	memcpy(job->account, build->row.account_sid.p,
	    build->row.account_sid.n < RK_SID_LEN ? build->row.account_sid.n : RK_SID_LEN);
	while (*at)
		at = &(*at)->next;
	*at = job;
	rk_loop_at_turn_end(builds->loop, &builds->turn);
	return RK_OK;
}

void
rk_builds_done(struct rk_builds *builds)
{
	if (!builds->loop)
		return;
	rk_loop_turn_cancel(builds->loop, &builds->turn);
	while (builds->first) {
		rk_estate_cancel(builds->estate, builds->first);
		free_job(builds->first);
	}
}
