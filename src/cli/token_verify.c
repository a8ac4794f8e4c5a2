/*
 * token_verify.c - `roomkey token verify`: does the vendor's check pass, with this secret.
 */
#include <roomkey/inspect.h>

#include "base/auto.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "cli/bearer.h"
#include "cli/claims.h"
#include "cli/say.h"
#include "cli/verb.h"
#include "cli/when.h"

#define DATA_MAX (1024 * 1024)
#define LEEWAY_MAX 300

enum { TOKEN_FILE = RK_CRED_COUNT, ALGORITHM, LEEWAY, JSON };

static const struct rk_flag flags[] = {
	RK_CRED_FLAGS,
	RK_BEARER_FLAG,
	{ "algorithm", RK_FLAG_VALUE, "NAME", "the one algorithm accepted: HS256, HS384 or HS512 (HS256)" },
	{ "leeway", RK_FLAG_VALUE, "SPAN", "clock difference forgiven, up to 300 seconds (0)" },
	{ "json", RK_FLAG_SWITCH, NULL, "print an object: valid, code, message, vendor, claims" },
	{ 0 },
};

struct verify {
	struct rk_cred cred;
	struct rk_bearer bearer;
	struct rk_verify how;
	struct rk_str token;
	bool json;
	enum rk_err verdict;
	struct rk_why reason;             /* of the verdict */
	struct rk_access_facts *facts;    /* when the verdict is RK_OK */
	struct rk_inspection *inspection; /* for the vendor's code and the sentence; may be NULL */
};

static enum rk_err
refuse(int row, const char *value, struct rk_why *why)
{
	return rk_why(why, RK_INVALID, RK_SAY_VALUE, "See roomkey token verify --help.",
	    "--%s does not take %.100s: it wants %s.", flags[row].name, value, flags[row].help);
}

static enum rk_err
take_algorithm(struct verify *v, const char *value, struct rk_why *why)
{
	bool good = *value && rk_access_alg_parse(rk_str(value), &v->how.alg) == RK_OK;

	return good ? RK_OK : refuse(ALGORITHM, value, why);
}

static enum rk_err
take_leeway(struct verify *v, const char *value, struct rk_why *why)
{
	bool good = rk_when_parse_span(rk_str(value), &v->how.leeway) && v->how.leeway >= 0 &&
		    v->how.leeway <= LEEWAY_MAX;

	return good ? RK_OK : refuse(LEEWAY, value, why);
}

static enum rk_err
take_flags(struct verify *v, int argc, char **argv, struct rk_why *why)
{
	struct rk_flags walk = RK_FLAGS(flags, argc, argv);
	const char *values[sizeof flags / sizeof flags[0]] = { 0 };
	enum rk_err err = rk_flags_read(&walk, values, &v->bearer.word, 1, why);

	rk_cred_take_all(&v->cred, values);
	v->bearer.file = values[TOKEN_FILE];
	v->json = values[JSON];
	if (err == RK_OK && values[ALGORITHM])
		err = take_algorithm(v, values[ALGORITHM], why);
	if (err == RK_OK && values[LEEWAY])
		err = take_leeway(v, values[LEEWAY], why);
	return err;
}

/* Only flags pin the account and the key: the environment may be that of another project. */
static enum rk_err
prepare(struct verify *v, struct rk_why *why)
{
	enum rk_err err = rk_bearer_find(&v->bearer, &v->cred, &v->token, why);

	if (err == RK_OK)
		err = rk_cred_find(&v->cred, why);
	if (err != RK_OK)
		return err;
	if (!v->cred.has_secret || v->cred.secret.n == 0)
		return rk_why(why, RK_INVALID, RK_SAY_MISSING,
		    "Give --secret-file FILE, --secret-stdin, or API_SECRET; to look without it: roomkey "
		    "token inspect.",
		    "There is no secret to check the signature with.");
	v->how.secret = (struct rk_str){ v->cred.secret.p, v->cred.secret.n };
	v->how.key_sid = rk_str(v->cred.key_flag);
	v->how.account_sid = rk_str(v->cred.account_flag);
	v->how.now = rk_clock_unix_ms() / 1000;
	return RK_OK;
}

/* The verdict is the verifier's alone; the inspection only adds what the vendor would say. */
static void
judge(struct verify *v)
{
	v->verdict = rk_verify_access(v->token, &v->how, &v->facts, &v->reason);
	if (rk_inspect_access(v->token, &v->how, &v->inspection, NULL) != RK_OK)
		v->inspection = NULL;
}

static void
put_words(const struct verify *v, struct rk_buf *out)
{
	if (v->verdict == RK_OK) {
		rk_buf_printf(
		    out, "%svalid%s\n", rk_say_on(STDOUT_FILENO, RK_SAY_GREEN), rk_say_off(STDOUT_FILENO));
		rk_claims_put_lines(out, v->facts);
		return;
	}
	rk_buf_printf(out, "%snot valid%s (%s): ", rk_say_on(STDOUT_FILENO, RK_SAY_RED),
	    rk_say_off(STDOUT_FILENO), v->reason.code);
	rk_say_put_visible(out, rk_str(v->reason.what));
	rk_buf_put_c(out, '\n');
	if (v->inspection && v->inspection->vendor_code)
		rk_buf_printf(out, "  the vendor would answer %d: %s\n", v->inspection->vendor_code,
		    v->inspection->vendor_text);
}

static void
put_json(const struct verify *v, struct rk_buf *out)
{
	bool valid = v->verdict == RK_OK;

	rk_buf_printf(out, "{\"valid\":%s,\"verdict\":\"%s\",\"code\":", valid ? "true" : "false",
	    rk_err_name(v->verdict));
	rk_json_put_string(out, rk_str(valid ? "" : v->reason.code));
	rk_buf_lit(out, ",\"message\":");
	rk_json_put_string(out, rk_str(valid ? "" : v->reason.what));
	rk_buf_lit(out, ",\"todo\":");
	rk_json_put_string(out, rk_str(valid ? "" : v->reason.todo));
	rk_claims_put_vendor(out, v->inspection && !valid ? v->inspection->vendor_code : 0,
	    v->inspection ? v->inspection->vendor_text : "");
	rk_buf_lit(out, ",\"claims\":");
	if (valid)
		rk_claims_put_json(out, v->facts);
	else
		rk_buf_lit(out, "null");
	rk_buf_lit(out, "}\n");
}

static void
verify_done(struct verify *v)
{
	rk_cred_done(&v->cred);
	rk_bearer_done(&v->bearer);
	rk_access_facts_free(v->facts);
	rk_inspection_free(v->inspection);
}

static int
run(int argc, char **argv)
{
	RK_AUTO(verify_done) struct verify v = { 0 };
	struct rk_buf out = RK_BUF(DATA_MAX);
	struct rk_why why = { 0 };
	enum rk_err err = take_flags(&v, argc, argv, &why);

	if (err == RK_OK)
		err = prepare(&v, &why);
	if (err != RK_OK && !why.what[0])
		return RK_EXIT_USAGE;
	if (err != RK_OK)
		return err == RK_INVALID ? rk_say_why(&why, RK_EXIT_USAGE) : rk_claims_refuse(v.json, "valid", &why);
	judge(&v);
	if (v.json)
		put_json(&v, &out);
	else
		put_words(&v, &out);
	if (v.verdict != RK_OK && !v.json && v.reason.todo[0])
		rk_buf_printf(&out, "  %s\n", v.reason.todo);
	return rk_say_data(&out, v.verdict == RK_OK ? RK_EXIT_DONE : RK_EXIT_REFUSED);
}

const struct rk_verb rk_verb_token_verify = {
	.noun = "token",
	.name = "verify",
	.args = "TOKEN|- [flags]",
	.summary = "Check an access token as the vendor would",
	.flags = flags,
	.notes =
	    "Exits 0 when the token is valid and 1 when it is not. --account-sid and --key-sid, given as\n"
	    "flags, must be the token's own.\n",
	.run = run,
};
