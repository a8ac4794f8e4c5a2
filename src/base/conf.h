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

/* kind, field, flag, default, least, most, placeholder, help */
#define RK_CONF_ROWS(X)                                                                        \
	X(TEXT, host, "host", "127.0.0.1", 0, 0, "ADDR", "address to listen on")               \
	X(NUMBER, port, "port", "3000", 0, 65535, "N", "port to listen on; 0 takes a free one") \
	X(TEXT, env_file, "env", ".env", 0, 0, "FILE", "file of variables, within the project") \
	X(TEXT, functions_dir, "functions-folder", "", 0, 0, "DIR", "folder of functions (functions/ or src/)") \
	X(TEXT, assets_dir, "assets-folder", "", 0, 0, "DIR", "folder of assets (assets/ or static/)") \
	X(TEXT, public_url, "public-url", "", 0, 0, "URL", "base URL that Twilio calls, for checking signatures (default: from Host)") \
	X(SWITCH, trust_proxy, "trust-proxy", "off", 0, 0, "on|off", "believe X-Forwarded-Proto, -Host, -Port of a proxy on a private address") \
	X(NUMBER, gateways, "gateways", "1", 1, 64, "N", "gateway processes")                  \
	X(NUMBER, workers, "workers", "2", 1, 64, "N", "worker processes")                     \
	X(NUMBER, slots, "slots", "32", 1, 256, "N", "invocations at once in one worker")      \
	X(NUMBER, timeout_ms, "timeout", "10000", 50, 600000, "MS", "time limit of one invocation") \
	X(NUMBER, memory_mb, "memory", "256", 64, 65536, "MB", "memory limit of one worker")   \
	X(NUMBER, body_max, "max-body", "6291456", 0, 67108864, "BYTES", "largest request body") \
	X(NUMBER, reply_max, "max-reply", "16777216", 1024, 67108864, "BYTES", "largest answer of a function") \
	X(CHOICE, token_lint, "token-lint", "refuse", 0, 0, "refuse|warn|off", "what to do with a token that the vendor will reject") \
	X(CHOICE, json_string, "json-string", "bare", 0, 0, "bare|quoted", "a string body under Content-Type: application/json") \
	X(SWITCH, cloud_strict, "cloud-strict", "off", 0, 0, "on|off", "the cloud's limits and rules for methods, headers and cookies") \
	X(SWITCH, detailed_logs, "detailed-logs", "off", 0, 0, "on|off", "the query's and the body's fields of each request, secrets masked") \
	X(SWITCH, logs, "logs", "on", 0, 0, "on|off", "a line per request")

struct rk_conf {
	char *host, *env_file, *functions_dir, *assets_dir, *public_url;
	long port, gateways, workers, slots, timeout_ms, memory_mb, body_max, reply_max;
	int token_lint;      /* enum rk_lint_level */
	int json_string;     /* 0 bare, 1 quoted */
	bool logs, trust_proxy, cloud_strict, detailed_logs;
	char *project;       /* the project's folder; the positional argument, "." by default */
};

RK_CHECKED enum rk_err rk_conf_init(struct rk_conf *conf);   /* every default */
void rk_conf_done(struct rk_conf *conf);

/*
 * Sets one setting by its flag's name (without dashes). RK_NOT_FOUND for an
 * unknown name, RK_INVALID for a value out of range; why says what is allowed.
 */
RK_CHECKED enum rk_err rk_conf_set(struct rk_conf *conf, struct rk_str flag, struct rk_str value,
    struct rk_why *why);

/*
 * Reads --flag VALUE, --flag=VALUE and at most one positional argument (the
 * project's folder). argv[0] is skipped. RK_INVALID with the reason in why.
 */
RK_CHECKED enum rk_err rk_conf_parse_args(struct rk_conf *conf, int argc, char **argv, struct rk_why *why);

/* One "flag=value" line a setting (values hold no newline), and back. */
void rk_conf_format(struct rk_buf *out, const struct rk_conf *conf);
RK_CHECKED enum rk_err rk_conf_parse(struct rk_conf *conf, struct rk_str text, struct rk_why *why);

/* The table as help text: two columns, one line a flag. */
void rk_conf_help(struct rk_buf *out);

#endif
