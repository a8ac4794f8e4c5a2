/*
 * signature_check.c - `roomkey signature verify` and `explain`: does a request's signature hold,
 * and if not, why.
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

enum { BODY = RK_AUTH_COUNT, URL = BODY + RK_BODY_COUNT, SIGNATURE, ORIGIN, HOST, FORWARDED, OBJECT };

static const struct rk_flag flags[] = {
	RK_AUTH_FLAGS,
	RK_BODY_FLAGS,
	{ "url", RK_FLAG_VALUE, "URL", "the URL as the server has it, whole" },
	{ "signature", RK_FLAG_VALUE, "TEXT", "the X-Twilio-Signature that came" },
	{ "origin", RK_FLAG_VALUE, "ORIGIN", "the Origin that came, if one did" },
	{ "host", RK_FLAG_VALUE, "HOST", "the Host that came, where the URL has another" },
	{ "forwarded-host", RK_FLAG_VALUE, "HOST", "the X-Forwarded-Host that came, if one did" },
	{ "as-json", RK_FLAG_SWITCH, NULL, "print an object: valid, name, code, message, todo, url" },
	{ 0 },
};

struct check {
	struct rk_auth auth;
	struct rk_body body;
	struct rk_signature_request request;
	bool as_json;
	struct rk_signature_reason reason;
};

static void
take_own(struct check *c, int row, const char *value)
{
	if (row == URL)
		c->request.url = rk_str(value);
	else if (row == SIGNATURE)
		c->request.header = rk_str(value);
	else if (row == ORIGIN)
		c->request.origin = rk_str(value);
	else if (row == HOST)
		c->request.seen_host = rk_str(value);
	else if (row == FORWARDED)
		c->request.forwarded_host = rk_str(value);
	else
		c->as_json = true;
}

static enum rk_err
take_flags(struct check *c, int argc, char **argv, struct rk_why *why)
{
	struct rk_flags walk = RK_FLAGS(flags, argc, argv);
	const char *value;
	enum rk_err err = RK_OK;
	int row;

	while (err == RK_OK && (row = rk_flags_next(&walk, &value)) != RK_FLAGS_END) {
		if (row == RK_FLAGS_BAD)
			return RK_INVALID; /* told already: why stays empty */
		if (row == RK_FLAGS_WORD)
			return rk_why(why, RK_INVALID, RK_SAY_UNKNOWN,
			    "Write --url URL and --signature TEXT.",
			    "signature %s does not take the word %.100s.", argv[0], value);
		if (row < RK_AUTH_COUNT)
			rk_auth_take(&c->auth, row, value);
		else if (row < URL)
			err = rk_body_take(&c->body, row - BODY, value, why);
		else
			take_own(c, row, value);
	}
	return err;
}

static enum rk_err
prepare(struct check *c, struct rk_why *why)
{
	enum rk_err err;

	if (c->request.url.n == 0)
		return rk_why(
		    why, RK_INVALID, RK_SAY_MISSING, "Give --url https://...", "There is no URL to check.");
	err = rk_auth_find(&c->auth, why);
	if (err == RK_OK)
		err = rk_body_read(&c->body, why);
	c->request.auth_token = (struct rk_str){ c->auth.token.p, c->auth.token.n };
	c->request.body = rk_buf_str(&c->body.bytes);
	c->request.content_type = rk_body_type(&c->body);
	return err;
}

static void
put_object(const struct check *c, struct rk_buf *out)
{
	const struct rk_signature_reason *r = &c->reason;

	rk_buf_printf(out,
	    "{\"valid\":%s,\"name\":\"%s\",\"code\":\"%s\",\"message\":", r->why.code[0] ? "false" : "true",
	    r->name, r->why.code);
	rk_json_put_string(out, rk_str(r->why.what));
	rk_buf_lit(out, ",\"todo\":");
	rk_json_put_string(out, rk_str(r->why.todo));
	rk_buf_lit(out, ",\"url\":");
	if (r->url[0])
		rk_json_put_string(out, rk_str(r->url));
	else
		rk_buf_lit(out, "null");
	rk_buf_lit(out, "}\n");
}

static void
put_words(const struct check *c, struct rk_buf *out)
{
	const struct rk_signature_reason *r = &c->reason;
	bool valid = !r->why.code[0];

	rk_buf_printf(out, "%s%s%s", rk_say_on(STDOUT_FILENO, valid ? RK_SAY_GREEN : RK_SAY_RED),
	    valid ? "valid" : "not valid", rk_say_off(STDOUT_FILENO));
	if (!valid) {
		rk_buf_printf(out, " (%s, %s): ", r->why.code, r->name);
		rk_say_put_visible(out, rk_str(r->why.what));
		rk_buf_printf(out, "\n  %s", r->why.todo);
	}
	rk_buf_put_c(out, '\n');
}

static void
check_done(struct check *c)
{
	rk_auth_done(&c->auth);
	rk_body_done(&c->body);
}

/* The verdict is rk_signature_judge's alone; the explanation only adds to a refusal. */
static enum rk_err
judge(struct check *c)
{
	enum rk_err verdict = rk_signature_judge(&c->request, NULL);
	enum rk_err told = rk_signature_explain(&c->request, &c->reason);

	return verdict == RK_OK || verdict == RK_SIGNATURE ? (told == RK_OK ? verdict : told) : verdict;
}

static int
check(int argc, char **argv, enum rk_exit refused)
{
	RK_AUTO(check_done) struct check c = { 0 };
	struct rk_buf out = RK_BUF(DATA_MAX);
	struct rk_why why = { 0 };
	enum rk_err err = take_flags(&c, argc, argv, &why);

	if (err == RK_OK)
		err = prepare(&c, &why);
	if (err != RK_OK && !why.what[0])
		return RK_EXIT_USAGE;
	if (err != RK_OK)
		return rk_say_why(&why, err == RK_INVALID ? RK_EXIT_USAGE : RK_EXIT_REFUSED);
	err = judge(&c);
	if (err != RK_OK && err != RK_SIGNATURE)
		return rk_say_error(RK_EXIT_REFUSED, RK_SAY_FILE, "", "The signature cannot be checked: %s.",
		    rk_err_text(err));
	if (c.as_json)
		put_object(&c, &out);
	else
		put_words(&c, &out);
	return rk_say_data(&out, err == RK_OK ? RK_EXIT_DONE : refused);
}

static int
run_verify(int argc, char **argv)
{
	return check(argc, argv, RK_EXIT_REFUSED);
}

static int
run_explain(int argc, char **argv)
{
	return check(argc, argv, RK_EXIT_DONE);
}

const struct rk_verb rk_verb_signature_verify = {
	.noun = "signature",
	.name = "verify",
	.args = "--url URL --signature TEXT [flags]",
	.summary = "Check the signature of a request",
	.flags = flags,
	.notes = "Exits 0 when the signature holds and 1 when it does not; the cause is named.\n",
	.run = run_verify,
};

const struct rk_verb rk_verb_signature_explain = {
	.noun = "signature",
	.name = "explain",
	.args = "--url URL [--signature TEXT] [flags]",
	.summary = "Say why a request's signature is refused",
	.flags = flags,
	.notes =
	    "The same as verify, but exits 0 once the cause is named. The more of the request it is given\n"
	    "(--form, --json, --host, --origin), the better it knows.\n",
	.run = run_explain,
};
