/*
 * account.c - `roomkey account create` (set-up of a new server), and `roomkey accounts`.
 */
#include <stdio.h>

#include "base/auto.h"
#include "base/err.h"
#include "base/secret.h"
#include "cli/errand.h"
#include "cli/prompt.h"
#include "cli/say.h"

#define LINE_MAX 1024
#define BODY_MAX 65536

/* ---- set-up ------------------------------------------------------------------------- */

enum { CODE = RK_ERRAND_COUNT, NAME, OWNER, ENV };

static const struct rk_flag create_flags[] = {
	RK_ERRAND_FLAGS,
	{ "code", RK_FLAG_VALUE, "CODE", "the code that roomkey serve printed; else it is asked for" },
	{ "name", RK_FLAG_VALUE, "NAME", "the account's name" },
	{ "owner", RK_FLAG_VALUE, "NAME", "a person who signs in to the console; the password is asked for" },
	{ "env", RK_FLAG_SWITCH, NULL, "print ACCOUNT_SID= and AUTH_TOKEN= lines" },
	{ 0 },
};

static enum rk_err
put_setup(struct rk_errand *e, struct rk_buf *body, struct rk_why *why)
{
	RK_AUTO(rk_buf_wipe) struct rk_buf code = RK_BUF(LINE_MAX), password = RK_BUF(LINE_MAX);
	enum rk_err err = RK_OK;

	if (e->values[CODE])
		rk_buf_put(&code, rk_str(e->values[CODE]));
	else
		err = rk_prompt_line("set-up code", false, &code, why);
	if (err == RK_OK && e->values[OWNER])
		err = rk_prompt_line("password", true, &password, why);
	if (err != RK_OK)
		return err;
	rk_buf_put_c(body, '{');
	rk_errand_put_member(body, "code", rk_buf_z(&code));
	rk_errand_put_member(body, "account_name", e->values[NAME]);
	rk_errand_put_member(body, "name", e->values[OWNER]);
	if (e->values[OWNER])
		rk_errand_put_member(body, "password", rk_buf_z(&password));
	rk_buf_put_c(body, '}');
	return rk_buf_end(body);
}

/* Owned by e->remote.who: from now on it asks as the new account. */
static enum rk_err
keep(struct rk_errand *e, struct rk_why *why)
{
	struct rk_login *who = &e->remote.who;
	struct rk_str sid = rk_remote_text(e->remote.last, "account_sid");
	struct rk_str token = rk_remote_text(e->remote.last, "auth_token");
	enum rk_err err = rk_login_keep(&who->account_sid, sid);

	if (err == RK_OK)
		err = rk_login_keep(&who->user, sid);
	if (err == RK_OK)
		err = rk_secret_set(&who->secret, token);
	if (err == RK_OK)
		err = rk_login_write(who, why);
	return err;
}

static enum rk_err
create(struct rk_errand *e, struct rk_why *why)
{
	RK_AUTO(rk_buf_wipe) struct rk_buf body = RK_BUF(BODY_MAX);
	struct rk_str sid, token;
	enum rk_err err = rk_buf_reserve(&body, BODY_MAX) ? put_setup(e, &body, why) : RK_NOMEM;

	if (err == RK_OK)
		err = rk_remote_call(&e->remote, "POST", "/roomkey/v1/Setup", RK_REMOTE_JSON(&body), why);
	if (err != RK_OK)
		return err;
	sid = rk_remote_text(e->remote.last, "account_sid");
	token = rk_remote_text(e->remote.last, "auth_token");
	if (!rk_errand_is_json(e)) {
		if (e->values[ENV])
			rk_buf_printf(
			    &e->out, "ACCOUNT_SID=%.*s\nAUTH_TOKEN=%.*s\n", RK_FMT(sid), RK_FMT(token));
		else
			rk_buf_printf(&e->out, "%.*s\n", RK_FMT(sid));
	}
	err = keep(e, why);
	if (err == RK_OK)
		rk_errand_say(
		    "You are logged in to %s. Next: roomkey keys create NAME, and roomkey deploy DIR.",
		    e->remote.who.url);
	return err;
}

static int
run_create(int argc, char **argv)
{
	return rk_errand_run_open(&rk_verb_account_create, argc, argv, 0, 0, create);
}

const struct rk_verb rk_verb_account_create = {
	.noun = "account",
	.name = "create",
	.args = "[flags]",
	.summary = "Set up a server that nobody has set up, and log in there",
	.flags = create_flags,
	.notes =
	    "roomkey serve prints the code at its first start. The account SID goes to standard output;\n"
	    "the auth token is kept as the login, and printed only with --env or --json.\n",
	.run = run_create,
};

/* ---- accounts ------------------------------------------------------------------------ */

static const struct rk_flag list_flags[] = { RK_ERRAND_FLAGS, { 0 } };

static enum rk_err
list(struct rk_errand *e, struct rk_why *why)
{
	static const char *const heads[] = { "SID", "NAME", "CREATED" };
	static const char *const members[] = { "sid", "friendly_name", "date_created" };
	enum rk_err err = rk_remote_get(&e->remote, why, "/roomkey/v1/Accounts");

	if (err == RK_OK)
		rk_errand_put_rows(e, rk_json_get(e->remote.last, "accounts"), heads, members, 3);
	return err;
}

static int
run_list(int argc, char **argv)
{
	return rk_errand_run(&rk_verb_accounts_list, argc, argv, 0, 0, list);
}

const struct rk_verb rk_verb_accounts_list = {
	.noun = "accounts",
	.name = "list",
	.args = "[flags]",
	.summary = "List the accounts of the server (for its operator)",
	.flags = list_flags,
	.notes = "",
	.run = run_list,
};

enum { MORE_ENV = RK_ERRAND_COUNT };

static const struct rk_flag more_flags[] = {
	RK_ERRAND_FLAGS,
	{ "env", RK_FLAG_SWITCH, NULL, "print ACCOUNT_SID= and AUTH_TOKEN= lines" },
	{ 0 },
};

static enum rk_err
create_more(struct rk_errand *e, struct rk_why *why)
{
	RK_AUTO(rk_buf_free) struct rk_buf body = RK_BUF(BODY_MAX);
	struct rk_str sid, token;
	enum rk_err err;

	rk_buf_put_c(&body, '{');
	rk_errand_put_member(&body, "friendly_name", e->words[0]);
	rk_buf_put_c(&body, '}');
	err = rk_remote_call(&e->remote, "POST", "/roomkey/v1/Accounts", RK_REMOTE_JSON(&body), why);
	if (err != RK_OK || rk_errand_is_json(e))
		return err;
	sid = rk_remote_text(e->remote.last, "sid");
	token = rk_remote_text(e->remote.last, "auth_token");
	if (e->values[MORE_ENV])
		rk_buf_printf(&e->out, "ACCOUNT_SID=%.*s\nAUTH_TOKEN=%.*s\n", RK_FMT(sid), RK_FMT(token));
	else
		rk_buf_printf(&e->out, "%.*s\n%.*s\n", RK_FMT(sid), RK_FMT(token));
	return RK_OK;
}

static int
run_create_more(int argc, char **argv)
{
	return rk_errand_run(&rk_verb_accounts_create, argc, argv, 1, 1, create_more);
}

const struct rk_verb rk_verb_accounts_create = {
	.noun = "accounts",
	.name = "create",
	.args = "NAME [flags]",
	.summary = "Make one more account on the server (for its operator)",
	.flags = more_flags,
	.notes = "Prints its SID and, in a second line, its auth token.\n",
	.run = run_create_more,
};
