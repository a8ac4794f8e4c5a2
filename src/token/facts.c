/*
 * facts.c - see facts.h.
 */
#include "token/facts.h"

#include "base/auto.h"

#define CTY RK_STR("twilio-fpa;v=1")
#define CODE "RK-269"
#define TODO "Pass a Twilio access token."

void
rk_access_facts_free(struct rk_access_facts *view)
{
	struct rk_facts *facts = (struct rk_facts *)view;

	if (!facts)
		return;
	rk_compact_close(&facts->compact);
	rk_json_free(facts->claims);
	rk_buf_free(&facts->token);
	rk_buf_free(&facts->grants);
	free(facts);
}

void
rk_facts_auto(struct rk_facts **facts)
{
	if (*facts)
		rk_access_facts_free(&(*facts)->view);
}

enum rk_err
rk_facts_open(struct rk_str token, struct rk_facts **ret_facts, struct rk_why *why)
{
	struct rk_facts *facts RK_AUTO(rk_facts_auto) = (struct rk_facts *)calloc(1, sizeof(*facts));
	enum rk_err err;

	if (!facts)
		return RK_NOMEM;
	facts->token = RK_BUF(RK_COMPACT_MAX);
	if (token.n <= RK_COMPACT_MAX) { /* else compact says so itself */
		rk_buf_put(&facts->token, token);
		err = rk_buf_end(&facts->token);
		if (err)
			return err;
		token = rk_buf_str(&facts->token);
	}
	err = rk_compact_open(&facts->compact, token, why);
	if (err)
		return err;
	facts->view.header = rk_buf_str(&facts->compact.header_text);
	facts->view.payload = rk_buf_str(&facts->compact.payload);
	facts->view.alg = rk_compact_header(&facts->compact, "alg");
	facts->view.cty = rk_compact_header(&facts->compact, "cty");
	facts->view.region = rk_compact_header(&facts->compact, "twr");
	*ret_facts = rk_steal(&facts);
	return RK_OK;
}

/* ---- claims -------------------------------------------------------------------------- */

static struct rk_str
text(const struct rk_json *object, const char *member)
{
	const struct rk_json *j = rk_json_get(object, member);

	return rk_json_is_string(j) ? rk_json_str(j) : rk_str(NULL);
}

static void
copy_grant(struct rk_str name, const struct rk_json *value, void *arg)
{
	struct rk_buf *out = (struct rk_buf *)arg;

	if (rk_str_is(name, RK_STR("identity")))
		return;
	if (out->n > 1)
		rk_buf_put_c(out, ',');
	rk_json_put_string(out, name);
	rk_buf_put_c(out, ':');
	rk_json_put(out, value);
}

static enum rk_err
read_grants(struct rk_facts *facts)
{
	const struct rk_json *grants = rk_json_get(facts->claims, "grants"), *identity;
	bool is_object = grants && rk_json_type(grants) == RK_JSON_OBJECT;
	enum rk_err err;

	facts->view.has_grants = is_object;
	facts->grants = RK_BUF(8 * RK_COMPACT_MAX);
	rk_buf_put_c(&facts->grants, '{');
	if (is_object) {
		identity = rk_json_get(grants, "identity");
		facts->view.has_identity = rk_json_is_string(identity);
		facts->view.identity = text(grants, "identity");
		rk_json_each(grants, copy_grant, &facts->grants);
	}
	rk_buf_put_c(&facts->grants, '}');
	err = rk_buf_end(&facts->grants);
	if (!err)
		facts->view.grants = rk_buf_str(&facts->grants);
	return err;
}

enum rk_err
rk_facts_read(struct rk_facts *facts, struct rk_why *why)
{
	struct rk_access_facts *view = &facts->view;
	enum rk_err err = rk_jwt_parse(view->payload, &facts->claims, why);

	if (err)
		return err;
	view->jti = text(facts->claims, "jti");
	view->key_sid = text(facts->claims, "iss");
	view->account_sid = text(facts->claims, "sub");
	err = read_grants(facts);
	if (!err)
		err = rk_jwt_read_times(facts->claims, &facts->times, why);
	if (err)
		return err;
	view->iat = facts->times.iat;
	view->nbf = facts->times.nbf;
	view->exp = facts->times.exp;
	view->has_iat = facts->times.has_iat;
	view->has_nbf = facts->times.has_nbf;
	view->has_exp = facts->times.has_exp;
	return RK_OK;
}

/* ---- rules ---------------------------------------------------------------------------- */

static enum rk_err
check_members(const struct rk_access_facts *view, struct rk_why *why)
{
	if (!rk_str_is(view->cty, CTY))
		return rk_why(why, RK_INVALID, CODE, TODO,
		    "The token is no access token: its content type (cty) is not twilio-fpa;v=1.");
	if (view->key_sid.n == 0)
		return rk_why(why, RK_INVALID, CODE, TODO, "The token does not name its API key (iss).");
	if (view->account_sid.n == 0)
		return rk_why(why, RK_INVALID, CODE, TODO, "The token does not name its account (sub).");
	if (!view->has_grants)
		return rk_why(why, RK_INVALID, CODE, TODO, "The token has no grants.");
	return RK_OK;
}

static enum rk_err
check_owner(const struct rk_access_facts *view, const struct rk_verify *how, struct rk_why *why)
{
	if (how->key_sid.n && !rk_str_is(how->key_sid, view->key_sid))
		return rk_why(why, RK_DENIED, "RK-270", "Check it with the key that it names (iss).",
		    "The token was made with another API key.");
	if (how->account_sid.n && !rk_str_is(how->account_sid, view->account_sid))
		return rk_why(why, RK_DENIED, "RK-270", "Check it against the account that it names (sub).",
		    "The token is for another account.");
	return RK_OK;
}

enum rk_err
rk_facts_check(const struct rk_facts *facts, const struct rk_verify *how, struct rk_why *why)
{
	enum rk_err err = check_members(&facts->view, why);

	if (!err)
		err = check_owner(&facts->view, how, why);
	if (!err)
		err = rk_jwt_check_times(&facts->times, how->now, how->leeway, RK_VERIFY_LIFE, why);
	return err;
}
