/*
 * own_source.c - what functions' sources say about themselves.
 */
#include "keeper/own_source.h"

#include "keeper/lex.h"
#include "keeper/platform.h"
#include "keeper/scan.h"

bool
rk_own_source_mints(struct rk_str source)
{
	struct rk_token t;
	struct rk_lex lx;

	rk_lex_init(&lx, source);
	do {
		t = rk_lex_next(&lx);
		if (rk_token_is(&t, RK_TOKEN_WORD, "AccessToken"))
			return true;
	} while (t.kind != RK_TOKEN_END);
	return false;
}

bool
rk_own_sources_mints(struct rk_own_sources *sources, struct rk_store *store, struct rk_str digest)
{
	struct rk_buf source = RK_BUF(RK_PLATFORM_CONTENT_MAX);
	size_t at;
	bool mints;

	if (digest.n != RK_VAULT_DIGEST_SIZE)
		return false;
	at = ((unsigned char)digest.p[0] | (size_t)(unsigned char)digest.p[1] << 8) % RK_OWN_SOURCES;
	if (sources->v[at].is_known && memcmp(sources->v[at].digest, digest.p, digest.n) == 0)
		return sources->v[at].mints;
	if (rk_platform_get_content(store, digest, &source) != RK_OK) {
		rk_buf_free(&source);
		return false;
	}
	mints = rk_own_source_mints(rk_buf_str(&source));
	rk_buf_free(&source);
	memcpy(sources->v[at].digest, digest.p, digest.n);
	sources->v[at].is_known = true;
	sources->v[at].mints = mints;
	return mints;
}

static void
note(const struct rk_scan_read *read, void *arg)
{
	struct rk_own_names *names = arg;
	size_t i = 0;

	if (read->source != RK_SCAN_VARIABLE)
		return;
	while (i < names->n && !rk_str_is(names->v[i].name, read->name))
		i++;
	if (i == RK_OWN_NAMES)
		return;
	if (i == names->n) {
		names->v[names->n].name = read->name;
		names->v[names->n++].has_default = read->has_default;
	} else if (!read->has_default) {
		names->v[i].has_default = false;
	}
}

void
rk_own_names_add(struct rk_own_names *names, struct rk_str source)
{
	rk_scan_each(source, note, names);
}
