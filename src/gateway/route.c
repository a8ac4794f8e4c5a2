#include "gateway/route.h"

#include <stdlib.h>

#include "wire/bundle.h"

#define NO_ROW UINT32_MAX
#define ROUTE_BYTES 22u /* the least that one takes: four empty strings, number, kind, visibility */

struct rk_routes {
	unsigned refs;
	struct rk_routes_head head; /* views into bytes */
	uint32_t count;
	struct rk_route *rows; /* views into bytes */
	char *bytes;
	uint32_t *slots; /* open addressing, at most half full; NO_ROW is empty */
	uint32_t mask;
	uint32_t *by_function; /* index in the bundle -> row */
	uint32_t functions;
};

/* FNV-1a. Only the owner of the deployment chooses what is in the table, so it needs no seed. */
static uint32_t
hash(struct rk_str s)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 16777619u;
	return h ^ (h >> 15);
}

static uint32_t *
slot_of(const struct rk_routes *r, struct rk_str path)
{
	uint32_t at = hash(path) & r->mask;

	while (r->slots[at] != NO_ROW && !rk_str_is(r->rows[r->slots[at]].path, path))
		at = (at + 1) & r->mask;
	return &r->slots[at];
}

static uint32_t *
new_index(uint32_t n)
{
	uint32_t *index = malloc((size_t)n * sizeof(*index));

	if (index)
		memset(index, 0xff, (size_t)n * sizeof(*index));
	return index;
}

/* The frame is borrowed and goes away: all its bytes are copied in one piece, and read there. */
static enum rk_err
read_head(struct rk_routes *r, const struct rk_msg_view *v, struct rk_msg_view *ret_copy)
{
	size_t n = (size_t)(v->end - v->p);

	r->bytes = malloc(n + 1);
	if (!r->bytes)
		return RK_NOMEM;
	if (n)
		memcpy(r->bytes, v->p, n);
	*ret_copy = (struct rk_msg_view){ (unsigned char *)r->bytes, (unsigned char *)r->bytes + n, v->bad };
	rk_routes_head_get(ret_copy, &r->head);
	r->count = r->head.count;
	/* A count that the bytes cannot hold allocates nothing. */
	if (ret_copy->bad || r->count > RK_BUNDLE_FUNCTIONS_MAX ||
	    r->count > (size_t)(ret_copy->end - ret_copy->p) / ROUTE_BYTES)
		return RK_INVALID;
	return RK_OK;
}

static enum rk_err
read_rows(struct rk_routes *r, struct rk_msg_view *copy)
{
	r->rows = calloc((size_t)r->count + 1, sizeof(*r->rows));
	if (!r->rows)
		return RK_NOMEM;
	for (uint32_t i = 0; i < r->count; i++) {
		rk_route_get(copy, &r->rows[i]);
		if (copy->bad || r->rows[i].function >= RK_BUNDLE_FUNCTIONS_MAX)
			return RK_INVALID;
		if (r->rows[i].kind == RK_ROUTE_FUNCTION && r->rows[i].function >= r->functions)
			r->functions = r->rows[i].function + 1;
	}
	return rk_msg_is_done(copy) ? RK_OK : RK_INVALID;
}

static enum rk_err
index_rows(struct rk_routes *r)
{
	uint32_t size = 16;

	while (size < 2 * r->count)
		size *= 2;
	r->mask = size - 1;
	r->slots = new_index(size);
	r->by_function = new_index(r->functions + 1);
	if (!r->slots || !r->by_function)
		return RK_NOMEM;
	for (uint32_t i = 0; i < r->count; i++) {
		uint32_t *slot = slot_of(r, r->rows[i].path);

		if (*slot != NO_ROW)
			return RK_INVALID;
		*slot = i;
		if (r->rows[i].kind == RK_ROUTE_FUNCTION)
			r->by_function[r->rows[i].function] = i;
	}
	return RK_OK;
}

enum rk_err
rk_routes_parse(struct rk_msg_view *v, struct rk_routes **ret_routes)
{
	struct rk_routes *r = calloc(1, sizeof(*r));
	struct rk_msg_view copy;
	enum rk_err err;

	if (!r)
		return RK_NOMEM;
	r->refs = 1;
	err = read_head(r, v, &copy);
	if (err == RK_OK)
		err = read_rows(r, &copy);
	if (err == RK_OK)
		err = index_rows(r);
	if (err == RK_OK)
		*ret_routes = r;
	else
		rk_routes_free(r);
	return err;
}

struct rk_routes *
rk_routes_dup(struct rk_routes *r)
{
	r->refs++;
	return r;
}

void
rk_routes_free(struct rk_routes *r)
{
	if (!r || --r->refs)
		return;
	free(r->rows);
	free(r->bytes);
	free(r->slots);
	free(r->by_function);
	free(r);
}

const struct rk_routes_head *
rk_routes_head(const struct rk_routes *r)
{
	return &r->head;
}

uint32_t
rk_routes_site(const struct rk_routes *r)
{
	return r->head.site;
}

uint32_t
rk_routes_generation(const struct rk_routes *r)
{
	return r->head.generation;
}

uint32_t
rk_routes_count(const struct rk_routes *r)
{
	return r->count;
}

const struct rk_route *
rk_routes_get(const struct rk_routes *r, struct rk_str path)
{
	uint32_t row = *slot_of(r, path);

	return row == NO_ROW ? NULL : &r->rows[row];
}

const struct rk_route *
rk_routes_function(const struct rk_routes *r, uint32_t function)
{
	if (function >= r->functions || r->by_function[function] == NO_ROW)
		return NULL;
	return &r->rows[r->by_function[function]];
}
