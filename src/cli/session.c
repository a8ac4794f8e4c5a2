/*
 * session.c - `roomkey login`, `roomkey logout`, `roomkey whoami`.
 */
#include <stdlib.h>

#include "base/auto.h"
#include "base/err.h"
#include "base/sid.h"
#include "cli/errand.h"
#include "cli/input.h"
#include "cli/prompt.h"
#include "cli/say.h"

#define LINE_MAX 1024

enum { ACCOUNT = RK_ERRAND_COUNT, KEY, SECRET_FILE, SECRET };

static const struct rk_flag login_flags[] = {
	RK_ERRAND_FLAGS,
	{ "account-sid", RK_FLAG_VALUE, "AC...", "the account; else it is asked for" },
	{ "key-sid", RK_FLAG_VALUE, "SK...", "log in by this API key, not by the auth token" },
	{ "secret-file", RK_FLAG_VALUE, "FILE",
	    "file with the auth token or the key's secret; - is standard input" },
	{ "secret", RK_FLAG_FORBIDDEN, NULL, "Leave it out: it is asked for, or read from standard input." },
	{ 0 },
};

static enum rk_err
take_name(struct rk_errand *e, struct rk_why *why)
{
	RK_AUTO(rk_buf_free) struct rk_buf line = RK_BUF(LINE_MAX);
	struct rk_login *who = &e->remote.who;
	const char *key = e->values[KEY];
	enum rk_err err = RK_OK;

	if (e->values[ACCOUNT])
		rk_buf_put(&line, rk_str(e->values[ACCOUNT]));
	else if (!key)
		err = rk_prompt_line("account SID", false, &line, why);
	if (err != RK_OK)
		return err;
	if ((line.n > 0 && !rk_sid_is(rk_buf_str(&line), "AC")) || (key && !rk_sid_is(rk_str(key), "SK")))
		return rk_why(why, RK_INVALID, RK_SAY_VALUE, "It has 32 hexadecimal digits behind AC, or SK.",
		    "That is no SID of %s.", key ? "an account and a key" : "an account");
	if (line.n > 0)
		err = rk_login_keep(&who->account_sid, rk_buf_str(&line));
	if (err == RK_OK)
		err = rk_login_keep(&who->user, key ? rk_str(key) : rk_buf_str(&line));
	return err;
}

static enum rk_err
take_secret(struct rk_errand *e, struct rk_why *why)
{
	RK_AUTO(rk_buf_wipe) struct rk_buf secret = RK_BUF(LINE_MAX);
	const char *file = e->values[SECRET_FILE];
	enum rk_err err =
	    file ? rk_input_read(&secret, file, why)
		 : rk_prompt_line(e->values[KEY] ? "secret of the key" : "auth token", true, &secret, why);

	return err == RK_OK ? rk_secret_set(&e->remote.who.secret, rk_str_trim(rk_buf_str(&secret))) : err;
}

/* What goes over the network unencrypted is told. */
static void
warn_of_plain(const char *url)
{
	static const char *const here[] = { "http://127.", "http://localhost", "http://[::1]" };

	for (size_t i = 0; i < sizeof here / sizeof here[0]; i++)
		if (strncmp(url, here[i], strlen(here[i])) == 0)
			return;
	if (strncmp(url, "http:", 5) == 0)
		rk_say_finding(false, RK_SAY_LOGIN, "The login travels unencrypted to another machine.",
		    "Use https:// there, with --ca FILE for the server's own authority.");
}

/* A login that does not work is not kept. */
static enum rk_err
login(struct rk_errand *e, struct rk_why *why)
{
	enum rk_err err = take_name(e, why);

	warn_of_plain(e->remote.who.url);
	if (err == RK_OK)
		err = take_secret(e, why);
	e->remote.is_open = false;
	if (err == RK_OK)
		err = rk_remote_get(&e->remote, why, "/roomkey/v1/Account");
	if (err == RK_OK)
		err = rk_login_keep(&e->remote.who.account_sid, rk_remote_text(e->remote.last, "sid"));
	if (err == RK_OK)
		err = rk_login_write(&e->remote.who, why);
	if (err == RK_OK && !rk_errand_is_json(e))
		rk_errand_say("Logged in to %s as %s.", e->remote.who.url, e->remote.who.user);
	return err;
}

static int
run_login(int argc, char **argv)
{
	return rk_errand_run_open(&rk_verb_login, argc, argv, 0, 0, login);
}

const struct rk_verb rk_verb_login = {
	.noun = "login",
	.name = "",
	.args = "[flags]",
	.summary = "Keep a login for a server",
	.flags = login_flags,
	.notes =
	    "Asks for what is missing: account SID, then auth token or secret; without a terminal they are\n"
	    "read from standard input, a line each. Kept in $XDG_CONFIG_HOME/roomkey/credentials.json.\n",
	.run = run_login,
};

static const struct rk_flag plain_flags[] = { RK_ERRAND_FLAGS, { 0 } };

static enum rk_err
logout(struct rk_errand *e, struct rk_why *why)
{
	enum rk_err err = rk_login_forget(why);

	if (err == RK_OK || err == RK_NOT_FOUND)
		rk_errand_say(err == RK_OK ? "Logged out." : "Nobody was logged in.");
	return err == RK_NOT_FOUND ? RK_OK : err;
}

static int
run_logout(int argc, char **argv)
{
	return rk_errand_run_open(&rk_verb_logout, argc, argv, 0, 0, logout);
}

const struct rk_verb rk_verb_logout = {
	.noun = "logout",
	.name = "",
	.args = "",
	.summary = "Forget the login that is kept",
	.flags = plain_flags,
	.notes = "",
	.run = run_logout,
};

static enum rk_err
whoami(struct rk_errand *e, struct rk_why *why)
{
	enum rk_err err = rk_remote_get(&e->remote, why, "/roomkey/v1/Account");

	if (err != RK_OK || rk_errand_is_json(e))
		return err;
	rk_buf_printf(&e->out, "%.*s\n", RK_FMT(rk_remote_text(e->remote.last, "sid")));
	rk_errand_say("%.*s, as %s, at %s", RK_FMT(rk_remote_text(e->remote.last, "friendly_name")),
	    e->remote.who.user, e->remote.who.url);
	return RK_OK;
}

static int
run_whoami(int argc, char **argv)
{
	return rk_errand_run(&rk_verb_whoami, argc, argv, 0, 0, whoami);
}

const struct rk_verb rk_verb_whoami = {
	.noun = "whoami",
	.name = "",
	.args = "[flags]",
	.summary = "Say which account the login opens",
	.flags = plain_flags,
	.notes = "",
	.run = run_whoami,
};
