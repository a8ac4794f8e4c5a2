/*
 * jwk.c - see jwk.h.
 */
#include "token/jwk.h"

#include "base/auto.h"
#include "base/codec.h"

#define MEMBER_MAX 4096

static void
auto_key(struct rk_jws_key **key)
{
	rk_jws_key_free(*key);
}

static struct rk_str
text(const struct rk_json *jwk, const char *member)
{
	const struct rk_json *j = rk_json_get(jwk, member);

	return rk_json_is_string(j) ? rk_json_str(j) : rk_str(NULL);
}

static enum rk_err
bytes(struct rk_buf *out, const struct rk_json *jwk, const char *member)
{
	struct rk_str s = text(jwk, member);

	return s.n ? rk_codec_get_base64url(out, s) : RK_INVALID;
}

/* "use" and "key_ops", where given, must allow checking (RFC 7517 sections 4.2, 4.3). */
static bool
is_for_checking(const struct rk_json *jwk)
{
	const struct rk_json *use = rk_json_get(jwk, "use"), *ops = rk_json_get(jwk, "key_ops"), *op;

	if (use && !rk_str_is(text(jwk, "use"), RK_STR("sig")))
		return false;
	if (!ops)
		return true;
	if (rk_json_type(ops) != RK_JSON_ARRAY)
		return false;
	for (size_t i = 0; (op = rk_json_at(ops, i)) != NULL; i++)
		if (rk_json_is_string(op) && rk_str_is(rk_json_str(op), RK_STR("verify")))
			return true;
	return false;
}

static enum rk_err
read_secret(const struct rk_json *jwk, enum rk_jws_alg alg, struct rk_jws_key **ret_key)
{
	struct rk_buf k RK_AUTO(rk_buf_wipe) = RK_BUF(MEMBER_MAX);
	enum rk_err err;

	if (!rk_jws_alg_is_hmac(alg))
		return RK_REFUSED;
	err = bytes(&k, jwk, "k");
	if (err)
		return err;
	return k.n < rk_jws_alg_hash_size(alg) ? RK_REFUSED
					       : rk_jws_key_new_secret(alg, rk_buf_str(&k), ret_key);
}

static enum rk_err
read_rsa(const struct rk_json *jwk, enum rk_jws_alg alg, struct rk_jws_key **ret_key)
{
	struct rk_buf n RK_AUTO(rk_buf_free) = RK_BUF(MEMBER_MAX),
			e RK_AUTO(rk_buf_free) = RK_BUF(MEMBER_MAX);
	enum rk_err err;

	if (alg < RK_JWS_RS256 || alg > RK_JWS_PS512)
		return RK_REFUSED;
	err = bytes(&n, jwk, "n");
	if (!err)
		err = bytes(&e, jwk, "e");
	return err ? err : rk_jws_key_new_rsa(alg, rk_buf_str(&n), rk_buf_str(&e), ret_key);
}

static enum rk_err
read_ec(const struct rk_json *jwk, enum rk_jws_alg alg, struct rk_jws_key **ret_key)
{
	static const char *const curves[] = { "P-256", "P-384", "P-521" };
	struct rk_buf x RK_AUTO(rk_buf_free) = RK_BUF(MEMBER_MAX),
			y RK_AUTO(rk_buf_free) = RK_BUF(MEMBER_MAX);
	enum rk_err err;

	if (alg < RK_JWS_ES256 || !rk_str_is(text(jwk, "crv"), rk_str(curves[alg - RK_JWS_ES256])))
		return RK_REFUSED;
	err = bytes(&x, jwk, "x");
	if (!err)
		err = bytes(&y, jwk, "y");
	return err ? err : rk_jws_key_new_ec(alg, rk_buf_str(&x), rk_buf_str(&y), ret_key);
}

static enum rk_err
read_type(const struct rk_json *jwk, enum rk_jws_alg alg, struct rk_jws_key **ret_key)
{
	struct rk_str kty = text(jwk, "kty");

	if (rk_str_is(kty, RK_STR("oct")))
		return read_secret(jwk, alg, ret_key);
	if (rk_str_is(kty, RK_STR("RSA")))
		return read_rsa(jwk, alg, ret_key);
	if (rk_str_is(kty, RK_STR("EC")))
		return read_ec(jwk, alg, ret_key);
	return RK_UNSUPPORTED;
}

enum rk_err
rk_jwk_read(const struct rk_json *jwk, enum rk_jws_alg alg, struct rk_jws_key **ret_key)
{
	struct rk_jws_key *key RK_AUTO(auto_key) = NULL;
	enum rk_err err;

	if (rk_json_type(jwk) != RK_JSON_OBJECT)
		return RK_INVALID;
	if (rk_json_get(jwk, "alg") && !rk_jws_alg_parse(text(jwk, "alg"), &alg))
		return RK_UNSUPPORTED;
	if (!is_for_checking(jwk))
		return RK_REFUSED;
	err = read_type(jwk, alg, &key);
	if (!err)
		err = rk_jws_key_set_id(key, text(jwk, "kid"));
	if (!err)
		*ret_key = rk_steal(&key);
	return err;
}

enum rk_err
rk_jwk_pick(const struct rk_json *set, struct rk_str id, enum rk_jws_alg alg, struct rk_jws_key **ret_key)
{
	const struct rk_json *keys = rk_json_get(set, "keys"), *jwk, *found = NULL;
	size_t secrets = 0, i;

	if (!keys || rk_json_type(keys) != RK_JSON_ARRAY)
		return RK_INVALID;
	for (i = 0; (jwk = rk_json_at(keys, i)) != NULL; i++) {
		if (rk_json_type(jwk) != RK_JSON_OBJECT)
			return RK_INVALID;
		secrets += rk_str_is(text(jwk, "kty"), RK_STR("oct"));
		if (!found && rk_str_is(text(jwk, "kid"), id))
			found = jwk;
	}
	if (secrets && secrets != i)
		return RK_REFUSED;
	return found ? rk_jwk_read(found, alg, ret_key) : RK_NOT_FOUND;
}
