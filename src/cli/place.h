/*
 * place.h - a service and one of its environments, by names or SIDs.
 */
#ifndef RK_CLI_PLACE_H
#define RK_CLI_PLACE_H

#include "base/sid.h"
#include "cli/errand.h"

#define RK_PLACE_PRODUCTION "production" /* the environment without a suffix */

struct rk_place {
	char service[RK_SID_LEN + 1];
	char service_name[128];
	char environment[RK_SID_LEN + 1];
	char suffix[64]; /* "" for production */
	char domain[256];
	char build[RK_SID_LEN + 1]; /* what it serves; "" for nothing yet */
};

/*
 * The service of that name or SID; NULL: that of the package.json here, else the only one there is. RK_NOT_FOUND with
 * RK-826, RK_INVALID when it has to be named.
 */
RK_CHECKED enum rk_err rk_place_find_service(
    struct rk_errand *e, const char *name, struct rk_place *ret_place, struct rk_why *why);

/* And its environment of that suffix, name or SID; NULL: the only one there is. RK_NOT_FOUND, RK_INVALID as above. */
RK_CHECKED enum rk_err rk_place_find(struct rk_errand *e, const char *service, const char *environment,
    struct rk_place *ret_place, struct rk_why *why);
/* Of a service that was found already. */
RK_CHECKED enum rk_err rk_place_find_environment(
    struct rk_errand *e, const char *environment, struct rk_place *place, struct rk_why *why);

/* Makes the environment of that suffix in a service that was found. */
RK_CHECKED enum rk_err rk_place_make_environment(
    struct rk_errand *e, const char *suffix, struct rk_place *place, struct rk_why *why);

/* "name" of DIR/package.json without a scope, for free(); NULL: there is none. */
char *rk_place_package_name(const char *dir);

/* "dev", "production" for nobody's suffix. */
const char *rk_place_suffix(const struct rk_place *place);

/* Takes SID, suffix, domain and build of a row of environments. */
void rk_place_take(struct rk_place *place, const struct rk_json *row);

#endif
