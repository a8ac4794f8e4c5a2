#include "worker/mint.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/str.h"
#include "token/jws.h"

#define WORDS_MAX 512
#define TOLD_MAX (64u * 1024u)

/* ---- the keys that the platform knows -------------------------------------------------- */

static const struct rk_bundle_key *
find_known(const struct rk_bundle *bundle, struct rk_str sid)
{
	for (uint32_t i = 0; bundle && i < bundle->key_count; i++)
		if (rk_str_is(bundle->keys[i].sid, sid))
			return &bundle->keys[i];
	return NULL;
}

/* The lint's code for what is wrong; NULL: nothing, or no memory to find out. */
static const char *
verify(const struct rk_bundle *bundle, const struct rk_bundle_key *known, struct rk_str secret)
{
	struct rk_jws_key *key;
	enum rk_err err;

	if (known->state != RK_BUNDLE_KEY_GOOD)
		return known->state == RK_BUNDLE_KEY_DISABLED ? "RK-216" : "RK-217";
	if (rk_jws_key_new_secret(RK_JWS_HS256, bundle->verifier_key, &key) != RK_OK)
		return NULL;
	err = rk_jws_check(key, secret, known->verifier);
	rk_jws_key_free(key);
	return err == RK_SIGNATURE ? "RK-215" : NULL;
}

static void
look_up(const struct rk_mint *mint, const struct rk_mint_key *from, struct rk_mint_kept *kept)
{
	kept->known = find_known(mint->bundle, from->key_sid);
	kept->code = kept->known ? verify(mint->bundle, kept->known, from->secret) : NULL;
}

/* ---- the kept keys ------------------------------------------------------------------ */

static uint32_t
to_front(struct rk_mint *mint, unsigned at)
{
	struct rk_mint_kept kept = mint->keys[at];

	memmove(mint->keys + 1, mint->keys, at * sizeof(*mint->keys));
	mint->keys[0] = kept;
	return kept.handle;
}

static bool
find_key(struct rk_mint *mint, const struct rk_mint_key *from, enum rk_access_alg alg, unsigned *ret_at)
{
	unsigned i;

	for (i = 0; i < RK_MINT_KEYS && mint->keys[i].key; i++)
		if (rk_access_key_is(
			mint->keys[i].key, from->account_sid, from->key_sid, from->secret, alg, from->region))
			break;
	*ret_at = i;
	return i < RK_MINT_KEYS && mint->keys[i].key;
}

enum rk_err
rk_mint_get_key(
    struct rk_mint *mint, const struct rk_mint_key *from, uint32_t *ret_handle, struct rk_why *why)
{
	struct rk_access_key *key;
	enum rk_access_alg alg;
	unsigned at;
	enum rk_err err = rk_access_alg_parse(from->algorithm, &alg);

	if (err)
		return rk_why(why, err, "RK-252", "",
		    "Algorithm not supported. Allowed values are HS256, HS384, HS512");
	if (!find_key(mint, from, alg, &at)) {
		err = rk_access_key_new(
		    from->account_sid, from->key_sid, from->secret, alg, from->region, &key, why);
		if (err)
			return err;
		if (at == RK_MINT_KEYS)
			rk_access_key_free(mint->keys[--at].key);
		mint->keys[at] = (struct rk_mint_kept){ .key = key, .handle = ++mint->handles };
		look_up(mint, from, &mint->keys[at]);
	}
	*ret_handle = to_front(mint, at);
	return RK_OK;
}

static const struct rk_mint_kept *
kept_of(const struct rk_mint *mint, uint32_t handle)
{
	for (unsigned i = 0; i < RK_MINT_KEYS && mint->keys[i].key; i++)
		if (mint->keys[i].handle == handle)
			return &mint->keys[i];
	return NULL;
}

/* ---- the lint ------------------------------------------------------------------------ */

struct verdict {
	struct rk_mint *mint;
	const struct rk_mint_order *order;
	struct rk_why *why;
	bool refused;
};

/* True the first time that this function meets this code. A full list stays silent. */
static bool
is_news(struct rk_mint *mint, uint32_t function, const char *code)
{
	uint32_t row[2] = { function, (uint32_t)strtoul(code + 3, NULL, 10) };

	for (size_t i = 0; i + sizeof(row) <= mint->told.n; i += sizeof(row))
		if (memcmp(mint->told.p + i, row, sizeof(row)) == 0)
			return false;
	mint->told.max = TOLD_MAX;
	rk_buf_put(&mint->told, rk_str_n(row, sizeof(row)));
	return !mint->told.bad;
}

static void
on_finding(const struct rk_lint_finding *f, void *arg)
{
	struct verdict *v = arg;

	if (f->severity == RK_LINT_WARNING) {
		if (is_news(v->mint, v->order->function, f->code))
			v->order->warn(f, v->order->arg);
	} else if (!v->refused) {
		v->refused = true;
		(void)rk_why(v->why, RK_REFUSED, f->code, f->todo, "%s", f->what);
	}
}

/* The row of the lint's table, at this level, with the key's names in its words. */
static void
tell_known(const struct rk_mint_kept *kept, struct verdict *v)
{
	struct rk_lint_finding row = { .code = "" };
	char words[WORDS_MAX];

	if (!kept->code || v->order->level == RK_LINT_OFF)
		return;
	for (size_t i = 0; i < rk_lint_count() && strcmp(row.code, kept->code) != 0; i++)
		rk_lint_row(i, &row);
	snprintf(words, sizeof words, "%s It is %.*s%s%.*s%s.", row.what, RK_FMT(kept->known->sid),
	    kept->known->friendly_name.n ? ", \"" : "", RK_FMT(kept->known->friendly_name),
	    kept->known->friendly_name.n ? "\"" : "");
	row.what = words;
	if (v->order->level == RK_LINT_WARN)
		row.severity = RK_LINT_WARNING;
	on_finding(&row, v);
}

/* ---- minting --------------------------------------------------------------------------- */

static enum rk_err
sign(struct rk_access_key *key, const struct rk_access_claims *claims, struct rk_buf *out)
{
	size_t room = rk_access_bound(key, claims), n;
	enum rk_err err;

	if (!rk_buf_reserve(out, room))
		return rk_buf_end(out) ? rk_buf_end(out) : RK_NOMEM;
	err = rk_access_mint(key, claims, out->p + out->n, room, &n);
	if (!err)
		out->n += n;
	return err;
}

enum rk_err
rk_mint_token(struct rk_mint *mint, const struct rk_mint_order *order, struct rk_buf *out, struct rk_why *why)
{
	struct verdict verdict = { mint, order, why, false };
	const struct rk_mint_kept *kept = kept_of(mint, order->key);
	enum rk_err err;

	if (!kept)
		return RK_GONE;
	tell_known(kept, &verdict);
	err = rk_access_lint(kept->key, &order->claims, order->level, on_finding, &verdict);
	if (err || verdict.refused)
		return RK_REFUSED;
	err = sign(kept->key, &order->claims, out);
	return err ? rk_why(why, err, "RK-253", "", "The token cannot be made: %s", rk_err_text(err)) : RK_OK;
}

void
rk_mint_done(struct rk_mint *mint)
{
	for (unsigned i = 0; i < RK_MINT_KEYS; i++)
		rk_access_key_free(mint->keys[i].key);
	rk_buf_free(&mint->told);
	*mint = (struct rk_mint){ 0 };
}
