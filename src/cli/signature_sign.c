/*
 * signature_sign.c - `roomkey signature sign`: signs a request as Twilio would.
 */
#include <roomkey/signature.h>

#include "base/auto.h"
#include "base/err.h"
#include "base/json.h"
#include "cli/say.h"
#include "cli/signature_auth.h"
#include "cli/signature_body.h"
#include "cli/verb.h"

#define DATA_MAX (1024 * 1024)

enum { BODY = RK_AUTH_COUNT, URL = BODY + RK_BODY_COUNT, OBJECT };

static const struct rk_flag flags[] = {
	RK_AUTH_FLAGS,
	RK_BODY_FLAGS,
	{ "url", RK_FLAG_VALUE, "URL", "the URL that is called, whole" },
	{ "as-json", RK_FLAG_SWITCH, NULL, "print an object: signature, url, content_type, body" },
	{ 0 },
};

struct sign {
	struct rk_auth auth;
	struct rk_body body;
	const char *url;
	bool as_json;
	struct rk_buf called; /* the URL, with the body's hash where one is needed */
	char signature[RK_SIGNATURE_LEN + 1];
};

static enum rk_err
take_flags(struct sign *s, int argc, char **argv, struct rk_why *why)
{
	struct rk_flags walk = RK_FLAGS(flags, argc, argv);
	const char *value;
	enum rk_err err = RK_OK;
	int row;

	while (err == RK_OK && (row = rk_flags_next(&walk, &value)) != RK_FLAGS_END) {
		if (row == RK_FLAGS_BAD)
			return RK_INVALID; /* told already: why stays empty */
		if (row == RK_FLAGS_WORD)
			return rk_why(why, RK_INVALID, RK_SAY_UNKNOWN, "The URL is written --url URL.",
			    "signature sign does not take the word %.100s.", value);
		if (row < RK_AUTH_COUNT)
			rk_auth_take(&s->auth, row, value);
		else if (row < URL)
			err = rk_body_take(&s->body, row - BODY, value, why);
		else if (row == URL)
			s->url = value;
		else
			s->as_json = true;
	}
	return err;
}

static enum rk_err
prepare(struct sign *s, struct rk_why *why)
{
	enum rk_err err;

	if (!s->url)
		return rk_why(
		    why, RK_INVALID, RK_SAY_MISSING, "Give --url https://...", "There is no URL to sign.");
	err = rk_auth_find(&s->auth, why);
	if (err == RK_OK)
		err = rk_body_read(&s->body, why);
	return err;
}

static enum rk_err
sign(struct sign *s)
{
	enum rk_err err = rk_body_put_url(&s->called, &s->body, rk_str(s->url));
	struct rk_str token = { s->auth.token.p, s->auth.token.n };

	return err == RK_OK ? rk_body_sign(&s->body, token, rk_buf_str(&s->called), s->signature) : err;
}

static void
put_object(const struct sign *s, struct rk_buf *out)
{
	struct rk_str body = rk_buf_str(&s->body.bytes);

	rk_buf_printf(out, "{\"signature\":\"%s\",\"url\":", s->signature);
	rk_json_put_string(out, rk_buf_str(&s->called));
	rk_buf_lit(out, ",\"content_type\":");
	rk_json_put_string(out, rk_body_type(&s->body));
	rk_buf_lit(out, ",\"body\":");
	if (rk_str_is_utf8(body))
		rk_json_put_string(out, body);
	else
		rk_buf_lit(out, "null");
	rk_buf_lit(out, "}\n");
}

static int
print(struct sign *s)
{
	struct rk_buf out = RK_BUF(DATA_MAX + 2 * s->body.bytes.n);

	if (s->as_json)
		put_object(s, &out);
	else
		rk_buf_printf(&out, "%s\n", s->signature);
	if (!s->as_json && !rk_str_is(rk_str(s->url), rk_buf_str(&s->called)))
		rk_say_finding(false, "",
		    "The signature is of the URL with the body's hash in it; call that one:",
		    rk_buf_z(&s->called));
	return rk_say_data(&out, RK_EXIT_DONE);
}

static void
sign_done(struct sign *s)
{
	rk_auth_done(&s->auth);
	rk_body_done(&s->body);
	rk_buf_free(&s->called);
}

static int
run(int argc, char **argv)
{
	RK_AUTO(sign_done) struct sign s = { .called = RK_BUF(DATA_MAX) };
	struct rk_why why = { 0 };
	enum rk_err err = take_flags(&s, argc, argv, &why);

	if (err == RK_OK)
		err = prepare(&s, &why);
	if (err != RK_OK && !why.what[0])
		return RK_EXIT_USAGE;
	if (err != RK_OK)
		return rk_say_why(&why, err == RK_INVALID ? RK_EXIT_USAGE : RK_EXIT_REFUSED);
	err = sign(&s);
	if (err != RK_OK)
		return rk_say_error(RK_EXIT_REFUSED, RK_SAY_MINT, "Send at most 1000 fields.",
		    "The request cannot be signed: %s.", rk_err_text(err));
	return print(&s);
}

const struct rk_verb rk_verb_signature_sign = {
	.noun = "signature",
	.name = "sign",
	.args = "--url URL [flags]",
	.summary = "Sign a request as Twilio would",
	.flags = flags,
	.notes = "The value of X-Twilio-Signature alone goes to standard output. A body that is no form is\n"
		 "hashed into the URL (bodySHA256): then the URL to call is told as well.\n",
	.run = run,
};
