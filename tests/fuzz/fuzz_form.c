/*
 * fuzz_form.c - what was read is UTF-8, and written it reads as the same.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
arena_done(struct rk_arena *arena)
{
	rk_arena_done(arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	RK_AUTO(arena_done) struct rk_arena arena;
	RK_AUTO(rk_buf_free) struct rk_buf text = RK_BUF(64u << 20);
	struct rk_form once, again;

	rk_arena_init(&arena, 64u << 20);
	if (rk_form_parse(&arena, rk_str_n(data, size), 1000, &once) != RK_OK)
		return 0;
	rk_form_put(&text, once.params, once.count);
	if (rk_form_parse(&arena, rk_buf_str(&text), 1000, &again) != RK_OK || once.count != again.count)
		abort();
	for (size_t i = 0; i < once.count; i++)
		if (!rk_str_is_utf8(once.params[i].name) || !rk_str_is_utf8(once.params[i].value) ||
		    !rk_str_is(once.params[i].name, again.params[i].name) ||
		    !rk_str_is(once.params[i].value, again.params[i].value))
			abort();
	return 0;
}
