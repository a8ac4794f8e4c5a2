/*
 * proven.c - one place for each digest, told by its first bytes, which are as good as random.
 */
#include "keeper/proven.h"

static size_t
place_of(struct rk_str digest)
{
	return ((unsigned char)digest.p[0] | (size_t)(unsigned char)digest.p[1] << 8) % RK_PROVEN_PLACES;
}

bool
rk_proven_has(const struct rk_proven *proven, struct rk_str digest)
{
	return digest.n == RK_VAULT_DIGEST_SIZE &&
	       memcmp(proven->digests[place_of(digest)], digest.p, RK_VAULT_DIGEST_SIZE) == 0;
}

void
rk_proven_add(struct rk_proven *proven, struct rk_str digest)
{
	if (digest.n == RK_VAULT_DIGEST_SIZE)
		memcpy(proven->digests[place_of(digest)], digest.p, RK_VAULT_DIGEST_SIZE);
}
