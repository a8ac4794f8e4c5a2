/*
 * cause.c - finds out why a signature does not hold, by trying what would make it hold.
 *
 * Nothing here lets a request in. The work is bounded in hashed bytes and in attempts (beyond the check itself), so that
 * a stranger's forgeries cost little.
 */
#include "token/cause.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/codec.h"
#include "base/form.h"
#include "base/secret.h"
#include "token/guess.h"
#include "token/signature.h"

#define BYTES_MAX (2u * 1024u * 1024u) /* hashed while guessing */
#define TRIES_MAX 8000u
#define MEMORY_MAX (64u * 1024u * 1024u)
#define OTHER_MAX 65536u /* of a body that is no form, but read as one */
#define SHOWN_URL 200

static const struct {
	const char *code, *name, *what, *todo;
} rows[] = {
#define X(name, code, word, what, todo) { code, word, what, todo },
	RK_CAUSE_ROWS(X)
#undef X
};

struct explaining {
	const struct rk_signature_request *r;
	struct rk_arena arena;
	struct rk_signature_key *key;
	struct rk_str header; /* as it should have been spelled */
	struct rk_form form;  /* the body read as one */
	struct rk_str own;    /* the text of the fields that counts */
	struct rk_guesses origins, tails, fields;
	size_t bytes, tries;
	struct rk_buf url; /* of the present attempt */
	struct rk_signature_reason *reason;
};

static void
explaining_done(struct explaining *e)
{
	rk_signature_key_auto(&e->key);
	rk_buf_free(&e->url);
	rk_arena_done(&e->arena);
}

void
rk_cause_tell(
    struct rk_signature_reason *ret_reason, enum rk_cause cause, const char *detail, struct rk_str url)
{
	*ret_reason = (struct rk_signature_reason){ .name = rows[cause].name };
	snprintf(ret_reason->url, sizeof ret_reason->url, "%.*s", RK_FMT(url));
	snprintf(ret_reason->why.code, sizeof ret_reason->why.code, "%s", rows[cause].code);
	snprintf(ret_reason->why.todo, sizeof ret_reason->why.todo, "%s", rows[cause].todo);
	if (url.n > 0)
		snprintf(ret_reason->why.what, sizeof ret_reason->why.what, "%s%s The signature fits %.*s%s.",
		    detail, rows[cause].what, RK_FMT(rk_str_sub(url, 0, SHOWN_URL)),
		    url.n > SHOWN_URL ? "..." : "");
	else
		snprintf(ret_reason->why.what, sizeof ret_reason->why.what, "%s%s", detail, rows[cause].what);
}

static void
tell(struct explaining *e, enum rk_cause cause, const char *detail)
{
	rk_cause_tell(e->reason, cause, detail, RK_STR(""));
}

/* ---- the parts that need no guessing --------------------------------------------------- */

/* True when one of them was told. */
static bool
tell_missing(struct explaining *e)
{
	if (e->r->header.n == 0)
		tell(e, e->r->origin.n > 0 ? RK_CAUSE_BROWSER : RK_CAUSE_NO_HEADER, "");
	else if (e->r->auth_token.n == 0)
		tell(e, RK_CAUSE_NO_TOKEN, "");
	else
		return false;
	return true;
}

/* The signature holds, so that the body is what is wrong, if anything is. */
static enum rk_err
tell_body(struct explaining *e)
{
	char hash[RK_SIGNATURE_HASH_LEN + 1];
	struct rk_str given = rk_signature_hash_in(&e->arena, e->r->url);
	enum rk_signature_kind kind = rk_signature_kind(e->r);

	if (rk_signature_hash(e->r->body, hash) != RK_OK)
		return RK_NOMEM;
	if (kind == RK_SIGNATURE_FIELDS_OF_FORM ||
	    (kind == RK_SIGNATURE_HASHED && rk_secret_equal(given, rk_str(hash))))
		tell(e, RK_CAUSE_HOLDS, "");
	else if (given.n == 0)
		tell(e, RK_CAUSE_HASH_MISSING, "");
	else
		tell(e, rk_str_is_nocase(given, rk_str(hash)) ? RK_CAUSE_HASH_CASE : RK_CAUSE_HASH_DIFFERS,
		    "");
	return RK_OK;
}

/* ---- the header ---------------------------------------------------------------------------- */

/* Standard base64 of the same bytes, without what stands around it, and only the first of a list. */
static struct rk_str
mend(struct rk_arena *arena, struct rk_str header)
{
	struct rk_buf out = RK_BUF(256);
	struct rk_str mended;

	header = rk_str_trim(rk_str_take(&header, ','));
	while (header.n > 0 && strchr("\"'<", header.p[0]))
		header = rk_str_sub(header, 1, header.n);
	while (header.n > 0 && strchr("\"'>", header.p[header.n - 1]))
		header.n--;
	rk_codec_get_percent(&out, header);
	for (size_t i = 0; i < out.n; i++)
		out.p[i] = out.p[i] == '-' || out.p[i] == ' ' ? '+' : out.p[i] == '_' ? '/' : out.p[i];
	while (out.n % 4 && !out.bad)
		rk_buf_put_c(&out, '=');
	mended = out.bad ? header : rk_arena_dup(arena, rk_buf_str(&out));
	rk_buf_free(&out);
	return mended;
}

static const char *
header_detail(struct rk_str header)
{
	if (rk_str_index(header, ',') < header.n)
		return "It came twice. ";
	if (rk_str_trim(header).n != header.n)
		return "There is a blank or a line break around it. ";
	if (rk_str_index(header, '-') < header.n || rk_str_index(header, '_') < header.n)
		return "It is base64url, not base64. ";
	if (rk_str_index(header, '%') < header.n || rk_str_index(header, ' ') < header.n)
		return "It was encoded or decoded on its way as if it were a part of a URL. ";
	return rk_str_index(header, '=') == header.n ? "Its padding (=) is missing. "
						     : "There is something around it. ";
}

/* A digest of the right text in another writing. */
static const char *
other_digest(struct explaining *e)
{
	RK_AUTO(rk_signature_key_auto) struct rk_signature_key *key = NULL;
	struct rk_buf bytes = RK_BUF(64), text = RK_BUF(64);
	const char *detail = NULL;

	if (e->header.n == RK_SIGNATURE_LONG &&
	    rk_signature_key_new(e->r->auth_token, RK_SIGNATURE_SHA256, &key) == RK_OK &&
	    rk_signature_key_fits(key, e->header, e->r->url, e->own))
		detail = "It was made with SHA-256 in place of SHA-1. ";
	if (rk_str_trim(e->r->header).n == 40 &&
	    rk_codec_get_hex(&bytes, rk_str_trim(e->r->header)) == RK_OK) {
		rk_codec_put_base64(&text, rk_buf_str(&bytes));
		if (rk_signature_key_fits(e->key, rk_buf_str(&text), e->r->url, e->own))
			detail = "It is in hexadecimal, not in base64. ";
	}
	rk_buf_free(&bytes);
	rk_buf_free(&text);
	return detail;
}

static bool
tell_header(struct explaining *e)
{
	struct rk_buf sum = RK_BUF(64);
	const char *detail = other_digest(e);
	bool told = true;

	if (detail)
		tell(e, RK_CAUSE_HEADER, detail);
	else if (!rk_str_is(e->header, e->r->header) &&
		 rk_signature_key_fits(e->key, e->header, e->r->url, e->own))
		tell(e, RK_CAUSE_HEADER, header_detail(e->r->header));
	else if (e->header.n != RK_SIGNATURE_LEN || rk_codec_get_base64(&sum, e->header) != RK_OK)
		tell(e, RK_CAUSE_HEADER, "");
	else
		told = false;
	rk_buf_free(&sum);
	return told;
}

/* ---- guessing ------------------------------------------------------------------------------- */

static bool
attempt(struct explaining *e, const struct rk_guess *origin, const struct rk_guess *tail,
    const struct rk_guess *fields)
{
	const struct rk_guess *g = fields->cause ? fields : origin->cause ? origin : tail;
	char text[RK_SIGNATURE_LONG + 1], both[128] = "";

	rk_buf_clear(&e->url);
	rk_buf_put(&e->url, origin->text);
	rk_buf_put(&e->url, tail->text);
	e->bytes += e->url.n + fields->text.n;
	if (e->url.bad || e->bytes > BYTES_MAX || ++e->tries > TRIES_MAX)
		return false;
	if (!rk_signature_key_sign(e->key, rk_buf_str(&e->url), fields->text, text) ||
	    !rk_secret_equal(e->header, rk_str(text)))
		return false;
	if (origin->cause && tail->cause)
		snprintf(both, sizeof both, "%s ", rows[tail->cause].what);
	rk_cause_tell(e->reason, tail->cause == RK_CAUSE_HASH_MISSING ? tail->cause : g->cause,
	    both[0] ? both : g->detail, rk_buf_str(&e->url));
	return true;
}

/* What differs in one respect first, then in two. */
static bool
search(struct explaining *e)
{
	const struct rk_guess *o = e->origins.at, *t = e->tails.at, *f = e->fields.at;

	if (e->origins.count == 0 || e->tails.count == 0 || e->fields.count == 0)
		return false;
	for (size_t i = 0; i < e->origins.count; i++)
		if (attempt(e, &o[i], t, f))
			return true;
	for (size_t i = 1; i < e->tails.count; i++)
		if (attempt(e, o, &t[i], f))
			return true;
	for (size_t i = 1; i < e->fields.count; i++)
		for (size_t k = 0; k < e->origins.count; k++)
			if (attempt(e, &o[k], t, &f[i]))
				return true;
	for (size_t i = 1; i < e->tails.count; i++)
		for (size_t k = 1; k < e->origins.count; k++)
			if (attempt(e, &o[k], &t[i], f))
				return true;
	for (size_t i = 1; i < e->tails.count; i++)
		for (size_t k = 1; k < e->fields.count; k++)
			if (attempt(e, o, &t[i], &f[k]))
				return true;
	return false;
}

/* The token without blanks, quotes and line breaks around it. */
static bool
fits_trimmed(struct explaining *e)
{
	RK_AUTO(rk_signature_key_auto) struct rk_signature_key *key = NULL;
	struct rk_str token = rk_str_trim(e->r->auth_token);

	while (token.n > 0 && strchr("\"'", token.p[0]))
		token = rk_str_sub(token, 1, token.n);
	while (token.n > 0 && strchr("\"'", token.p[token.n - 1]))
		token.n--;
	token = rk_str_trim(token);
	return token.n != e->r->auth_token.n &&
	       rk_signature_key_new(token, RK_SIGNATURE_SHA1, &key) == RK_OK &&
	       rk_signature_key_fits(key, e->header, e->r->url, e->own);
}

static void
guess(struct explaining *e)
{
	e->origins.arena = e->tails.arena = e->fields.arena = &e->arena;
	rk_guess_origins(&e->origins, e->r);
	rk_guess_tails(&e->tails, e->r);
	rk_guess_fields(&e->fields, e->r, e->own, &e->form);
	if (search(e))
		return;
	if (fits_trimmed(e))
		tell(e, RK_CAUSE_TOKEN_SPELLING, "");
	else
		tell(e,
		    rk_signature_kind(e->r) == RK_SIGNATURE_UNHASHED ? RK_CAUSE_HASH_MISSING : RK_CAUSE_TOKEN,
		    "");
}

/* ---- all of it -------------------------------------------------------------------------------- */

/* Reads the body as a form, also where it is none: it may have been signed as one. RK_TOO_LARGE: it is a form
 * that is not checked at all. */
static enum rk_err
read_form(struct explaining *e, bool is_form)
{
	bool large = e->r->body.n > (is_form ? RK_SIGNATURE_FORM : OTHER_MAX);
	enum rk_err err =
	    large ? RK_TOO_LARGE : rk_form_parse(&e->arena, e->r->body, RK_SIGNATURE_FIELDS, &e->form);

	return err == RK_TOO_LARGE && !is_form ? RK_OK : err;
}

static enum rk_err
prepare(struct explaining *e)
{
	RK_AUTO(rk_buf_free) struct rk_buf own = RK_BUF(MEMORY_MAX);
	bool is_form = rk_signature_kind(e->r) == RK_SIGNATURE_FIELDS_OF_FORM;
	enum rk_err err = read_form(e, is_form);

	if (err == RK_OK && is_form)
		err = rk_signature_put_fields(&own, e->form.params, e->form.count);
	if (err == RK_OK)
		err = rk_signature_key_new(e->r->auth_token, RK_SIGNATURE_SHA1, &e->key);
	if (err != RK_OK)
		return err;
	e->own = rk_arena_dup(&e->arena, rk_buf_str(&own));
	e->header = mend(&e->arena, e->r->header);
	return e->own.p && e->header.p ? RK_OK : RK_NOMEM;
}

enum rk_err
rk_signature_explain(const struct rk_signature_request *request, struct rk_signature_reason *ret_reason)
{
	RK_AUTO(explaining_done)
	struct explaining e = { .r = request, .url = RK_BUF(65536), .reason = ret_reason };
	enum rk_err err;

	rk_arena_init(&e.arena, MEMORY_MAX);
	if (tell_missing(&e))
		return RK_OK;
	err = prepare(&e);
	if (err == RK_TOO_LARGE)
		tell(&e, RK_CAUSE_TOO_MANY, "");
	if (err != RK_OK)
		return err == RK_TOO_LARGE ? RK_OK : err;
	if (rk_signature_key_fits(e.key, request->header, request->url, e.own))
		return tell_body(&e);
	if (!tell_header(&e))
		guess(&e);
	return RK_OK;
}
