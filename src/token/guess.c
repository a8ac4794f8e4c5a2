/*
 * guess.c - other origins and other paths and queries.
 */
#include "token/guess.h"

#include <stdlib.h>

#include "base/auto.h"
#include "base/codec.h"
#include "token/signature.h"
#include "token/url.h"

#define TEXT_MAX 32768
#define PARTS_MAX 64
#define PERMUTED_MAX 4 /* parts of a query that are tried in every order */

void
rk_guess_add(struct rk_guesses *list, struct rk_str text, enum rk_cause cause, const char *detail)
{
	struct rk_guess *g = &list->at[list->count];

	for (size_t i = 0; i < list->count; i++)
		if (rk_str_is(list->at[i].text, text))
			return;
	if (list->count == RK_GUESSES)
		return;
	*g = (struct rk_guess){ rk_arena_dup(list->arena, text), cause, detail };
	list->count += g->text.p != NULL;
}

/* Adds a buffer that was written for it, and empties it. */
static void
add_buf(struct rk_guesses *list, struct rk_buf *text, enum rk_cause cause)
{
	if (!text->bad)
		rk_guess_add(list, rk_buf_str(text), cause, "");
	rk_buf_clear(text);
}

/* ---- origins ---------------------------------------------------------------------- */

static enum rk_cause
cause_of(const struct rk_url *u, struct rk_str scheme, struct rk_str host)
{
	if (!rk_str_is(host, u->host))
		return RK_CAUSE_HOST;
	return rk_str_is_nocase(scheme, u->scheme) ? RK_CAUSE_PORT : RK_CAUSE_SCHEME;
}

static void
add_origin(struct rk_guesses *list, const struct rk_url *u, struct rk_str scheme, struct rk_str host,
    struct rk_str port)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(TEXT_MAX);
	struct rk_url other = { .scheme = scheme, .userinfo = u->userinfo, .host = host, .port = port };

	rk_url_put(&out, &other);
	add_buf(list, &out, cause_of(u, scheme, host));
}

/* Every port that is likely, the URL's own first. */
static void
add_ports(struct rk_guesses *list, const struct rk_url *u, struct rk_str scheme, struct rk_str host,
    struct rk_str seen)
{
	static const char *const ports[] = { "", ":443", ":80", ":3000", ":8080", ":8443" };

	add_origin(list, u, scheme, host, u->port);
	add_origin(list, u, scheme, host, seen);
	for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++)
		add_origin(list, u, scheme, host, rk_str(ports[i]));
}

static void
add_schemes(struct rk_guesses *list, const struct rk_url *u, struct rk_str host, struct rk_str port)
{
	add_ports(list, u, u->scheme, host, port);
	add_ports(list, u, rk_url_is_https(u) ? RK_STR("http://") : RK_STR("https://"), host, port);
}

/* The host and port of a Host or X-Forwarded-Host field, of which the first of a list counts. */
static void
split_host(struct rk_guesses *list, struct rk_str field, struct rk_url *ret_url)
{
	RK_AUTO(rk_buf_free) struct rk_buf text = RK_BUF(TEXT_MAX);

	*ret_url = (struct rk_url){ 0 };
	field = rk_str_trim(rk_str_take(&field, ','));
	if (field.n == 0)
		return;
	rk_buf_lit(&text, "http://");
	rk_buf_put(&text, field);
	if (!text.bad)
		rk_url_split(rk_arena_dup(list->arena, rk_buf_str(&text)), ret_url);
}

static void
add_www(struct rk_guesses *list, const struct rk_url *u)
{
	RK_AUTO(rk_buf_free) struct rk_buf host = RK_BUF(TEXT_MAX);

	if (rk_str_has_prefix(u->host, RK_STR("www."))) {
		add_schemes(list, u, rk_str_sub(u->host, 4, u->host.n), u->port);
		return;
	}
	rk_buf_lit(&host, "www.");
	rk_buf_put(&host, u->host);
	if (!host.bad)
		add_schemes(list, u, rk_buf_str(&host), u->port);
}

void
rk_guess_origins(struct rk_guesses *list, const struct rk_signature_request *r)
{
	struct rk_url u, seen, forwarded;

	if (!rk_url_split(r->url, &u)) {
		rk_guess_add(list, RK_STR(""), RK_CAUSE_HOLDS, "");
		return;
	}
	split_host(list, r->seen_host, &seen);
	split_host(list, r->forwarded_host, &forwarded);
	add_schemes(list, &u, u.host, seen.port);
	if (forwarded.host.n > 0)
		add_schemes(list, &u, forwarded.host, forwarded.port);
	if (seen.host.n > 0)
		add_schemes(list, &u, seen.host, seen.port);
	add_www(list, &u);
	list->at[0].cause = RK_CAUSE_HOLDS;
}

/* ---- paths ---------------------------------------------------------------------------- */

static void
add_path(struct rk_guesses *list, const struct rk_url *u, struct rk_str path, enum rk_cause cause)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(TEXT_MAX);
	struct rk_url other = { .path = path, .query = u->query, .fragment = u->fragment };

	rk_url_put(&out, &other);
	add_buf(list, &out, cause);
}

static void
add_slash(struct rk_guesses *list, const struct rk_url *u)
{
	RK_AUTO(rk_buf_free) struct rk_buf path = RK_BUF(TEXT_MAX);

	if (rk_str_has_suffix(u->path, RK_STR("/"))) {
		add_path(list, u, rk_str_sub(u->path, 0, u->path.n - 1), RK_CAUSE_SLASH);
		return;
	}
	rk_buf_put(&path, u->path);
	rk_buf_put_c(&path, '/');
	add_path(list, u, rk_buf_str(&path), RK_CAUSE_SLASH);
}

/* Decoded, in lower case, and with runs of slashes made one. */
static void
add_paths(struct rk_guesses *list, const struct rk_url *u)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(TEXT_MAX);

	rk_codec_get_percent(&out, u->path);
	add_path(list, u, rk_buf_str(&out), RK_CAUSE_PATH);
	rk_buf_clear(&out);
	for (size_t i = 0; i < u->path.n; i++)
		rk_buf_put_c(&out,
		    u->path.p[i] >= 'A' && u->path.p[i] <= 'Z' ? (char)(u->path.p[i] | 32) : u->path.p[i]);
	add_path(list, u, rk_buf_str(&out), RK_CAUSE_PATH);
	rk_buf_clear(&out);
	for (size_t i = 0; i < u->path.n; i++)
		if (u->path.p[i] != '/' || i == 0 || u->path.p[i - 1] != '/')
			rk_buf_put_c(&out, u->path.p[i]);
	add_path(list, u, rk_buf_str(&out), RK_CAUSE_PATH);
}

/* ---- queries ---------------------------------------------------------------------------- */

/* `query` without its '?'. */
static void
add_query(struct rk_guesses *list, const struct rk_url *u, struct rk_str query)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(TEXT_MAX);

	rk_buf_put(&out, u->path);
	if (query.n > 0)
		rk_buf_put_c(&out, '?');
	rk_buf_put(&out, query);
	rk_buf_put(&out, u->fragment);
	add_buf(list, &out, RK_CAUSE_QUERY);
}

static void
add_parts(struct rk_guesses *list, const struct rk_url *u, const struct rk_str *parts, size_t count)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(TEXT_MAX);

	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			rk_buf_put_c(&out, '&');
		rk_buf_put(&out, parts[i]);
	}
	add_query(list, u, rk_buf_str(&out));
}

static int
compare_parts(const void *a, const void *b)
{
	return rk_str_compare(*(const struct rk_str *)a, *(const struct rk_str *)b);
}

static void
add_permutations(
    struct rk_guesses *list, const struct rk_url *u, struct rk_str *parts, size_t fixed, size_t count)
{
	if (fixed + 1 >= count) {
		add_parts(list, u, parts, count);
		return;
	}
	for (size_t i = fixed; i < count; i++) {
		struct rk_str kept = parts[fixed];

		parts[fixed] = parts[i];
		parts[i] = kept;
		add_permutations(list, u, parts, fixed + 1, count);
		parts[i] = parts[fixed];
		parts[fixed] = kept;
	}
}

static void
add_orders(struct rk_guesses *list, const struct rk_url *u, struct rk_str query)
{
	struct rk_str parts[PARTS_MAX];
	size_t count = 0;

	while (query.n > 0 && count < PARTS_MAX)
		parts[count++] = rk_str_take(&query, '&');
	if (query.n > 0)
		return;
	qsort(parts, count, sizeof parts[0], compare_parts);
	add_parts(list, u, parts, count);
	if (count <= PERMUTED_MAX)
		add_permutations(list, u, parts, 0, count);
}

/* Every `from` as `to`. */
static void
add_replaced(struct rk_guesses *list, const struct rk_url *u, struct rk_str query, struct rk_str from,
    struct rk_str to)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(TEXT_MAX);

	while (query.n > 0) {
		bool here = rk_str_has_prefix(query, from);

		rk_buf_put(&out, here ? to : rk_str_sub(query, 0, 1));
		query = rk_str_sub(query, here ? from.n : 1, query.n);
	}
	add_query(list, u, rk_buf_str(&out));
}

/* The hex digits of %XX in the other case. */
static void
add_hex_case(struct rk_guesses *list, const struct rk_url *u, struct rk_str query, char flip)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(TEXT_MAX);

	rk_buf_put(&out, query);
	for (size_t i = 0; i + 2 < out.n; i++)
		for (size_t k = 1; out.p[i] == '%' && k <= 2; k++)
			if ((out.p[i + k] | 32) >= 'a' && (out.p[i + k] | 32) <= 'f')
				out.p[i + k] = (char)((out.p[i + k] & ~32) | flip);
	add_query(list, u, rk_buf_str(&out));
}

static void
add_spellings(struct rk_guesses *list, const struct rk_url *u, struct rk_str query)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(TEXT_MAX);
	struct rk_form form;

	add_replaced(list, u, query, RK_STR("+"), RK_STR("%20"));
	add_replaced(list, u, query, RK_STR("%20"), RK_STR("+"));
	add_hex_case(list, u, query, 0);
	add_hex_case(list, u, query, 32);
	rk_codec_get_percent(&out, query);
	add_query(list, u, rk_buf_str(&out));
	rk_buf_clear(&out);
	if (rk_form_parse(list->arena, query, PARTS_MAX, &form) != RK_OK)
		return;
	rk_form_put(&out, form.params, form.count);
	add_query(list, u, rk_buf_str(&out));
	add_replaced(list, u, rk_buf_str(&out), RK_STR("%20"), RK_STR("+"));
}

static void
add_hash(struct rk_guesses *list, const struct rk_signature_request *r, const struct rk_url *u)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(TEXT_MAX);
	char hash[RK_SIGNATURE_HASH_LEN + 1];

	if (r->body.n == 0 || rk_signature_kind(r) == RK_SIGNATURE_HASHED ||
	    rk_signature_hash(r->body, hash) != RK_OK)
		return;
	rk_buf_put(&out, u->path);
	rk_buf_put(&out, u->query);
	rk_buf_printf(&out, "%cbodySHA256=%s", u->query.n > 0 ? '&' : '?', hash);
	add_buf(list, &out, RK_CAUSE_HASH_MISSING);
}

void
rk_guess_tails(struct rk_guesses *list, const struct rk_signature_request *r)
{
	struct rk_url u = { 0 };
	struct rk_str query;

	if (!rk_url_split(r->url, &u)) {
		rk_guess_add(list, r->url, RK_CAUSE_HOLDS, "");
		return;
	}
	add_path(list, &u, u.path, RK_CAUSE_HOLDS);
	add_hash(list, r, &u);
	add_slash(list, &u);
	query = rk_str_sub(u.query, 1, u.query.n);
	if (u.query.n > 0) {
		add_query(list, &u, RK_STR(""));
		add_spellings(list, &u, query);
		add_orders(list, &u, query);
	}
	add_paths(list, &u);
}
