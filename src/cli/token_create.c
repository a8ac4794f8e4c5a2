/*
 * token_create.c - `roomkey token create`: mints an access token and prints it alone.
 */
#include <math.h>
#include <stdlib.h>

#include <roomkey/access.h>

#include "base/auto.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "cli/cred.h"
#include "cli/grant.h"
#include "cli/say.h"
#include "cli/verb.h"
#include "cli/when.h"

#define DATA_MAX (1024 * 1024)

enum { IDENTITY = RK_CRED_COUNT, TTL, NBF, REGION, ALGORITHM, GRANTS, LINT = GRANTS + RK_GRANT_COUNT, JSON };

static const struct rk_flag flags[] = {
	RK_CRED_FLAGS,
	{ "identity", RK_FLAG_VALUE, "NAME", "who the token is for" },
	{ "ttl", RK_FLAG_VALUE, "SPAN", "how long it lives: seconds, or 90m, 12h (1h)" },
	{ "nbf", RK_FLAG_VALUE, "SECONDS", "not valid before, in seconds since 1970" },
	{ "region", RK_FLAG_VALUE, "NAME", "home region of the account, such as ie1" },
	{ "algorithm", RK_FLAG_VALUE, "NAME", "HS256, HS384 or HS512 (HS256)" },
	RK_GRANT_FLAGS,
	{ "token-lint", RK_FLAG_VALUE, "LEVEL",
	    "refuse, warn or off: tokens that the vendor will reject (refuse)" },
	{ "json", RK_FLAG_SWITCH, NULL, "print an object: token, expires_at, identity, grants, warnings" },
	{ 0 },
};

struct create {
	struct rk_cred cred;
	struct rk_grant_flags grant_flags;
	const char *region, *algorithm;
	enum rk_lint_level lint;
	bool json;
	struct rk_access_claims claims;
	struct rk_grants *grants;
	struct rk_access_key *key;
	struct rk_buf token;    /* the JWT */
	struct rk_buf findings; /* the members of a JSON array, comma between */
};

/* ---- the command line ------------------------------------------------------ */

static bool
take_nbf(struct create *c, const char *value)
{
	char *end;

	c->claims.nbf = strtod(value, &end);
	c->claims.has_nbf = true;
	return end != value && *end == '\0' && isfinite(c->claims.nbf);
}

static bool
take_lint(struct create *c, const char *value)
{
	static const char *const levels[] = { "refuse", "warn", "off" };

	for (unsigned i = 0; i < 3; i++)
		if (strcmp(value, levels[i]) == 0) {
			c->lint = (enum rk_lint_level)i;
			return true;
		}
	return false;
}

static enum rk_err
take_own(struct create *c, int row, const char *value, struct rk_why *why)
{
	bool good = true;

	if (row == IDENTITY)
		c->claims.identity = rk_str(value);
	else if (row == TTL)
		good = rk_when_parse_span(rk_str(value), &c->claims.ttl);
	else if (row == NBF)
		good = take_nbf(c, value);
	else if (row == REGION)
		c->region = value;
	else if (row == ALGORITHM)
		c->algorithm = value;
	else if (row == LINT)
		good = take_lint(c, value);
	else
		c->json = true;
	return good ? RK_OK
		    : rk_why(why, RK_INVALID, RK_SAY_VALUE, "See roomkey token create --help.",
			  "--%s does not take %.100s: it wants %s.", flags[row].name, value, flags[row].help);
}

static enum rk_err
take_flags(struct create *c, int argc, char **argv, struct rk_why *why)
{
	struct rk_flags walk = RK_FLAGS(flags, argc, argv);
	const char *value;
	enum rk_err err = RK_OK;
	int row;

	while (err == RK_OK && (row = rk_flags_next(&walk, &value)) != RK_FLAGS_END) {
		if (row == RK_FLAGS_BAD)
			return RK_INVALID; /* told already: why stays empty */
		if (row == RK_FLAGS_WORD)
			return rk_why(why, RK_INVALID, RK_SAY_UNKNOWN,
			    c->grant_flags.given[RK_GRANT_VIDEO] ? "A room is written --video=ROOM."
								 : "See --help.",
			    "token create does not take the word %.100s.", value);
		if (row < RK_CRED_COUNT)
			rk_cred_take(&c->cred, row, value);
		else if (row >= GRANTS && row < GRANTS + RK_GRANT_COUNT)
			err = rk_grant_take(&c->grant_flags, row - GRANTS, value, why);
		else
			err = take_own(c, row, value, why);
	}
	return err;
}

/* What must be there at all; whether it is any good is for the lint to say. */
static enum rk_err
check_complete(const struct create *c, struct rk_why *why)
{
	if (!c->cred.account_sid)
		return rk_why(why, RK_INVALID, RK_SAY_MISSING,
		    "Give --account-sid AC..., or ACCOUNT_SID in the environment or in --env-file.",
		    "There is no account SID.");
	if (!c->cred.key_sid)
		return rk_why(why, RK_INVALID, RK_SAY_MISSING,
		    "Give --key-sid SK..., or API_KEY in the environment or in --env-file.",
		    "There is no API key SID.");
	if (!c->cred.has_secret)
		return rk_why(why, RK_INVALID, RK_SAY_MISSING,
		    "Give --secret-file FILE or --secret-stdin, or API_SECRET in the environment or in "
		    "--env-file.",
		    "There is no secret to sign with.");
	return RK_OK;
}

/* ---- minting --------------------------------------------------------------- */

static void
tell(const struct rk_lint_finding *finding, void *arg)
{
	struct create *c = arg;
	struct rk_buf *out = &c->findings;

	rk_say_finding(finding->severity == RK_LINT_REFUSAL, finding->code, finding->what, finding->todo);
	if (out->n > 0)
		rk_buf_put_c(out, ',');
	rk_buf_printf(out,
	    "{\"code\":\"%s\",\"severity\":\"%s\",\"argument\":\"%s\",\"message\":", finding->code,
	    finding->severity == RK_LINT_REFUSAL ? "refusal" : "warning", finding->argument);
	rk_json_put_string(out, rk_str(finding->what));
	rk_buf_lit(out, ",\"todo\":");
	rk_json_put_string(out, rk_str(finding->todo));
	rk_buf_put_c(out, '}');
}

static enum rk_err
make_key(struct create *c, struct rk_why *why)
{
	const struct rk_cred *cred = &c->cred;
	struct rk_str secret = { cred->secret.p, cred->secret.n };
	enum rk_access_alg alg;

	if (rk_access_alg_parse(rk_str(c->algorithm), &alg) != RK_OK)
		return rk_why(why, RK_UNSUPPORTED, RK_SAY_VALUE, "Use HS256, HS384 or HS512.",
		    "Access tokens are not signed with %.40s.", c->algorithm);
	return rk_access_key_new(
	    rk_str(cred->account_sid), rk_str(cred->key_sid), secret, alg, rk_str(c->region), &c->key, why);
}

static enum rk_err
sign(struct create *c, struct rk_why *why)
{
	enum rk_err err;

	c->token = RK_BUF(DATA_MAX);
	if (!rk_buf_reserve(&c->token, rk_access_bound(c->key, &c->claims)))
		return rk_why(
		    why, RK_TOO_LARGE, RK_SAY_MINT, "Put less into it.", "The token would be too large.");
	err = rk_access_mint(c->key, &c->claims, c->token.p, c->token.cap, &c->token.n);
	if (err != RK_OK)
		return rk_why(why, err, RK_SAY_MINT,
		    "The identity must be UTF-8, and the times within reason.",
		    "The token cannot be written: %s.", rk_err_text(err));
	return RK_OK;
}

/* RK_REFUSED with an empty why: the findings have been told already. */
static enum rk_err
mint(struct create *c, struct rk_why *why)
{
	enum rk_err err = rk_grants_json(c->grants, &c->claims.grants);

	if (err != RK_OK)
		return rk_why(why, err, RK_SAY_GRANT,
		    "Texts must be UTF-8, and all grants together at most 64 KB.",
		    "The grants cannot be written: %s.", rk_err_text(err));
	err = make_key(c, why);
	if (err != RK_OK)
		return err;
	c->claims.now = rk_clock_unix_ms() / 1000;
	err = rk_access_lint(c->key, &c->claims, c->lint, tell, c);
	return err == RK_OK ? sign(c, why) : err;
}

/* ---- the answer ------------------------------------------------------------ */

static int
print_token(struct create *c)
{
	struct rk_buf out = RK_BUF(DATA_MAX);
	int64_t ttl = c->claims.ttl ? c->claims.ttl : RK_ACCESS_TTL;

	if (!c->json) {
		rk_buf_put(&out, rk_buf_str(&c->token));
		rk_buf_put_c(&out, '\n');
		return rk_say_data(&out, RK_EXIT_DONE);
	}
	rk_buf_lit(&out, "{\"token\":");
	rk_json_put_string(&out, rk_buf_str(&c->token));
	rk_buf_lit(&out, ",\"expires_at\":\"");
	rk_when_put(&out, (double)(c->claims.now + ttl));
	rk_buf_lit(&out, "\",\"identity\":");
	if (c->claims.identity.p)
		rk_json_put_string(&out, c->claims.identity);
	else
		rk_buf_lit(&out, "null");
	rk_buf_lit(&out, ",\"grants\":");
	rk_buf_put(&out, c->claims.grants);
	rk_buf_lit(&out, ",\"warnings\":[");
	rk_buf_put(&out, rk_buf_str(&c->findings));
	rk_buf_lit(&out, "]}\n");
	return rk_say_data(&out, RK_EXIT_DONE);
}

/* Refused: the reason on standard error, and as data too when data was asked for. */
static int
print_refusal(struct create *c, const struct rk_why *why)
{
	struct rk_buf out = RK_BUF(DATA_MAX);

	if (why->what[0])
		rk_say_why(why, RK_EXIT_REFUSED);
	if (!c->json)
		return RK_EXIT_REFUSED;
	rk_buf_lit(&out, "{\"token\":null,\"error\":");
	rk_say_put_why(&out, why);
	rk_buf_lit(&out, ",\"findings\":[");
	rk_buf_put(&out, rk_buf_str(&c->findings));
	rk_buf_lit(&out, "]}\n");
	return rk_say_data(&out, RK_EXIT_REFUSED);
}

static void
create_done(struct create *c)
{
	rk_cred_done(&c->cred);
	rk_grants_free(c->grants);
	rk_access_key_free(c->key);
	rk_buf_wipe(&c->token);
	rk_buf_free(&c->findings);
}

/* Mistakes in what was typed end with RK_EXIT_USAGE. */
static int
usage(const struct rk_why *why)
{
	return why->what[0] ? rk_say_why(why, RK_EXIT_USAGE) : RK_EXIT_USAGE;
}

static int
run(int argc, char **argv)
{
	RK_AUTO(create_done) struct create c = { .claims = RK_ACCESS_CLAIMS, .findings = RK_BUF(DATA_MAX) };
	struct rk_why why = { 0 };
	enum rk_err err;

	c.grants = rk_grants_new();
	if (!c.grants)
		return rk_say_error(RK_EXIT_REFUSED, RK_SAY_MINT, "", "There is no memory.");
	if (take_flags(&c, argc, argv, &why) != RK_OK)
		return usage(&why);
	err = rk_cred_find(&c.cred, &why);
	if (err != RK_OK)
		return err == RK_INVALID ? usage(&why) : print_refusal(&c, &why);
	if (check_complete(&c, &why) != RK_OK || rk_grant_add(&c.grant_flags, c.grants, &why) != RK_OK)
		return usage(&why);
	err = mint(&c, &why);
	return err == RK_OK ? print_token(&c) : err == RK_UNSUPPORTED ? usage(&why) : print_refusal(&c, &why);
}

const struct rk_verb rk_verb_token_create = {
	.noun = "token",
	.name = "create",
	.args = "[flags]",
	.summary = "Mint an access token",
	.flags = flags,
	.notes = "The token alone goes to standard output; warnings go to standard error.\n"
		 "Example: roomkey token create --env-file .env --identity alice --video=daily\n",
	.run = run,
};
