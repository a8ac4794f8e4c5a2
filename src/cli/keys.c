/*
 * keys.c - `roomkey keys`: the API keys of the account.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/err.h"
#include "base/sid.h"
#include "cli/errand.h"
#include "cli/input.h"
#include "cli/prompt.h"
#include "cli/say.h"

#define BODY_MAX 65536
#define SECRET_MAX 1024
#define KEYS "/roomkey/v1/Keys"

static enum rk_err
key_path(struct rk_errand *e, char path[128], struct rk_why *why)
{
	if (!rk_sid_is(rk_str(e->words[0]), "SK"))
		return rk_why(why, RK_INVALID, RK_SAY_VALUE, "roomkey keys list shows them.",
		    "%.100s is no SID of a key.", e->words[0]);
	snprintf(path, 128, KEYS "/%s", e->words[0]);
	return RK_OK;
}

/* ---- list ------------------------------------------------------------------------------ */

static const struct rk_flag plain_flags[] = { RK_ERRAND_FLAGS, { 0 } };

static enum rk_err
list(struct rk_errand *e, struct rk_why *why)
{
	static const char *const heads[] = { "SID", "NAME", "TYPE", "REGION", "IMPORTED", "DISABLED",
		"LAST USED" };
	static const char *const members[] = { "sid", "friendly_name", "type", "region", "imported",
		"disabled", "last_used" };
	enum rk_err err = rk_remote_get(&e->remote, why, KEYS);

	if (err == RK_OK)
		rk_errand_put_rows(e, rk_json_get(e->remote.last, "keys"), heads, members, 7);
	return err;
}

static int
run_list(int argc, char **argv)
{
	return rk_errand_run(&rk_verb_keys_list, argc, argv, 0, 0, list);
}

const struct rk_verb rk_verb_keys_list = {
	.noun = "keys",
	.name = "list",
	.args = "[flags]",
	.summary = "List the API keys",
	.flags = plain_flags,
	.notes = "",
	.run = run_list,
};

/* ---- create ------------------------------------------------------------------------------ */

enum { TYPE = RK_ERRAND_COUNT, REGION, ENV };

static const struct rk_flag create_flags[] = {
	RK_ERRAND_FLAGS,
	{ "type", RK_FLAG_VALUE, "standard|main", "what it may do besides signing tokens (standard)" },
	{ "region", RK_FLAG_VALUE, "NAME", "the region that its tokens name" },
	{ "env", RK_FLAG_SWITCH, NULL, "print API_KEY= and API_SECRET= lines" },
	{ 0 },
};

static enum rk_err
create(struct rk_errand *e, struct rk_why *why)
{
	RK_AUTO(rk_buf_free) struct rk_buf body = RK_BUF(BODY_MAX);
	struct rk_str sid, secret;
	enum rk_err err;

	rk_buf_put_c(&body, '{');
	rk_errand_put_member(&body, "friendly_name", e->words[0]);
	rk_errand_put_member(&body, "type", e->values[TYPE] ? e->values[TYPE] : "standard");
	rk_errand_put_member(&body, "region", e->values[REGION]);
	rk_buf_put_c(&body, '}');
	err = rk_remote_call(&e->remote, "POST", KEYS, RK_REMOTE_JSON(&body), why);
	if (err != RK_OK || rk_errand_is_json(e))
		return err;
	sid = rk_remote_text(e->remote.last, "sid");
	secret = rk_remote_text(e->remote.last, "secret");
	if (e->values[ENV])
		rk_buf_printf(&e->out, "API_KEY=%.*s\nAPI_SECRET=%.*s\n", RK_FMT(sid), RK_FMT(secret));
	else
		rk_buf_printf(&e->out, "%.*s\n%.*s\n", RK_FMT(sid), RK_FMT(secret));
	rk_errand_say("This is the one time that the secret is shown.");
	return RK_OK;
}

static int
run_create(int argc, char **argv)
{
	return rk_errand_run(&rk_verb_keys_create, argc, argv, 1, 1, create);
}

const struct rk_verb rk_verb_keys_create = {
	.noun = "keys",
	.name = "create",
	.args = "NAME [flags]",
	.summary = "Make an API key",
	.flags = create_flags,
	.notes = "Prints its SID and, in a second line, its secret, which is never shown again.\n"
		 "Example: roomkey keys create video --env >> .env\n",
	.run = run_create,
};

/* ---- import -------------------------------------------------------------------------------- */

enum { IMPORT_NAME = RK_ERRAND_COUNT, IMPORT_REGION, IMPORT_FILE, IMPORT_SECRET };

static const struct rk_flag import_flags[] = {
	RK_ERRAND_FLAGS,
	{ "name", RK_FLAG_VALUE, "NAME", "what to call it here" },
	{ "region", RK_FLAG_VALUE, "NAME", "the region it belongs to" },
	{ "secret-file", RK_FLAG_VALUE, "FILE", "file with its secret; else it is asked for, or API_SECRET" },
	{ "secret", RK_FLAG_FORBIDDEN, NULL, "Leave it out: it is asked for, or read from standard input." },
	{ 0 },
};

static enum rk_err
read_secret(struct rk_errand *e, struct rk_buf *secret, struct rk_why *why)
{
	const char *set = getenv("API_SECRET");

	if (e->values[IMPORT_FILE])
		return rk_input_read(secret, e->values[IMPORT_FILE], why);
	if (!set)
		return rk_prompt_line("secret of the key", true, secret, why);
	if (!rk_buf_reserve(secret, SECRET_MAX))
		return RK_NOMEM;
	rk_buf_put(secret, rk_str(set));
	return rk_buf_end(secret);
}

static void
put_secret(struct rk_buf *body, struct rk_str secret)
{
	rk_buf_lit(body, ",\"secret\":");
	rk_json_put_string(body, rk_str_trim(secret));
}

static enum rk_err
import(struct rk_errand *e, struct rk_why *why)
{
	RK_AUTO(rk_buf_wipe) struct rk_buf secret = RK_BUF(SECRET_MAX), body = RK_BUF(BODY_MAX);
	char path[128];
	enum rk_err err = key_path(e, path, why);

	if (err == RK_OK)
		err = read_secret(e, &secret, why);
	if (err == RK_OK && !rk_buf_reserve(&body, BODY_MAX))
		err = RK_NOMEM;
	if (err != RK_OK)
		return err;
	rk_buf_put_c(&body, '{');
	rk_errand_put_member(&body, "sid", e->words[0]);
	put_secret(&body, rk_buf_str(&secret));
	rk_errand_put_member(&body, "friendly_name", e->values[IMPORT_NAME]);
	rk_errand_put_member(&body, "region", e->values[IMPORT_REGION]);
	rk_buf_put_c(&body, '}');
	err = rk_remote_call(&e->remote, "POST", KEYS "/Import", RK_REMOTE_JSON(&body), why);
	if (err == RK_OK && !rk_errand_is_json(e))
		rk_buf_printf(&e->out, "%s\n", e->words[0]);
	return err;
}

static int
run_import(int argc, char **argv)
{
	return rk_errand_run(&rk_verb_keys_import, argc, argv, 1, 1, import);
}

const struct rk_verb rk_verb_keys_import = {
	.noun = "keys",
	.name = "import",
	.args = "SK... [flags]",
	.summary = "Make a key of the vendor's known here, so that its tokens are checked",
	.flags = import_flags,
	.notes = "",
	.run = run_import,
};

/* ---- disable, enable, delete ------------------------------------------------------------------ */

static enum rk_err
set_disabled(struct rk_errand *e, const char *value, struct rk_why *why)
{
	RK_AUTO(rk_buf_free) struct rk_buf body = RK_BUF(BODY_MAX);
	char path[128];
	enum rk_err err = key_path(e, path, why);

	rk_buf_printf(&body, "{\"disabled\":%s}", value);
	if (err == RK_OK)
		err = rk_remote_call(&e->remote, "POST", path, RK_REMOTE_JSON(&body), why);
	if (err == RK_OK && !rk_errand_is_json(e))
		rk_buf_printf(&e->out, "%s\n", e->words[0]);
	return err;
}

static enum rk_err
disable(struct rk_errand *e, struct rk_why *why)
{
	return set_disabled(e, "true", why);
}

static enum rk_err
enable(struct rk_errand *e, struct rk_why *why)
{
	return set_disabled(e, "false", why);
}

static enum rk_err
remove_key(struct rk_errand *e, struct rk_why *why)
{
	char path[128];
	enum rk_err err = key_path(e, path, why);

	if (err == RK_OK)
		err = rk_remote_call(&e->remote, "DELETE", path, RK_REMOTE_NOTHING, why);
	if (err == RK_OK && !rk_errand_is_json(e))
		rk_buf_printf(&e->out, "%s\n", e->words[0]);
	return err;
}

static int
run_disable(int argc, char **argv)
{
	return rk_errand_run(&rk_verb_keys_disable, argc, argv, 1, 1, disable);
}

static int
run_enable(int argc, char **argv)
{
	return rk_errand_run(&rk_verb_keys_enable, argc, argv, 1, 1, enable);
}

static int
run_delete(int argc, char **argv)
{
	return rk_errand_run(&rk_verb_keys_delete, argc, argv, 1, 1, remove_key);
}

const struct rk_verb rk_verb_keys_disable = {
	.noun = "keys",
	.name = "disable",
	.args = "SK... [flags]",
	.summary = "Let a key do nothing until it is enabled again",
	.flags = plain_flags,
	.notes = "",
	.run = run_disable,
};

const struct rk_verb rk_verb_keys_enable = {
	.noun = "keys",
	.name = "enable",
	.args = "SK... [flags]",
	.summary = "Take back a disable",
	.flags = plain_flags,
	.notes = "",
	.run = run_enable,
};

const struct rk_verb rk_verb_keys_delete = {
	.noun = "keys",
	.name = "delete",
	.args = "SK... [flags]",
	.summary = "Remove a key",
	.flags = plain_flags,
	.notes = "",
	.run = run_delete,
};
