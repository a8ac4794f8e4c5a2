/*
 * jwt.c - see jwt.h.
 */
#include "token/jwt.h"

#include "base/auto.h"

#define CODE "RK-265"
#define TODO "Ask its maker for a token with correct claims."

enum rk_err
rk_jwt_parse(struct rk_str payload, struct rk_json **ret_claims, struct rk_why *why)
{
	struct rk_json *claims RK_AUTO(rk_json_auto) = NULL;
	enum rk_err err = rk_json_parse(payload, &claims, NULL);

	if (err == RK_INVALID || (!err && rk_json_type(claims) != RK_JSON_OBJECT))
		return rk_why(why, RK_INVALID, CODE, TODO,
		    "The token's claims are no JSON object, or have a member twice.");
	if (!err)
		*ret_claims = rk_steal(&claims);
	return err;
}

static enum rk_err
read_time(const struct rk_json *claims, const char *name, double *ret_time, bool *ret_has, struct rk_why *why)
{
	const struct rk_json *j = rk_json_get(claims, name);

	*ret_has = j != NULL;
	if (j && !rk_json_real(j, ret_time))
		return rk_why(why, RK_INVALID, CODE, TODO, "The token's %s is no number.", name);
	return RK_OK;
}

enum rk_err
rk_jwt_read_times(const struct rk_json *claims, struct rk_jwt_times *ret_times, struct rk_why *why)
{
	struct rk_jwt_times t = { 0 };
	enum rk_err err = read_time(claims, "exp", &t.exp, &t.has_exp, why);

	if (!err)
		err = read_time(claims, "nbf", &t.nbf, &t.has_nbf, why);
	if (!err)
		err = read_time(claims, "iat", &t.iat, &t.has_iat, why);
	if (!err)
		*ret_times = t;
	return err;
}

enum rk_err
rk_jwt_check_times(
    const struct rk_jwt_times *times, int64_t now, int64_t leeway, int64_t life, struct rk_why *why)
{
	if (!times->has_exp)
		return rk_why(why, RK_INVALID, CODE, TODO, "The token does not say when it ends (exp).");
	if ((double)(now - leeway) >= times->exp) /* "on or after": RFC 7519 section 4.1.4 */
		return rk_why(why, RK_EXPIRED, "RK-266", "Ask for a new token.", "The token has ended.");
	if (times->has_nbf && times->nbf > (double)(now + leeway))
		return rk_why(why, RK_NOT_YET, "RK-267",
		    "Wait, or set the clock of the machine that made it.", "The token is not valid yet.");
	if (times->exp - (double)now > (double)(life + leeway))
		return rk_why(why, RK_REFUSED, "RK-268", "Make tokens that live for 24 hours at most.",
		    "The token lives for more than %lld hours.", (long long)(life / 3600));
	return RK_OK;
}
