/*
 * bearer.h - the token that a verb is about: an argument, a file, or standard input.
 */
#ifndef RK_CLI_BEARER_H
#define RK_CLI_BEARER_H

#include "cli/cred.h"

/* Zero it first. */
struct rk_bearer {
	const char *word;    /* the argument; "-" is standard input */
	const char *file;    /* --token-file */
	struct rk_buf bytes; /* of a file or of standard input */
};

#define RK_BEARER_FLAG                                                           \
	{                                                                        \
		"token-file", RK_FLAG_VALUE, "FILE", "file that holds the token" \
	}

/*
 * The token without blanks around it; borrowed from bearer. RK_INVALID when there is none, when
 * two places are named, or when the secret wants standard input as well.
 */
RK_CHECKED enum rk_err rk_bearer_find(
    struct rk_bearer *bearer, const struct rk_cred *cred, struct rk_str *ret_token, struct rk_why *why);
void rk_bearer_done(struct rk_bearer *bearer);

#endif
