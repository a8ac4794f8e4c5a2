#include "keeper/project.h"

#include <stdlib.h>

#include "base/auto.h"
#include "keeper/names.h"
#include "keeper/source.h"
#include "keeper/trouble.h"

struct reading {
	const struct rk_folder *folder;
	struct rk_project *project;
};

/* Makes room for one more element; NULL, and the project's err set, when memory is short. */
static void *
room(struct rk_project *project, void *v, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return v;
	void *bigger = realloc(v, (*cap ? 2 * *cap : 16) * size);
	if (!bigger) {
		project->err = RK_NOMEM;
		return NULL;
	}
	*cap = *cap ? 2 * *cap : 16;
	return bigger;
}

/* rk_why() with it; a project without memory for it fails as a whole. */
static struct rk_why *
complaint(struct rk_project *p)
{
	struct rk_why *v = room(p, p->complaints, p->complaint_n, &p->complaint_cap, sizeof(*v));

	if (!v)
		return NULL;
	p->complaints = v;
	p->complaints[p->complaint_n] = (struct rk_why){ 0 };
	return &p->complaints[p->complaint_n++];
}

static struct rk_str
keep(struct rk_project *p, struct rk_str s)
{
	struct rk_str copy = rk_arena_dup(&p->arena, s);

	if (!copy.p)
		p->err = RK_NOMEM;
	return copy;
}

/* ---- the variables --------------------------------------------------------- */

static void
read_variables(struct reading *r, const char *env_file)
{
	struct rk_project *p = r->project;
	RK_AUTO(rk_buf_wipe) struct rk_buf text = { 0 };
	struct rk_why why;

	enum rk_err err = rk_folder_read(r->folder, env_file, RK_VARIABLES_BYTES, &text);
	/* Only a file that was asked for by --env must be there. */
	if (err == RK_NOT_FOUND && strcmp(env_file, ".env") == 0)
		return;
	if (err != RK_OK && err != RK_NOMEM) {
		rk_trouble_variables(complaint(p), p->env_file, err);
		return;
	}
	if (err == RK_OK)
		err = rk_variables_parse(p->env_file, rk_buf_str(&text), &p->variables, &why);
	if (err == RK_INVALID) {
		struct rk_why *c = complaint(p);
		if (c)
			*c = why;
	} else if (err != RK_OK) {
		p->err = err;
	}
}

/* ---- the functions --------------------------------------------------------- */

static void
add_function(struct rk_project *p, struct rk_str file, const struct rk_name *name, struct rk_buf *bytes)
{
	bool repaired = false;
	struct rk_function *v = room(p, p->functions, p->function_n, &p->function_cap, sizeof(*v));

	if (!v)
		return;
	p->functions = v;
	v = &p->functions[p->function_n];
	*v = (struct rk_function){
		.path = keep(p, rk_name_path(name)), .file = file, .visibility = name->visibility
	};
	if (p->err == RK_OK)
		p->err = rk_source_take(bytes, &v->source, &v->source_n, &repaired);
	if (p->err != RK_OK)
		return;
	p->function_n++;
	p->source_bytes += v->source_n;
	if (repaired)
		(void)rk_why(complaint(p), RK_INVALID, "RK-114", "Save it as UTF-8 text.",
		    "%.*s is not UTF-8 text: what cannot be read in it is replaced by U+FFFD.", RK_FMT(file));
}

static bool
has_room(struct rk_project *p, struct rk_str file)
{
	if (p->function_n < RK_PROJECT_FUNCTIONS && p->source_bytes < RK_PROJECT_BYTES)
		return true;
	(void)rk_why(complaint(p), RK_TOO_LARGE, "RK-113", "Make two projects of it.",
	    "%.*s is left out: a project has at most %u functions and %u MB of text.", RK_FMT(file),
	    RK_PROJECT_FUNCTIONS, RK_PROJECT_BYTES / RK_MB);
	return false;
}

static struct rk_str
below_functions(const struct rk_project *p, struct rk_str file)
{
	return rk_str_sub(file, p->functions_dir.n + 1, file.n);
}

static void
visit_file(const char *file_z, void *arg)
{
	struct reading *r = arg;
	struct rk_project *p = r->project;
	struct rk_str below = below_functions(p, rk_str(file_z));
	struct rk_name name;
	struct rk_why why;
	RK_AUTO(rk_buf_free) struct rk_buf bytes = { 0 };

	if (p->err != RK_OK || !rk_names_is_function(below))
		return;
	struct rk_str file = keep(p, rk_str(file_z));
	if (p->err != RK_OK || !has_room(p, file))
		return;
	if (rk_names_parse(below, &name, &why) != RK_OK) {
		struct rk_why *c = complaint(p);
		if (c)
			*c = why;
		return;
	}
	enum rk_err err = rk_folder_read(r->folder, file_z, RK_PROJECT_SOURCE_BYTES, &bytes);
	if (err == RK_NOMEM)
		p->err = err;
	else if (err != RK_OK)
		rk_trouble_function(complaint(p), file, err);
	else
		add_function(p, file, &name, &bytes);
}

static void
visit_dir(const char *name, void *arg)
{
	struct rk_project *p = ((struct reading *)arg)->project;
	struct rk_str *v = room(p, p->dirs, p->dir_n, &p->dir_cap, sizeof(*v));

	if (!v)
		return;
	p->dirs = v;
	p->dirs[p->dir_n] = keep(p, rk_str(name));
	p->dir_n += p->err == RK_OK;
}

static void
visit_trouble(const char *name, enum rk_err err, void *arg)
{
	struct rk_project *p = ((struct reading *)arg)->project;
	struct rk_str f = rk_str(name);

	if (err == RK_TOO_LARGE)
		rk_trouble_nesting(complaint(p), f);
	/* A broken link matters when it would be a function. */
	else if (err != RK_NOT_FOUND || rk_str_has_suffix(f, RK_STR(".js")))
		rk_trouble_function(complaint(p), f, err);
}

/* ---- the whole ------------------------------------------------------------- */

static int
by_path(const void *a, const void *b)
{
	const struct rk_function *f = a, *g = b;
	int order = rk_str_compare(f->path, g->path);

	return order ? order : rk_str_compare(f->file, g->file);
}

static void
complain_duplicate(struct rk_project *p, const struct rk_function *f, size_t n)
{
	struct rk_str a = f[0].file, b = f[1].file;

	(void)rk_why(complaint(p), RK_EXISTS, "RK-108", "Rename one of them.",
	    "%.*s and %.*s%s answer to the same path %.*s, so none of them is served.", RK_FMT(a), RK_FMT(b),
	    n > 2 ? " and others" : "", RK_FMT(f->path));
}

/* The functions are sorted: those that share a path stand side by side, and all go. */
static void
drop_duplicates(struct rk_project *p)
{
	size_t kept = 0;

	for (size_t i = 0, n; i < p->function_n; i += n) {
		const struct rk_function *f = &p->functions[i];
		for (n = 1; i + n < p->function_n && rk_str_is(f->path, f[n].path); n++)
			;
		if (n == 1) {
			p->functions[kept++] = *f;
			continue;
		}
		complain_duplicate(p, f, n);
		for (size_t k = 0; k < n; k++)
			free(f[k].source);
	}
	p->function_n = kept;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(((const struct rk_why *)a)->what, ((const struct rk_why *)b)->what);
}

static void
read_functions(struct reading *r, const char *dir)
{
	struct rk_project *p = r->project;
	size_t before = p->complaint_n;

	rk_folder_walk(r->folder, dir,
	    &(struct rk_folder_visitor){
		.file = visit_file, .dir = visit_dir, .trouble = visit_trouble, .arg = r });
	if (p->err != RK_OK)
		return;
	if (p->function_n > 0)
		qsort(p->functions, p->function_n, sizeof(*p->functions), by_path);
	drop_duplicates(p);
	if (p->function_n == 0 && p->complaint_n == before)
		(void)rk_why(complaint(p), RK_NOT_FOUND, "RK-103",
		    "Put a file in it that ends in .js: it is served at once.",
		    "The folder %.*s has no function in it.", RK_FMT(p->functions_dir));
	/* The folder was read in no order, but the same folder always says the same. */
	if (p->complaint_n > before)
		qsort(p->complaints + before, p->complaint_n - before, sizeof(*p->complaints), by_text);
}

static const char *
pick_functions_dir(const struct rk_folder *folder, const struct rk_conf *conf)
{
	static const char *const usual[] = { "functions", "src" };

	if (conf->functions_dir && *conf->functions_dir)
		return rk_folder_has_dir(folder, conf->functions_dir) ? conf->functions_dir : NULL;
	for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++)
		if (rk_folder_has_dir(folder, usual[i]))
			return usual[i];
	return NULL;
}

/* "./api/" as "api": the name that stands in front of every file's. */
static char *
plain_dir(const char *dir)
{
	struct rk_str s = rk_str(dir);

	while (rk_str_has_prefix(s, RK_STR("./")) && s.n > 2)
		s = rk_str_sub(s, 2, s.n);
	while (s.n > 1 && rk_str_has_suffix(s, RK_STR("/")))
		s.n--;
	return rk_str_dup(s);
}

static enum rk_err
refuse_folder(const struct rk_conf *conf, struct rk_why *why)
{
	bool is_here = strcmp(conf->project, ".") == 0;

	if (conf->functions_dir && *conf->functions_dir)
		return rk_why(why, RK_NOT_FOUND, "RK-102",
		    "Create it, or name the folder that holds your functions.",
		    "There is no folder %s in the project.", conf->functions_dir);
	return rk_why(why, RK_NOT_FOUND, "RK-102", "Go to your project, or begin one here: mkdir functions",
	    "There is neither functions/ nor src/ in %s.", is_here ? "this folder" : conf->project);
}

enum rk_err
rk_project_read(const struct rk_folder *folder, const struct rk_conf *conf, struct rk_project *ret_project,
    struct rk_why *why)
{
	struct rk_project p = { .err = RK_OK };
	struct reading r = { .folder = folder, .project = &p };
	const char *picked = pick_functions_dir(folder, conf);
	RK_AUTO(rk_auto_free) char *dir = NULL;

	if (!picked)
		return refuse_folder(conf, why);
	dir = plain_dir(picked);
	if (!dir)
		return RK_NOMEM;
	rk_arena_init(&p.arena, 0);
	p.functions_dir = keep(&p, rk_str(dir));
	p.env_file = keep(&p, rk_str(conf->env_file));
	if (p.err == RK_OK)
		read_variables(&r, conf->env_file);
	if (p.err == RK_OK)
		read_functions(&r, dir);
	if (p.err != RK_OK) {
		rk_project_done(&p);
		return rk_why(why, p.err, "RK-119", "Give the machine more memory.",
		    "The project could not be read: %s.", rk_err_text(p.err));
	}
	*ret_project = p;
	return RK_OK;
}

void
rk_project_done(struct rk_project *project)
{
	rk_variables_done(&project->variables);
	for (size_t i = 0; i < project->function_n; i++)
		free(project->functions[i].source);
	free(project->functions);
	free(project->dirs);
	free(project->complaints);
	rk_arena_done(&project->arena);
	*project = (struct rk_project){ 0 };
}
