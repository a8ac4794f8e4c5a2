/*
 * fuzz_bundle.c - a bundle that is accepted is whole, and writing it again gives the same bytes.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/auto.h"
#include "wire/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
put(struct rk_buf *out, const struct rk_bundle *b)
{
	rk_bundle_put_head(out, b);
	for (uint32_t i = 0; i < b->key_count; i++)
		rk_bundle_put_key(out, &b->keys[i]);
	for (uint32_t i = 0; i < b->variable_count; i++)
		rk_bundle_put_variable(out, b->variables[i].name, b->variables[i].value);
	for (uint32_t i = 0; i < b->function_count; i++)
		rk_bundle_put_function(out, &b->functions[i]);
	for (uint32_t i = 0; i < b->asset_count; i++)
		rk_bundle_put_asset(out, &b->assets[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	RK_AUTO(rk_buf_free) struct rk_buf again = RK_BUF(RK_BUNDLE_MAX);
	struct rk_bundle b;

	if (rk_bundle_parse(rk_str_n(data, size), &b) != RK_OK)
		return 0;
	put(&again, &b);
	if (!rk_str_is(rk_buf_str(&again), rk_str_n(data, size)))
		abort();
	rk_bundle_done(&b);
	return 0;
}
