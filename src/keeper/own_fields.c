/*
 * own_fields.c - a JSON body, held against what its route takes; and taking members out of it.
 */
#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "keeper/own_call.h"

struct checking {
	struct rk_own_call *oc;
	const struct rk_own_field *fields;
	const char *where;
	bool failed;
};

static void
refuse_unknown(struct checking *c, struct rk_str name)
{
	struct rk_near near = RK_NEAR(name);

	for (const struct rk_own_field *f = c->fields; f->name; f++)
		rk_near_put(&near, f->name);
	if (name.n > 64)
		name.n = 64;
	if (near.best)
		rk_api_fail(&c->oc->call, RK_API_PARAMETER, "%s%.*s is no field here. Did you mean %s?",
		    c->where, RK_FMT(name), near.best);
	else
		rk_api_fail(
		    &c->oc->call, RK_API_PARAMETER, "%s%.*s is no field here.", c->where, RK_FMT(name));
	c->failed = true;
}

static size_t
count_characters(struct rk_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

static bool
is_type(const struct rk_own_field *f, const struct rk_json *value)
{
	enum rk_json_type type = rk_json_type(value);

	switch (f->type) {
	case RK_OWN_TEXT:
	case RK_OWN_RAW:
		return type == RK_JSON_STRING;
	case RK_OWN_NUMBER:
		return type == RK_JSON_INTEGER;
	case RK_OWN_FLAG:
		return type == RK_JSON_TRUE || type == RK_JSON_FALSE;
	case RK_OWN_OBJECT:
		return type == RK_JSON_OBJECT;
	case RK_OWN_LIST:
		return type == RK_JSON_ARRAY;
	}
	return false;
}

static void
check_value(struct checking *c, const struct rk_own_field *f, const struct rk_json *value)
{
	static const char *const types[] = { "a text", "a text", "a whole number", "true or false",
		"an object", "a list" };
	struct rk_api_call *call = &c->oc->call;
	struct rk_str text = rk_json_str(value);

	c->failed = true;
	if (!is_type(f, value))
		rk_api_fail(call, RK_API_PARAMETER, "%s%s must be %s.", c->where, f->name, types[f->type]);
	else if (f->type == RK_OWN_TEXT && rk_str_index(text, '\0') < text.n)
		rk_api_fail(call, RK_API_PARAMETER, "%s%s must not hold NUL.", c->where, f->name);
	else if (f->type <= RK_OWN_RAW && count_characters(text) > f->most)
		rk_api_fail(call, RK_API_PARAMETER, "%s%s must be at most %zu characters long.", c->where,
		    f->name, f->most);
	else if (f->type == RK_OWN_LIST && rk_json_count(value) > f->most)
		rk_api_fail(
		    call, RK_API_PARAMETER, "%s%s must hold at most %zu.", c->where, f->name, f->most);
	else
		c->failed = false;
}

static void
check_member(struct rk_str name, const struct rk_json *value, void *arg)
{
	struct checking *c = arg;
	const struct rk_own_field *f = c->fields;

	if (c->failed)
		return;
	while (f->name && !rk_str_is(name, rk_str(f->name)))
		f++;
	if (!f->name)
		refuse_unknown(c, name);
	else if (rk_json_type(value) != RK_JSON_NULL)
		check_value(c, f, value);
}

bool
rk_own_check_object(struct rk_own_call *oc, const struct rk_json *object, const struct rk_own_field *fields,
    const char *where)
{
	struct checking c = { oc, fields, where, false };

	if (rk_json_type(object) != RK_JSON_OBJECT) {
		rk_api_fail(
		    &oc->call, RK_API_PARAMETER, "%s must be a JSON object.", where[0] ? where : "The body");
		return false;
	}
	rk_json_each(object, check_member, &c);
	for (const struct rk_own_field *f = fields; f->name && !c.failed; f++) {
		const struct rk_json *value = f->required ? rk_json_get(object, f->name) : object;
		if (value && rk_json_type(value) != RK_JSON_NULL)
			continue;
		rk_api_fail(&oc->call, RK_API_PARAMETER, "Missing required field %s%s.", where, f->name);
		c.failed = true;
	}
	return !c.failed;
}

/* "application/json", with parameters or without. */
static bool
is_json(struct rk_str type)
{
	return rk_str_is_nocase(rk_str_trim(rk_str_take(&type, ';')), RK_STR("application/json"));
}

bool
rk_own_take_body(struct rk_own_call *oc)
{
	const struct rk_api_request *request = oc->call.request;
	struct rk_why why = { .code = "" };
	enum rk_err err;
	size_t n;

	if (!rk_str_is(request->method, RK_STR("POST")))
		return true;
	if (!is_json(rk_api_call_header(request, RK_STR("Content-Type"), &n)) || n != 1) {
		rk_api_fail(&oc->call, RK_API_MEDIA_TYPE, "The body must be application/json.");
		return false;
	}
	if (request->body.n > RK_API_BODY_MAX) {
		rk_api_fail(&oc->call, RK_API_TOO_LARGE, "The body is larger than the limit.");
		return false;
	}
	err = rk_json_parse(request->body, &oc->body, &why);
	if (err == RK_INVALID)
		rk_api_fail(&oc->call, RK_API_PARAMETER, "The body is not valid JSON. %s", why.what);
	else if (err)
		rk_api_fail_err(&oc->call, err, NULL);
	return !err && rk_own_check_object(oc, oc->body, oc->route->fields, "");
}

struct rk_str
rk_own_text(const struct rk_own_call *oc, const char *name)
{
	const struct rk_json *value = rk_json_get(oc->body, name);
	struct rk_str text = rk_json_str(value);

	if (!rk_json_is_string(value))
		return rk_str(NULL);
	return text.n ? text : RK_STR("");
}

bool
rk_own_flag(const struct rk_own_call *oc, const char *name, bool fallback)
{
	const struct rk_json *value = rk_json_get(oc->body, name);

	if (!value || rk_json_type(value) == RK_JSON_NULL)
		return fallback;
	return rk_json_type(value) == RK_JSON_TRUE;
}

long long
rk_own_number(const struct rk_own_call *oc, const char *name, long long fallback)
{
	const struct rk_json *value = rk_json_get(oc->body, name);
	long long number;

	return value && rk_json_integer(value, &number) ? number : fallback;
}
