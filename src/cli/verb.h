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
	const struct rk_flag *flags; /* NULL: the verb reads its own command line */
	const char *notes;           /* after the flags in its help; "" for none */
	/* argv[0] is the verb's name. Returns an enum rk_exit. */
	int (*run)(int argc, char **argv);
};

/* Each is defined in the file that bears its name. */
extern const struct rk_verb rk_verb_init;
extern const struct rk_verb rk_verb_new;
extern const struct rk_verb rk_verb_dev;
extern const struct rk_verb rk_verb_token_create;
extern const struct rk_verb rk_verb_token_verify;
extern const struct rk_verb rk_verb_token_inspect;
extern const struct rk_verb rk_verb_signature_sign;
extern const struct rk_verb rk_verb_signature_verify;
extern const struct rk_verb rk_verb_signature_explain;
extern const struct rk_verb rk_verb_invoke;

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
