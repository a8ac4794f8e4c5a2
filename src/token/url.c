/*
 * url.c - taking a URL apart, and its spellings but for the WHATWG one (normal.c).
 */
#include "token/url.h"

#include "base/arena.h"
#include "base/auto.h"
#include "base/form.h"

#define DECODED_MAX (1024u * 1024u)

/* querystring reads a thousand pairs and drops the rest. A signature that leaves out a part of the URL must
 * not count, and grouping costs the square: longer queries have no such spelling here. */
#define REQUERY_MAX 256

static bool
is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_any(char c, const char *set)
{
	return c && strchr(set, c);
}

/* Takes everything before the first byte of `set` off *s. */
static struct rk_str
take_until(struct rk_str *s, const char *set)
{
	struct rk_str taken = { s->p, 0 };

	while (taken.n < s->n && !is_any(s->p[taken.n], set))
		taken.n++;
	*s = rk_str_sub(*s, taken.n, s->n);
	return taken;
}

/* Characters of "scheme:" at the front of s; 0 when there is none. */
static size_t
scheme_size(struct rk_str s)
{
	size_t n = 0;

	while (n < s.n && (is_alpha(s.p[n]) || (n > 0 && (is_digit(s.p[n]) || is_any(s.p[n], "+-.")))))
		n++;
	return n > 0 && n < s.n && s.p[n] == ':' ? n + 1 : 0;
}

/* A colon begins the port only behind the bracket of an IPv6 address. */
static void
split_authority(struct rk_str authority, struct rk_url *u)
{
	size_t at = authority.n, bracket = 0, colon;

	while (at > 0 && authority.p[at - 1] != '@')
		at--;
	u->userinfo = rk_str_sub(authority, 0, at);
	u->host = rk_str_sub(authority, at, authority.n);
	for (size_t i = u->host.n; i > 0 && bracket == 0; i--)
		if (u->host.p[i - 1] == ']')
			bracket = i;
	colon = bracket + rk_str_index(rk_str_sub(u->host, bracket, u->host.n), ':');
	u->port = rk_str_sub(u->host, colon, u->host.n);
	u->host = rk_str_sub(u->host, 0, colon);
}

bool
rk_url_split(struct rk_str url, struct rk_url *ret_url)
{
	size_t n = scheme_size(url);

	if (n == 0 || !rk_str_has_prefix(rk_str_sub(url, n, url.n), RK_STR("//")))
		return false;
	*ret_url = (struct rk_url){ .scheme = rk_str_sub(url, 0, n + 2) };
	url = rk_str_sub(url, n + 2, url.n);
	split_authority(take_until(&url, "/?#"), ret_url);
	ret_url->path = take_until(&url, "?#");
	ret_url->query = take_until(&url, "#");
	ret_url->fragment = url;
	return true;
}

bool
rk_url_is_https(const struct rk_url *url)
{
	return rk_str_is_nocase(url->scheme, RK_STR("https://"));
}

void
rk_url_put(struct rk_buf *out, const struct rk_url *url)
{
	rk_buf_put(out, url->scheme);
	rk_buf_put(out, url->userinfo);
	rk_buf_put(out, url->host);
	rk_buf_put(out, url->port);
	rk_buf_put(out, url->path);
	rk_buf_put(out, url->query);
	rk_buf_put(out, url->fragment);
}

void
rk_url_put_portless(struct rk_buf *out, struct rk_str url)
{
	struct rk_url u;

	if (!rk_url_split(url, &u)) {
		rk_buf_put(out, url);
		return;
	}
	u.port.n = 0;
	rk_url_put(out, &u);
}

void
rk_url_put_ported(struct rk_buf *out, struct rk_str url)
{
	struct rk_url u;

	if (!rk_url_split(url, &u) || u.port.n > 0) {
		rk_buf_put(out, url);
		return;
	}
	u.port = rk_url_is_https(&u) ? RK_STR(":443") : RK_STR(":80");
	rk_url_put(out, &u);
}

/* ---- the query as querystring writes it -------------------------------------- */

/* The value of a canonical array index ("0", "12", not "01"), else -1. */
static long long
array_index(struct rk_str name)
{
	unsigned long long v;

	if (name.n == 0 || (name.n > 1 && name.p[0] == '0') || !rk_str_parse_u64(name, 4294967294u, &v))
		return -1;
	return (long long)v;
}

/* JavaScript's order of members: indexes by value, then the others as they came. */
static bool
comes_before(long long a, size_t a_at, long long b, size_t b_at)
{
	if (a >= 0 && b >= 0)
		return a < b;
	return a >= 0 || b >= 0 ? a >= 0 : a_at < b_at;
}

/* Moves each pair to where its name stood first; stable, so that values keep their order. */
static bool
group(struct rk_arena *arena, struct rk_form *form)
{
	struct {
		long long index;
		size_t first;
	} *keys = rk_arena_take(arena, form->count * sizeof *keys), key;

	if (!keys)
		return false;
	for (size_t i = 0; i < form->count; i++) {
		struct rk_param p = form->params[i];
		size_t to = i;

		key.index = array_index(p.name);
		key.first = i;
		for (size_t j = 0; j < i; j++)
			if (rk_str_is(form->params[j].name, p.name))
				key.first = keys[j].first;
		for (; to > 0 && comes_before(key.index, key.first, keys[to - 1].index, keys[to - 1].first);
		     to--) {
			form->params[to] = form->params[to - 1];
			keys[to] = keys[to - 1];
		}
		form->params[to] = p;
		keys[to] = key;
	}
	return true;
}

static void
arena_done(struct rk_arena *arena)
{
	rk_arena_done(arena);
}

enum rk_err
rk_url_put_requeried(struct rk_buf *out, struct rk_str url)
{
	RK_AUTO(arena_done) struct rk_arena arena;
	size_t mark = rk_str_index(url, '?');
	struct rk_form form;
	enum rk_err err;

	rk_arena_init(&arena, DECODED_MAX);
	if (mark + 1 >= url.n) {
		rk_buf_put(out, url);
		return rk_buf_end(out);
	}
	err = rk_form_parse(&arena, rk_str_sub(url, mark + 1, url.n), REQUERY_MAX, &form);
	if (err == RK_OK && !group(&arena, &form))
		err = RK_NOMEM;
	if (err != RK_OK)
		return err;
	rk_buf_put(out, rk_str_sub(url, 0, mark + 1));
	rk_form_put(out, form.params, form.count);
	return rk_buf_end(out);
}
