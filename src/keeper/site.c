/*
 * site.c - an environment read from the store, and the routes that it makes.
 */
#include "keeper/site.h"

#include "base/auto.h"
#include "keeper/pages.h"
#include "keeper/types.h"

#define SITE_MAX (64u * RK_MB)
#define FILE_TEXT_MAX 1024
#define FILES_FIRST 16u
#define NAME_MAX_BYTES 512

/* ---- reading ------------------------------------------------------------------------ */

struct reading {
	struct rk_site *site;
	const char *folder, *extension; /* of files without one of their own */
	struct rk_site_file *files;     /* on the heap, while it grows */
	size_t n, cap;
	enum rk_err err;
};

static uint8_t
visibility_of(struct rk_str word)
{
	if (rk_str_is(word, RK_STR("public")))
		return RK_PUBLIC;
	return rk_str_is(word, RK_STR("protected")) ? RK_PROTECTED : RK_PRIVATE;
}

/* "functions/lib/sign.private.js" of "/lib/sign": what require() and the log call it. */
static void
put_file(struct rk_buf *out, const struct reading *r, struct rk_str path, uint8_t visibility)
{
	static const char *const marks[] = { "", ".protected", ".private" };
	size_t dot = path.n;

	while (dot > 0 && path.p[dot - 1] != '.' && path.p[dot - 1] != '/')
		dot--;
	if (dot == 0 || path.p[dot - 1] != '.')
		dot = path.n + 1;
	rk_buf_put(out, rk_str(r->folder));
	rk_buf_put(out, rk_str_sub(path, 0, dot - 1));
	rk_buf_put(out, rk_str(marks[visibility]));
	if (dot <= path.n)
		rk_buf_put(out, rk_str_sub(path, dot - 1, path.n));
	else
		rk_buf_put(out, rk_str(r->extension));
}

static void
fill(struct reading *r, struct rk_site_file *f, const struct rk_row *row, struct rk_str owner,
    const struct rk_row_function_version *v)
{
	RK_AUTO(rk_buf_free) struct rk_buf name = RK_BUF(FILE_TEXT_MAX);
	struct rk_arena *arena = &r->site->arena;

	f->visibility = visibility_of(v->visibility);
	put_file(&name, r, v->path, f->visibility);
	f->path = rk_arena_dup(arena, v->path);
	f->file = rk_arena_dup(arena, rk_buf_str(&name));
	f->type = v->content_type.n ? rk_arena_dup(arena, v->content_type) : rk_types_get(v->path);
	f->owner_sid = rk_arena_dup(arena, owner);
	f->digest = rk_arena_dup(arena, v->content_digest);
	f->size = v->content_size;
	f->mtime_ms = (uint64_t)row->date_created / 1000;
	if (name.bad || !f->path.p || !f->file.p || !f->type.p || !f->owner_sid.p || !f->digest.p)
		r->err = RK_NOMEM;
}

static struct rk_site_file *
next_file(struct reading *r)
{
	if (r->n == r->cap) {
		size_t cap = r->cap ? 2 * r->cap : FILES_FIRST;
		struct rk_site_file *files = realloc(r->files, cap * sizeof *files);
		if (!files) {
			r->err = RK_NOMEM;
			return NULL;
		}
		r->files = files;
		r->cap = cap;
	}
	return &r->files[r->n++];
}

static void
take_function(const void *row, void *arg)
{
	const struct rk_row_function_version *v = row;
	struct rk_site_file *f = next_file(arg);

	if (f)
		fill(arg, f, &v->row, v->function_sid, v);
}

static void
take_asset(const void *row, void *arg)
{
	const struct rk_row_asset_version *a = row;
	struct rk_site_file *f = next_file(arg);
	struct rk_row_function_version v = { .path = a->path,
		.visibility = a->visibility,
		.content_type = a->content_type,
		.content_digest = a->content_digest,
		.content_size = a->content_size };

	if (f)
		fill(arg, f, &a->row, a->asset_sid, &v);
}

static int
compare_files(const void *a, const void *b)
{
	return rk_str_compare(((const struct rk_site_file *)a)->path, ((const struct rk_site_file *)b)->path);
}

static enum rk_err
read_files(struct rk_store *store, struct reading *r, enum rk_kind kind, rk_store_fn *take,
    struct rk_site_file **ret_files)
{
	struct rk_query q = { .account = r->site->account_sid, .build = r->site->build_sid };
	enum rk_err err = rk_pages_each(store, kind, &q, take, r);

	if (!err)
		err = r->err;
	*ret_files = err ? NULL : rk_arena_take(&r->site->arena, (r->n + 1) * sizeof **ret_files);
	if (*ret_files && r->n > 0) {
		qsort(r->files, r->n, sizeof *r->files, compare_files);
		memcpy(*ret_files, r->files, r->n * sizeof **ret_files);
	}
	free(r->files);
	if (err)
		return err;
	return *ret_files ? RK_OK : RK_NOMEM;
}

static enum rk_err
read_build(struct rk_store *store, struct rk_site *site)
{
	struct reading functions = { .site = site, .folder = "functions", .extension = ".js" };
	struct reading assets = { .site = site, .folder = "assets", .extension = "" };
	enum rk_err err =
	    read_files(store, &functions, RK_KIND_FUNCTION_VERSION, take_function, &site->functions);

	if (!err)
		err = read_files(store, &assets, RK_KIND_ASSET_VERSION, take_asset, &site->assets);
	site->function_n = functions.n;
	site->asset_n = assets.n;
	return err;
}

static bool
copy_name(struct rk_site *site, struct rk_str *ret_name, struct rk_str text)
{
	*ret_name = rk_arena_dup(&site->arena, text);
	return ret_name->p || text.n == 0;
}

static bool
copy_names(struct rk_site *site, const struct rk_row_environment *row)
{
	return copy_name(site, &site->account_sid, row->row.account_sid) &&
	       copy_name(site, &site->environment_sid, rk_str(row->row.sid)) &&
	       copy_name(site, &site->service_sid, row->service_sid) &&
	       copy_name(site, &site->build_sid, row->build_sid) &&
	       copy_name(site, &site->label, row->domain_label);
}

enum rk_err
rk_site_read_row(struct rk_store *store, const struct rk_row_environment *row, struct rk_site **ret_site)
{
	struct rk_site *site;
	enum rk_err err;

	if (!row->build_sid.n)
		return RK_NOT_FOUND;
	site = calloc(1, sizeof *site);
	if (!site)
		return RK_NOMEM;
	rk_arena_init(&site->arena, SITE_MAX);
	err = copy_names(site, row) ? read_build(store, site) : RK_NOMEM;
	if (err) {
		rk_site_free(site);
		return err;
	}
	*ret_site = site;
	return RK_OK;
}

enum rk_err
rk_site_read(
    struct rk_store *store, struct rk_str account, struct rk_str environment, struct rk_site **ret_site)
{
	struct rk_row_environment row;
	struct rk_arena arena;
	enum rk_err err;

	rk_arena_init(&arena, 0);
	err = rk_store_get(store, RK_KIND_ENVIRONMENT, account, environment, &arena, &row);
	if (!err)
		err = rk_site_read_row(store, &row, ret_site);
	rk_arena_done(&arena);
	return err;
}

enum rk_err
rk_site_read_build(struct rk_store *store, const struct rk_row_build *build, struct rk_site **ret_site)
{
	struct rk_row_environment row = { .row.account_sid = build->row.account_sid,
		.service_sid = build->service_sid,
		.build_sid = rk_str(build->row.sid) };

	return rk_site_read_row(store, &row, ret_site);
}

void
rk_site_free(struct rk_site *site)
{
	if (!site)
		return;
	rk_arena_done(&site->arena);
	free(site);
}

static const struct rk_site_file *
find_in(const struct rk_site_file *files, size_t n, struct rk_str path)
{
	struct rk_site_file key = { .path = path };

	return n ? bsearch(&key, files, n, sizeof *files, compare_files) : NULL;
}

const struct rk_site_file *
rk_site_find(const struct rk_site *site, struct rk_str path)
{
	const struct rk_site_file *f = find_in(site->functions, site->function_n, path);

	return f ? f : find_in(site->assets, site->asset_n, path);
}

/* ---- names and routes ---------------------------------------------------------------- */

static struct rk_str
base_of(const struct rk_conf *conf)
{
	return conf->base_domain && *conf->base_domain ? rk_str(conf->base_domain) : RK_STR("localhost");
}

void
rk_site_put_host(struct rk_buf *out, struct rk_str label, const struct rk_conf *conf)
{
	struct rk_str base = base_of(conf);

	rk_buf_put(out, label);
	rk_buf_put_c(out, '.');
	rk_buf_put(out, rk_str_sub(base, 0, rk_str_index(base, ':')));
}

void
rk_site_put_domain(struct rk_buf *out, struct rk_str label, const struct rk_conf *conf)
{
	rk_buf_put(out, label);
	rk_buf_put_c(out, '.');
	rk_buf_put(out, base_of(conf));
	if (!conf->base_domain || !*conf->base_domain)
		rk_buf_printf(out, ":%ld", conf->port);
}

static void
put_head(struct rk_buf *out, const struct rk_site *site, uint32_t number, uint32_t generation,
    const struct rk_conf *conf)
{
	RK_AUTO(rk_buf_free) struct rk_buf host = RK_BUF(NAME_MAX_BYTES), domain = RK_BUF(NAME_MAX_BYTES);

	rk_site_put_host(&host, site->label, conf);
	rk_site_put_domain(&domain, site->label, conf);
	rk_routes_head_put(
	    out, &(struct rk_routes_head){ .site = number,
		     .generation = generation,
		     .host = rk_buf_str(&host),
		     .domain_name = rk_buf_str(&domain),
		     .is_default = rk_str_is(site->environment_sid, rk_str(conf->default_environment)),
		     .count = (uint32_t)(site->function_n + site->asset_n) });
}

void
rk_site_put_routes(struct rk_buf *out, const struct rk_site *site, uint32_t number, uint32_t generation,
    const struct rk_conf *conf)
{
	put_head(out, site, number, generation, conf);
	for (size_t i = 0; i < site->function_n; i++)
		rk_route_put(out, &(struct rk_route){ .path = site->functions[i].path,
				      .function = (uint32_t)i,
				      .kind = RK_ROUTE_FUNCTION,
				      .visibility = site->functions[i].visibility,
				      .file = site->functions[i].file });
	for (size_t i = 0; i < site->asset_n; i++)
		rk_route_put(out, &(struct rk_route){ .path = site->assets[i].path,
				      .asset = (uint32_t)i,
				      .kind = RK_ROUTE_ASSET,
				      .visibility = site->assets[i].visibility,
				      .file = site->assets[i].file,
				      .type = site->assets[i].type });
}
