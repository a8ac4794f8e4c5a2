/*
 * fuzz_jws.c - any bytes as a token, against keys of each kind; what holds must be what was signed. The
 * first line, when it is a JWK, is read as a key too.
 */
#include <stdint.h>
#include <stdlib.h>

#include <roomkey/verify.h>

#include "base/auto.h"
#include "token/compact.h"
#include "token/jwk.h"

#define SECRET "abcdefghijklmnopqrstuvwxyz012345"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(struct rk_str token, const struct rk_jws_key *key)
{
	struct rk_compact c RK_AUTO(rk_compact_close);
	enum rk_err err = rk_compact_open(&c, token, NULL);

	if (!err)
		err = rk_compact_check(&c, key, NULL);
	if (!err && (c.input.n >= token.n || !rk_json_is_string(rk_json_get(c.header, "alg"))))
		abort();
}

static void
check_with_jwk(struct rk_str line, struct rk_str token)
{
	struct rk_json *jwk RK_AUTO(rk_json_auto) = NULL;
	struct rk_jws_key *key;

	if (rk_json_parse(line, &jwk, NULL) != RK_OK || rk_jwk_read(jwk, RK_JWS_HS256, &key) != RK_OK)
		return;
	check(token, key);
	rk_jws_key_free(key);
}

static void
check_access(struct rk_str token)
{
	struct rk_verify how = { .secret = { SECRET, sizeof(SECRET) - 1 }, .now = 1700000000 };
	struct rk_access_facts *facts = NULL;

	if (rk_verify_access(token, &how, &facts, NULL) == RK_OK) {
		if (!facts->has_exp || facts->exp > 1700086400 || facts->key_sid.n == 0)
			abort();
		rk_access_facts_free(facts);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rk_str token = rk_str_n(data, size), line;
	struct rk_jws_key *key;

	check_access(token);
	if (rk_jws_key_new_secret(RK_JWS_HS256, RK_STR(SECRET), &key) != RK_OK)
		return 0;
	check(token, key);
	rk_jws_key_free(key);
	line = rk_str_take(&token, '\n');
	check_with_jwk(line, token);
	return 0;
}
