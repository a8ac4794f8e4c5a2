/*
 * own_tokens.c - access tokens: one made with a key of the account, and what one says that somebody has.
 */
#include <roomkey/access.h>
#include <roomkey/inspect.h>
#include <roomkey/lint.h>

#include "base/secret.h"
#include "keeper/own_call.h"

static void
put_finding(const struct rk_lint_finding *f, void *arg)
{
	struct rk_buf *out = arg;

	rk_buf_put(out, out->p[out->n - 1] == '[' ? RK_STR("{") : RK_STR(",{"));
	rk_api_json_text(out, "code", rk_str(f->code));
	rk_api_json_text(out, "message", rk_str(f->what));
	rk_api_json_text(out, "todo", rk_str(f->todo));
	rk_buf_put_c(out, '}');
}

/* The key with its secret, which lies in the call's arena. */
static enum rk_err
find_key(struct rk_own_call *oc, struct rk_str sid, struct rk_row_key *ret_key)
{
	struct rk_query q = { .account = rk_str(oc->call.caller.account),
		.secrets = true,
		.filters = { { .field = "sid", .value = sid } } };

	return rk_sid_is(sid, "SK")
		   ? rk_store_find(oc->own->opts.store, RK_KIND_KEY, &q, &oc->call.arena, ret_key)
		   : RK_NOT_FOUND;
}

static void
forget_key(struct rk_row_key *key)
{
	rk_secret_wipe((char *)(uintptr_t)key->secret.p, key->secret.n);
}

/* ---- making one ---- */

static void
note_bad_grant(struct rk_str name, const struct rk_json *value, void *arg)
{
	bool *bad = arg;

	if (rk_json_type(value) != RK_JSON_OBJECT || rk_str_is(name, RK_STR("identity")))
		*bad = true;
}

static bool
take_claims(struct rk_own_call *oc, struct rk_buf *grants, struct rk_access_claims *claims)
{
	const struct rk_json *json = rk_json_get(oc->body, "grants");
	long long nbf = rk_own_number(oc, "nbf", -1);
	bool bad = false;

	rk_json_each(json, note_bad_grant, &bad);
	if (bad) {
		rk_api_fail(&oc->call, RK_API_PARAMETER, "grants must hold objects only, and no identity.");
		return false;
	}
	rk_json_put(grants, json);
	claims->grants = rk_buf_str(grants);
	claims->identity = rk_own_text(oc, "identity");
	claims->now = oc->call.request->now_ms / 1000;
	claims->ttl = rk_own_number(oc, "ttl", RK_ACCESS_TTL);
	claims->is_zero_ttl = true;
	claims->has_nbf = nbf >= 0;
	claims->nbf = (double)nbf;
	if (rk_buf_end(grants) == RK_OK)
		return true;
	rk_api_fail(&oc->call, RK_API_PARAMETER, "grants is larger than 64 KB.");
	return false;
}

static void
show_token(struct rk_own_call *oc, struct rk_str token, struct rk_str findings)
{
	struct rk_verify how = { .now = oc->call.request->now_ms / 1000 };
	struct rk_inspection *seen = NULL;
	struct rk_buf *out = rk_own_open(oc);
	enum rk_err err = rk_inspect_access(token, &how, &seen, NULL);

	rk_api_json_text(out, "token", token);
	if (!err) {
		rk_api_json_name(out, "decoded");
		rk_buf_lit(out, "{\"header\":");
		rk_buf_put(out, seen->facts->header);
		rk_buf_lit(out, ",\"payload\":");
		rk_buf_put(out, seen->facts->payload);
		rk_buf_put_c(out, '}');
	}
	rk_api_json_name(out, "findings");
	rk_buf_put(out, findings);
	rk_own_close(oc, 201);
	rk_inspection_free(seen);
	if (err)
		rk_api_fail_err(&oc->call, RK_INTERNAL, NULL);
}

/* What the lint refuses is not made: 422, with what it says. */
static void
refuse(struct rk_own_call *oc, struct rk_str findings)
{
	struct rk_buf *out = rk_own_fail_open(
	    oc, RK_API_UNPROCESSABLE, "RK-749", "The vendor would refuse this token. It was not made.");

	rk_api_json_name(out, "findings");
	rk_buf_put(out, findings);
	rk_buf_put_c(out, '}');
}

static void
mint(struct rk_own_call *oc, struct rk_access_key *key, const struct rk_access_claims *claims,
    struct rk_str sid)
{
	struct rk_buf findings = RK_BUF(65536), token = RK_BUF(256 * 1024);
	size_t n = 0;
	enum rk_err err;

	rk_buf_put_c(&findings, '[');
	err = rk_access_lint(key, claims, RK_LINT_REFUSE, put_finding, &findings);
	rk_buf_put_c(&findings, ']');
	if (err == RK_REFUSED) {
		refuse(oc, rk_buf_str(&findings));
	} else {
		if (!err)
			err = rk_buf_reserve(&token, rk_access_bound(key, claims)) ? RK_OK : RK_TOO_LARGE;
		if (!err)
			err = rk_access_mint(key, claims, token.p, token.cap, &n);
		token.n = n;
		if (err)
			rk_api_fail_err(&oc->call, err, NULL);
		else if (rk_own_begin_change(oc) &&
			 rk_own_settle(oc, RK_OK, NULL, "Token.create", sid, RK_STR("")))
			show_token(oc, rk_buf_str(&token), rk_buf_str(&findings));
	}
	rk_buf_free(&findings);
	rk_buf_wipe(&token);
}

void
rk_own_tokens_post(struct rk_own_call *oc)
{
	struct rk_access_claims claims = RK_ACCESS_CLAIMS;
	struct rk_buf grants = RK_BUF(65536);
	struct rk_str sid = rk_own_text(oc, "key_sid");
	struct rk_access_key *key = NULL;
	struct rk_why why = { .code = "" };
	struct rk_row_key row;
	enum rk_err err = find_key(oc, sid, &row);

	if (!err && row.disabled)
		err = RK_NOT_FOUND;
	if (err == RK_NOT_FOUND)
		rk_api_fail(&oc->call, RK_API_PARAMETER, "key_sid: there is no such key in this account.");
	else if (err)
		rk_api_fail_err(&oc->call, err, NULL);
	if (err)
		return;
	err = rk_access_key_new(rk_str(oc->call.caller.account), sid, row.secret, RK_ACCESS_HS256,
	    rk_str_is(row.region, RK_STR("us1")) ? RK_STR("") : row.region, &key, &why);
	forget_key(&row);
	if (err)
		rk_api_fail_err(&oc->call, err, &why);
	else if (take_claims(oc, &grants, &claims))
		mint(oc, key, &claims, sid);
	rk_access_key_free(key);
	rk_buf_free(&grants);
}

/* ---- looking at one ---- */

static void
put_findings(struct rk_buf *out, const struct rk_access_facts *facts)
{
	enum rk_err err;

	rk_api_json_name(out, "findings");
	rk_buf_put_c(out, '[');
	if (facts->has_exp && facts->has_iat) {
		err = rk_lint_ttl(RK_LINT_REFUSE, (int64_t)(facts->exp - facts->iat), put_finding, out);
		(void)err; /* the finding is what counts */
	}
	if (facts->has_grants)
		rk_lint_grants(RK_LINT_REFUSE, facts->grants, put_finding, out);
	rk_buf_put_c(out, ']');
}

static void
show_inspection(struct rk_own_call *oc, const struct rk_inspection *seen, bool known)
{
	static const char *const verdicts[] = { "unknown key", "valid", "invalid" };
	struct rk_buf *out = rk_own_open(oc);

	rk_api_json_name(out, "header");
	rk_buf_put(out, seen->facts->header);
	rk_api_json_name(out, "payload");
	rk_buf_put(out, seen->facts->payload);
	put_findings(out, seen->facts);
	rk_api_json_text(out, "sentence", rk_str(seen->sentence));
	rk_api_json_text(out, "reason", rk_str(seen->reason));
	rk_api_json_text(
	    out, "signature", rk_str(verdicts[known ? seen->signature : RK_SIGNATURE_NOT_CHECKED]));
	rk_api_json_text(out, "key_sid", seen->facts->key_sid.n ? seen->facts->key_sid : rk_str(NULL));
	if (seen->vendor_code) {
		rk_api_json_name(out, "vendor_error");
		rk_buf_put_c(out, '{');
		rk_api_json_number(out, "code", seen->vendor_code);
		rk_api_json_text(out, "message", rk_str(seen->vendor_text));
		rk_buf_put_c(out, '}');
	}
	rk_own_close(oc, 200);
}

/* First without a key, to see which; then, when the account has it, with its secret. */
void
rk_own_inspect_post(struct rk_own_call *oc)
{
	struct rk_verify how = { .now = oc->call.request->now_ms / 1000 };
	struct rk_str token = rk_str_trim(rk_own_text(oc, "token"));
	struct rk_inspection *seen = NULL, *checked = NULL;
	struct rk_why why = { .code = "" };
	struct rk_row_key row;
	enum rk_err err = rk_inspect_access(token, &how, &seen, &why), found;

	if (err) {
		rk_api_fail_err(&oc->call, err, &why);
		return;
	}
	found = find_key(oc, seen->facts->key_sid, &row);
	if (!found) {
		how.secret = row.secret;
		err = rk_inspect_access(token, &how, &checked, &why);
		forget_key(&row);
	}
	if (err || (found && found != RK_NOT_FOUND))
		rk_api_fail_err(&oc->call, err ? err : found, NULL);
	else
		show_inspection(oc, checked ? checked : seen, checked != NULL);
	rk_inspection_free(checked);
	rk_inspection_free(seen);
}
