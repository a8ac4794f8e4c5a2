#include "gateway/asset.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "gateway/gate.h"
#include "gateway/range.h"

#define TRIES 3 /* routes that change under a request are looked up again, so often */

/* ---- the answer ----------------------------------------------------------------------- */

static void
put_version(struct rk_answer *a)
{
	rk_answer_put(a, RK_STR("Accept-Ranges"), RK_STR("bytes"));
	rk_answer_put(a, RK_STR("Last-Modified"), rk_str(a->version.modified));
	rk_answer_put(a, RK_STR("ETag"), rk_str(a->version.etag));
}

/* RFC 9110 section 15.5.17: the range is outside, and this is the size. */
static void
refuse_range(struct rk_answer *a, uint64_t size, struct rk_str request_id)
{
	rk_answer_fault(a, RK_FAULT_RANGE, (struct rk_str){ 0 }, request_id);
	rk_answer_put(a, RK_STR("Accept-Ranges"), RK_STR("bytes"));
	snprintf(a->range, sizeof(a->range), "bytes */%" PRIu64, size);
	rk_answer_put(a, RK_STR("Content-Range"), rk_str(a->range));
}

static void
put_body(
    struct rk_answer *a, const struct rk_shelf_file *file, enum rk_range range, uint64_t from, uint64_t to)
{
	if (range == RK_RANGE_PART) {
		a->status = 206;
		snprintf(a->range, sizeof(a->range), "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, from, to,
		    file->size);
		rk_answer_put(a, RK_STR("Content-Range"), rk_str(a->range));
	} else {
		from = 0;
		to = file->size - 1; /* of an empty file: wraps, and the length is 0 again */
	}
	a->file = file->fd;
	a->file_from = from;
	a->file_n = to - from + 1;
}

void
rk_asset_put(struct rk_answer *a, const struct rk_shelf_file *file, struct rk_str type,
    const struct rk_head *head, struct rk_str request_id)
{
	struct rk_str field = rk_head_get(head, RK_STR("Range"));
	enum rk_range range = RK_RANGE_ALL;
	uint64_t from = 0, to = 0;
	enum rk_fresh fresh;

	rk_fresh_describe(&a->version, file->size, file->mtime_ms);
	fresh = rk_fresh_check(head, &a->version);
	if (fresh == RK_FRESH_FAILED) {
		rk_answer_fault(a, RK_FAULT_PRECONDITION, (struct rk_str){ 0 }, request_id);
		return;
	}
	if (fresh == RK_FRESH_SEND && field.p && rk_fresh_allows_range(head, &a->version))
		range = rk_range_parse(field, file->size, &from, &to);
	if (range == RK_RANGE_NONE) {
		refuse_range(a, file->size, request_id);
		return;
	}
	rk_answer_start(a, fresh == RK_FRESH_KNOWN ? 304 : 200, request_id);
	put_version(a);
	/* The library names a length in a 304 as well, so it must be the 200's (RFC 9110 section 8.6). */
	if (fresh != RK_FRESH_KNOWN)
		rk_answer_put(a, RK_STR("Content-Type"), type);
	put_body(a, file, range, from, to);
}

/* ---- its way ---------------------------------------------------------------------------- */

static struct rk_shelf_key
key_of(const struct rk_request *r)
{
	return (struct rk_shelf_key){ r->site->number, r->route->asset };
}

static bool
serve_from_shelf(struct rk_request *r)
{
	struct rk_shelf_file file;

	if (!rk_shelf_get(r->front->shelf, key_of(r), &file))
		return false;
	rk_asset_put(&r->front->answer, &file, r->route->type, &r->head, rk_request_id(r));
	rk_request_answer(r);
	return true;
}

void
rk_asset_serve(struct rk_request *r)
{
	const struct rk_routes *routes = r->site->routes;

	if (serve_from_shelf(r))
		return;
	r->asked = RK_ASKED_OPEN;
	if (r->tries++ == TRIES || rk_asks_open(r->front->asks, &r->ask, rk_routes_site(routes),
				       rk_routes_generation(routes), r->route->asset) != RK_OK)
		rk_request_fault(r, RK_FAULT_KEEPER, (struct rk_str){ 0 });
}

/* Keeper says RK_ROUTES and opens files in one order: what it opened belongs to the present routes. */
void
rk_asset_take(struct rk_request *r, int fd, uint64_t mtime_ms)
{
	if (!rk_gate_admit(r)) {
		close(fd);
		return;
	}
	if (r->route->kind != RK_ROUTE_ASSET) {
		close(fd);
		rk_request_go_on(r);
		return;
	}
	rk_shelf_put(r->front->shelf, key_of(r), fd, mtime_ms);
	if (!serve_from_shelf(r))
		rk_request_fault(r, RK_FAULT_GONE, (struct rk_str){ 0 });
}
