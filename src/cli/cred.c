/*
 * cred.c - finds the account, the key and its secret.
 */
#include "cli/cred.h"

#include <stdlib.h>

#include "base/auto.h"
#include "base/err.h"
#include "cli/input.h"
#include "cli/say.h"
#include "wire/dotenv.h"

#define SECRET_MAX 65536
#define ENV_FILE_MAX (1024 * 1024)

void
rk_cred_take(struct rk_cred *cred, int row, const char *value)
{
	switch (row) {
	case RK_CRED_ACCOUNT:
		cred->account_flag = value;
		break;
	case RK_CRED_KEY:
		cred->key_flag = value;
		break;
	case RK_CRED_ENV:
		cred->env_file = value;
		break;
	case RK_CRED_FILE:
		cred->secret_file = value;
		break;
	case RK_CRED_STDIN:
		cred->secret_stdin = true;
		break;
	default:
		break;
	}
}

void
rk_cred_take_all(struct rk_cred *cred, const char *const *values)
{
	for (int row = 0; row < RK_CRED_COUNT; row++)
		if (values[row])
			rk_cred_take(cred, row, values[row]);
}

/* Keeps a copy; a later value takes the place of an earlier one. */
static enum rk_err
keep(char **field, struct rk_str value)
{
	char *copy = rk_str_dup(value);

	if (!copy)
		return RK_NOMEM;
	free(*field);
	*field = copy;
	return RK_OK;
}

static enum rk_err
keep_secret(struct rk_cred *cred, struct rk_str value)
{
	enum rk_err err = rk_secret_set(&cred->secret, value);

	cred->has_secret = cred->has_secret || err == RK_OK;
	return err;
}

/* One of the three names that count, wherever it stands. */
static enum rk_err
keep_named(struct rk_cred *cred, struct rk_str name, struct rk_str value)
{
	if (rk_str_is(name, RK_STR("ACCOUNT_SID")))
		return keep(&cred->account_sid, value);
	if (rk_str_is(name, RK_STR("API_KEY")))
		return keep(&cred->key_sid, value);
	if (rk_str_is(name, RK_STR("API_SECRET")))
		return keep_secret(cred, value);
	return RK_OK;
}

static enum rk_err
from_environment(struct rk_cred *cred)
{
	static const char *const names[] = { "ACCOUNT_SID", "API_KEY", "API_SECRET" };

	for (size_t i = 0; i < 3; i++) {
		const char *value = getenv(names[i]);
		enum rk_err err = value ? keep_named(cred, rk_str(names[i]), rk_str(value)) : RK_OK;

		if (err != RK_OK)
			return err;
	}
	return RK_OK;
}

struct env_reading {
	struct rk_cred *cred;
	enum rk_err err;
};

static void
each_variable(struct rk_str name, struct rk_str value, unsigned line, void *arg)
{
	struct env_reading *reading = arg;

	if (reading->err == RK_OK)
		reading->err = keep_named(reading->cred, name, value);
}

static enum rk_err
from_env_file(struct rk_cred *cred, struct rk_why *why)
{
	RK_AUTO(rk_buf_wipe) struct rk_buf text = RK_BUF(ENV_FILE_MAX);
	struct env_reading reading = { cred, RK_OK };
	enum rk_err err = rk_input_read(&text, cred->env_file, why);

	if (err == RK_OK)
		err = rk_dotenv_each(rk_buf_str(&text), each_variable, &reading);
	return err == RK_OK ? reading.err : err;
}

static enum rk_err
secret_from(struct rk_cred *cred, const char *path, struct rk_why *why)
{
	RK_AUTO(rk_buf_wipe) struct rk_buf bytes = RK_BUF(SECRET_MAX);
	enum rk_err err = rk_input_read(&bytes, path, why);
	struct rk_str secret = rk_buf_str(&bytes);

	if (err != RK_OK)
		return err;
	/* Editors and echo end a file with a newline; a second one is the lint's business. */
	if (rk_str_has_suffix(secret, RK_STR("\n")))
		secret.n--;
	if (rk_str_has_suffix(secret, RK_STR("\r")))
		secret.n--;
	return keep_secret(cred, secret);
}

enum rk_err
rk_cred_find(struct rk_cred *cred, struct rk_why *why)
{
	enum rk_err err = from_environment(cred);

	if (cred->secret_file && cred->secret_stdin)
		return rk_why(why, RK_INVALID, RK_SAY_VALUE, "Give one of them.",
		    "--secret-file and --secret-stdin both say where the secret is.");
	if (err == RK_OK && cred->env_file)
		err = from_env_file(cred, why);
	if (err == RK_OK && cred->account_flag)
		err = keep(&cred->account_sid, rk_str(cred->account_flag));
	if (err == RK_OK && cred->key_flag)
		err = keep(&cred->key_sid, rk_str(cred->key_flag));
	if (err == RK_OK && (cred->secret_file || cred->secret_stdin))
		err = secret_from(cred, cred->secret_stdin ? "-" : cred->secret_file, why);
	if (err == RK_NOMEM)
		rk_why(why, err, RK_SAY_FILE, "", "There is no memory for the credentials.");
	return err;
}

void
rk_cred_done(struct rk_cred *cred)
{
	free(cred->account_sid);
	free(cred->key_sid);
	rk_secret_done(&cred->secret);
	cred->account_sid = cred->key_sid = NULL;
}
