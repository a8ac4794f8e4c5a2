/*
 * t_jws.c - keys and signatures. Names say what must not be possible.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "base/auto.h"
#include "base/codec.h"
#include "token/compact.h"
#include "token/jwk.h"
#include "token/roca.h"

#define SECRET "a secret that is long enough 123"

static void
close_key(struct rk_jws_key **key)
{
	rk_jws_key_free(*key);
}

static struct rk_jws_key *
secret_key(enum rk_jws_alg alg, struct rk_str secret)
{
	struct rk_jws_key *key = NULL;

	assert_int_equal(rk_jws_key_new_secret(alg, secret, &key), RK_OK);
	return key;
}

/* header and payload signed with SECRET and HS256, whatever the header says. */
static struct rk_buf
sign(const char *header, const char *payload)
{
	struct rk_jws_key *key RK_AUTO(close_key) = secret_key(RK_JWS_HS256, rk_str(SECRET));
	struct rk_buf out = RK_BUF(1u << 20);

	assert_int_equal(rk_jws_sign(key, rk_str(header), rk_str(payload), &out), RK_OK);
	return out;
}

static enum rk_err
check(const struct rk_jws_key *key, struct rk_str token)
{
	struct rk_compact c RK_AUTO(rk_compact_close);
	enum rk_err err = rk_compact_open(&c, token, NULL);

	return err ? err : rk_compact_check(&c, key, NULL);
}

static void
assert_header_refused(const char *header)
{
	struct rk_jws_key *key RK_AUTO(close_key) = secret_key(RK_JWS_HS256, rk_str(SECRET));
	struct rk_buf token RK_AUTO(rk_buf_free) = sign(header, "{}");

	assert_int_not_equal(check(key, rk_buf_str(&token)), RK_OK);
}

static void
assert_mac(const char *alg_name, const char *secret, size_t secret_n, const char *input, const char *hex)
{
	struct rk_buf mac RK_AUTO(rk_buf_free) = RK_BUF(64);
	struct rk_jws_key *key RK_AUTO(close_key) = NULL;
	enum rk_jws_alg alg;

	assert_true(rk_jws_alg_parse(rk_str(alg_name), &alg));
	key = secret_key(alg, rk_str_n(secret, secret_n));
	assert_int_equal(rk_codec_get_hex(&mac, rk_str(hex)), RK_OK);
	assert_int_equal(rk_jws_check(key, rk_str(input), rk_buf_str(&mac)), RK_OK);
	mac.p[mac.n - 1] ^= 1;
	assert_int_equal(rk_jws_check(key, rk_str(input), rk_buf_str(&mac)), RK_SIGNATURE);
	assert_int_equal(
	    rk_jws_check(key, rk_str(input), rk_str_sub(rk_buf_str(&mac), 0, mac.n - 1)), RK_SIGNATURE);
}

/* RFC 4231 sections 4.3 and 4.7: a short key, and one longer than the block. */
static void
macs_are_those_of_rfc_4231(void **state)
{
	static const char input[] = "what do ya want for nothing?";
	char long_key[131];

	assert_mac(
	    "HS256", "Jefe", 4, input, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	assert_mac("HS384", "Jefe", 4, input,
	    "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab2164"
	    "9");
	assert_mac("HS512", "Jefe", 4, input,
	    "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fd"
	    "caeab1a34d4a6b4b636e070a38bce737");
	memset(long_key, 0xaa, sizeof(long_key));
	assert_mac("HS256", long_key, sizeof(long_key),
	    "Test Using Larger Than Block-Size Key - Hash Key First",
	    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

/* Every length around the threes of base64url and the blocks of the hash. */
static void
bound_signing_equals_plain_signing(void **state)
{
	struct rk_jws_key *key RK_AUTO(close_key) = secret_key(RK_JWS_HS384, rk_str(SECRET));
	char payload[400], bound[1024];

	memset(payload, 'p', sizeof(payload));
	for (size_t beginning = 0; beginning < 130; beginning++)
		for (size_t n = beginning; n < sizeof(payload); n += 7) {
			struct rk_buf plain RK_AUTO(rk_buf_free) = RK_BUF(4096);

			assert_int_equal(
			    rk_jws_key_bind(key, rk_str("{\"alg\":\"HS384\"}"), rk_str_n(payload, beginning)),
			    RK_OK);
			assert_int_equal(
			    rk_jws_sign(key, rk_str("{\"alg\":\"HS384\"}"), rk_str_n(payload, n), &plain),
			    RK_OK);
			assert_int_equal(rk_jws_bound_size(key, n), plain.n);
			rk_jws_sign_bound(key, rk_str_n(payload, n), bound);
			assert_memory_equal(bound, plain.p, plain.n);
		}
}

static void
there_is_no_algorithm_none(void **state)
{
	static const char *const names[] = { "none", "None", "NONE", "nOnE", "", " none", "HS256 ", "hs256" };
	enum rk_jws_alg alg;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_false(rk_jws_alg_parse(rk_str(names[i]), &alg));
	assert_header_refused("{\"alg\":\"none\"}");
	assert_header_refused("{}");
	assert_header_refused("{\"alg\":null}");
	assert_header_refused("{\"alg\":[\"HS256\"]}");
}

static void
a_header_cannot_choose_the_algorithm(void **state)
{
	struct rk_jws_key *other RK_AUTO(close_key) = secret_key(RK_JWS_HS512, rk_str(SECRET));
	struct rk_buf token RK_AUTO(rk_buf_free) = sign("{\"alg\":\"HS256\"}", "{}");

	assert_int_equal(check(other, rk_buf_str(&token)), RK_SIGNATURE);
	assert_header_refused("{\"alg\":\"HS512\"}");
	assert_header_refused("{\"alg\":\"RS256\"}");
}

static void
a_token_cannot_bring_its_key_or_ask_for_more(void **state)
{
	assert_header_refused("{\"alg\":\"HS256\",\"jwk\":{\"kty\":\"oct\",\"k\":\"AAAA\"}}");
	assert_header_refused("{\"alg\":\"HS256\",\"jku\":\"https://example.com/\"}");
	assert_header_refused("{\"alg\":\"HS256\",\"x5u\":\"https://example.com/\"}");
	assert_header_refused("{\"alg\":\"HS256\",\"x5c\":[]}");
	assert_header_refused("{\"alg\":\"HS256\",\"crit\":[\"exp\"]}");
	assert_header_refused("{\"alg\":\"HS256\",\"b64\":true}");
	assert_header_refused("{\"alg\":\"HS256\",\"zip\":\"DEF\"}");
	assert_header_refused("{\"alg\":\"HS256\",\"enc\":\"A256GCM\"}");
	assert_header_refused("{\"alg\":\"HS256\",\"kid\":7}");
	assert_header_refused("{\"alg\":\"HS256\",\"typ\":\"dpop+jwt\"}");
	assert_header_refused("{\"alg\":\"HS256\",\"cty\":\"jwt\"}");
}

static void
a_member_cannot_stand_twice(void **state)
{
	assert_header_refused("{\"alg\":\"HS256\",\"alg\":\"HS256\"}");
	assert_header_refused("{\"alg\":\"HS256\",\"\\u0061lg\":\"none\"}");
}

static void
a_key_id_must_be_the_keys(void **state)
{
	struct rk_jws_key *key RK_AUTO(close_key) = secret_key(RK_JWS_HS256, rk_str(SECRET));
	struct rk_buf right RK_AUTO(rk_buf_free) = sign("{\"alg\":\"HS256\",\"kid\":\"k1\"}", "{}");
	struct rk_buf wrong RK_AUTO(rk_buf_free) = sign("{\"alg\":\"HS256\",\"kid\":\"k2\"}", "{}");
	struct rk_buf none RK_AUTO(rk_buf_free) = sign("{\"alg\":\"HS256\"}", "{}");

	assert_int_equal(rk_jws_key_set_id(key, RK_STR("k1")), RK_OK);
	assert_int_equal(check(key, rk_buf_str(&right)), RK_OK);
	assert_int_equal(check(key, rk_buf_str(&none)), RK_OK);
	assert_int_equal(check(key, rk_buf_str(&wrong)), RK_SIGNATURE);
}

static void
no_byte_can_be_changed_added_or_removed(void **state)
{
	struct rk_jws_key *key RK_AUTO(close_key) = secret_key(RK_JWS_HS256, rk_str(SECRET));
	struct rk_buf token RK_AUTO(rk_buf_free) = sign("{\"alg\":\"HS256\"}", "{\"a\":\"bc\"}");
	char copy[256];

	assert_int_equal(check(key, rk_buf_str(&token)), RK_OK);
	for (size_t i = 0; i < token.n; i++) {
		for (int bit = 0; bit < 8; bit++) {
			memcpy(copy, token.p, token.n);
			copy[i] ^= (char)(1 << bit);
			assert_int_not_equal(check(key, rk_str_n(copy, token.n)), RK_OK);
		}
		memcpy(copy, token.p, i);
		memcpy(copy + i, token.p + i + 1, token.n - i - 1);
		assert_int_not_equal(check(key, rk_str_n(copy, token.n - 1)), RK_OK);
		memcpy(copy, token.p, i);
		copy[i] = '=';
		memcpy(copy + i + 1, token.p + i, token.n - i);
		assert_int_not_equal(check(key, rk_str_n(copy, token.n + 1)), RK_OK);
	}
}

static void
a_large_token_is_refused_before_any_work(void **state)
{
	struct rk_jws_key *key RK_AUTO(close_key) = secret_key(RK_JWS_HS256, rk_str(SECRET));
	char *large RK_AUTO(rk_auto_free) = (char *)malloc(1u << 24);

	assert_non_null(large);
	memset(large, '.', 1u << 24);
	assert_int_equal(check(key, rk_str_n(large, 1u << 24)), RK_TOO_LARGE);
	assert_int_equal(check(key, rk_str_n(large, RK_COMPACT_MAX)), RK_INVALID);
	assert_int_equal(check(key, rk_str(NULL)), RK_INVALID);
}

static enum rk_err
read_jwk(const char *text)
{
	struct rk_json *jwk RK_AUTO(rk_json_auto) = NULL;
	struct rk_jws_key *key RK_AUTO(close_key) = NULL;

	assert_int_equal(rk_json_parse(rk_str(text), &jwk, NULL), RK_OK);
	return rk_jwk_read(jwk, RK_JWS_HS256, &key);
}

#define K32 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"

static void
keys_that_are_weak_or_for_something_else_are_refused(void **state)
{
	assert_int_equal(read_jwk("{\"kty\":\"oct\",\"k\":\"" K32 "\"}"), RK_OK);
	assert_int_equal(
	    read_jwk("{\"kty\":\"oct\",\"use\":\"sig\",\"key_ops\":[\"sign\",\"verify\"],\"k\":\"" K32 "\"}"),
	    RK_OK);
	assert_int_equal(read_jwk("{\"kty\":\"oct\",\"use\":\"enc\",\"k\":\"" K32 "\"}"), RK_REFUSED);
	assert_int_equal(read_jwk("{\"kty\":\"oct\",\"key_ops\":[\"sign\"],\"k\":\"" K32 "\"}"), RK_REFUSED);
	assert_int_equal(read_jwk("{\"kty\":\"oct\",\"key_ops\":\"verify\",\"k\":\"" K32 "\"}"), RK_REFUSED);
	assert_int_equal(read_jwk("{\"kty\":\"oct\",\"alg\":\"HS512\",\"k\":\"" K32 "\"}"), RK_REFUSED);
	assert_int_equal(read_jwk("{\"kty\":\"oct\",\"alg\":\"RS256\",\"k\":\"" K32 "\"}"), RK_REFUSED);
	assert_int_equal(read_jwk("{\"kty\":\"oct\",\"alg\":\"none\",\"k\":\"" K32 "\"}"), RK_UNSUPPORTED);
	assert_int_equal(read_jwk("{\"kty\":\"oct\",\"alg\":7,\"k\":\"" K32 "\"}"), RK_UNSUPPORTED);
	assert_int_equal(read_jwk("{\"kty\":\"oct\",\"k\":\"\"}"), RK_INVALID);
	assert_int_equal(read_jwk("{\"kty\":\"oct\"}"), RK_INVALID);
	assert_int_equal(read_jwk("{\"kty\":\"okp\",\"k\":\"" K32 "\"}"), RK_UNSUPPORTED);
	assert_int_equal(read_jwk("[]"), RK_INVALID);
	assert_int_equal(read_jwk("{\"kty\":\"EC\",\"alg\":\"ES256\",\"crv\":\"P-256\",\"x\":\"" K32
				  "\",\"y\":\"" K32 "\"}"),
	    RK_REFUSED);
	assert_int_equal(read_jwk("{\"kty\":\"EC\",\"alg\":\"ES384\",\"crv\":\"P-256\",\"x\":\"" K32
				  "\",\"y\":\"" K32 "\"}"),
	    RK_REFUSED);
	assert_int_equal(
	    read_jwk("{\"kty\":\"RSA\",\"alg\":\"RS256\",\"n\":\"" K32 "\",\"e\":\"AQAB\"}"), RK_REFUSED);
}

/* Made for this test with the openssl command. */
static const char rsa_pem[] = "-----BEGIN PUBLIC KEY-----\n"
			      "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0L3v1rmdTpC/Q0ESkmVC\n"
			      "PDFMulSpZ6CUH5OrhoqKBKp/CEVz4cNcmpZy7OfnZPLYzRPiulgndNWGjowRgmA3\n"
			      "UOnbhVlqzFrUNtU7kmSQv5lZ3/54W+yUf2JnhtURwIDgrxPZFswPsQnOTKmK8Fsw\n"
			      "4HWXBH/on7GfTeMnIuuXPM9Ds6/B0xc7HAGha0BXhZ0JmehX+l55Tn48vZH2Q5sf\n"
			      "mVlw3bwF1gCm7yG3LLhIDpb6PGcwtF6EpEw8BSuCQN2rlALlSoM1wxXZaiQjvn47\n"
			      "BixVeITKh1o4oQo+ahxHyslq3uvkX6hrrDzKnagTy+MaQz70Eas+muM4vZq6jo2w\n"
			      "3QIDAQAB\n"
			      "-----END PUBLIC KEY-----\n";

static const char rsa_token[] =
    "eyJhbGciOiJSUzI1NiJ9.e30.QU4Ty3uT2ZqfbI8PsjKUcdHIB8S86atDcoOOGhAqrq-quixdCDgTYALiSSTPAqxMP"
    "lOjkyqGzXmeh-dcAxJKs-5gRwIhF9SOirefCSYanRPLlwDQbHluZNbwJFkYHQIsjtnse5KBcW-q2HIErixCBIGWFco"
    "VifnY5-9E-hB8mkKg32o621Y33EKYXAVq3wd29ZIzwQ_XU5y9Yh2cBRPyXGVF2FfLmp2BDiEb1j-Pro48GGiHVrOmZ"
    "GVcMau9a4dOgRcUuNUr6Pc33FqNTB6iPunPt1B7m_GRwt_wG-aeWFU5vyUqWN559q1oeK3JKDnBo4qrhtXBBEbbxx8"
    "N4jaXew";

static void
a_public_key_is_no_secret(void **state)
{
	struct rk_jws_key *rsa RK_AUTO(close_key) = NULL;
	struct rk_jws_key *forger RK_AUTO(close_key) = secret_key(RK_JWS_HS256, rk_str(rsa_pem));
	struct rk_buf token RK_AUTO(rk_buf_free) = RK_BUF(4096);
	struct rk_jws_key *other = NULL;

	assert_int_equal(rk_jws_key_new_pem(RK_JWS_RS256, rk_str(rsa_pem), &rsa), RK_OK);
	assert_int_equal(rk_jws_sign(forger, rk_str("{\"alg\":\"HS256\"}"), rk_str("{}"), &token), RK_OK);
	assert_int_equal(check(rsa, rk_buf_str(&token)), RK_SIGNATURE);
	rk_buf_clear(&token);
	assert_int_equal(rk_jws_sign(forger, rk_str("{\"alg\":\"RS256\"}"), rk_str("{}"), &token), RK_OK);
	assert_int_equal(check(rsa, rk_buf_str(&token)), RK_SIGNATURE);
	assert_int_equal(rk_jws_sign(rsa, rk_str("{}"), rk_str("{}"), &token), RK_UNSUPPORTED);
	assert_int_equal(rk_jws_key_new_pem(RK_JWS_HS256, rk_str(rsa_pem), &other), RK_INVALID);
	assert_int_equal(rk_jws_key_new_pem(RK_JWS_ES256, rk_str(rsa_pem), &other), RK_REFUSED);
	assert_int_equal(rk_jws_key_new_pem(RK_JWS_RS256, rk_str("-----BEGIN"), &other), RK_INVALID);
	assert_int_equal(rk_jws_key_new_secret(RK_JWS_RS256, rk_str("secret"), &other), RK_INVALID);
	assert_int_equal(rk_jws_key_new_secret(RK_JWS_HS256, rk_str(NULL), &other), RK_INVALID);
}

static void
rsa_signatures_of_openssl_hold(void **state)
{
	struct rk_jws_key *rsa RK_AUTO(close_key) = NULL;

	assert_int_equal(rk_jws_key_new_pem(RK_JWS_RS256, rk_str(rsa_pem), &rsa), RK_OK);
	assert_int_equal(check(rsa, rk_str(rsa_token)), RK_OK);
}

static void
a_short_rsa_key_is_refused(void **state)
{
	static const char pem[] = "-----BEGIN PUBLIC KEY-----\n"
				  "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC5BCzLET6NJh2Wsw2eAEMQFeyh\n"
				  "EZglzGT3bl0GaF0rQsD6NeuTBf0N9u6NWhoQ1Mm0alpoeYNvd7IdA9fI+L1iBeom\n"
				  "mMh9H2ERhsG9NbHud5VsbSsOJeRsRpDiZC2PBd3zJunP7mtwz11RE3pcKBcDin6d\n"
				  "tl+lZO90kuOwnflzRQIDAQAB\n"
				  "-----END PUBLIC KEY-----\n";
	struct rk_jws_key *key = NULL;

	assert_int_equal(rk_jws_key_new_pem(RK_JWS_RS256, rk_str(pem), &key), RK_REFUSED); /* 1024 bits */
	assert_null(key);
}

static void
roca_fingerprint_is_told_from_chance(void **state)
{
	unsigned char one[2] = { 0, 1 }, other[2] = { 0, 2 };

	assert_true(rk_roca_is(rk_str_n(one, 2))); /* 65537^0 */
	assert_true(rk_roca_is(rk_str_n("\x01\x00\x01", 3)));
	assert_false(rk_roca_is(rk_str_n(other, 2)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(macs_are_those_of_rfc_4231),
		cmocka_unit_test(bound_signing_equals_plain_signing),
		cmocka_unit_test(there_is_no_algorithm_none),
		cmocka_unit_test(a_header_cannot_choose_the_algorithm),
		cmocka_unit_test(a_token_cannot_bring_its_key_or_ask_for_more),
		cmocka_unit_test(a_member_cannot_stand_twice),
		cmocka_unit_test(a_key_id_must_be_the_keys),
		cmocka_unit_test(no_byte_can_be_changed_added_or_removed),
		cmocka_unit_test(a_large_token_is_refused_before_any_work),
		cmocka_unit_test(keys_that_are_weak_or_for_something_else_are_refused),
		cmocka_unit_test(a_public_key_is_no_secret),
		cmocka_unit_test(rsa_signatures_of_openssl_hold),
		cmocka_unit_test(a_short_rsa_key_is_refused),
		cmocka_unit_test(roca_fingerprint_is_told_from_chance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
