/*
 * mint.h - access tokens for functions: keys kept ready, the lint asked, its warnings told once.
 *
 * Knows no JavaScript: bytes in, bytes out.
 */
#ifndef RK_WORKER_MINT_H
#define RK_WORKER_MINT_H

#include <roomkey/access.h>

#include "base/buf.h"
#include "wire/bundle.h"

#define RK_MINT_KEYS 8

struct rk_mint {
	const struct rk_bundle *bundle; /* whose keys are known; borrowed; NULL: none is */
	struct rk_mint_kept {
		struct rk_access_key *key;
		uint32_t handle;
		const char *code;                  /* what is wrong with it as far as the platform knows; NULL: nothing */
		const struct rk_bundle_key *known; /* then this one */
	} keys[RK_MINT_KEYS]; /* the last asked for first */
	uint32_t handles;     /* given out so far */
	struct rk_buf told;   /* u32 function, u32 number of the code: warned already */
};

/* What a key is made of. */
struct rk_mint_key {
	struct rk_str account_sid, key_sid, secret, region, algorithm;
};

struct rk_mint_order {
	uint32_t key; /* a handle */
	struct rk_access_claims claims;
	enum rk_lint_level level;
	uint32_t function; /* on whose behalf: a warning is told once a function and code */
	void (*warn)(const struct rk_lint_finding *finding, void *arg);
	void *arg;
};

/*
 * A handle to the key that is made of these, from 1. It holds until RK_MINT_KEYS others were asked for.
 * On an error why->what is one sentence, why->todo the way out (may be empty), why->code its code.
 */
RK_CHECKED enum rk_err rk_mint_get_key(
    struct rk_mint *mint, const struct rk_mint_key *from, uint32_t *ret_handle, struct rk_why *why);

/* The token at the end of out. RK_GONE: the handle holds no more; ask for the key again. */
RK_CHECKED enum rk_err rk_mint_token(
    struct rk_mint *mint, const struct rk_mint_order *order, struct rk_buf *out, struct rk_why *why);
void rk_mint_done(struct rk_mint *mint);

#endif
