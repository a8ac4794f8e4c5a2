/*
 * proven.h - content that is known to compile, by digest: a build with one new function compiles that one alone.
 *
 * Forgets when two digests fall on one place, and with the process: then it is compiled again.
 */
#ifndef RK_KEEPER_PROVEN_H
#define RK_KEEPER_PROVEN_H

#include "base/str.h"
#include "keeper/vault.h"

#define RK_PROVEN_PLACES 4096u

struct rk_proven {
	unsigned char digests[RK_PROVEN_PLACES][RK_VAULT_DIGEST_SIZE]; /* zero: none */
};

bool rk_proven_has(const struct rk_proven *proven, struct rk_str digest);
void rk_proven_add(struct rk_proven *proven, struct rk_str digest);

#endif
