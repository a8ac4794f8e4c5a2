/*
 * own_settings.c - the settings that people ask about, and a copy of the store.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "keeper/own_call.h"

static struct rk_str
text_or_null(const char *z)
{
	return z && z[0] ? rk_str(z) : rk_str(NULL);
}

/* They are flags and rows of the configuration file: what runs is what is shown. */
void
rk_own_settings_get(struct rk_own_call *oc)
{
	const struct rk_conf *conf = oc->own->opts.conf;
	struct rk_buf *out = rk_own_open(oc);

	rk_api_json_text(out, "public_url", text_or_null(conf->public_url));
	rk_api_json_text(out, "base_domain", text_or_null(conf->base_domain));
	rk_api_json_text(out, "default_environment", text_or_null(conf->default_environment));
	rk_api_json_name(out, "limits");
	rk_buf_put_c(out, '{');
	rk_api_json_number(out, "timeout_ms", conf->timeout_ms);
	rk_api_json_number(out, "memory_mb", conf->memory_mb);
	rk_api_json_number(out, "body_bytes", conf->body_max);
	rk_api_json_number(out, "reply_bytes", conf->reply_max);
	rk_api_json_number(out, "workers", conf->workers);
	rk_api_json_number(out, "idle_ms", conf->idle_ms);
	rk_buf_put_c(out, '}');
	rk_api_json_name(out, "retention");
	rk_buf_put_c(out, '{');
	rk_api_json_number(out, "log_days", conf->log_days);
	rk_api_json_number(out, "log_rows", conf->log_rows);
	rk_api_json_number(out, "removed_days", RK_STORE_KEEP_DAYS);
	rk_buf_put_c(out, '}');
	rk_own_close(oc, 200);
}

/* "roomkey-20261124-040421-123.db" */
static void
name_copy(int64_t now_ms, char *ret_name, size_t size)
{
	time_t seconds = (time_t)(now_ms / 1000);
	char when[32];
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(when, sizeof when, "%Y%m%d-%H%M%S", &tm);
	snprintf(ret_name, size, "roomkey-%s-%03d.db", when, (int)(now_ms % 1000));
}

void
rk_own_backup_post(struct rk_own_call *oc)
{
	const char *folder = oc->own->opts.conf->project;
	struct rk_why why = { .code = "" };
	char name[64], path[4096];
	enum rk_err err;
	int n;

	name_copy(oc->call.request->now_ms, name, sizeof name);
	n = snprintf(path, sizeof path, "%s/backups", folder);
	if (n < 0 || (size_t)n + sizeof name + 2 > sizeof path ||
	    (mkdir(path, 0700) != 0 && errno != EEXIST)) {
		rk_api_fail_err(&oc->call, errno == ENOSPC ? RK_FULL : RK_UNAVAILABLE, NULL);
		return;
	}
	snprintf(path + n, sizeof path - (size_t)n, "/%s", name);
	err = rk_store_backup(oc->own->opts.store, path, &why);
	if (err) {
		rk_api_fail_err(&oc->call, err, NULL);
		return;
	}
	if (rk_own_begin_change(oc) &&
	    rk_own_settle(oc, RK_OK, NULL, "Store.backup", rk_str(NULL), RK_STR(""))) {
		rk_api_json_text(rk_own_open(oc), "file", rk_str(name));
		rk_own_close(oc, 201);
	}
}
