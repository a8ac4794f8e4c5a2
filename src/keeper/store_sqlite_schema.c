/*
 * store_sqlite_schema.c - the form of the file, step by step.
 *
 * A step that was released is never edited: a change is a new step. Each is one transaction, and ends by writing
 * its number as user_version. `removed` is when a row was removed, `removed_with` the SID of the row that
 * took it along, so that restoring takes back exactly that.
 */
#include <stdio.h>

#include "keeper/store_sqlite_db.h"

#define HEAD                              \
	"sid TEXT NOT NULL PRIMARY KEY, " \
	"account_sid TEXT NOT NULL, "     \
	"date_created INTEGER NOT NULL, " \
	"date_updated INTEGER NOT NULL, "
#define SOFT "removed INTEGER, removed_with TEXT, "
#define OF_ACCOUNT "FOREIGN KEY (account_sid) REFERENCES accounts (sid)"
#define OF_SERVICE "FOREIGN KEY (service_sid, account_sid) REFERENCES services (sid, account_sid)"
#define OF_ENVIRONMENT "FOREIGN KEY (environment_sid, account_sid) REFERENCES environments (sid, account_sid)"
#define TABLE(name, columns) "CREATE TABLE " name " (" columns ") STRICT",
#define INDEX(name, columns) "CREATE INDEX " name " ON " columns,
#define THERE " WHERE removed IS NULL"
#define UNIQUE(name, columns) "CREATE UNIQUE INDEX " name " ON " columns THERE,

/* 1: who may come in. */
static const char *const people[] = {
    TABLE("settings", "name TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL")
    TABLE("accounts", HEAD "friendly_name TEXT NOT NULL, auth_token BLOB NOT NULL, disabled INTEGER NOT NULL, "
	SOFT "CHECK (sid = account_sid)")
    TABLE("people", HEAD "name TEXT NOT NULL, role TEXT NOT NULL, password BLOB, disabled INTEGER NOT NULL, "
	"last_used INTEGER NOT NULL, " SOFT
	"CHECK (role IN ('owner', 'admin', 'developer', 'reader')), " OF_ACCOUNT)
    TABLE("keys", HEAD "friendly_name TEXT NOT NULL, secret BLOB NOT NULL, type TEXT NOT NULL, region TEXT NOT NULL, "
	"policy TEXT, imported INTEGER NOT NULL, disabled INTEGER NOT NULL, last_used INTEGER NOT NULL, " SOFT
	"CHECK (type IN ('standard', 'main', 'restricted')), " OF_ACCOUNT)
    INDEX("accounts_by_date", "accounts (date_created, sid)")
    INDEX("people_by_date", "people (account_sid, date_created, sid)")
    UNIQUE("people_by_name", "people (name)")
    INDEX("keys_by_date", "keys (account_sid, date_created, sid)")
    NULL
};

/* 2: what runs. */
#define VERSION(owner, owner_table)                                                                     \
	HEAD "service_sid TEXT NOT NULL, " owner " TEXT NOT NULL, path TEXT NOT NULL, "                 \
	     "visibility TEXT NOT NULL, content_type TEXT NOT NULL, content_digest BLOB NOT NULL, "     \
	     "content_size INTEGER NOT NULL, " SOFT                                                     \
	     "CHECK (visibility IN ('public', 'protected', 'private')), " OF_SERVICE                    \
	     ", FOREIGN KEY (" owner ", account_sid) REFERENCES " owner_table " (sid, account_sid), "    \
	     "FOREIGN KEY (content_digest) REFERENCES contents (digest)"
#define LINK(versions)                                                                                  \
	"build_sid TEXT NOT NULL REFERENCES builds (sid) ON DELETE CASCADE, "                           \
	"version_sid TEXT NOT NULL REFERENCES " versions " (sid), PRIMARY KEY (build_sid, version_sid)"
static const char *const platform[] = {
    TABLE("services", HEAD "unique_name TEXT NOT NULL, friendly_name TEXT NOT NULL, "
	"include_credentials INTEGER NOT NULL, ui_editable INTEGER NOT NULL, domain_base TEXT NOT NULL, "
	SOFT "UNIQUE (sid, account_sid), " OF_ACCOUNT)
    TABLE("environments", HEAD "service_sid TEXT NOT NULL, unique_name TEXT NOT NULL, domain_suffix TEXT, "
	"domain_label TEXT NOT NULL, build_sid TEXT REFERENCES builds (sid), "
	SOFT "UNIQUE (sid, account_sid), " OF_SERVICE)
    TABLE("variables", HEAD "service_sid TEXT NOT NULL, environment_sid TEXT NOT NULL, key TEXT NOT NULL, "
	"value BLOB NOT NULL, " SOFT OF_SERVICE ", " OF_ENVIRONMENT)
    TABLE("functions", HEAD "service_sid TEXT NOT NULL, friendly_name TEXT NOT NULL, "
	SOFT "UNIQUE (sid, account_sid), " OF_SERVICE)
    TABLE("assets", HEAD "service_sid TEXT NOT NULL, friendly_name TEXT NOT NULL, "
	SOFT "UNIQUE (sid, account_sid), " OF_SERVICE)
    TABLE("contents", "digest BLOB NOT NULL PRIMARY KEY, bytes BLOB NOT NULL, CHECK (length(digest) = 32)")
    TABLE("function_versions", VERSION("function_sid", "functions"))
    TABLE("asset_versions", VERSION("asset_sid", "assets"))
    TABLE("builds", HEAD "service_sid TEXT NOT NULL, status TEXT NOT NULL, runtime TEXT NOT NULL, "
	"dependencies TEXT NOT NULL, error TEXT, " SOFT
	"CHECK (status IN ('building', 'completed', 'failed')), UNIQUE (sid, account_sid), " OF_SERVICE)
    TABLE("build_functions", LINK("function_versions"))
    TABLE("build_assets", LINK("asset_versions"))
    TABLE("deployments", HEAD "service_sid TEXT NOT NULL, environment_sid TEXT NOT NULL, build_sid TEXT NOT NULL, "
	"is_plugin INTEGER NOT NULL, " SOFT OF_SERVICE ", " OF_ENVIRONMENT)
    INDEX("services_by_date", "services (account_sid, date_created, sid)")
    UNIQUE("services_by_name", "services (account_sid, unique_name)")
    UNIQUE("services_by_domain", "services (domain_base)")
    INDEX("environments_by_date", "environments (service_sid, date_created, sid)")
    INDEX("environments_by_build", "environments (build_sid)")
    UNIQUE("environments_by_name", "environments (service_sid, unique_name)")
    UNIQUE("environments_by_suffix", "environments (service_sid, coalesce(domain_suffix, ''))")
    UNIQUE("environments_by_domain", "environments (domain_label)")
    INDEX("variables_by_date", "variables (environment_sid, date_created, sid)")
    INDEX("variables_by_service", "variables (service_sid)")
    UNIQUE("variables_by_key", "variables (environment_sid, key)")
    INDEX("functions_by_date", "functions (service_sid, date_created, sid)")
    INDEX("assets_by_date", "assets (service_sid, date_created, sid)")
    INDEX("function_versions_by_date", "function_versions (function_sid, date_created, sid)")
    INDEX("function_versions_by_service", "function_versions (service_sid, date_created, sid)")
    INDEX("function_versions_by_content", "function_versions (content_digest)")
    INDEX("asset_versions_by_date", "asset_versions (asset_sid, date_created, sid)")
    INDEX("asset_versions_by_service", "asset_versions (service_sid, date_created, sid)")
    INDEX("asset_versions_by_content", "asset_versions (content_digest)")
    INDEX("builds_by_date", "builds (service_sid, date_created, sid)")
    INDEX("build_functions_by_version", "build_functions (version_sid)")
    INDEX("build_assets_by_version", "build_assets (version_sid)")
    INDEX("deployments_by_date", "deployments (environment_sid, date_created, sid)")
    INDEX("deployments_by_service", "deployments (service_sid)")
    NULL
};

/* 3: what happened. */
static const char *const history[] = {
    TABLE("logs", HEAD "service_sid TEXT, environment_sid TEXT, build_sid TEXT, deployment_sid TEXT, "
	"function_sid TEXT, request_sid TEXT, level TEXT NOT NULL, message TEXT NOT NULL, "
	"CHECK (level IN ('error', 'warn', 'info', 'debug'))")
    TABLE("audit", HEAD "actor TEXT NOT NULL, action TEXT NOT NULL, target_sid TEXT, origin TEXT NOT NULL, "
	"detail TEXT NOT NULL")
    INDEX("logs_by_date", "logs (date_created, sid)")
    INDEX("logs_by_account", "logs (account_sid, date_created, sid)")
    INDEX("logs_by_environment", "logs (environment_sid, date_created, sid)")
    INDEX("logs_by_request", "logs (request_sid) WHERE request_sid IS NOT NULL")
    INDEX("audit_by_date", "audit (date_created, sid)")
    INDEX("audit_by_account", "audit (account_sid, date_created, sid)")
    INDEX("audit_by_target", "audit (target_sid, date_created, sid)")
    NULL
};

/* 4: who is signed in, and how requests ended. */
static const char *const console[] = {
    TABLE("sessions", HEAD "person_sid TEXT NOT NULL, token_digest BLOB NOT NULL, peer TEXT NOT NULL, "
	"user_agent TEXT NOT NULL, last_used INTEGER NOT NULL, " SOFT
	"CHECK (length(token_digest) = 32), FOREIGN KEY (person_sid) REFERENCES people (sid), " OF_ACCOUNT)
    INDEX("sessions_by_person", "sessions (person_sid, date_created, sid)")
    "ALTER TABLE logs ADD COLUMN path TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE logs ADD COLUMN kind TEXT NOT NULL DEFAULT 'line'",
    "ALTER TABLE logs ADD COLUMN method TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE logs ADD COLUMN status INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE logs ADD COLUMN took_us INTEGER NOT NULL DEFAULT 0",
    NULL
};

static const char *const *const steps[] = { people, platform, history, console };

unsigned
rk_db_newest(void)
{
	return sizeof steps / sizeof steps[0];
}

static enum rk_err
take_step(struct rk_db *db, unsigned number)
{
	char mark[64];
	enum rk_err err = rk_db_exec(db, "BEGIN IMMEDIATE");

	if (err)
		return err;
	snprintf(mark, sizeof mark, "PRAGMA user_version = %u", number);
	for (const char *const *text = steps[number - 1]; *text && !err; text++)
		err = rk_db_exec(db, *text);
	if (!err)
		err = rk_db_exec(db, mark);
	if (!err)
		err = rk_db_exec(db, "COMMIT");
	if (err && rk_db_exec(db, "ROLLBACK") != RK_OK)
		return err; /* SQLite had rolled back by itself */
	return err;
}

enum rk_err
rk_db_migrate(struct rk_db *db, unsigned from)
{
	enum rk_err err = RK_OK;

	for (unsigned number = from + 1; number <= rk_db_newest() && !err; number++)
		err = take_step(db, number);
	return err;
}
