/*
 * fuzz_codec.c - one text for one value: what a decoder takes, the encoder gives back letter by letter.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef void put_fn(struct rk_buf *, struct rk_str);
typedef enum rk_err get_fn(struct rk_buf *, struct rk_str);

/* text -> bytes -> text, where text is accepted at all */
static void
check_text(get_fn *get, put_fn *put, struct rk_str text, bool any_case)
{
	RK_AUTO(rk_buf_free) struct rk_buf bytes = RK_BUF(64u << 20);
	RK_AUTO(rk_buf_free) struct rk_buf again = RK_BUF(64u << 20);

	if (get(&bytes, text) != RK_OK)
		return;
	put(&again, rk_buf_str(&bytes));
	if (!(any_case ? rk_str_is_nocase(rk_buf_str(&again), text) : rk_str_is(rk_buf_str(&again), text)))
		abort();
}

static enum rk_err
get_percent(struct rk_buf *out, struct rk_str in)
{
	rk_codec_get_percent(out, in);
	return rk_buf_end(out);
}

/* bytes -> text -> bytes, always */
static void
check_bytes(put_fn *put, get_fn *get, struct rk_str bytes)
{
	RK_AUTO(rk_buf_free) struct rk_buf text = RK_BUF(64u << 20);
	RK_AUTO(rk_buf_free) struct rk_buf again = RK_BUF(64u << 20);

	put(&text, bytes);
	if (get(&again, rk_buf_str(&text)) != RK_OK || !rk_str_is(rk_buf_str(&again), bytes))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rk_str in = rk_str_n(data, size);
	RK_AUTO(rk_buf_free) struct rk_buf any = RK_BUF(size);

	check_text(rk_codec_get_base64url, rk_codec_put_base64url, in, false);
	check_text(rk_codec_get_base64, rk_codec_put_base64, in, false);
	check_text(rk_codec_get_hex, rk_codec_put_hex, in, true);
	check_bytes(rk_codec_put_base64url, rk_codec_get_base64url, in);
	check_bytes(rk_codec_put_base64, rk_codec_get_base64, in);
	check_bytes(rk_codec_put_hex, rk_codec_get_hex, in);
	check_bytes(rk_codec_put_percent, get_percent, in);
	if (get_percent(&any, in) != RK_OK) /* never longer than its text */
		abort();
	return 0;
}
