/*
 * settings.h - the settings of `roomkey serve` and where each comes from: defaults, then roomkey.conf, then the
 * environment, then flags; what comes later wins.
 */
#ifndef RK_CLI_SETTINGS_H
#define RK_CLI_SETTINGS_H

#include "base/conf.h"

#define RK_SETTINGS_MAX 64
#define RK_SETTINGS_PROBLEMS 32

enum rk_settings_source { RK_FROM_DEFAULT, RK_FROM_FILE, RK_FROM_ENVIRONMENT, RK_FROM_FLAG };

/* What is wrong, and where: "roomkey.conf:7", "ROOMKEY_PORT", "--port". */
struct rk_settings_problem {
	char where[128];
	struct rk_why why;
};

struct rk_settings {
	struct rk_conf conf;
	char *file; /* the configuration file that was read; NULL: there is none */
	struct {
		enum rk_settings_source source;
		unsigned line; /* of the file */
	} origin[RK_SETTINGS_MAX]; /* by the place of the setting in RK_CONF_ROWS */
	struct rk_settings_problem problems[RK_SETTINGS_PROBLEMS];
	unsigned problem_count;
};

/*
 * Reads them all. argv[0] is skipped; --config and the like are taken out already. file: that of --config, else NULL: then
 * DIR/roomkey.conf, else /etc/roomkey/roomkey.conf, if one is there. getenv_fn: the environment. Whatever can be read
 * is read; what cannot is among the problems. RK_INVALID: the command line is wrong (why). RK_IO: the file that was named
 * cannot be read. Free with rk_settings_done, after an error too; zero it first.
 */
RK_CHECKED enum rk_err rk_settings_read(struct rk_settings *settings, int argc, char **argv, const char *file,
    char *(*getenv_fn)(const char *name), struct rk_why *why);
void rk_settings_done(struct rk_settings *settings);

/* The name of a setting in the environment: "ROOMKEY_ADMIN_PORT". */
void rk_settings_put_variable(struct rk_buf *out, const char *flag);

/* A line each, "name = value", with its source behind; or a JSON object of {"value","source"}. */
void rk_settings_print(struct rk_buf *out, const struct rk_settings *settings, bool json);

#endif
