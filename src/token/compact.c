/*
 * compact.c - see compact.h.
 */
#include "token/compact.h"

#include "base/codec.h"

#define CODE "RK-261"
#define TODO "Pass a token as it was made: three parts of base64url with dots between, nothing around them."

/* Header members whose presence alone ends it, and why. */
static const struct {
	const char *member;
	const char *why;
} refused[] = {
	{ "crit", "it asks for an extension (crit) that is not known here" },
	{ "b64", "it asks for a payload that is not encoded (b64, RFC 7797)" },
	{ "zip", "it says that it is compressed (zip)" },
	{ "enc", "it says that it is encrypted (enc)" },
	{ "jwk", "it brings its own key (jwk)" },
	{ "jku", "it names a place to fetch its own key from (jku)" },
	{ "x5u", "it names a place to fetch its own certificate from (x5u)" },
	{ "x5c", "it brings its own certificate (x5c)" },
};

static enum rk_err
no_token(struct rk_why *why, const char *reason)
{
	return rk_why(why, RK_INVALID, CODE, TODO, "This is no token that can be checked: %s.", reason);
}

static enum rk_err
decode(struct rk_buf *out, struct rk_str part, const char *name, struct rk_why *why)
{
	enum rk_err err;

	*out = RK_BUF(RK_COMPACT_MAX);
	err = rk_codec_get_base64url(out, part);
	if (err == RK_INVALID)
		return rk_why(
		    why, err, CODE, TODO, "This is no token: its %s is not canonical base64url.", name);
	return err;
}

/* A type that is given must be JWT (RFC 8725 section 3.11), in any case (RFC 7519 section 5.1); a
 * content type of JWT means a token within the token. */
static enum rk_err
screen_types(const struct rk_json *header, struct rk_why *why)
{
	const struct rk_json *typ = rk_json_get(header, "typ"), *cty = rk_json_get(header, "cty");

	if (typ && !rk_str_is_nocase(rk_json_str(typ), RK_STR("JWT")))
		return no_token(why, "its type (typ) is not JWT");
	if (cty && rk_str_is_nocase(rk_json_str(cty), RK_STR("JWT")))
		return no_token(why, "it holds another token (cty JWT)");
	return RK_OK;
}

static enum rk_err
screen(const struct rk_json *header, struct rk_why *why)
{
	const struct rk_json *kid = rk_json_get(header, "kid");

	if (!rk_json_is_string(rk_json_get(header, "alg")))
		return no_token(why, "its header names no algorithm (alg)");
	if (kid && !rk_json_is_string(kid))
		return no_token(why, "its key ID (kid) is no string");
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (rk_json_get(header, refused[i].member))
			return no_token(why, refused[i].why);
	return screen_types(header, why);
}

static enum rk_err
open_header(struct rk_compact *c, struct rk_why *why)
{
	enum rk_err err = rk_json_parse(rk_buf_str(&c->header_text), &c->header, NULL);

	if (err == RK_INVALID)
		return no_token(why, "its header is not JSON, or has a member twice");
	if (err)
		return err;
	if (rk_json_type(c->header) != RK_JSON_OBJECT)
		return no_token(why, "its header is no JSON object");
	return screen(c->header, why);
}

enum rk_err
rk_compact_open(struct rk_compact *c, struct rk_str token, struct rk_why *why)
{
	struct rk_str header, payload;
	size_t first, second;
	enum rk_err err;

	*c = (struct rk_compact){ 0 };
	if (token.n > RK_COMPACT_MAX)
		return rk_why(why, RK_TOO_LARGE, CODE, TODO, "This is no token: it is longer than %d bytes.",
		    RK_COMPACT_MAX);
	first = rk_str_index(token, '.');
	second = first + 1 + rk_str_index(rk_str_sub(token, first + 1, token.n), '.');
	if (second >= token.n)
		return no_token(why, "it does not have three parts");
	header = rk_str_sub(token, 0, first);
	payload = rk_str_sub(token, first + 1, second - first - 1);
	c->input = rk_str_sub(token, 0, second);
	err = decode(&c->header_text, header, "first part", why);
	if (!err)
		err = decode(&c->payload, payload, "second part", why);
	if (!err) /* a fourth part shows here as a dot that is no base64url */
		err = decode(&c->signature, rk_str_sub(token, second + 1, token.n), "signature", why);
	return err ? err : open_header(c, why);
}

void
rk_compact_close(struct rk_compact *c)
{
	rk_json_free(c->header);
	rk_buf_free(&c->header_text);
	rk_buf_free(&c->payload);
	rk_buf_free(&c->signature);
	c->header = NULL;
}

struct rk_str
rk_compact_header(const struct rk_compact *c, const char *member)
{
	const struct rk_json *j = rk_json_get(c->header, member);

	return rk_json_is_string(j) ? rk_json_str(j) : rk_str(NULL);
}

enum rk_err
rk_compact_check(const struct rk_compact *c, const struct rk_jws_key *key, struct rk_why *why)
{
	const char *alg = rk_jws_alg_name(rk_jws_key_alg(key));
	struct rk_str id = rk_jws_key_id(key);
	enum rk_err err;

	if (!rk_str_is(rk_compact_header(c, "alg"), rk_str(alg)))
		return rk_why(why, RK_SIGNATURE, "RK-262", "Sign with the algorithm that the key is for.",
		    "The token is not signed with %s, the one algorithm that is accepted for this key.", alg);
	if (id.n && rk_json_get(c->header, "kid") && !rk_str_is(rk_compact_header(c, "kid"), id))
		return rk_why(why, RK_SIGNATURE, "RK-263", "Check it with the key that it names (kid).",
		    "The token names another key.");
	err = rk_jws_check(key, c->input, rk_buf_str(&c->signature));
	if (err)
		return rk_why(why, err, "RK-264",
		    "Check that the secret belongs to the key that signed the token.",
		    "The signature does not hold: the token was changed, or signed with another secret.");
	return RK_OK;
}
