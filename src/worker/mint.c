#include "worker/mint.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/str.h"

#define TOLD_MAX (64u * 1024u)

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
		mint->keys[at] = (struct rk_mint_kept){ key, ++mint->handles };
	}
	*ret_handle = to_front(mint, at);
	return RK_OK;
}

static struct rk_access_key *
key_of(const struct rk_mint *mint, uint32_t handle)
{
	for (unsigned i = 0; i < RK_MINT_KEYS && mint->keys[i].key; i++)
		if (mint->keys[i].handle == handle)
			return mint->keys[i].key;
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
	struct rk_access_key *key = key_of(mint, order->key);
	enum rk_err err;

	if (!key)
		return RK_GONE;
	err = rk_access_lint(key, &order->claims, order->level, on_finding, &verdict);
	if (err)
		return err;
	err = sign(key, &order->claims, out);
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
