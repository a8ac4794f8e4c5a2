/*
 * fuzz_multipart.c - a body that may be anything, under a Content-Type that may be anything: every view that comes
 * out lies within what went in, and reading ends. Input: one line of Content-Type, then the body.
 */
#include <stdint.h>
#include <stdlib.h>

#include "wire/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must_lie_within(struct rk_str part, struct rk_str whole)
{
	if (part.n && (part.p < whole.p || part.p + part.n > whole.p + whole.n))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rk_str body = rk_str_n(data, size), type = rk_str_take(&body, '\n'), boundary;
	struct rk_multipart m;
	struct rk_multipart_part part;
	size_t parts = 0, bytes = 0;

	if (rk_multipart_get_boundary(type, &boundary) != RK_OK)
		boundary = RK_STR("B");
	else
		must_lie_within(boundary, type);
	rk_multipart_init(&m, body, boundary);
	while (rk_multipart_next(&m, &part) == RK_OK) {
		must_lie_within(part.name, body);
		must_lie_within(part.filename, body);
		must_lie_within(part.content_type, body);
		must_lie_within(part.body, body);
		bytes += part.body.n;
		if (!part.name.p || ++parts > RK_MULTIPART_PARTS_MAX)
			abort();
	}
	if (bytes > body.n)
		abort();
	return 0;
}
