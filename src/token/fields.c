/*
 * fields.c - other texts of the fields than the one that counts; see guess.h.
 */
#include "base/auto.h"
#include "base/json.h"
#include "token/guess.h"
#include "token/signature.h"
#include "token/url.h"

#define TEXT_MAX (256u * 1024u)
#define JSON_MAX 65536 /* longer bodies are not read as JSON here */
#define DROPPED_MAX 40 /* fields of a form of which each is left out once */
#define PAIRS_MAX 1000

/* What the guesses are made from. */
struct making {
	struct rk_guesses *list;
	const struct rk_signature_request *r;
	const struct rk_form *form;
	struct rk_json *json; /* the body, when it is JSON */
};

/* Adds the text of the fields as it is signed. */
static void
add_sorted(
    struct making *m, const struct rk_param *params, size_t count, enum rk_cause cause, const char *detail)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(TEXT_MAX);

	if (rk_signature_put_fields(&out, params, count) == RK_OK)
		rk_guess_add(m->list, rk_buf_str(&out), cause, detail);
}

/* The same in the order of arrival, repeats and all. */
static void
add_unsorted(struct making *m, const struct rk_param *params, size_t count, const char *detail)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(TEXT_MAX);

	for (size_t i = 0; i < count; i++) {
		rk_buf_put(&out, params[i].name);
		rk_buf_put(&out, params[i].value);
	}
	if (!out.bad)
		rk_guess_add(m->list, rk_buf_str(&out), RK_CAUSE_FIELDS_SPELLING, detail);
}

/* ---- bodies of another kind than was said ---------------------------------------- */

struct members {
	struct rk_arena *arena;
	struct rk_param *params;
	size_t count;
};

static void
each_member(struct rk_str name, const struct rk_json *value, void *arg)
{
	RK_AUTO(rk_buf_free) struct rk_buf text = RK_BUF(JSON_MAX);
	struct members *m = arg;

	if (rk_json_is_string(value))
		rk_buf_put(&text, rk_json_str(value));
	else
		rk_json_put(&text, value);
	m->params[m->count++] = (struct rk_param){ name, rk_arena_dup(m->arena, rk_buf_str(&text)) };
}

static void
add_json_members(struct making *m)
{
	struct members members = { .arena = m->list->arena };
	size_t count = rk_json_count(m->json);

	if (rk_json_type(m->json) != RK_JSON_OBJECT || count == 0 || count > PAIRS_MAX)
		return;
	members.params = rk_arena_take(m->list->arena, count * sizeof *members.params);
	if (!members.params)
		return;
	rk_json_each(m->json, each_member, &members);
	add_sorted(m, members.params, members.count, RK_CAUSE_JSON_AS_FORM,
	    "The members of the JSON were signed as fields. ");
}

static void
add_other_kinds(struct making *m, struct rk_str own)
{
	bool json = m->json != NULL;

	if (own.n > 0)
		rk_guess_add(m->list, RK_STR(""), json ? RK_CAUSE_JSON_AS_FORM : RK_CAUSE_FIELDS_EXTRA,
		    "The URL alone was signed. ");
	if (json)
		add_json_members(m);
	else if (rk_signature_kind(m->r) != RK_SIGNATURE_FIELDS_OF_FORM)
		add_sorted(m, m->form->params, m->form->count, RK_CAUSE_FORM_AS_JSON, "");
}

/* ---- fields that are too many, too few, or spelled otherwise ----------------------- */

static void
add_query(struct making *m)
{
	struct rk_str query = rk_str_sub(m->r->url, rk_str_index(m->r->url, '?') + 1, m->r->url.n);
	struct rk_form more;
	struct rk_param *all;

	query.n = rk_str_index(query, '#');
	if (query.n == 0 || rk_form_parse(m->list->arena, query, PAIRS_MAX, &more) != RK_OK)
		return;
	all = rk_arena_take(m->list->arena, (m->form->count + more.count) * sizeof *all);
	if (!all)
		return;
	if (m->form->count > 0)
		memcpy(all, m->form->params, m->form->count * sizeof *all);
	if (more.count > 0)
		memcpy(all + m->form->count, more.params, more.count * sizeof *all);
	add_sorted(m, all, m->form->count + more.count, RK_CAUSE_FIELDS_MISSING,
	    "The query's parameters were signed as fields. ");
}

static void
add_undecoded(struct making *m)
{
	struct rk_form raw;

	if (rk_form_split(m->list->arena, m->r->body, PAIRS_MAX, &raw) != RK_OK)
		return;
	add_sorted(m, raw.params, raw.count, RK_CAUSE_FIELDS_SPELLING, "They were signed undecoded. ");
	rk_guess_add(m->list, m->r->body, RK_CAUSE_FIELDS_SPELLING, "The body's text was signed as it is. ");
}

static bool
is_repeat(const struct rk_param *params, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (rk_str_is(params[k].name, params[i].name))
			return true;
	return false;
}

/* Without those for which skip() is true. */
static void
add_without(struct making *m, bool (*skip)(const struct rk_param *params, size_t i), enum rk_cause cause,
    const char *detail)
{
	struct rk_param *left = rk_arena_take(m->list->arena, m->form->count * sizeof *left);
	size_t n = 0;

	for (size_t i = 0; left && i < m->form->count; i++)
		if (!skip(m->form->params, i))
			left[n++] = m->form->params[i];
	if (left)
		add_sorted(m, left, n, cause, detail);
}

static bool
is_empty(const struct rk_param *params, size_t i)
{
	return params[i].value.n == 0;
}

/* Each field left out once: something between added it. */
static void
add_dropped(struct making *m)
{
	size_t count = m->form->count;
	struct rk_param *left;

	if (count < 2 || count > DROPPED_MAX)
		return;
	left = rk_arena_take(m->list->arena, count * sizeof *left);
	for (size_t out = 0; left && out < count; out++) {
		if (out > 0)
			memcpy(left, m->form->params, out * sizeof *left);
		if (out + 1 < count)
			memcpy(left + out, m->form->params + out + 1, (count - out - 1) * sizeof *left);
		add_sorted(m, left, count - 1, RK_CAUSE_FIELDS_EXTRA, "All but one of them were signed. ");
	}
}

static void
add_form(struct making *m)
{
	add_unsorted(m, m->form->params, m->form->count, "They were signed in the order of the body. ");
	add_undecoded(m);
	if (m->form->count <= PAIRS_MAX / 4) /* is_repeat costs the square */
		add_without(m, is_repeat, RK_CAUSE_FIELDS_SPELLING,
		    "Only the first value of a repeated name was signed. ");
	add_without(m, is_empty, RK_CAUSE_FIELDS_EXTRA, "Those without a value were not signed. ");
	add_dropped(m);
}

void
rk_guess_fields(struct rk_guesses *list, const struct rk_signature_request *r, struct rk_str own,
    const struct rk_form *form)
{
	RK_AUTO(rk_json_auto) struct rk_json *json = NULL;
	struct making m = { .list = list, .r = r, .form = form };

	if (r->body.n > 0 && r->body.n <= JSON_MAX &&
	    strchr("{[", rk_str_trim(r->body).n ? *rk_str_trim(r->body).p : 'x') &&
	    rk_json_parse(r->body, &json, NULL) == RK_OK)
		m.json = json;
	rk_guess_add(list, own, RK_CAUSE_HOLDS, "");
	add_other_kinds(&m, own);
	add_query(&m);
	if (form->count > 0 && !m.json)
		add_form(&m);
}
