/*
 * fuzz_conf.c - settings that were read are written in a form that is read again, to the same text.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whether `text` was taken whole; what it came to is in out either way. */
static bool
rewrite(struct rk_str text, struct rk_buf *out)
{
	RK_AUTO(rk_conf_done) struct rk_conf conf;
	struct rk_why why;
	bool taken;

	if (rk_conf_init(&conf, RK_CONF_DEV) != RK_OK)
		abort();
	taken = rk_conf_parse(&conf, text, &why) == RK_OK;
	rk_conf_format(out, &conf);
	return taken;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	RK_AUTO(rk_buf_free) struct rk_buf first = RK_BUF(4096 + size);
	RK_AUTO(rk_buf_free) struct rk_buf second = RK_BUF(4096 + size);

	(void)rewrite(rk_str_n(data, size), &first);
	if (!rewrite(rk_buf_str(&first), &second) || !rk_str_is(rk_buf_str(&first), rk_buf_str(&second)))
		abort();
	return 0;
}
