/*
 * cred.h - whose token it is: account SID, API key SID, and the key's secret.
 *
 * Each comes from the first of: its flag, the file of --env-file, the environment
 * (ACCOUNT_SID, API_KEY, API_SECRET). The secret has flags that name a place,
 * never one that holds it.
 */
#ifndef RK_CLI_CRED_H
#define RK_CLI_CRED_H

#include "base/secret.h"
#include "cli/flags.h"

/* The rows that a verb puts first in its table of flags, and their indexes. */
#define RK_CRED_FLAGS                                                                                       \
	{ "account-sid", RK_FLAG_VALUE, "AC...", "the account; else ACCOUNT_SID" },                         \
	    { "key-sid", RK_FLAG_VALUE, "SK...", "the API key; else API_KEY" },                             \
	    { "env-file", RK_FLAG_VALUE, "FILE", "a .env file with ACCOUNT_SID, API_KEY, API_SECRET" },     \
	    { "secret-file", RK_FLAG_VALUE, "FILE", "file that holds the key's secret; else API_SECRET" },  \
	    { "secret-stdin", RK_FLAG_SWITCH, NULL, "read the key's secret from standard input" },          \
	{                                                                                                   \
		"secret", RK_FLAG_FORBIDDEN, NULL,                                                          \
		    "Use --secret-file FILE, --secret-stdin, --env-file FILE, or the variable API_SECRET; " \
		    "and make a new "                                                                       \
		    "key if this one was real."                                                             \
	}
enum {
	RK_CRED_ACCOUNT,
	RK_CRED_KEY,
	RK_CRED_ENV,
	RK_CRED_FILE,
	RK_CRED_STDIN,
	RK_CRED_FORBIDDEN,
	RK_CRED_COUNT
};

/* Zero it first. The two SIDs are owned copies, NULL when they were given nowhere. */
struct rk_cred {
	const char *account_flag, *key_flag, *env_file, *secret_file;
	bool secret_stdin;
	char *account_sid, *key_sid;
	struct rk_secret secret;
	bool has_secret; /* given, though perhaps empty */
};

/* Takes the value of one of the rows above, or those of all of them (NULL: not given). */
void rk_cred_take(struct rk_cred *cred, int row, const char *value);
void rk_cred_take_all(struct rk_cred *cred, const char *const *values);

/*
 * Reads the places. One trailing newline of a file or of standard input is not part of
 * the secret. RK_INVALID (two places for the secret), or as rk_input_read.
 */
RK_CHECKED enum rk_err rk_cred_find(struct rk_cred *cred, struct rk_why *why);
void rk_cred_done(struct rk_cred *cred);

#endif
