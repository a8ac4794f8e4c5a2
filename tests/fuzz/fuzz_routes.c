/* The payload of ROUTES: a table that parses finds every one of its own rows. */
#include <stdlib.h>

#include "gateway/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rk_msg_view v = { data, data + size, false };
	struct rk_routes *routes;

	if (rk_routes_parse(&v, &routes) != RK_OK)
		return 0;
	for (uint32_t i = 0; i < rk_routes_count(routes); i++) {
		const struct rk_route *r = rk_routes_function(routes, i);

		if (r && !rk_routes_get(routes, r->path))
			abort();
	}
	rk_routes_free(routes);
	return 0;
}
