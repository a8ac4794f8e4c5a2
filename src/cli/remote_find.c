/*
 * remote_find.c - where the server is, and who asks: from the environment, or the kept login.
 */
#include <stdlib.h>

#include "base/err.h"
#include "cli/remote.h"
#include "cli/say.h"

static struct rk_str
without_slash(const char *url)
{
	struct rk_str s = rk_str(url);

	while (rk_str_has_suffix(s, RK_STR("/")))
		s.n--;
	return s;
}

/* RK_NOT_FOUND when the environment names nobody. A key wins over the auth token: it can do less. */
static enum rk_err
from_environment(struct rk_login *who)
{
	const char *account = getenv("ACCOUNT_SID"), *token = getenv("AUTH_TOKEN");
	const char *key = getenv("API_KEY"), *secret = getenv("API_SECRET");
	bool by_key = key && secret && *key && *secret;
	enum rk_err err = RK_OK;

	if (!by_key && !(account && token && *account && *token))
		return RK_NOT_FOUND;
	if (account)
		err = rk_login_keep(&who->account_sid, rk_str(account));
	if (err == RK_OK)
		err = rk_login_keep(&who->user, rk_str(by_key ? key : account));
	if (err == RK_OK)
		err = rk_secret_set(&who->secret, rk_str(by_key ? secret : token));
	return err;
}

static enum rk_err
from_login(struct rk_login *who, const char *url, struct rk_why *why)
{
	enum rk_err err = rk_login_read(who, why);

	if (err != RK_OK || !url || rk_str_is(without_slash(url), rk_str(who->url)))
		return err;
	return rk_why(why, RK_DENIED, RK_SAY_LOGIN, "Log in there: roomkey login --url URL.",
	    "The kept login is for %.200s, and is sent nowhere else.", who->url);
}

static enum rk_err
tell_nobody(enum rk_err err, struct rk_why *why)
{
	if (err == RK_NOT_FOUND)
		return rk_why(why, RK_DENIED, RK_SAY_LOGIN,
		    "roomkey login, or roomkey account create for a new server; or set ROOMKEY_URL, "
		    "ACCOUNT_SID, AUTH_TOKEN.",
		    "Nobody is logged in.");
	if (err == RK_NOMEM)
		return rk_why(why, err, RK_SAY_LOGIN, "", "There is no memory.");
	return err;
}

enum rk_err
rk_remote_find(struct rk_remote *remote, const char *url, const char *ca, struct rk_why *why)
{
	const char *named = url ? url : getenv("ROOMKEY_URL");
	enum rk_err err = named && !remote->is_open ? from_environment(&remote->who) : RK_NOT_FOUND;

	if (err == RK_NOT_FOUND && !remote->is_open)
		err = from_login(&remote->who, named, why);
	if (err == RK_NOT_FOUND && remote->is_open)
		err = RK_OK;
	if (err == RK_OK && (named || !remote->who.url))
		err = rk_login_keep(&remote->who.url, without_slash(named ? named : RK_LOGIN_URL));
	if (err == RK_OK && ca)
		err = rk_login_keep(&remote->who.ca, rk_str(ca));
	return tell_nobody(err, why);
}
