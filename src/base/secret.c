/*
 * secret.c - copying, comparing and wiping bytes that must not be seen.
 */
#include "base/secret.h"

#include <stdlib.h>

void
rk_secret_wipe(void *p, size_t n)
{
	if (n)
		explicit_bzero(p, n);
}

void
rk_secret_done(struct rk_secret *s)
{
	rk_secret_wipe(s->p, s->p ? s->n : 0);
	free(s->p);
	*s = (struct rk_secret){ NULL, 0 };
}

enum rk_err
rk_secret_set(struct rk_secret *s, struct rk_str bytes)
{
	char *copy = rk_str_dup(bytes);

	if (!copy)
		return RK_NOMEM;
	rk_secret_done(s);
	*s = (struct rk_secret){ copy, bytes.n };
	return RK_OK;
}

bool
rk_secret_equal(struct rk_str a, struct rk_str b)
{
	volatile unsigned char differ = 0;

	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		differ |= (unsigned char)(a.p[i] ^ b.p[i]);
	return differ == 0;
}

bool
rk_secret_is(const struct rk_secret *s, struct rk_str other)
{
	return rk_secret_equal(rk_str_n(s->p, s->n), other);
}
