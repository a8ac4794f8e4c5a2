/*
 * fuzz_inspect.c - any header and payload (two lines) as a token to be explained; the sentence must be
 * text without control characters. The payload is linted as grants as well.
 */
#include <stdint.h>
#include <stdlib.h>

#include <roomkey/inspect.h>

#include "base/auto.h"
#include "base/str.h"
#include "token/jws.h"

#define SECRET "abcdefghijklmnopqrstuvwxyz012345"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
look_at(const struct rk_inspection *in)
{
	struct rk_str sentence = rk_str(in->sentence);

	if (!rk_str_is_utf8(sentence) || sentence.n == 0)
		abort();
	for (size_t i = 0; i < sentence.n; i++)
		if ((unsigned char)sentence.p[i] < 0x20 || sentence.p[i] == 0x7f)
			abort();
	if ((in->vendor_code != 0) != (in->vendor_text[0] != '\0') || !in->reason)
		abort();
}

static void
inspect(struct rk_str token, const char *secret)
{
	struct rk_verify how = { .secret = rk_str(secret), .now = 1700000000 };
	struct rk_inspection *in = NULL;
	struct rk_why why;

	if (rk_inspect_access(token, &how, &in, &why) == RK_OK) {
		look_at(in);
		rk_inspection_free(in);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rk_buf token RK_AUTO(rk_buf_free) = RK_BUF(1u << 20);
	struct rk_str rest = rk_str_n(data, size), header;
	struct rk_jws_key *key;

	inspect(rest, NULL);
	rk_lint_grants(RK_LINT_REFUSE, rest, NULL, NULL);
	if (rk_jws_key_new_secret(RK_JWS_HS256, RK_STR(SECRET), &key) != RK_OK)
		return 0;
	header = rk_str_take(&rest, '\n');
	if (rk_jws_sign(key, header, rest, &token) == RK_OK)
		inspect(rk_buf_str(&token), SECRET);
	rk_jws_key_free(key);
	return 0;
}
