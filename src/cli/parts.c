/*
 * parts.c - reads a project's folder.
 */
#include "cli/parts.h"

#include <stdlib.h>

#include "base/auto.h"
#include "base/err.h"
#include "base/folder.h"
#include "cli/rc.h"
#include "cli/say.h"

#define FUNCTION_MAX (4u * 1024u * 1024u)
#define ENV_MAX (256u * 1024u)

struct reading {
	struct rk_parts *parts;
	const struct rk_folder *folder;
	const char *dir; /* "functions" */
	bool assets;
	enum rk_err err;
	struct rk_why *why;
};

const char *
rk_parts_visibility(enum rk_visibility visibility)
{
	switch (visibility) {
	case RK_PROTECTED:
		return "protected";
	case RK_PRIVATE:
		return "private";
	case RK_PUBLIC:
		break;
	}
	return "public";
}

static void
part_free(struct rk_part *part)
{
	rk_buf_free(&part->bytes);
	free(part->file);
	free(part);
}

void
rk_parts_done(struct rk_parts *parts)
{
	for (unsigned i = 0; i < parts->count; i++)
		part_free(parts->rows[i]);
	free(parts->rows);
	rk_buf_wipe(&parts->variables);
	*parts = (struct rk_parts){ 0 };
}

struct rk_part *
rk_parts_get(const struct rk_parts *parts, bool is_asset, struct rk_str path)
{
	for (unsigned i = 0; i < parts->count; i++)
		if (parts->rows[i]->is_asset == is_asset &&
		    rk_str_is(rk_name_path(&parts->rows[i]->name), path))
			return parts->rows[i];
	return NULL;
}

/* ---- one file ---------------------------------------------------------------------- */

static enum rk_err
tell_unreadable(const char *file, enum rk_err err, struct rk_why *why)
{
	switch (err) {
	case RK_TOO_LARGE:
		return rk_why(why, RK_TOO_LARGE, RK_SAY_DEPLOY,
		    "Make it smaller, or deploy with the vendor's tools.",
		    "%.300s is too large, or all files together are.", file);
	case RK_REFUSED:
		return rk_why(why, RK_REFUSED, RK_SAY_DEPLOY, "Put the file itself there.",
		    "%.300s is a link that leads out of the project.", file);
	default:
		return rk_why(why, RK_IO, RK_SAY_FILE, "Check who may read it.", "%.300s cannot be read: %s.",
		    file, rk_err_text(err));
	}
}

/* Functions and assets of one path would hide each other. */
static enum rk_err
look_for_twin(const struct rk_parts *parts, const struct rk_part *part, struct rk_why *why)
{
	struct rk_str path = rk_name_path(&part->name);
	const struct rk_part *other = rk_parts_get(parts, false, path);

	if (!other)
		other = rk_parts_get(parts, true, path);
	if (!other)
		return RK_OK;
	return rk_why(why, RK_REFUSED, "RK-108", "Rename one of them.",
	    "%.150s and %.150s both answer at %.*s.", other->file, part->file,
	    RK_FMT(rk_str_sub(path, 0, 150)));
}

static enum rk_err
read_part(struct reading *r, const char *file, struct rk_part *part)
{
	struct rk_str below = rk_str_sub(rk_str(file), strlen(r->dir) + 1, SIZE_MAX);
	size_t max = r->assets ? RK_PARTS_BYTES : FUNCTION_MAX;
	enum rk_err err = r->assets ? rk_names_parse_asset(below, &part->name, r->why)
				    : rk_names_parse(below, &part->name, r->why);

	if (err != RK_OK)
		return RK_REFUSED;
	part->is_asset = r->assets;
	part->file = rk_str_dup(rk_str(file));
	if (!part->file)
		return RK_NOMEM;
	err = look_for_twin(r->parts, part, r->why);
	if (err != RK_OK)
		return err;
	err = rk_folder_read(r->folder, file, max, &part->bytes);
	r->parts->total += part->bytes.n;
	if (err == RK_OK && r->parts->total > RK_PARTS_BYTES)
		err = RK_TOO_LARGE;
	if (err != RK_OK)
		return tell_unreadable(file, err, r->why);
	return rk_signature_hash(rk_buf_str(&part->bytes), part->hash);
}

static void
visit_file(const char *file, void *arg)
{
	struct reading *r = arg;
	struct rk_str below = rk_str_sub(rk_str(file), strlen(r->dir) + 1, SIZE_MAX);
	struct rk_part *part;

	if (r->err != RK_OK || (!r->assets && !rk_names_is_function(below)) ||
	    rk_str_has_suffix(below, RK_STR(".DS_Store")))
		return;
	part = calloc(1, sizeof *part);
	r->err = !part ? RK_NOMEM : r->parts->count == RK_PARTS_MAX ? RK_TOO_LARGE : read_part(r, file, part);
	if (r->err == RK_OK)
		r->parts->rows[r->parts->count++] = part;
	else if (part)
		part_free(part);
}

static void
visit_trouble(const char *name, enum rk_err err, void *arg)
{
	struct reading *r = arg;

	if (r->err == RK_OK)
		r->err = tell_unreadable(name, err, r->why);
}

static void
visit_dir(const char *name, void *arg)
{
}

/* ---- the folders ---------------------------------------------------------------------- */

static enum rk_err
read_dir(
    struct rk_parts *parts, const struct rk_folder *folder, const char *dir, bool assets, struct rk_why *why)
{
	struct reading r = { parts, folder, dir, assets, RK_OK, why };

	rk_folder_walk(folder, dir,
	    &(struct rk_folder_visitor){ .file = visit_file,
		.dir = visit_dir,
		.trouble = visit_trouble,
		.arg = &r,
		.hidden = assets });
	return r.err;
}

/* What is named, else the first usual name that is there; NULL: none. */
static const char *
pick(const struct rk_folder *folder, const char *named, const char *usual, const char *other)
{
	if (*named)
		return rk_folder_has_dir(folder, named) ? named : NULL;
	return rk_folder_has_dir(folder, usual) ? usual : rk_folder_has_dir(folder, other) ? other : NULL;
}

static enum rk_err
read_variables(
    struct rk_parts *parts, const struct rk_folder *folder, const char *file, bool named, struct rk_why *why)
{
	enum rk_err err = rk_folder_read(folder, file, ENV_MAX, &parts->variables);

	return err == RK_OK || (err == RK_NOT_FOUND && !named) ? RK_OK : tell_unreadable(file, err, why);
}

static int
by_path(const void *a, const void *b)
{
	const struct rk_part *const *x = a, *const *y = b;
	int order = (*x)->is_asset - (*y)->is_asset;

	return order ? order : strcmp((*x)->name.path, (*y)->name.path);
}

static enum rk_err
read_folder(struct rk_parts *parts, const struct rk_conf *conf, struct rk_why *why)
{
	struct rk_folder folder;
	enum rk_err err = rk_folder_open(conf->project, &folder, why);
	const char *functions, *assets;

	if (err != RK_OK)
		return err;
	functions = pick(&folder, conf->functions_dir, "functions", "src");
	assets = pick(&folder, conf->assets_dir, "assets", "static");
	if (!functions && !assets)
		err =
		    rk_why(why, RK_NOT_FOUND, "RK-102", "Name the folder of the project: roomkey deploy DIR.",
			"There is neither a folder of functions nor one of assets.");
	if (err == RK_OK && functions)
		err = read_dir(parts, &folder, functions, false, why);
	if (err == RK_OK && assets)
		err = read_dir(parts, &folder, assets, true, why);
	if (err == RK_OK)
		err =
		    read_variables(parts, &folder, conf->env_file, strcmp(conf->env_file, ".env") != 0, why);
	rk_folder_close(&folder);
	if (err == RK_OK && parts->count > 0)
		qsort(parts->rows, parts->count, sizeof *parts->rows, by_path);
	return err;
}

/* What the project brings along, then flags. */
static enum rk_err
settle(struct rk_conf *conf, const struct rk_rc *rc, const char *const *flags, struct rk_why *why)
{
	static const char *const names[] = { "functions-folder", "assets-folder", "env" };
	char *args[RK_RC_FLAGS + 2] = { (char *)"deploy" };
	enum rk_err err;

	for (unsigned i = 0; i < rc->count; i++)
		args[i + 1] = rc->flags[i];
	err = rk_conf_parse_args(conf, (int)rc->count + 1, args, why);
	for (unsigned i = 0; i < 3 && err == RK_OK; i++)
		if (flags[i])
			err = rk_conf_set(conf, rk_str(names[i]), rk_str(flags[i]), why);
	return err;
}

enum rk_err
rk_parts_read(const char *dir, const char *functions, const char *assets, const char *env,
    struct rk_parts *parts, struct rk_why *why)
{
	const char *const flags[] = { functions, assets, env };
	struct rk_conf conf;
	struct rk_rc rc;
	enum rk_err err = rk_rc_read(dir, &rc, why);

	if (err != RK_OK)
		return err == RK_INVALID ? RK_REFUSED : err;
	err = rk_conf_init(&conf, RK_CONF_DEV);
	if (err == RK_OK)
		err = settle(&conf, &rc, flags, why);
	if (err == RK_OK)
		err = rk_conf_set(&conf, RK_STR("project"), rk_str(dir), why);
	parts->rows = calloc(RK_PARTS_MAX, sizeof *parts->rows);
	if (err == RK_OK)
		err = parts->rows ? read_folder(parts, &conf, why) : RK_NOMEM;
	rk_rc_done(&rc);
	rk_conf_done(&conf);
	return err;
}
