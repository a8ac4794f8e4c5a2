/*
 * upkeep.c - `roomkey audit`, `roomkey backup`, `roomkey rekey`: what an operator does.
 */
#include <stdio.h>

#include "base/auto.h"
#include "base/codec.h"
#include "base/err.h"
#include "cli/errand.h"
#include "cli/program.h"
#include "cli/say.h"
#include "cli/table.h"

/* ---- audit ------------------------------------------------------------------------------ */

enum { LIMIT = RK_ERRAND_COUNT, AFTER };

static const struct rk_flag audit_flags[] = {
	RK_ERRAND_FLAGS,
	{ "limit", RK_FLAG_VALUE, "N", "so many at most (50)" },
	{ "after", RK_FLAG_VALUE, "PLACE", "the page after the one that named it" },
	{ 0 },
};

static enum rk_err
audit(struct rk_errand *e, struct rk_why *why)
{
	static const char *const heads[] = { "DATE", "WHO", "WHAT", "OBJECT", "FROM" };
	static const char *const members[] = { "date", "actor", "action", "target_sid", "origin" };
	RK_AUTO(rk_buf_free) struct rk_buf after = RK_BUF(4096);
	struct rk_str next;
	enum rk_err err;

	if (e->values[AFTER]) {
		rk_buf_lit(&after, "&After=");
		rk_codec_put_percent(&after, rk_str(e->values[AFTER]));
	}
	err = rk_remote_get(&e->remote, why, "/roomkey/v1/Audit?PageSize=%.20s%.*s",
	    e->values[LIMIT] ? e->values[LIMIT] : "50", RK_FMT(rk_buf_str(&after)));
	if (err != RK_OK)
		return err;
	rk_errand_put_rows(e, rk_json_get(e->remote.last, "entries"), heads, members, 5);
	next = rk_remote_text(e->remote.last, "next_after");
	if (!e->json && next.n > 0)
		rk_errand_say("There are older ones: --after %.*s", RK_FMT(next));
	return RK_OK;
}

static int
run_audit(int argc, char **argv)
{
	return rk_errand_run(&rk_verb_audit, argc, argv, 0, 0, audit);
}

const struct rk_verb rk_verb_audit = {
	.noun = "audit",
	.name = "",
	.args = "[flags]",
	.summary = "List who changed what, when and from where",
	.flags = audit_flags,
	.notes = "",
	.run = run_audit,
};

/* ---- backup ------------------------------------------------------------------------------- */

static const struct rk_flag backup_flags[] = { RK_ERRAND_FLAGS, { 0 } };

static enum rk_err
backup(struct rk_errand *e, struct rk_why *why)
{
	enum rk_err err = rk_remote_call(&e->remote, "POST", "/roomkey/v1/Backup",
	    (struct rk_remote_body){ "application/json", RK_STR("{}") }, why);

	if (err != RK_OK || rk_errand_is_json(e))
		return err;
	rk_buf_printf(&e->out, "%.*s\n", RK_FMT(rk_remote_text(e->remote.last, "file")));
	rk_errand_say(
	    "It lies in the folder backups of the server's data directory. Keep the master key elsewhere.");
	return RK_OK;
}

static int
run_backup(int argc, char **argv)
{
	return rk_errand_run(&rk_verb_backup, argc, argv, 0, 0, backup);
}

const struct rk_verb rk_verb_backup = {
	.noun = "backup",
	.name = "",
	.args = "[flags]",
	.summary = "Copy the store of a running server, whole and consistent",
	.flags = backup_flags,
	.notes = "Prints the name of the new file. Without a running server: see roomkey rekey --help.\n",
	.run = run_backup,
};

/* ---- rekey --------------------------------------------------------------------------------- */

enum { KEY_FILE, NEW_KEY_FILE };

static const struct rk_flag rekey_flags[] = {
	{ "master-key-file", RK_FLAG_VALUE, "FILE", "the key in force (DIR/master.key)" },
	{ "new-key-file", RK_FLAG_VALUE, "FILE",
	    "where the new key goes, instead of taking the old one's place" },
	{ 0 },
};

static int
run_rekey(int argc, char **argv)
{
	struct rk_flags walk = RK_FLAGS(rekey_flags, argc, argv);
	const char *values[2] = { 0 }, *dir = NULL;
	const char *args[8] = { "store", "rekey" };
	struct rk_why why = { 0 };
	size_t n = 2;

	if (rk_flags_read(&walk, values, &dir, 1, &why) != RK_OK)
		return why.what[0] ? rk_say_why(&why, RK_EXIT_USAGE) : RK_EXIT_USAGE;
	for (int i = 0; i < 2; i++) {
		if (!values[i])
			continue;
		args[n++] = i == KEY_FILE ? "--master-key-file" : "--new-key-file";
		args[n++] = values[i];
	}
	if (!dir)
		return rk_say_error(RK_EXIT_USAGE, RK_SAY_MISSING, "For example: roomkey rekey roomkey-data.",
		    "It has to know the data directory.");
	args[n++] = dir;
	return rk_program_become("store", (char **)args);
}

const struct rk_verb rk_verb_rekey = {
	.noun = "rekey",
	.name = "",
	.args = "DIR [flags]",
	.summary = "Seal everything anew under a new master key, while the server is stopped",
	.flags = rekey_flags,
	.notes =
	    "DIR is the data directory. All or nothing: interrupted, it is finished by calling it again.\n"
	    "Copies made before still need the old key.\n",
	.run = run_rekey,
};
