/*
 * fuzz_json.c - what is read must be written in a form that is read again, to the same text.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
rewrite(struct rk_str text, struct rk_buf *out)
{
	RK_AUTO(rk_json_auto) struct rk_json *root = NULL;
	struct rk_why why;

	if (rk_json_parse(text, &root, &why) != RK_OK)
		return false;
	rk_json_put(out, root);
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	RK_AUTO(rk_buf_free) struct rk_buf first = RK_BUF(64u << 20);
	RK_AUTO(rk_buf_free) struct rk_buf second = RK_BUF(64u << 20);
	RK_AUTO(rk_buf_free) struct rk_buf quoted = RK_BUF(64u << 20);

	rk_json_put_string(&quoted, rk_str_n(data, size));
	if (!rewrite(rk_str_n(data, size), &first))
		return 0;
	if (!rk_str_is_utf8(rk_str_n(data, size)) || !rewrite(rk_buf_str(&first), &second) ||
	    !rk_str_is(rk_buf_str(&first), rk_buf_str(&second)))
		abort();
	return 0;
}
