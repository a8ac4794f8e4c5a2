/*
 * signature_body.c - puts a body together, and signs for it.
 */
#include "cli/signature_body.h"

#include <stdlib.h>

#include <roomkey/signature.h>

#include "base/auto.h"
#include "base/err.h"
#include "base/form.h"
#include "base/json.h"
#include "cli/input.h"
#include "cli/say.h"

#define BODY_MAX (64u * 1024u * 1024u)
#define FORM "application/x-www-form-urlencoded"

static enum rk_err
take_field(struct rk_body *body, struct rk_str text, struct rk_why *why)
{
	size_t equals = rk_str_index(text, '=');

	if (equals == text.n)
		return rk_why(why, RK_INVALID, RK_SAY_VALUE, "Write --form NAME=VALUE.",
		    "--form does not take %.100s: there is no = in it.", text.p);
	if (!body->fields)
		body->fields = calloc(RK_BODY_FIELDS, sizeof *body->fields);
	if (!body->fields || body->count == RK_BODY_FIELDS)
		return rk_why(
		    why, RK_INVALID, RK_SAY_VALUE, "", "A form has at most %d fields.", RK_BODY_FIELDS);
	body->fields[body->count].name = rk_str_sub(text, 0, equals);
	body->fields[body->count++].value = rk_str_sub(text, equals + 1, text.n);
	return RK_OK;
}

enum rk_err
rk_body_take(struct rk_body *body, int row, const char *value, struct rk_why *why)
{
	switch (row) {
	case RK_BODY_FORM:
		return take_field(body, rk_str(value), why);
	case RK_BODY_JSON:
		body->json = value;
		break;
	case RK_BODY_FILE:
		body->file = value;
		break;
	default:
		body->type = value;
	}
	return RK_OK;
}

static enum rk_err
read_json(struct rk_body *body, struct rk_why *why)
{
	RK_AUTO(rk_json_auto) struct rk_json *json = NULL;
	struct rk_why reason = { 0 };

	if (rk_json_parse(rk_str(body->json), &json, &reason) != RK_OK)
		return rk_why(why, RK_INVALID, RK_SAY_VALUE, "To send it all the same, use --body-file -.",
		    "What --json was given is no JSON: %.200s", reason.what);
	rk_buf_put(&body->bytes, rk_str(body->json));
	return rk_buf_end(&body->bytes);
}

enum rk_err
rk_body_read(struct rk_body *body, struct rk_why *why)
{
	body->bytes = RK_BUF(BODY_MAX);
	if ((body->count > 0) + (body->json != NULL) + (body->file != NULL) > 1)
		return rk_why(why, RK_INVALID, RK_SAY_VALUE, "Give one kind of body.",
		    "--form, --json and --body-file are bodies, and a request has one.");
	if (body->json)
		return read_json(body, why);
	if (body->file)
		return rk_input_read(&body->bytes, body->file, why);
	rk_form_put(&body->bytes, body->fields, body->count);
	return rk_buf_end(&body->bytes);
}

struct rk_str
rk_body_type(const struct rk_body *body)
{
	if (body->type)
		return rk_str(body->type);
	if (body->count > 0)
		return RK_STR(FORM);
	if (body->json)
		return RK_STR("application/json");
	return body->file ? RK_STR("application/octet-stream") : RK_STR("");
}

static bool
is_form(const struct rk_body *body)
{
	struct rk_str type = rk_body_type(body);

	return rk_str_is_nocase(rk_str_trim(rk_str_take(&type, ';')), RK_STR(FORM));
}

bool
rk_body_is_hashed(const struct rk_body *body)
{
	return body->bytes.n > 0 && !is_form(body);
}

enum rk_err
rk_body_put_url(struct rk_buf *out, const struct rk_body *body, struct rk_str url)
{
	size_t mark = rk_str_index(url, '#'), query = rk_str_index(url, '?');
	char hash[RK_SIGNATURE_HASH_LEN + 1];

	if (!rk_body_is_hashed(body) || (url.n && memmem(url.p, url.n, "bodySHA256", 10))) {
		rk_buf_put(out, url);
		return rk_buf_end(out);
	}
	if (rk_signature_hash(rk_buf_str(&body->bytes), hash) != RK_OK)
		return RK_NOMEM;
	rk_buf_put(out, rk_str_sub(url, 0, mark));
	rk_buf_printf(out, "%cbodySHA256=%s", query < mark ? '&' : '?', hash);
	rk_buf_put(out, rk_str_sub(url, mark, url.n));
	return rk_buf_end(out);
}

static void
arena_done(struct rk_arena *arena)
{
	rk_arena_done(arena);
}

enum rk_err
rk_body_sign(const struct rk_body *body, struct rk_str auth_token, struct rk_str url, char *ret_signature)
{
	RK_AUTO(arena_done) struct rk_arena arena;
	struct rk_form form = { NULL, 0 };
	bool hashed = url.n && memmem(url.p, url.n, "bodySHA256", 10);
	enum rk_err err = RK_OK;

	rk_arena_init(&arena, 4 * BODY_MAX);
	if (!hashed && is_form(body))
		err = rk_form_parse(&arena, rk_buf_str(&body->bytes), RK_SIGNATURE_FIELDS, &form);
	return err == RK_OK ? rk_signature_make(auth_token, url, form.params, form.count, ret_signature)
			    : err;
}

void
rk_body_done(struct rk_body *body)
{
	free(body->fields);
	body->fields = NULL;
	rk_buf_free(&body->bytes);
}
