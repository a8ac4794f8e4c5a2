/*
 * bearer.c - finds the token that a verb is about.
 */
#include "cli/bearer.h"

#include <roomkey/verify.h>

#include "base/err.h"
#include "cli/input.h"
#include "cli/say.h"

/* A little more than a token may hold, so that the verifier is who says "too large". */
#define BEARER_MAX (RK_VERIFY_MAX + 4096)

static bool
wants_stdin(const char *path)
{
	return path && strcmp(path, "-") == 0;
}

enum rk_err
rk_bearer_find(
    struct rk_bearer *bearer, const struct rk_cred *cred, struct rk_str *ret_token, struct rk_why *why)
{
	const char *path = bearer->file ? bearer->file : wants_stdin(bearer->word) ? "-" : NULL;
	enum rk_err err;

	if (!bearer->word && !bearer->file)
		return rk_why(why, RK_INVALID, RK_SAY_MISSING,
		    "Give it as an argument, as - (standard input), or by --token-file FILE.",
		    "There is no token to look at.");
	if (bearer->word && bearer->file)
		return rk_why(why, RK_INVALID, RK_SAY_VALUE, "Give one of them.",
		    "Both an argument and --token-file name a token.");
	if (wants_stdin(path) &&
	    (cred->secret_stdin || wants_stdin(cred->secret_file) || wants_stdin(cred->env_file)))
		return rk_why(why, RK_INVALID, RK_SAY_VALUE, "Give one of them by a file.",
		    "Standard input cannot hold both the token and the secret.");
	*ret_token = rk_str(bearer->word);
	if (!path)
		return RK_OK;
	bearer->bytes = RK_BUF(BEARER_MAX);
	err = rk_input_read(&bearer->bytes, path, why);
	if (err == RK_OK)
		*ret_token = rk_str_trim(rk_buf_str(&bearer->bytes));
	return err;
}

void
rk_bearer_done(struct rk_bearer *bearer)
{
	rk_buf_wipe(&bearer->bytes);
}
