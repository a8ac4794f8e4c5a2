/*
 * fuzz_signature.c - URL, header, type and body, a line each but the last: the WHATWG form is its own WHATWG
 * form, a signature that was made is taken, and every refusal has a reason.
 */
#include <stdint.h>
#include <stdlib.h>

#include <roomkey/signature.h>

#include "base/auto.h"
#include "token/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TOKEN RK_STR("12345")

static void
check_normal(struct rk_str url)
{
	RK_AUTO(rk_buf_free) struct rk_buf once = RK_BUF(1u << 20);
	RK_AUTO(rk_buf_free) struct rk_buf twice = RK_BUF(1u << 20);

	if (rk_url_normalise(&once, url) != RK_OK)
		return;
	if (rk_url_normalise(&twice, rk_buf_str(&once)) != RK_OK ||
	    !rk_str_is(rk_buf_str(&once), rk_buf_str(&twice)))
		abort();
}

static void
check_made(struct rk_str url)
{
	const struct rk_param param = { RK_STR("a"), RK_STR("b") };
	char made[RK_SIGNATURE_LEN + 1];

	if (rk_signature_make(TOKEN, url, &param, 1, made) != RK_OK)
		abort();
	/* A port that is none (":" alone) is dropped by the check, as it is in the library. */
	if (rk_str_index(url, ':') == url.n &&
	    rk_signature_check(TOKEN, rk_str(made), url, &param, 1) != RK_OK)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rk_str in = rk_str_n(data, size);
	struct rk_signature_request request = { .auth_token = TOKEN };
	struct rk_signature_reason reason;
	enum rk_err err;

	if (size > 8192)
		return 0;
	request.url = rk_str_take(&in, '\n');
	request.header = rk_str_take(&in, '\n');
	request.content_type = rk_str_take(&in, '\n');
	request.seen_host = rk_str_take(&in, '\n');
	request.body = in;
	check_normal(request.url);
	check_made(request.url);
	err = rk_signature_judge(&request, NULL);
	if (rk_signature_explain(&request, &reason) != RK_OK ||
	    (err == RK_OK) != (reason.why.code[0] == '\0') || !reason.why.what[0])
		abort();
	return 0;
}
