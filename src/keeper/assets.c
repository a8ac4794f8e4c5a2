#include "keeper/assets.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/auto.h"
#include "wire/names.h"
#include "keeper/trouble.h"

#define FILE_MAX 4096 /* PATH_MAX */

struct reading {
	const struct rk_folder *dir; /* the assets folder */
	struct rk_project *project;
};

const char *
rk_assets_pick_dir(const struct rk_folder *folder, const struct rk_conf *conf)
{
	static const char *const usual[] = { "assets", "static" };

	if (conf->assets_dir && *conf->assets_dir)
		return rk_folder_has_dir(folder, conf->assets_dir) ? conf->assets_dir : NULL;
	for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++)
		if (rk_folder_has_dir(folder, usual[i]))
			return usual[i];
	return NULL;
}

/* The walk's "./img/logo.png" as "img/logo.png"; "." as "". */
static struct rk_str
below(const char *name)
{
	return rk_str_sub(rk_str(name), 2, strlen(name));
}

/* "assets/img/logo.png"; p == NULL when memory is short. */
static struct rk_str
file_of(struct rk_project *p, struct rk_str name)
{
	RK_AUTO(rk_buf_free) struct rk_buf file = RK_BUF(2 * FILE_MAX);

	rk_buf_put(&file, p->assets_dir);
	if (name.n > 0)
		rk_buf_put_c(&file, '/');
	rk_buf_put(&file, name);
	if (rk_buf_end(&file) != RK_OK)
		p->err = RK_NOMEM;
	return rk_project_keep(p, rk_buf_str(&file));
}

static struct rk_str
last_part(struct rk_str name)
{
	size_t at = name.n;

	while (at > 0 && name.p[at - 1] != '/')
		at--;
	return rk_str_sub(name, at, name.n);
}

static bool
has_room(struct rk_project *p, struct rk_str file)
{
	if (p->asset_n < RK_ASSETS_MAX)
		return true;
	(void)rk_why(rk_project_complain(p), RK_TOO_LARGE, "RK-133", "Make two projects of it.",
	    "%.*s is left out: a project has at most %u assets.", RK_FMT(file), RK_ASSETS_MAX);
	return false;
}

/* Private assets are read now: workers, who open no files, get them with the functions. */
static enum rk_err
read_content(const struct reading *r, const char *name, struct rk_asset *asset)
{
	RK_AUTO(rk_buf_free) struct rk_buf bytes = { 0 };
	struct rk_project *p = r->project;

	enum rk_err err = rk_folder_read(r->dir, name, RK_ASSETS_PRIVATE_BYTES - p->asset_bytes, &bytes);
	asset->content_n = bytes.n;
	if (err == RK_OK)
		err = rk_buf_take(&bytes, &asset->content);
	if (err == RK_OK)
		p->asset_bytes += asset->content_n;
	return err;
}

static enum rk_err
look_at(const struct reading *r, const char *name, struct rk_asset *asset)
{
	struct rk_file file;
	enum rk_err err = rk_folder_open_file(r->dir, name, &file);

	if (err != RK_OK)
		return err;
	close(file.fd);
	asset->mtime_ms = file.mtime_ms;
	return asset->visibility == RK_PRIVATE ? read_content(r, name, asset) : RK_OK;
}

static void
add_asset(struct reading *r, const char *name_z, struct rk_str file, const struct rk_name *name)
{
	struct rk_project *p = r->project;
	struct rk_asset *v = rk_project_room(p, p->assets, p->asset_n, &p->asset_cap, sizeof(*v));

	if (!v)
		return;
	p->assets = v;
	v = &p->assets[p->asset_n];
	*v = (struct rk_asset){ .path = rk_project_keep(p, rk_name_path(name)),
		.file = file,
		.visibility = name->visibility,
		.is_hidden = last_part(file).p[0] == '.' };
	if (p->err != RK_OK)
		return;
	enum rk_err err = look_at(r, name_z, v);
	if (err == RK_OK)
		p->asset_n++;
	else if (err == RK_NOMEM)
		p->err = err;
	else
		rk_trouble_asset(rk_project_complain(p), file, err);
}

static void
visit_file(const char *name_z, void *arg)
{
	struct reading *r = arg;
	struct rk_project *p = r->project;
	struct rk_name name;
	struct rk_why why;

	if (p->err != RK_OK || rk_str_is(last_part(below(name_z)), RK_STR(".DS_Store")))
		return;
	struct rk_str file = file_of(p, below(name_z));
	if (p->err != RK_OK || !has_room(p, file))
		return;
	if (rk_str_is(file, p->env_file))
		rk_trouble_asset_variables(rk_project_complain(p), file);
	else if (rk_names_parse_asset(below(name_z), &name, &why) == RK_OK)
		add_asset(r, name_z, file, &name);
	else {
		struct rk_why *c = rk_project_complain(p);
		if (c)
			*c = why;
	}
}

static void
visit_dir(const char *name, void *arg)
{
	struct rk_project *p = ((struct reading *)arg)->project;

	rk_project_add_dir(p, file_of(p, below(name)));
}

static void
visit_trouble(const char *name, enum rk_err err, void *arg)
{
	struct rk_project *p = ((struct reading *)arg)->project;
	struct rk_str file = file_of(p, below(name));

	if (err == RK_TOO_LARGE)
		rk_trouble_nesting(rk_project_complain(p), file);
	else
		rk_trouble_asset(rk_project_complain(p), file, err);
}

/* A folder that holds the functions would show their text to everyone, and `.` the variables. */
static bool
is_apart(const struct rk_project *p)
{
	struct rk_str a = p->assets_dir, f = p->functions_dir;

	if (rk_str_is(a, RK_STR(".")) || rk_str_is(a, f))
		return false;
	return !(rk_str_has_prefix(f, a) && f.p[a.n] == '/') && !(rk_str_has_prefix(a, f) && a.p[f.n] == '/');
}

void
rk_assets_read(const struct rk_folder *folder, struct rk_project *p)
{
	RK_AUTO(rk_auto_free) char *name = rk_str_dup(p->assets_dir);
	struct rk_folder dir = { .fd = -1 };
	struct reading r = { .dir = &dir, .project = p };

	if (!name) {
		p->err = RK_NOMEM;
		return;
	}
	if (!is_apart(p)) {
		(void)rk_why(rk_project_complain(p), RK_REFUSED, "RK-131",
		    "Give the assets a folder of their own.",
		    "No asset is served: the folder %s also holds functions or variables.", name);
		return;
	}
	enum rk_err err = rk_folder_open_sub(folder, name, &dir);
	if (err != RK_OK) {
		rk_trouble_asset(rk_project_complain(p), p->assets_dir, err);
		return;
	}
	rk_folder_walk(&dir, ".",
	    &(struct rk_folder_visitor){
		.file = visit_file, .dir = visit_dir, .trouble = visit_trouble, .arg = &r, .hidden = true });
	rk_folder_close(&dir);
}

enum rk_err
rk_assets_open(const struct rk_folder *folder, const struct rk_project *p, const struct rk_asset *asset,
    struct rk_file *ret_file)
{
	struct rk_str name = rk_str_sub(asset->file, p->assets_dir.n + 1, asset->file.n);
	char dir_z[FILE_MAX], name_z[FILE_MAX];
	struct rk_folder dir;

	if (p->assets_dir.n >= sizeof(dir_z) || name.n >= sizeof(name_z))
		return RK_NOT_FOUND;
	snprintf(dir_z, sizeof(dir_z), "%.*s", RK_FMT(p->assets_dir));
	snprintf(name_z, sizeof(name_z), "%.*s", RK_FMT(name));
	enum rk_err err = rk_folder_open_sub(folder, dir_z, &dir);
	if (err != RK_OK)
		return err;
	err = rk_folder_open_file(&dir, name_z, ret_file);
	rk_folder_close(&dir);
	return err;
}
