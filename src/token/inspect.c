/*
 * inspect.c - see roomkey/inspect.h.
 */
#include <roomkey/inspect.h>

#include <stdio.h>

#include "base/auto.h"
#include "base/sid.h"
#include "token/facts.h"
#include "token/says.h"

struct inspection {
	struct rk_inspection view; /* first: rk_inspection_free is given its address */
	struct rk_why why;
	struct rk_buf sentence;
};

/* The vendor's error codes, as its error dictionary names them. */
static const struct {
	int code;
	const char *text;
} vendor_codes[] = {
	{ 20101, "Invalid Access Token" },
	{ 20102, "Invalid Access Token header" },
	{ 20103, "Invalid Access Token issuer/subject" },
	{ 20104, "Access Token expired or expiration date invalid" },
	{ 20105, "Access Token not yet valid" },
	{ 20106, "Invalid Access Token grants" },
	{ 20107, "Invalid Access Token signature" },
	{ 20157, "Expiration time exceeds the maximum of 24 hours (some products answer 20104 or 51121)" },
};

void
rk_inspection_free(struct rk_inspection *view)
{
	struct inspection *in = (struct inspection *)view;

	if (!in)
		return;
	rk_access_facts_free(in->view.facts);
	rk_buf_free(&in->sentence);
	free(in);
}

static void
auto_inspection(struct inspection **in)
{
	if (*in)
		rk_inspection_free(&(*in)->view);
}

static void
set_vendor(struct rk_inspection *view, int code)
{
	for (size_t i = 0; i < sizeof(vendor_codes) / sizeof(vendor_codes[0]); i++)
		if (vendor_codes[i].code == code) {
			view->vendor_code = code;
			view->vendor_text = vendor_codes[i].text;
		}
}

/* Which code the vendor gives for a verdict of ours. */
static int
code_of(const struct rk_facts *facts, enum rk_err verdict)
{
	switch (verdict) {
	case RK_SIGNATURE:
		return 20107;
	case RK_EXPIRED:
		return 20104;
	case RK_NOT_YET:
		return 20105;
	case RK_REFUSED:
		return 20157;
	case RK_DENIED: /* another key or account than the caller asked for: the vendor would not mind */
		return 0;
	case RK_INVALID:
		if (!rk_str_is(facts->view.cty, RK_STR("twilio-fpa;v=1")))
			return 20102;
		if (facts->view.key_sid.n == 0 || facts->view.account_sid.n == 0)
			return 20103;
		return facts->view.has_grants ? 20104 : 20106; /* what is left is exp */
	default:
		return 0;
	}
}

/* The vendor wants SK... in iss and AC... in sub; verifying does not ask for it. */
static void
look_at_sids(struct inspection *in)
{
	struct rk_access_facts *facts = in->view.facts;

	if (in->view.vendor_code || (rk_sid_is(facts->key_sid, "SK") && rk_sid_is(facts->account_sid, "AC")))
		return;
	set_vendor(&in->view, 20103);
	if (!in->view.verdict)
		snprintf(in->why.what, sizeof(in->why.what), "%s",
		    rk_sid_is(facts->key_sid, "AC")
			? "The token names an account where the API key belongs (iss)."
			: "The token's key (iss) or account (sub) is no SID of the right kind.");
}

/* Tried with the HMAC that the header names: nothing depends on the outcome but words. */
static enum rk_err
try_signature(struct inspection *in, const struct rk_facts *facts, struct rk_str secret)
{
	struct rk_jws_key *key;
	enum rk_jws_alg alg;
	enum rk_err err;

	if (secret.n == 0)
		return RK_OK;
	in->view.signature = RK_SIGNATURE_DIFFERS;
	if (!rk_jws_alg_parse(facts->view.alg, &alg) || !rk_jws_alg_is_hmac(alg))
		return rk_why(&in->why, RK_SIGNATURE, "RK-262", "Sign with HS256, HS384 or HS512.",
		    "The token is not signed with HS256, HS384 or HS512.");
	err = rk_jws_key_new_secret(alg, secret, &key);
	if (err)
		return err;
	err = rk_compact_check(&facts->compact, key, &in->why);
	rk_jws_key_free(key);
	if (!err)
		in->view.signature = RK_SIGNATURE_HOLDS;
	return err;
}

static enum rk_err
judge(struct inspection *in, struct rk_facts *facts, const struct rk_verify *how)
{
	enum rk_err verdict = try_signature(in, facts, how->secret);

	if (verdict && verdict != RK_SIGNATURE)
		return verdict;
	if (!verdict)
		verdict = rk_facts_check(facts, how, &in->why);
	in->view.verdict = verdict;
	set_vendor(&in->view, code_of(facts, verdict));
	look_at_sids(in);
	return RK_OK;
}

enum rk_err
rk_inspect_access(struct rk_str token, const struct rk_verify *how, struct rk_inspection **ret_inspection,
    struct rk_why *why)
{
	struct inspection *in RK_AUTO(auto_inspection) = (struct inspection *)calloc(1, sizeof(*in));
	struct rk_facts *facts;
	enum rk_err err;

	if (!in)
		return RK_NOMEM;
	in->view.vendor_text = "";
	err = rk_facts_open(token, &facts, why);
	if (err)
		return err;
	in->view.facts = &facts->view;
	err = rk_facts_read(facts, why);
	if (!err)
		err = judge(in, facts, how);
	if (err)
		return err;
	in->sentence = RK_BUF(RK_SAYS_MAX);
	rk_says_put(&in->sentence, facts, &in->view, how->now);
	in->view.sentence = rk_buf_z(&in->sentence);
	in->view.reason = in->why.what;
	err = rk_buf_end(&in->sentence);
	if (!err)
		*ret_inspection = &rk_steal(&in)->view;
	return err;
}
