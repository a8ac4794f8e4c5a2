/*
 * invoke.c - `roomkey invoke PATH`: calls a function, signed as Twilio would if that is asked for.
 */
#include <stdio.h>

#include <roomkey/signature.h>

#include "base/auto.h"
#include "base/err.h"
#include "cli/client.h"
#include "cli/say.h"
#include "cli/signature_auth.h"
#include "cli/signature_body.h"
#include "cli/verb.h"

#define BASE "http://localhost:3000"
#define URL_MAX 65536
#define LINE_MAX 65536
#define HEAD_MAX (1024 * 1024)
#define ANSWER_MAX (256u * 1024u * 1024u)

enum { BODY = RK_AUTH_COUNT, URL = BODY + RK_BODY_COUNT, SIGN, METHOD, HEADER, VERBOSE };

static const struct rk_flag flags[] = {
	RK_AUTH_FLAGS,
	RK_BODY_FLAGS,
	{ "url", RK_FLAG_VALUE, "BASE", "where it is served (" BASE ")" },
	{ "sign", RK_FLAG_SWITCH, NULL, "sign the request with the auth token" },
	{ "method", RK_FLAG_VALUE, "METHOD", "GET, or POST with a body" },
	{ "header", RK_FLAG_VALUE, "NAME: VALUE", "one more header; may be given again" },
	{ "verbose", RK_FLAG_SWITCH, NULL, "the answer's status and headers too; also -v" },
	{ 0 },
};

struct invoke {
	struct rk_auth auth;
	struct rk_body body;
	const char *base, *path;
	bool sign, verbose;
	struct rk_buf url;
	struct rk_buf type, signature; /* header lines */
	struct rk_client_request request;
	struct rk_client_answer answer;
};

/* ---- the command line ------------------------------------------------------ */

/* A line that ends early would be a second header, or a second request. */
static bool
is_header(const char *line)
{
	return strchr(line, ':') && line[0] != ':' && !strpbrk(line, "\r\n");
}

static enum rk_err
take_header(struct invoke *v, const char *line, struct rk_why *why)
{
	if (!is_header(line))
		return rk_why(why, RK_INVALID, RK_SAY_VALUE, "Write --header 'Name: value'.",
		    "--header does not take %.100s.", line);
	if (v->request.header_count >= RK_CLIENT_HEADERS - 2) /* two are ours */
		return rk_why(why, RK_INVALID, RK_SAY_VALUE, "", "There are too many headers.");
	v->request.headers[v->request.header_count++] = line;
	return RK_OK;
}

static enum rk_err
take_own(struct invoke *v, int row, const char *value, struct rk_why *why)
{
	if (row == HEADER)
		return take_header(v, value, why);
	if (row == URL)
		v->base = value;
	else if (row == SIGN)
		v->sign = true;
	else if (row == METHOD)
		v->request.method = value;
	else
		v->verbose = true;
	return RK_OK;
}

static enum rk_err
take_flags(struct invoke *v, int argc, char **argv, struct rk_why *why)
{
	struct rk_flags walk = RK_FLAGS(flags, argc, argv);
	const char *value;
	enum rk_err err = RK_OK;
	int row;

	while (err == RK_OK && (row = rk_flags_next(&walk, &value)) != RK_FLAGS_END) {
		if (row == RK_FLAGS_BAD)
			return RK_INVALID; /* told already: why stays empty */
		if (row == RK_FLAGS_WORD && v->path)
			return rk_why(why, RK_INVALID, RK_SAY_VALUE, "", "One path at a time.");
		if (row == RK_FLAGS_WORD)
			v->path = value;
		else if (row < RK_AUTH_COUNT)
			rk_auth_take(&v->auth, row, value);
		else if (row < URL)
			err = rk_body_take(&v->body, row - BODY, value, why);
		else
			err = take_own(v, row, value, why);
	}
	return err;
}

/* ---- the request ------------------------------------------------------------ */

/* The base without a slash at its end, the path with one at its beginning. */
static enum rk_err
make_url(struct invoke *v)
{
	RK_AUTO(rk_buf_free) struct rk_buf plain = RK_BUF(URL_MAX);
	struct rk_str base = rk_str(v->base ? v->base : BASE);

	while (rk_str_has_suffix(base, RK_STR("/")))
		base.n--;
	rk_buf_put(&plain, base);
	if (v->path[0] != '/')
		rk_buf_put_c(&plain, '/');
	rk_buf_put(&plain, rk_str(v->path));
	if (rk_buf_end(&plain) != RK_OK)
		return RK_TOO_LARGE;
	if (v->sign)
		return rk_body_put_url(&v->url, &v->body, rk_buf_str(&plain));
	rk_buf_put(&v->url, rk_buf_str(&plain));
	return rk_buf_end(&v->url);
}

static enum rk_err
add_signature(struct invoke *v)
{
	char signature[RK_SIGNATURE_LEN + 1];
	struct rk_str token = { v->auth.token.p, v->auth.token.n };
	enum rk_err err = rk_body_sign(&v->body, token, rk_buf_str(&v->url), signature);

	if (err != RK_OK)
		return err;
	rk_buf_printf(&v->signature, "X-Twilio-Signature: %s", signature);
	v->request.headers[v->request.header_count++] = rk_buf_z(&v->signature);
	return rk_buf_end(&v->signature);
}

static enum rk_err
add_type(struct invoke *v)
{
	struct rk_str type = rk_body_type(&v->body);

	if (type.n == 0)
		return RK_OK;
	rk_buf_printf(&v->type, "Content-Type: %.*s", RK_FMT(type));
	v->request.headers[v->request.header_count++] = rk_buf_z(&v->type);
	return rk_buf_end(&v->type);
}

static enum rk_err
build(struct invoke *v)
{
	enum rk_err err = make_url(v);

	if (err == RK_OK)
		err = add_type(v);
	if (err == RK_OK && v->sign)
		err = add_signature(v);
	v->request.url = rk_buf_z(&v->url);
	v->request.body = rk_buf_str(&v->body.bytes);
	if (!v->request.method)
		v->request.method = v->request.body.n > 0 || v->body.count > 0 ? "POST" : "GET";
	return err;
}

static enum rk_err
prepare(struct invoke *v, struct rk_why *why)
{
	enum rk_err err = RK_OK;

	if (!v->path)
		return rk_why(why, RK_INVALID, RK_SAY_MISSING,
		    "For example: roomkey invoke /create-room-token.", "There is no path to call.");
	if (v->body.type && strpbrk(v->body.type, "\r\n"))
		return rk_why(why, RK_INVALID, RK_SAY_VALUE, "", "--content-type holds a line break.");
	if (v->sign)
		err = rk_auth_find(&v->auth, why);
	if (err == RK_OK)
		err = rk_body_read(&v->body, why);
	if (err != RK_OK)
		return err;
	err = build(v);
	return err == RK_OK ? RK_OK
			    : rk_why(why, RK_INVALID, RK_SAY_VALUE, "", "The request cannot be made: %s.",
				  rk_err_text(err));
}

/* ---- the answer -------------------------------------------------------------- */

static void
tell_head(const struct rk_client_answer *answer)
{
	RK_AUTO(rk_buf_free) struct rk_buf line = RK_BUF(LINE_MAX);
	struct rk_str head = rk_buf_str(&answer->head);

	while (head.n > 0) {
		struct rk_str text = rk_str_trim(rk_str_take(&head, '\n'));

		rk_buf_clear(&line);
		rk_say_put_visible(&line, text);
		if (text.n > 0 && rk_buf_end(&line) == RK_OK)
			fprintf(stderr, "%s\n", rk_buf_z(&line));
	}
}

static void
invoke_done(struct invoke *v)
{
	rk_auth_done(&v->auth);
	rk_body_done(&v->body);
	rk_buf_free(&v->url);
	rk_buf_free(&v->type);
	rk_buf_free(&v->signature);
	rk_client_answer_done(&v->answer);
}

static enum rk_exit
exit_of(enum rk_err err)
{
	if (err == RK_INVALID)
		return RK_EXIT_USAGE;
	return err == RK_GONE || err == RK_TIMEOUT ? RK_EXIT_UNREACHABLE : RK_EXIT_REFUSED;
}

static int
print(struct invoke *v)
{
	if (v->verbose)
		tell_head(&v->answer);
	else if (v->answer.status >= 400)
		fprintf(stderr, "%ld\n", v->answer.status);
	return rk_say_data(&v->answer.body, v->answer.status < 400 ? RK_EXIT_DONE : RK_EXIT_REFUSED);
}

static int
run(int argc, char **argv)
{
	RK_AUTO(invoke_done)
	struct invoke v = {
		.url = RK_BUF(2 * URL_MAX),
		.type = RK_BUF(LINE_MAX),
		.signature = RK_BUF(256),
		.answer = { .head = RK_BUF(HEAD_MAX), .body = RK_BUF(ANSWER_MAX) },
	};
	static char verbose[] = "--verbose";
	struct rk_why why = { 0 };
	enum rk_err err;

	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "-v") == 0)
			argv[i] = verbose;
	err = take_flags(&v, argc, argv, &why);
	if (err == RK_OK)
		err = prepare(&v, &why);
	if (err == RK_OK)
		err = rk_client_send(&v.request, &v.answer, &why);
	if (err != RK_OK && !why.what[0])
		return RK_EXIT_USAGE;
	return err == RK_OK ? print(&v) : rk_say_why(&why, exit_of(err));
}

const struct rk_verb rk_verb_invoke = {
	.noun = "invoke",
	.name = "",
	.args = "PATH [flags]",
	.summary = "Call a function, signed if asked",
	.flags = flags,
	.notes =
	    "The answer's body goes to standard output. Exits 0 for a status below 400, 1 for others, and\n"
	    "3 when nobody answers. With --sign, a body that is no form is hashed into the URL.\n"
	    "Example: roomkey invoke /sms/reply --sign --env-file .env --form Body=hello\n",
	.run = run,
};
