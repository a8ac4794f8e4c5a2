/*
 * login.h - the login that `roomkey login` keeps: $XDG_CONFIG_HOME/roomkey/credentials.json, mode 0600.
 */
#ifndef RK_CLI_LOGIN_H
#define RK_CLI_LOGIN_H

#include "base/buf.h"
#include "base/secret.h"

#define RK_LOGIN_URL "http://127.0.0.1:3001" /* where a server of this machine is reached */

/* Zero it first. Owned texts. */
struct rk_login {
	char *url;         /* "http://127.0.0.1:3001", no slash behind */
	char *account_sid; /* AC... */
	char *user;        /* the account SID, or a key's */
	char *ca;          /* file of the authority that vouches for the server; NULL: the system's */
	struct rk_secret secret;
};

/* A view becomes an owned copy in the place of the old one. RK_NOMEM. */
RK_CHECKED enum rk_err rk_login_keep(char **field, struct rk_str value);

/* RK_NOT_FOUND: nobody is logged in (why stays empty). RK_DENIED: others may read the file. RK_IO, RK_INVALID. */
RK_CHECKED enum rk_err rk_login_read(struct rk_login *ret_login, struct rk_why *why);
/* Replaces the one that is there, as a whole. */
RK_CHECKED enum rk_err rk_login_write(const struct rk_login *login, struct rk_why *why);
/* RK_NOT_FOUND: there was none. */
RK_CHECKED enum rk_err rk_login_forget(struct rk_why *why);
void rk_login_done(struct rk_login *login);

#endif
