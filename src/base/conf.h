/*
 * conf.h - the settings of one Roomkey, one row of one table each.
 *
 * The same row serves the flag (--name VALUE or --name=VALUE), the help text,
 * and the text form in which super hands the settings to the other roles.
 */
#ifndef RK_BASE_CONF_H
#define RK_BASE_CONF_H

#include <roomkey/lint.h>

#include "base/buf.h"

/* Which commands know a setting: `roomkey dev`, `roomkey serve`. */
#define RK_CONF_DEV 1u
#define RK_CONF_SERVE 2u
#define RK_CONF_BOTH (RK_CONF_DEV | RK_CONF_SERVE)

/* commands, kind, field, flag, default, least, most, placeholder, help */
#define RK_CONF_ROWS(X)                                                                                     \
	X(BOTH, TEXT, host, "host", "127.0.0.1", 0, 0, "ADDR", "address to listen on for functions")        \
	X(BOTH, NUMBER, port, "port", "3000", 0, 65535, "N",                                                \
	    "port to listen on for functions; 0 takes a free one")                                          \
	X(SERVE, TEXT, admin_host, "admin-host", "127.0.0.1", 0, 0, "ADDR",                                 \
	    "address to listen on for the console and the API")                                             \
	X(SERVE, NUMBER, admin_port, "admin-port", "3001", 0, 65535, "N",                                   \
	    "port to listen on for the console and the API; 0 takes a free one")                            \
	X(SERVE, TEXT, base_domain, "base-domain", "", 0, 0, "DOMAIN",                                      \
	    "what follows a service's name in its host name (default: localhost and the port)")             \
	X(SERVE, TEXT, default_environment, "default-environment", "", 0, 0, "ZE...",                       \
	    "the environment that answers under every other host name")                                     \
	X(SERVE, TEXT, master_key_file, "master-key-file", "", 0, 0, "FILE",                                \
	    "file of the master key (default: master.key in the data directory)")                           \
	X(SERVE, NUMBER, idle_ms, "idle-timeout", "60000", 0, 86400000, "MS",                               \
	    "stop the workers of an environment that nobody called for so long; 0: never")                  \
	X(SERVE, NUMBER, log_days, "log-days", "30", 1, 3650, "DAYS", "how long logs are kept")             \
	X(SERVE, NUMBER, log_rows, "log-rows", "1000000", 1000, 100000000, "N",                             \
	    "how many lines of logs are kept")                                                              \
	X(DEV, TEXT, env_file, "env", ".env", 0, 0, "FILE", "file of variables, within the project")        \
	X(DEV, TEXT, functions_dir, "functions-folder", "", 0, 0, "DIR",                                    \
	    "folder of functions (functions/ or src/)")                                                     \
	X(DEV, TEXT, assets_dir, "assets-folder", "", 0, 0, "DIR", "folder of assets (assets/ or static/)") \
	X(BOTH, TEXT, public_url, "public-url", "", 0, 0, "URL",                                            \
	    "base URL that Twilio calls, for checking signatures (default: from Host)")                     \
	X(BOTH, SWITCH, trust_proxy, "trust-proxy", "off", 0, 0, "on|off",                                  \
	    "believe X-Forwarded-Proto, -Host, -Port of a proxy on a private address")                      \
	X(BOTH, NUMBER, gateways, "gateways", "1", 1, 64, "N", "gateway processes")                         \
	X(BOTH, NUMBER, workers, "workers", "2", 1, 64, "N", "worker processes of one environment")         \
	X(BOTH, NUMBER, slots, "slots", "32", 1, 256, "N", "invocations at once in one worker")             \
	X(BOTH, NUMBER, timeout_ms, "timeout", "10000", 50, 600000, "MS", "time limit of one invocation")   \
	X(BOTH, NUMBER, memory_mb, "memory", "256", 64, 65536, "MB", "memory limit of one worker")          \
	X(BOTH, NUMBER, body_max, "max-body", "6291456", 0, 67108864, "BYTES", "largest request body")      \
	X(BOTH, NUMBER, reply_max, "max-reply", "16777216", 1024, 67108864, "BYTES",                        \
	    "largest answer of a function")                                                                 \
	X(BOTH, CHOICE, token_lint, "token-lint", "refuse", 0, 0, "refuse|warn|off",                        \
	    "what to do with a token that the vendor will reject")                                          \
	X(BOTH, CHOICE, json_string, "json-string", "bare", 0, 0, "bare|quoted",                            \
	    "a string body under Content-Type: application/json")                                           \
	X(BOTH, SWITCH, cloud_strict, "cloud-strict", "off", 0, 0, "on|off",                                \
	    "the cloud's limits and rules for methods, headers and cookies")                                \
	X(BOTH, SWITCH, detailed_logs, "detailed-logs", "off", 0, 0, "on|off",                              \
	    "the query's and the body's fields of each request, secrets masked")                            \
	X(BOTH, SWITCH, logs, "logs", "on", 0, 0, "on|off", "a line per request")

struct rk_conf {
	unsigned command; /* RK_CONF_DEV or RK_CONF_SERVE */
	char *host, *admin_host, *base_domain, *default_environment, *master_key_file;
	char *env_file, *functions_dir, *assets_dir, *public_url;
	long port, admin_port, idle_ms, log_days, log_rows;
	long gateways, workers, slots, timeout_ms, memory_mb, body_max, reply_max;
	int token_lint;  /* enum rk_lint_level */
	int json_string; /* 0 bare, 1 quoted */
	bool logs, trust_proxy, cloud_strict, detailed_logs;
	char *project; /* the positional argument: the project's folder, "." by default; with serve the data
			      * directory, "roomkey-data" by default */
};

/* Every default of that command. */
RK_CHECKED enum rk_err rk_conf_init(struct rk_conf *conf, unsigned command);
void rk_conf_done(struct rk_conf *conf);

/*
 * Sets one setting by its flag's name (without dashes). RK_NOT_FOUND for an
 * unknown name, RK_INVALID for a value out of range; why says what is allowed.
 */
RK_CHECKED enum rk_err rk_conf_set(
    struct rk_conf *conf, struct rk_str flag, struct rk_str value, struct rk_why *why);

/*
 * Reads --flag VALUE, --flag=VALUE and at most one positional argument (the
 * project's folder). argv[0] is skipped. RK_INVALID with the reason in why.
 */
RK_CHECKED enum rk_err rk_conf_parse_args(struct rk_conf *conf, int argc, char **argv, struct rk_why *why);

/* "command=dev|serve", then one "flag=value" line a setting of it (values hold no newline), and back. */
void rk_conf_format(struct rk_buf *out, const struct rk_conf *conf);
RK_CHECKED enum rk_err rk_conf_parse(struct rk_conf *conf, struct rk_str text, struct rk_why *why);

/* The command's settings as help text: two columns, one line a flag. */
void rk_conf_help(struct rk_buf *out, unsigned command);

#endif
