/*
 * variables.h - the variables of one environment on the server.
 */
#ifndef RK_CLI_VARIABLES_H
#define RK_CLI_VARIABLES_H

#include "cli/place.h"

#define RK_VARIABLES_MAX 1000

/* Zero it first. The texts are owned, and wiped. */
struct rk_variables {
	struct rk_variable {
		char sid[RK_SID_LEN + 1]; /* "": not known on the server */
		char *name, *value;
	} rows[RK_VARIABLES_MAX];
	unsigned count;
};

RK_CHECKED enum rk_err rk_variables_read(
    struct rk_errand *e, const struct rk_place *place, struct rk_variables *ret_variables, struct rk_why *why);
void rk_variables_done(struct rk_variables *variables);

/* NULL when there is none by that name. */
const struct rk_variable *rk_variables_get(const struct rk_variables *variables, struct rk_str name);

/* Puts a name in the list of its own, or changes its value there. RK_NOMEM, RK_TOO_LARGE. */
RK_CHECKED enum rk_err rk_variables_put(
    struct rk_variables *variables, struct rk_str sid, struct rk_str name, struct rk_str value);

/* Those of a .env text: without empty values, ACCOUNT_SID and AUTH_TOKEN, which the platform itself gives. */
RK_CHECKED enum rk_err rk_variables_take_dotenv(struct rk_variables *variables, struct rk_str text);

/* Makes or changes it there. `there` is what the server has. */
RK_CHECKED enum rk_err rk_variables_send(struct rk_errand *e, const struct rk_place *place,
    const struct rk_variables *there, struct rk_str name, struct rk_str value, struct rk_why *why);
RK_CHECKED enum rk_err rk_variables_remove(
    struct rk_errand *e, const struct rk_place *place, const struct rk_variable *row, struct rk_why *why);

#endif
