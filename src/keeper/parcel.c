#include "keeper/parcel.h"

#include "base/auto.h"
#include "keeper/stale.h"
#include "keeper/types.h"
#include "wire/bundle.h"

/* More than the counts, lengths and the like of one row take. */
#define ROW_OVERHEAD 64u

static size_t
bytes_needed(const struct rk_project *p)
{
	size_t n = 4096;

	for (size_t i = 0; i < p->variables.n; i++)
		n += strlen(p->variables.v[i].name) + p->variables.v[i].value.n + ROW_OVERHEAD;
	for (size_t i = 0; i < p->function_n; i++)
		n += p->functions[i].path.n + p->functions[i].file.n + rk_stale_served(&p->functions[i]).n +
		     ROW_OVERHEAD;
	for (size_t i = 0; i < p->asset_n; i++)
		n += p->assets[i].path.n + p->assets[i].file.n + p->assets[i].content_n + ROW_OVERHEAD;
	return n;
}

static uint32_t
count_private(const struct rk_project *p)
{
	uint32_t n = 0;

	for (size_t i = 0; i < p->asset_n; i++)
		n += p->assets[i].visibility == RK_PRIVATE;
	return n;
}

static void
put_private(struct rk_buf *out, const struct rk_project *p)
{
	for (size_t i = 0; i < p->asset_n; i++) {
		const struct rk_asset *a = &p->assets[i];
		if (a->visibility == RK_PRIVATE)
			rk_bundle_put_asset(out, &(struct rk_bundle_asset){ .path = a->path,
						     .file = a->file,
						     .content = rk_str_n(a->content, a->content_n),
						     .mtime_ms = a->mtime_ms });
	}
}

enum rk_err
rk_parcel_seal(const struct rk_project *p, uint32_t generation, int *ret_fd)
{
	RK_AUTO(rk_buf_wipe) struct rk_buf out = RK_BUF(RK_BUNDLE_MAX);

	/* Reserved whole: growing would leave copies of the variables in the heap. */
	if (!rk_buf_reserve(&out, bytes_needed(p)))
		return rk_buf_end(&out);
	rk_bundle_put_head(&out, &(struct rk_bundle){ .generation = generation,
				     .variable_count = (uint32_t)p->variables.n,
				     .function_count = (uint32_t)p->function_n,
				     .asset_count = count_private(p) });
	for (size_t i = 0; i < p->variables.n; i++) {
		const struct rk_variable *v = &p->variables.v[i];
		rk_bundle_put_variable(&out, rk_str(v->name), rk_str_n(v->value.p, v->value.n));
	}
	for (size_t i = 0; i < p->function_n; i++) {
		const struct rk_function *f = &p->functions[i];
		rk_bundle_put_function(&out, &(struct rk_bundle_function){ .path = f->path,
						 .file = f->file,
						 .visibility = f->visibility,
						 .source = rk_stale_served(f) });
	}
	put_private(&out, p);
	enum rk_err err = rk_buf_end(&out);
	return err == RK_OK ? rk_bundle_seal(rk_buf_str(&out), ret_fd) : err;
}

/* A public or protected asset whose name starts with a dot has no route; a private one says that it is. */
static bool
has_route(const struct rk_asset *a)
{
	return !a->is_hidden || a->visibility == RK_PRIVATE;
}

static void
put_asset_routes(struct rk_buf *out, const struct rk_project *p)
{
	for (size_t i = 0; i < p->asset_n; i++) {
		const struct rk_asset *a = &p->assets[i];
		if (has_route(a))
			rk_route_put(out, &(struct rk_route){ .path = a->path,
					      .asset = (uint32_t)i,
					      .kind = RK_ROUTE_ASSET,
					      .visibility = a->visibility,
					      .file = a->file,
					      .type = rk_types_get(a->file) });
	}
}

void
rk_parcel_put_routes(struct rk_buf *out, const struct rk_project *p, uint32_t generation)
{
	uint32_t n = (uint32_t)p->function_n;

	for (size_t i = 0; i < p->asset_n; i++)
		n += has_route(&p->assets[i]);
	rk_routes_head_put(
	    out, &(struct rk_routes_head){ .site = RK_SITE_DEV, .generation = generation, .count = n });
	for (size_t i = 0; i < p->function_n; i++) {
		RK_AUTO(rk_buf_free) struct rk_buf stale = RK_BUF(RK_STALE_TEXT);
		rk_stale_put(&stale, p, i);
		rk_route_put(out, &(struct rk_route){ .path = p->functions[i].path,
				      .function = (uint32_t)i,
				      .visibility = p->functions[i].visibility,
				      .file = p->functions[i].file,
				      .stale = rk_buf_str(&stale) });
	}
	put_asset_routes(out, p);
}
