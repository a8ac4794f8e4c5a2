/*
 * signature_auth.c - finds the auth token.
 */
#include "cli/signature_auth.h"

#include <stdlib.h>

#include "base/auto.h"
#include "base/err.h"
#include "cli/input.h"
#include "cli/say.h"
#include "wire/dotenv.h"

#define TOKEN_MAX 65536
#define ENV_FILE_MAX (1024 * 1024)

void
rk_auth_take(struct rk_auth *auth, int row, const char *value)
{
	if (row == RK_AUTH_ENV)
		auth->env_file = value;
	else if (row == RK_AUTH_FILE)
		auth->token_file = value;
	else if (row == RK_AUTH_STDIN)
		auth->token_stdin = true;
}

struct env_reading {
	struct rk_auth *auth;
	enum rk_err err;
};

static void
each_variable(struct rk_str name, struct rk_str value, unsigned line, void *arg)
{
	struct env_reading *reading = arg;

	if (reading->err == RK_OK && rk_str_is(name, RK_STR("AUTH_TOKEN")))
		reading->err = rk_secret_set(&reading->auth->token, value);
}

static enum rk_err
from_env_file(struct rk_auth *auth, struct rk_why *why)
{
	RK_AUTO(rk_buf_wipe) struct rk_buf text = RK_BUF(ENV_FILE_MAX);
	struct env_reading reading = { auth, RK_OK };
	enum rk_err err = rk_input_read(&text, auth->env_file, why);

	if (err == RK_OK)
		err = rk_dotenv_each(rk_buf_str(&text), each_variable, &reading);
	return err == RK_OK ? reading.err : err;
}

/* Editors and echo end a file with a newline, which is not part of the token. */
static enum rk_err
from_place(struct rk_auth *auth, const char *path, struct rk_why *why)
{
	RK_AUTO(rk_buf_wipe) struct rk_buf bytes = RK_BUF(TOKEN_MAX);
	enum rk_err err = rk_input_read(&bytes, path, why);
	struct rk_str token = rk_buf_str(&bytes);

	if (err != RK_OK)
		return err;
	if (rk_str_has_suffix(token, RK_STR("\n")))
		token.n--;
	if (rk_str_has_suffix(token, RK_STR("\r")))
		token.n--;
	return rk_secret_set(&auth->token, token);
}

enum rk_err
rk_auth_find(struct rk_auth *auth, struct rk_why *why)
{
	const char *value = getenv("AUTH_TOKEN");
	enum rk_err err = value ? rk_secret_set(&auth->token, rk_str(value)) : RK_OK;

	if (auth->token_file && auth->token_stdin)
		return rk_why(why, RK_INVALID, RK_SAY_VALUE, "Give one of them.",
		    "--auth-token-file and --auth-token-stdin both say where the auth token is.");
	if (err == RK_OK && auth->env_file)
		err = from_env_file(auth, why);
	if (err == RK_OK && (auth->token_file || auth->token_stdin))
		err = from_place(auth, auth->token_stdin ? "-" : auth->token_file, why);
	if (err == RK_NOMEM)
		rk_why(why, err, RK_SAY_FILE, "", "There is no memory for the auth token.");
	if (err == RK_OK && auth->token.n == 0)
		err = rk_why(why, RK_INVALID, RK_SAY_MISSING,
		    "Give --auth-token-file FILE or --auth-token-stdin, or AUTH_TOKEN in the environment or "
		    "in "
		    "--env-file.",
		    "There is no auth token.");
	return err;
}

void
rk_auth_done(struct rk_auth *auth)
{
	rk_secret_done(&auth->token);
}
