#include "keeper/parcel.h"

#include "base/auto.h"
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
		n +=
		    p->functions[i].path.n + p->functions[i].file.n + p->functions[i].source_n + ROW_OVERHEAD;
	return n;
}

enum rk_err
rk_parcel_seal(const struct rk_project *p, uint32_t generation, int *ret_fd)
{
	RK_AUTO(rk_buf_wipe) struct rk_buf out = RK_BUF(RK_BUNDLE_MAX);

	/* Reserved whole: growing would leave copies of the variables in the heap. */
	if (!rk_buf_reserve(&out, bytes_needed(p)))
		return rk_buf_end(&out);
	rk_bundle_put_head(
	    &out, generation, RK_STR(""), RK_STR(""), (uint32_t)p->variables.n, (uint32_t)p->function_n);
	for (size_t i = 0; i < p->variables.n; i++) {
		const struct rk_variable *v = &p->variables.v[i];
		rk_bundle_put_variable(&out, rk_str(v->name), rk_str_n(v->value.p, v->value.n));
	}
	for (size_t i = 0; i < p->function_n; i++) {
		const struct rk_function *f = &p->functions[i];
		rk_bundle_put_function(&out, &(struct rk_bundle_function){ .path = f->path,
						 .file = f->file,
						 .visibility = f->visibility,
						 .source = rk_str_n(f->source, f->source_n) });
	}
	enum rk_err err = rk_buf_end(&out);
	return err == RK_OK ? rk_bundle_seal(rk_buf_str(&out), ret_fd) : err;
}

void
rk_parcel_put_routes(struct rk_buf *out, const struct rk_project *p, uint32_t generation)
{
	rk_msg_put_u32(out, generation);
	rk_msg_put_u32(out, (uint32_t)p->function_n);
	for (size_t i = 0; i < p->function_n; i++)
		rk_route_put(out, &(struct rk_route){ .path = p->functions[i].path,
				      .function = (uint32_t)i,
				      .visibility = p->functions[i].visibility,
				      .file = p->functions[i].file });
}
