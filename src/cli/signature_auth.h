/*
 * signature_auth.h - the account's auth token, with which requests are signed.
 *
 * From the first of: the flag that names its place, the file of --env-file, the environment
 * (AUTH_TOKEN). Never from an argument.
 */
#ifndef RK_CLI_SIGNATURE_AUTH_H
#define RK_CLI_SIGNATURE_AUTH_H

#include "base/secret.h"
#include "cli/flags.h"

/* The rows that a verb puts first in its table of flags, and their indexes. */
#define RK_AUTH_FLAGS                                                                                        \
	{ "env-file", RK_FLAG_VALUE, "FILE", "a .env file with AUTH_TOKEN" },                                \
	    { "auth-token-file", RK_FLAG_VALUE, "FILE", "file that holds the auth token; else AUTH_TOKEN" }, \
	    { "auth-token-stdin", RK_FLAG_SWITCH, NULL, "read the auth token from standard input" },         \
	{                                                                                                    \
		"auth-token", RK_FLAG_FORBIDDEN, NULL,                                                       \
		    "Use --auth-token-file FILE, --auth-token-stdin, --env-file FILE, or the variable "      \
		    "AUTH_TOKEN; and make a new token if this one was real."                                 \
	}
enum { RK_AUTH_ENV, RK_AUTH_FILE, RK_AUTH_STDIN, RK_AUTH_FORBIDDEN, RK_AUTH_COUNT };

/* Zero it first. */
struct rk_auth {
	const char *env_file, *token_file;
	bool token_stdin;
	struct rk_secret token;
};

/* Takes the value of one of the rows above. */
void rk_auth_take(struct rk_auth *auth, int row, const char *value);

/* RK_INVALID: two places, or none. RK_IO, RK_TOO_LARGE: as rk_input_read. */
RK_CHECKED enum rk_err rk_auth_find(struct rk_auth *auth, struct rk_why *why);
void rk_auth_done(struct rk_auth *auth);

#endif
