/*
 * api_form.c - the parameters of a request.
 */
#include "keeper/api_form.h"

#include <stdio.h>

#include "base/codec.h"
#include "base/sid.h"
#include "keeper/api_call.h"
#include "keeper/api_json.h"
#include "wire/multipart.h"

/* One side of a '=', decoded (WHATWG URL, application/x-www-form-urlencoded). */
static struct rk_str
decode(struct rk_str s, struct rk_arena *arena, bool *ret_ok)
{
	struct rk_buf out = RK_BUF(s.n);
	struct rk_str copy = { NULL, 0 };
	char *spaced = rk_arena_take(arena, s.n + 1);

	for (size_t i = 0; spaced && i < s.n; i++)
		spaced[i] = s.p[i] == '+' ? ' ' : s.p[i];
	if (spaced)
		rk_codec_get_percent(&out, rk_str_n(spaced, s.n));
	if (spaced && rk_buf_end(&out) == RK_OK)
		copy = rk_arena_dup(arena, rk_buf_str(&out));
	rk_buf_wipe(&out);
	if (!copy.p && s.n)
		*ret_ok = false;
	return copy.p ? copy : RK_STR("");
}

enum rk_err
rk_api_form_parse(struct rk_str text, struct rk_arena *arena, struct rk_api_form *ret_form)
{
	struct rk_api_form form = { NULL, 0 };
	size_t most = 1;
	bool ok = true;

	if (text.n > RK_API_FORM_BYTES)
		return RK_TOO_LARGE;
	for (size_t i = 0; i < text.n; i++)
		most += text.p[i] == '&';
	if (most > RK_API_FORM_FIELDS)
		return RK_TOO_LARGE;
	form.v = rk_arena_take(arena, most * sizeof *form.v);
	if (!form.v)
		return RK_NOMEM;
	while (text.n && ok) {
		struct rk_str value = rk_str_take(&text, '&'), name;
		if (!value.n)
			continue;
		name = rk_str_take(&value, '=');
		form.v[form.n].name = decode(name, arena, &ok);
		form.v[form.n++].value = decode(value, arena, &ok);
	}
	if (!ok)
		return RK_NOMEM;
	*ret_form = form;
	return RK_OK;
}

static enum rk_err
parse_multipart(
    struct rk_str boundary, struct rk_str body, struct rk_arena *arena, struct rk_api_form *ret_form)
{
	struct rk_api_form form = { rk_arena_take(arena, RK_MULTIPART_PARTS_MAX * sizeof *form.v), 0 };
	struct rk_multipart m;
	struct rk_multipart_part part;
	enum rk_err err;

	if (!form.v)
		return RK_NOMEM;
	rk_multipart_init(&m, body, boundary);
	while ((err = rk_multipart_next(&m, &part)) == RK_OK)
		form.v[form.n++] = (struct rk_api_param){ part.name, part.body, part.content_type };
	if (err != RK_NOT_FOUND)
		return err;
	*ret_form = form;
	return RK_OK;
}

enum rk_err
rk_api_form_parse_body(
    struct rk_str content_type, struct rk_str body, struct rk_arena *arena, struct rk_api_form *ret_form)
{
	struct rk_str left = content_type, boundary, essence;
	enum rk_err err = rk_multipart_get_boundary(content_type, &boundary);

	if (err == RK_OK)
		return parse_multipart(boundary, body, arena, ret_form);
	if (err != RK_UNSUPPORTED)
		return err;
	essence = rk_str_trim(rk_str_take(&left, ';'));
	if (body.n && !rk_str_is_nocase(essence, RK_STR("application/x-www-form-urlencoded")))
		return RK_UNSUPPORTED;
	return rk_api_form_parse(body, arena, ret_form);
}

const struct rk_api_param *
rk_api_form_get(const struct rk_api_form *form, const char *name)
{
	for (size_t i = form->n; i > 0; i--)
		if (rk_str_is(form->v[i - 1].name, rk_str(name)))
			return &form->v[i - 1];
	return NULL;
}

static size_t
count_characters(struct rk_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

bool
rk_api_take_text(
    struct rk_api_call *call, const char *name, enum rk_api_need need, size_t most, struct rk_str *ret_text)
{
	const struct rk_api_param *param = rk_api_form_get(&call->form, name);

	if (!param && need == RK_API_REQUIRED) {
		rk_api_fail(call, RK_API_PARAMETER, "Missing required parameter %s in the post body.", name);
		return false;
	}
	if (!param)
		return true;
	if (!param->value.n && need != RK_API_MAY_BE_EMPTY)
		rk_api_fail(call, RK_API_PARAMETER, "%s must not be empty.", name);
	else if (!rk_str_is_utf8(param->value) || rk_str_index(param->value, '\0') < param->value.n)
		rk_api_fail(call, RK_API_PARAMETER, "%s must be text in UTF-8 without NUL.", name);
	else if (count_characters(param->value) > most)
		rk_api_fail(call, RK_API_PARAMETER, "%s must be at most %zu characters long.", name, most);
	else {
		*ret_text = param->value;
		return true;
	}
	return false;
}

static bool
is_name(struct rk_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			c == '-' || c == '_'))
			return false;
	}
	return true;
}

bool
rk_api_take_name(
    struct rk_api_call *call, const char *name, enum rk_api_need need, size_t most, struct rk_str *ret_name)
{
	struct rk_str text = { NULL, 0 };

	if (!rk_api_take_text(call, name, need, most, &text))
		return false;
	if (!is_name(text)) {
		rk_api_fail(call, RK_API_PARAMETER, "%s may hold letters, digits, '-' and '_' only.", name);
		return false;
	}
	if (text.p)
		*ret_name = text;
	return true;
}

bool
rk_api_take_flag(struct rk_api_call *call, const char *name, bool *ret_flag)
{
	const struct rk_api_param *param = rk_api_form_get(&call->form, name);

	if (!param)
		return true;
	if (!rk_str_is_nocase(param->value, RK_STR("true")) &&
	    !rk_str_is_nocase(param->value, RK_STR("false"))) {
		rk_api_fail(call, RK_API_PARAMETER, "%s must be true or false.", name);
		return false;
	}
	*ret_flag = rk_str_is_nocase(param->value, RK_STR("true"));
	return true;
}

static bool
is_sid(struct rk_api_call *call, const char *name, const char prefix[2], struct rk_str value)
{
	if (rk_sid_is(value, prefix))
		return true;
	rk_api_fail(
	    call, RK_API_PARAMETER, "%s must be a SID: %.2s and 32 hexadecimal digits.", name, prefix);
	return false;
}

bool
rk_api_take_sid(struct rk_api_call *call, const char *name, const char prefix[2], struct rk_str *ret_sid)
{
	struct rk_str text = { NULL, 0 };

	if (!rk_api_take_text(call, name, RK_API_REQUIRED, RK_SID_LEN, &text) ||
	    !is_sid(call, name, prefix, text))
		return false;
	*ret_sid = text;
	return true;
}

static bool
has_sid(const struct rk_str *sids, size_t n, struct rk_str sid)
{
	for (size_t i = 0; i < n; i++)
		if (rk_str_is(sids[i], sid))
			return true;
	return false;
}

bool
rk_api_take_sids(struct rk_api_call *call, const char *name, const char prefix[2], size_t most,
    struct rk_str **ret_sids, size_t *ret_n)
{
	struct rk_str *sids = rk_arena_take(&call->arena, (call->form.n + 1) * sizeof *sids);
	size_t n = 0;

	if (!sids) {
		rk_api_fail_err(call, RK_NOMEM, NULL);
		return false;
	}
	for (size_t i = 0; i < call->form.n; i++) {
		struct rk_str value = call->form.v[i].value;
		if (!rk_str_is(call->form.v[i].name, rk_str(name)))
			continue;
		if (!is_sid(call, name, prefix, value))
			return false;
		if (!has_sid(sids, n, value))
			sids[n++] = value;
	}
	if (n > most) {
		rk_api_fail(call, RK_API_PARAMETER, "%s must be at most %zu.", name, most);
		return false;
	}
	*ret_sids = sids;
	*ret_n = n;
	return true;
}
