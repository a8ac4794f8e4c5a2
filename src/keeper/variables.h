/*
 * variables.h - what a `.env` file sets, with the line that set it.
 *
 * Values are secrets: they leave this module only into a bundle.
 */
#ifndef RK_KEEPER_VARIABLES_H
#define RK_KEEPER_VARIABLES_H

#include "base/err.h"
#include "base/secret.h"

/* The ceiling for the file: more than that is no list of settings. */
#define RK_VARIABLES_BYTES (256u * 1024u)

struct rk_variable {
	char *name;
	struct rk_secret value;
	unsigned line;          /* from 1; where the value that counts stands */
	unsigned first_line;    /* an earlier line of the same name, whose value is not used; 0 for none */
};

struct rk_variables {
	struct rk_variable *v;  /* in the order in which names first appear, as in the vendor's tool */
	size_t n;
};

/*
 * RK_INVALID: RK-106 (not UTF-8); `file` names it in the reason.
 * Zero *ret_vars before; free with rk_variables_done on success.
 */
RK_CHECKED enum rk_err rk_variables_parse(struct rk_str file, struct rk_str text, struct rk_variables *ret_vars,
    struct rk_why *why);
void rk_variables_done(struct rk_variables *vars);      /* wipes */

const struct rk_variable *rk_variables_get(const struct rk_variables *vars, struct rk_str name);  /* or NULL */

#endif
