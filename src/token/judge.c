/*
 * judge.c - the decision over a whole request; see roomkey/signature.h.
 */
#include "base/auto.h"
#include "base/form.h"
#include "token/signature.h"

#define FORM_MAX (8 * RK_SIGNATURE_FORM)

bool
rk_signature_is_form(struct rk_str content_type)
{
	return rk_str_is_nocase(
	    rk_str_trim(rk_str_take(&content_type, ';')), RK_STR("application/x-www-form-urlencoded"));
}

/* As the vendor's own middleware has it: the text anywhere in the URL means a hashed body. */
enum rk_signature_kind
rk_signature_kind(const struct rk_signature_request *request)
{
	if (request->url.n && memmem(request->url.p, request->url.n, "bodySHA256", 10))
		return RK_SIGNATURE_HASHED;
	if (request->body.n == 0 || rk_signature_is_form(request->content_type))
		return RK_SIGNATURE_FIELDS_OF_FORM;
	return RK_SIGNATURE_UNHASHED;
}

static void
arena_done(struct rk_arena *arena)
{
	rk_arena_done(arena);
}

static enum rk_err
check_form(const struct rk_signature_request *r)
{
	RK_AUTO(arena_done) struct rk_arena arena;
	struct rk_form form;
	enum rk_err err;

	if (r->body.n > RK_SIGNATURE_FORM)
		return RK_TOO_LARGE;
	rk_arena_init(&arena, FORM_MAX);
	err = rk_form_parse(&arena, r->body, RK_SIGNATURE_FIELDS, &form);
	if (err == RK_OK)
		err = rk_signature_check(r->auth_token, r->header, r->url, form.params, form.count);
	return err;
}

static enum rk_err
check_request(const struct rk_signature_request *r)
{
	if (r->auth_token.n == 0 || r->header.n != RK_SIGNATURE_LEN)
		return RK_SIGNATURE;
	switch (rk_signature_kind(r)) {
	case RK_SIGNATURE_FIELDS_OF_FORM:
		return check_form(r);
	case RK_SIGNATURE_HASHED:
		return rk_signature_check_body(r->auth_token, r->header, r->url, r->body);
	default:
		return RK_SIGNATURE;
	}
}

enum rk_err
rk_signature_judge(const struct rk_signature_request *request, struct rk_why *why)
{
	enum rk_err err = check_request(request), told;
	struct rk_signature_reason reason;

	if (err == RK_OK || err == RK_NOMEM || !why)
		return err == RK_OK || err == RK_NOMEM ? err : RK_SIGNATURE;
	told = rk_signature_explain(request, &reason);
	if (told == RK_OK)
		*why = reason.why;
	return told == RK_OK ? RK_SIGNATURE : told;
}
