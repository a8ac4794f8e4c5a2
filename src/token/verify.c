/*
 * verify.c - see roomkey/verify.h. The signature first; no claim is parsed before it holds.
 */
#include <roomkey/verify.h>

#include "base/auto.h"
#include "token/facts.h"

#define LEEWAY_MOST 300

_Static_assert(RK_VERIFY_MAX == RK_COMPACT_MAX, "the public limit is the parser's");

static enum rk_err
check_signature(const struct rk_facts *facts, const struct rk_verify *how, struct rk_why *why)
{
	struct rk_jws_key *key;
	enum rk_err err = rk_jws_key_new_secret((enum rk_jws_alg)how->alg, how->secret, &key);

	if (err)
		return err;
	err = rk_compact_check(&facts->compact, key, why);
	rk_jws_key_free(key);
	return err;
}

enum rk_err
rk_verify_access(
    struct rk_str token, const struct rk_verify *how, struct rk_access_facts **ret_facts, struct rk_why *why)
{
	struct rk_facts *facts RK_AUTO(rk_facts_auto) = NULL;
	enum rk_err err;

	if (how->secret.n == 0)
		return rk_why(why, RK_INVALID, "RK-271", "Give the secret of the API key.",
		    "There is no secret to check with.");
	if (how->leeway < 0 || how->leeway > LEEWAY_MOST)
		return rk_why(why, RK_INVALID, "RK-271", "Give a leeway of 0 to 300 seconds.",
		    "The leeway is out of range.");
	err = rk_facts_open(token, &facts, why);
	if (!err)
		err = check_signature(facts, how, why);
	if (!err)
		err = rk_facts_read(facts, why);
	if (!err)
		err = rk_facts_check(facts, how, why);
	if (!err && ret_facts)
		*ret_facts = &rk_steal(&facts)->view;
	return err;
}
