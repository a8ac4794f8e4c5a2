/*
 * token_inspect.c - `roomkey token inspect`: what a token opens, in one plain sentence.
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

#define DATA_MAX (1024 * 1024)

enum { TOKEN_FILE = RK_CRED_COUNT, JSON };

static const struct rk_flag flags[] = {
	RK_CRED_FLAGS,
	RK_BEARER_FLAG,
	{ "json", RK_FLAG_SWITCH, NULL,
	    "print an object: sentence, signature, verdict, claims, header, payload, ..." },
	{ 0 },
};

struct inspect {
	struct rk_cred cred;
	struct rk_bearer bearer;
	struct rk_str token;
	bool json;
	struct rk_inspection *seen;
};

static enum rk_err
take_flags(struct inspect *in, int argc, char **argv, struct rk_why *why)
{
	struct rk_flags walk = RK_FLAGS(flags, argc, argv);
	const char *values[sizeof flags / sizeof flags[0]] = { 0 };
	enum rk_err err = rk_flags_read(&walk, values, &in->bearer.word, 1, why);

	rk_cred_take_all(&in->cred, values);
	in->bearer.file = values[TOKEN_FILE];
	in->json = values[JSON];
	return err;
}

static enum rk_err
look(struct inspect *in, struct rk_why *why)
{
	struct rk_verify how = {
		.secret = { in->cred.secret.p, in->cred.secret.n },
		.now = rk_clock_unix_ms() / 1000,
		.key_sid = rk_str(in->cred.key_flag),
		.account_sid = rk_str(in->cred.account_flag),
	};

	return rk_inspect_access(in->token, &how, &in->seen, why);
}

static const char *
signature_words(const struct rk_inspection *seen)
{
	switch (seen->signature) {
	case RK_SIGNATURE_HOLDS:
		return "holds";
	case RK_SIGNATURE_DIFFERS:
		return "differs";
	case RK_SIGNATURE_NOT_CHECKED:
		break;
	}
	return "not checked";
}

static void
put_raw(struct rk_buf *out, const char *name, struct rk_str json)
{
	rk_buf_printf(out, "  %-11s", name);
	rk_say_put_visible(out, json);
	rk_buf_put_c(out, '\n');
}

static void
put_words(const struct rk_inspection *seen, struct rk_buf *out)
{
	rk_buf_printf(out, "%s%s%s\n\n", rk_say_on(STDOUT_FILENO, RK_SAY_BOLD), seen->sentence,
	    rk_say_off(STDOUT_FILENO));
	rk_claims_put_lines(out, seen->facts);
	rk_buf_printf(out, "  %-11s%s\n", "signature", signature_words(seen));
	if (seen->reason[0])
		put_raw(out, "not valid", rk_str(seen->reason));
	if (seen->vendor_code)
		rk_buf_printf(out, "  %-11s%d: %s\n", "vendor", seen->vendor_code, seen->vendor_text);
	rk_buf_put_c(out, '\n');
	put_raw(out, "header", seen->facts->header);
	put_raw(out, "payload", seen->facts->payload);
}

static void
put_json(const struct rk_inspection *seen, struct rk_buf *out)
{
	rk_buf_lit(out, "{\"sentence\":");
	rk_json_put_string(out, rk_str(seen->sentence));
	rk_buf_printf(out, ",\"signature\":\"%s\",\"verdict\":\"%s\",\"reason\":", signature_words(seen),
	    rk_err_name(seen->verdict));
	rk_json_put_string(out, rk_str(seen->reason));
	rk_claims_put_vendor(out, seen->vendor_code, seen->vendor_text);
	rk_buf_lit(out, ",\"claims\":");
	rk_claims_put_json(out, seen->facts);
	rk_buf_lit(out, ",\"header\":");
	rk_buf_put(out, seen->facts->header);
	rk_buf_lit(out, ",\"payload\":");
	rk_buf_put(out, seen->facts->payload);
	rk_buf_lit(out, "}\n");
}

static void
inspect_done(struct inspect *in)
{
	rk_cred_done(&in->cred);
	rk_bearer_done(&in->bearer);
	rk_inspection_free(in->seen);
}

static int
run(int argc, char **argv)
{
	RK_AUTO(inspect_done) struct inspect in = { 0 };
	struct rk_buf out = RK_BUF(DATA_MAX);
	struct rk_why why = { 0 };
	enum rk_err err = take_flags(&in, argc, argv, &why);

	if (err == RK_OK)
		err = rk_bearer_find(&in.bearer, &in.cred, &in.token, &why);
	if (err == RK_OK)
		err = rk_cred_find(&in.cred, &why);
	if (err != RK_OK && !why.what[0])
		return RK_EXIT_USAGE;
	if (err != RK_OK)
		return err == RK_INVALID ? rk_say_why(&why, RK_EXIT_USAGE) : rk_claims_refuse(in.json, "sentence", &why);
	if (look(&in, &why) != RK_OK)
		return rk_claims_refuse(in.json, "sentence", &why);
	if (in.json)
		put_json(in.seen, &out);
	else
		put_words(in.seen, &out);
	return rk_say_data(&out, RK_EXIT_DONE);
}

const struct rk_verb rk_verb_token_inspect = {
	.noun = "token",
	.name = "inspect",
	.args = "TOKEN|- [flags]",
	.summary = "Say what an access token opens, for whom, and until when",
	.flags = flags,
	.notes =
	    "Without a secret the signature is not checked, and the sentence says so. Exits 0 when the text\n"
	    "is a token that can be read, valid or not; roomkey token verify judges.\n",
	.run = run,
};
