#include "keeper/project.h"

#include <stdlib.h>

#include "base/auto.h"
#include "keeper/assets.h"
#include "keeper/clash.h"
#include "wire/names.h"
#include "keeper/source.h"
#include "keeper/trouble.h"

struct reading {
	const struct rk_folder *folder;
	struct rk_project *project;
};

void *
rk_project_room(struct rk_project *project, void *v, size_t n, size_t *cap, size_t size)
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

struct rk_why *
rk_project_complain(struct rk_project *p)
{
	struct rk_why *v = rk_project_room(p, p->complaints, p->complaint_n, &p->complaint_cap, sizeof(*v));

	if (!v)
		return NULL;
	p->complaints = v;
	p->complaints[p->complaint_n] = (struct rk_why){ 0 };
	return &p->complaints[p->complaint_n++];
}

struct rk_str
rk_project_keep(struct rk_project *p, struct rk_str s)
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
		rk_trouble_variables(rk_project_complain(p), p->env_file, err);
		return;
	}
	if (err == RK_OK)
		err = rk_variables_parse(p->env_file, rk_buf_str(&text), &p->variables, &why);
	if (err == RK_INVALID) {
		struct rk_why *c = rk_project_complain(p);
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
	struct rk_function *v = rk_project_room(p, p->functions, p->function_n, &p->function_cap, sizeof(*v));

	if (!v)
		return;
	p->functions = v;
	v = &p->functions[p->function_n];
	*v = (struct rk_function){
		.path = rk_project_keep(p, rk_name_path(name)), .file = file, .visibility = name->visibility
	};
	if (p->err == RK_OK)
		p->err = rk_source_take(bytes, &v->source, &v->source_n, &repaired);
	if (p->err != RK_OK)
		return;
	p->function_n++;
	p->source_bytes += v->source_n;
	if (repaired)
		(void)rk_why(rk_project_complain(p), RK_INVALID, "RK-114", "Save it as UTF-8 text.",
		    "%.*s is not UTF-8 text: what cannot be read in it is replaced by U+FFFD.", RK_FMT(file));
}

static bool
has_room(struct rk_project *p, struct rk_str file)
{
	if (p->function_n < RK_PROJECT_FUNCTIONS && p->source_bytes < RK_PROJECT_BYTES)
		return true;
	(void)rk_why(rk_project_complain(p), RK_TOO_LARGE, "RK-113", "Make two projects of it.",
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
	struct rk_str file = rk_project_keep(p, rk_str(file_z));
	if (p->err != RK_OK || !has_room(p, file))
		return;
	if (rk_names_parse(below, &name, &why) != RK_OK) {
		struct rk_why *c = rk_project_complain(p);
		if (c)
			*c = why;
		return;
	}
	enum rk_err err = rk_folder_read(r->folder, file_z, RK_PROJECT_SOURCE_BYTES, &bytes);
	if (err == RK_NOMEM)
		p->err = err;
	else if (err != RK_OK)
		rk_trouble_function(rk_project_complain(p), file, err);
	else
		add_function(p, file, &name, &bytes);
}

void
rk_project_add_dir(struct rk_project *p, struct rk_str dir)
{
	struct rk_str *v = rk_project_room(p, p->dirs, p->dir_n, &p->dir_cap, sizeof(*v));

	if (!v)
		return;
	p->dirs = v;
	p->dirs[p->dir_n] = dir;
	p->dir_n += p->err == RK_OK;
}

static void
visit_dir(const char *name, void *arg)
{
	struct rk_project *p = ((struct reading *)arg)->project;

	rk_project_add_dir(p, rk_project_keep(p, rk_str(name)));
}

static void
visit_trouble(const char *name, enum rk_err err, void *arg)
{
	struct rk_project *p = ((struct reading *)arg)->project;
	struct rk_str f = rk_str(name);

	if (err == RK_TOO_LARGE)
		rk_trouble_nesting(rk_project_complain(p), f);
	/* A broken link matters when it would be a function. */
	else if (err != RK_NOT_FOUND || rk_str_has_suffix(f, RK_STR(".js")))
		rk_trouble_function(rk_project_complain(p), f, err);
}

/* ---- the whole ------------------------------------------------------------- */

static int
by_text(const void *a, const void *b)
{
	return strcmp(((const struct rk_why *)a)->what, ((const struct rk_why *)b)->what);
}

/* The folders are read in no order, but the same folders always say the same. */
static void
read_files(struct reading *r, bool has_functions)
{
	struct rk_project *p = r->project;
	RK_AUTO(rk_auto_free) char *dir = rk_str_dup(p->functions_dir);
	size_t before = p->complaint_n;

	if (!dir)
		p->err = RK_NOMEM;
	else if (has_functions)
		rk_folder_walk(r->folder, dir,
		    &(struct rk_folder_visitor){
			.file = visit_file, .dir = visit_dir, .trouble = visit_trouble, .arg = r });
	if (p->err == RK_OK && p->function_n == 0 && p->complaint_n == before)
		(void)rk_why(rk_project_complain(p), RK_NOT_FOUND, "RK-103",
		    "Put a file in it that ends in .js: it is served at once.", "The folder %.*s %s.",
		    RK_FMT(p->functions_dir),
		    has_functions ? "has no function in it" : "is not there, so no function is served");
	if (p->err == RK_OK && p->assets_dir.n > 0)
		rk_assets_read(r->folder, p);
	if (p->err == RK_OK)
		rk_clash_drop(p);
	if (p->err == RK_OK && p->complaint_n > before)
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
static struct rk_str
keep_dir(struct rk_project *p, const char *dir)
{
	struct rk_str s = rk_str(dir);

	while (rk_str_has_prefix(s, RK_STR("./")) && s.n > 2)
		s = rk_str_sub(s, 2, s.n);
	while (s.n > 1 && rk_str_has_suffix(s, RK_STR("/")))
		s.n--;
	return rk_project_keep(p, s);
}

/* The vendor's tools know a project by its package.json. */
static bool
has_package(const struct rk_folder *folder)
{
	struct rk_file file;

	if (rk_folder_open_file(folder, "package.json", &file) != RK_OK)
		return false;
	close(file.fd);
	return true;
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
	const char *functions = pick_functions_dir(folder, conf);
	const char *assets = rk_assets_pick_dir(folder, conf);
	bool is_named = conf->functions_dir && *conf->functions_dir;

	if (!functions && (is_named || (!assets && !has_package(folder))))
		return refuse_folder(conf, why);
	rk_arena_init(&p.arena, 0);
	p.functions_dir = keep_dir(&p, functions ? functions : "functions");
	p.assets_dir = keep_dir(&p, assets);
	p.env_file = rk_project_keep(&p, rk_str(conf->env_file));
	if (!assets && conf->assets_dir && *conf->assets_dir)
		(void)rk_why(rk_project_complain(&p), RK_NOT_FOUND, "RK-130",
		    "Create it, or name the folder that holds your assets.",
		    "There is no folder %s in the project, so no asset is served.", conf->assets_dir);
	if (p.err == RK_OK)
		read_variables(&r, conf->env_file);
	if (p.err == RK_OK)
		read_files(&r, functions != NULL);
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
	for (size_t i = 0; i < project->function_n; i++) {
		free(project->functions[i].source);
		free(project->functions[i].good);
	}
	free(project->functions);
	for (size_t i = 0; i < project->asset_n; i++)
		free(project->assets[i].content);
	free(project->assets);
	free(project->dirs);
	free(project->complaints);
	rk_arena_done(&project->arena);
	*project = (struct rk_project){ 0 };
}
