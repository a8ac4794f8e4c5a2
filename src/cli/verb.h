/*
 * verb.h - every command that `roomkey` knows, one row each.
 */
#ifndef RK_CLI_VERB_H
#define RK_CLI_VERB_H

#include "cli/flags.h"

struct rk_verb {
	const char *noun;            /* "token" */
	const char *name;            /* "create"; "" when the noun is the whole command */
	const char *args;            /* "[DIR] [flags]" */
	const char *summary;         /* one line */
	const struct rk_flag *flags; /* NULL: none but settings */
	unsigned settings;           /* RK_CONF_DEV or RK_CONF_SERVE: a flag for each setting of it */
	const char *notes;           /* after the flags in its help; "" for none */
	/* argv[0] is the verb's name. Returns an enum rk_exit. */
	int (*run)(int argc, char **argv);
};

/* Each is defined in the file that bears its name or its noun's; login, logout and whoami in session.c, audit,
 * backup and rekey in upkeep.c, rollback and promote in versions.c. */
extern const struct rk_verb rk_verb_init;
extern const struct rk_verb rk_verb_new;
extern const struct rk_verb rk_verb_dev;
extern const struct rk_verb rk_verb_serve;
extern const struct rk_verb rk_verb_token_create;
extern const struct rk_verb rk_verb_token_verify;
extern const struct rk_verb rk_verb_token_inspect;
extern const struct rk_verb rk_verb_signature_sign;
extern const struct rk_verb rk_verb_signature_verify;
extern const struct rk_verb rk_verb_signature_explain;
extern const struct rk_verb rk_verb_invoke;
extern const struct rk_verb rk_verb_account_create;
extern const struct rk_verb rk_verb_accounts_list;
extern const struct rk_verb rk_verb_accounts_create;
extern const struct rk_verb rk_verb_login;
extern const struct rk_verb rk_verb_logout;
extern const struct rk_verb rk_verb_whoami;
extern const struct rk_verb rk_verb_keys_list;
extern const struct rk_verb rk_verb_keys_create;
extern const struct rk_verb rk_verb_keys_import;
extern const struct rk_verb rk_verb_keys_disable;
extern const struct rk_verb rk_verb_keys_enable;
extern const struct rk_verb rk_verb_keys_delete;
extern const struct rk_verb rk_verb_services_list;
extern const struct rk_verb rk_verb_services_show;
extern const struct rk_verb rk_verb_services_create;
extern const struct rk_verb rk_verb_services_delete;
extern const struct rk_verb rk_verb_deploy;
extern const struct rk_verb rk_verb_versions;
extern const struct rk_verb rk_verb_rollback;
extern const struct rk_verb rk_verb_promote;
extern const struct rk_verb rk_verb_env_list;
extern const struct rk_verb rk_verb_env_get;
extern const struct rk_verb rk_verb_env_set;
extern const struct rk_verb rk_verb_env_unset;
extern const struct rk_verb rk_verb_env_import;
extern const struct rk_verb rk_verb_logs;
extern const struct rk_verb rk_verb_audit;
extern const struct rk_verb rk_verb_backup;
extern const struct rk_verb rk_verb_rekey;
extern const struct rk_verb rk_verb_twilio_env;

/* The i-th verb, NULL past the end. */
const struct rk_verb *rk_verb_at(size_t i);

/* The verb of that noun and name; name "" or NULL finds only a noun that stands alone. */
const struct rk_verb *rk_verb_find(const char *noun, const char *name);
bool rk_verb_is_noun(const char *noun);

/* What is nearest to a mistyped noun (noun NULL) or verb of a noun; NULL when nothing is. */
const char *rk_verb_near(const char *noun, const char *typed);

/* Help: of everything, of one noun's verbs, of one verb. */
void rk_verb_help_all(struct rk_buf *out);
void rk_verb_help_noun(struct rk_buf *out, const char *noun);
void rk_verb_help(struct rk_buf *out, const struct rk_verb *verb);

#endif
