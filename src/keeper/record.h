/*
 * record.h - what the store keeps: one row type a noun, one line a field.
 *
 * The same lines make the struct, the driver's SQL, the limits and what is sealed.
 * Text views in a row are borrowed; p == NULL stands for null, where null is allowed.
 * Times are microseconds since 1970, and no two rows made by one store have the same.
 */
#ifndef RK_KEEPER_RECORD_H
#define RK_KEEPER_RECORD_H

#include <stdint.h>

#include "base/err.h"
#include "base/sid.h"
#include "base/str.h"
#include "keeper/vault.h"

/* kind, struct, table, SID, what a row may do. ZH and ZN are the vendor's for functions and assets alike. */
#define RK_RECORD_KINDS(X)                                                                        \
	X(ACCOUNT, account, "accounts", "AC", RK_KIND_SOFT)                                       \
	X(PERSON, person, "people", "US", RK_KIND_SOFT)                                           \
	X(SESSION, session, "sessions", "SE", RK_KIND_SOFT)                                       \
	X(KEY, key, "keys", "SK", RK_KIND_SOFT)                                                   \
	X(SERVICE, service, "services", "ZS", RK_KIND_SOFT)                                       \
	X(ENVIRONMENT, environment, "environments", "ZE", RK_KIND_SOFT)                           \
	X(VARIABLE, variable, "variables", "ZV", RK_KIND_SOFT)                                    \
	X(FUNCTION, function, "functions", "ZH", RK_KIND_SOFT)                                    \
	X(FUNCTION_VERSION, function_version, "function_versions", "ZN", RK_KIND_SOFT | RK_KIND_FIXED) \
	X(ASSET, asset, "assets", "ZH", RK_KIND_SOFT)                                             \
	X(ASSET_VERSION, asset_version, "asset_versions", "ZN", RK_KIND_SOFT | RK_KIND_FIXED)     \
	X(BUILD, build, "builds", "ZB", RK_KIND_SOFT)                                             \
	X(DEPLOYMENT, deployment, "deployments", "ZD", RK_KIND_SOFT | RK_KIND_FIXED)              \
	X(LOG, log, "logs", "NO", RK_KIND_FIXED)                                                  \
	X(AUDIT, audit, "audit", "AE", RK_KIND_FIXED)

enum rk_kind_flags {
	RK_KIND_SOFT = 1,  /* removing it only marks it, for as long as it may be restored */
	RK_KIND_FIXED = 2, /* never changed once made */
};

enum rk_kind {
	RK_KIND_NONE,
#define X(kind, noun, table, prefix, flags) RK_KIND_##kind,
	RK_RECORD_KINDS(X)
#undef X
	RK_KINDS
};

/*
 * Fields, as X(type, name, most, flags, which).
 * TEXT: UTF-8 without NUL, at most `most` characters. SEALED: any bytes, at most `most`, kept by the vault
 * under purpose `which`. DIGEST: 32 bytes. NUMBER: int64_t. FLAG: bool.
 * OWNER: the SID of the row (of kind `which`) that this one goes away with. REF: the SID of a row that must be there.
 */
enum rk_field_flags {
	RK_FIELD_NULL = 1,  /* may be null; other texts may not even be empty, unless RK_FIELD_EMPTY */
	RK_FIELD_EMPTY = 2, /* may be empty */
	RK_FIELD_FIXED = 4, /* set when the row is made, never changed */
	RK_FIELD_OWNER = 8,
	RK_FIELD_REF = 16,
};

#define RK_F_NULL RK_FIELD_NULL
#define RK_F_EMPTY RK_FIELD_EMPTY
#define RK_F_FIXED RK_FIELD_FIXED
#define RK_F_OWNER (RK_FIELD_OWNER | RK_FIELD_FIXED)
#define RK_F_REF RK_FIELD_REF

#define RK_FIELDS_account(X)                            \
	X(TEXT, friendly_name, 64, RK_F_EMPTY, 0)       \
	X(SEALED, auth_token, 128, 0, RK_VAULT_TOKEN)   \
	X(FLAG, disabled, 0, 0, 0)

/* name: what a person signs in with, unique in the whole store. password: an argon2id string. */
#define RK_FIELDS_person(X)                                              \
	X(TEXT, name, 254, 0, 0)                                         \
	X(TEXT, role, 16, 0, 0) /* owner, admin, developer, reader */    \
	X(SEALED, password, RK_VAULT_HASH_SIZE, RK_F_NULL, RK_VAULT_PERSON) \
	X(FLAG, disabled, 0, 0, 0)                                       \
	X(NUMBER, last_used, 0, 0, 0)

/* A person who is signed in. token_digest: of the secret that the browser holds. */
#define RK_FIELDS_session(X)                                               \
	X(TEXT, person_sid, RK_SID_LEN, RK_F_OWNER, RK_KIND_PERSON)        \
	X(DIGEST, token_digest, RK_VAULT_DIGEST_SIZE, RK_F_FIXED, 0)       \
	X(TEXT, peer, 64, RK_F_EMPTY | RK_F_FIXED, 0)                      \
	X(TEXT, user_agent, 255, RK_F_EMPTY | RK_F_FIXED, 0)               \
	X(NUMBER, last_used, 0, 0, 0)

#define RK_FIELDS_key(X)                                                      \
	X(TEXT, friendly_name, 64, RK_F_EMPTY, 0)                             \
	X(SEALED, secret, 256, 0, RK_VAULT_KEY)                               \
	X(TEXT, type, 16, RK_F_FIXED, 0) /* standard, main, restricted */     \
	X(TEXT, region, 16, RK_F_EMPTY, 0)                                    \
	X(TEXT, policy, 8192, RK_F_NULL, 0) /* JSON, of restricted keys */    \
	X(FLAG, imported, 0, RK_F_FIXED, 0) /* made at the vendor's */        \
	X(FLAG, disabled, 0, 0, 0)                                            \
	X(NUMBER, last_used, 0, 0, 0) /* 0: never */

/* domain_base: "<name>-<4 digits>", unique in the whole store. */
#define RK_FIELDS_service(X)                      \
	X(TEXT, unique_name, 50, RK_F_FIXED, 0)   \
	X(TEXT, friendly_name, 255, 0, 0)         \
	X(FLAG, include_credentials, 0, 0, 0)     \
	X(FLAG, ui_editable, 0, 0, 0)             \
	X(TEXT, domain_base, 46, RK_F_FIXED, 0)

/* domain_label: "<domain_base>[-<domain_suffix>]", unique in the whole store: domain_name is this, a dot and
 * the base domain of the configuration, which may change without touching rows. */
#define RK_FIELDS_environment(X)                                           \
	X(TEXT, service_sid, RK_SID_LEN, RK_F_OWNER, RK_KIND_SERVICE)      \
	X(TEXT, unique_name, 100, RK_F_FIXED, 0)                           \
	X(TEXT, domain_suffix, 16, RK_F_NULL | RK_F_FIXED, 0)              \
	X(TEXT, domain_label, 63, RK_F_FIXED, 0)                           \
	X(TEXT, build_sid, RK_SID_LEN, RK_F_NULL | RK_F_REF, RK_KIND_BUILD)

#define RK_FIELDS_variable(X)                                                 \
	X(TEXT, service_sid, RK_SID_LEN, RK_F_OWNER, RK_KIND_SERVICE)         \
	X(TEXT, environment_sid, RK_SID_LEN, RK_F_OWNER, RK_KIND_ENVIRONMENT) \
	X(TEXT, key, 128, 0, 0)                                               \
	X(SEALED, value, 450, RK_F_EMPTY, RK_VAULT_VARIABLE)

#define RK_FIELDS_function(X)                                         \
	X(TEXT, service_sid, RK_SID_LEN, RK_F_OWNER, RK_KIND_SERVICE) \
	X(TEXT, friendly_name, 255, 0, 0)
#define RK_FIELDS_asset(X) RK_FIELDS_function(X)

/* visibility: public, protected, private. The content lies elsewhere, once for all that are alike. */
#define RK_FIELDS_version(X)                                         \
	X(TEXT, path, 255, 0, 0)                                     \
	X(TEXT, visibility, 16, 0, 0)                                \
	X(TEXT, content_type, 255, RK_F_EMPTY, 0)                    \
	X(DIGEST, content_digest, RK_VAULT_DIGEST_SIZE, 0, 0)        \
	X(NUMBER, content_size, 0, 0, 0)
#define RK_FIELDS_function_version(X)                                   \
	X(TEXT, service_sid, RK_SID_LEN, RK_F_OWNER, RK_KIND_SERVICE)   \
	X(TEXT, function_sid, RK_SID_LEN, RK_F_OWNER, RK_KIND_FUNCTION) \
	RK_FIELDS_version(X)
#define RK_FIELDS_asset_version(X)                                    \
	X(TEXT, service_sid, RK_SID_LEN, RK_F_OWNER, RK_KIND_SERVICE) \
	X(TEXT, asset_sid, RK_SID_LEN, RK_F_OWNER, RK_KIND_ASSET)     \
	RK_FIELDS_version(X)

/* status: building, completed, failed. dependencies: JSON. error: why it failed, for people. */
#define RK_FIELDS_build(X)                                            \
	X(TEXT, service_sid, RK_SID_LEN, RK_F_OWNER, RK_KIND_SERVICE) \
	X(TEXT, status, 16, 0, 0)                                     \
	X(TEXT, runtime, 32, RK_F_EMPTY | RK_F_FIXED, 0)              \
	X(TEXT, dependencies, 65536, RK_F_FIXED, 0)                   \
	X(TEXT, error, 16384, RK_F_NULL, 0)

/* build_sid is history: it may name a build that is gone. */
#define RK_FIELDS_deployment(X)                                               \
	X(TEXT, service_sid, RK_SID_LEN, RK_F_OWNER, RK_KIND_SERVICE)         \
	X(TEXT, environment_sid, RK_SID_LEN, RK_F_OWNER, RK_KIND_ENVIRONMENT) \
	X(TEXT, build_sid, RK_SID_LEN, 0, 0)                                  \
	X(FLAG, is_plugin, 0, 0, 0)

/* Names what it is about, and holds nobody to it. level: error, warn, info, debug. kind: request, line; method,
 * status and took_us are a request's. */
#define RK_FIELDS_log(X)                               \
	X(TEXT, service_sid, RK_SID_LEN, RK_F_NULL, 0)     \
	X(TEXT, environment_sid, RK_SID_LEN, RK_F_NULL, 0) \
	X(TEXT, build_sid, RK_SID_LEN, RK_F_NULL, 0)       \
	X(TEXT, deployment_sid, RK_SID_LEN, RK_F_NULL, 0)  \
	X(TEXT, function_sid, RK_SID_LEN, RK_F_NULL, 0)    \
	X(TEXT, request_sid, RK_SID_LEN, RK_F_NULL, 0)     \
	X(TEXT, level, 8, 0, 0)                            \
	X(TEXT, message, 262144, RK_F_EMPTY, 0)            \
	X(TEXT, path, 255, RK_F_EMPTY, 0)                  \
	X(TEXT, kind, 8, 0, 0)                             \
	X(TEXT, method, 16, RK_F_EMPTY, 0)                 \
	X(NUMBER, status, 0, 0, 0)                         \
	X(NUMBER, took_us, 0, 0, 0)

/* actor: the SID of a person, a key or an account, or "shell". origin: an address. detail: JSON, no secrets. */
#define RK_FIELDS_audit(X)                   \
	X(TEXT, actor, 64, 0, 0)             \
	X(TEXT, action, 64, 0, 0)            \
	X(TEXT, target_sid, RK_SID_LEN, RK_F_NULL, 0) \
	X(TEXT, origin, 64, RK_F_EMPTY, 0)   \
	X(TEXT, detail, 4096, RK_F_EMPTY, 0)

/* What every row begins with. The SID and the times are set when the row is made; a SID that is there already
 * is kept (imported keys). An account's account_sid is its own. */
struct rk_row {
	char sid[RK_SID_LEN + 1];
	struct rk_str account_sid;
	int64_t date_created, date_updated;
};

#define RK_MEMBER_TEXT(name) struct rk_str name;
#define RK_MEMBER_SEALED(name) struct rk_str name;
#define RK_MEMBER_DIGEST(name) struct rk_str name;
#define RK_MEMBER_NUMBER(name) int64_t name;
#define RK_MEMBER_FLAG(name) bool name;
#define RK_MEMBER(type, name, most, flags, which) RK_MEMBER_##type(name)
/* struct rk_row_account, rk_row_key, ...: struct rk_row row, then the fields above. */
#define X(kind, noun, table, prefix, flags) \
	struct rk_row_##noun {              \
		struct rk_row row;          \
		RK_FIELDS_##noun(RK_MEMBER) \
	};
RK_RECORD_KINDS(X)
#undef X

/* Room for a row of any kind. */
union rk_row_any {
	struct rk_row row;
#define X(kind, noun, table, prefix, flags) struct rk_row_##noun noun;
	RK_RECORD_KINDS(X)
#undef X
};

enum rk_field_type { RK_FIELD_TEXT, RK_FIELD_SEALED, RK_FIELD_DIGEST, RK_FIELD_NUMBER, RK_FIELD_FLAG };

struct rk_field {
	const char *name;
	size_t offset; /* in the row's struct */
	enum rk_field_type type;
	uint32_t most;
	unsigned flags;
	unsigned which; /* enum rk_kind of OWNER and REF, enum rk_vault_purpose of SEALED */
};

struct rk_record {
	const char *noun, *table, *prefix;
	unsigned flags; /* enum rk_kind_flags */
	size_t size;    /* of the row's struct */
	const struct rk_field *fields;
	size_t field_n;
};

/* The record of a kind; NULL when there is no such kind. */
const struct rk_record *rk_record_get(enum rk_kind kind);

/* By name, row columns ("sid", "account_sid") excluded; NULL when there is none. */
const struct rk_field *rk_record_field(const struct rk_record *record, struct rk_str name);

/* Every field within its limits. RK_INVALID or RK_TOO_LARGE with the field's name in why. */
RK_CHECKED enum rk_err rk_record_check(const struct rk_record *record, const void *row, struct rk_why *why);

/* Reading and writing a field of a row. Texts: TEXT, SEALED, DIGEST; numbers: NUMBER, FLAG. */
bool rk_field_is_text(const struct rk_field *f);
struct rk_str *rk_field_text(const struct rk_field *f, const void *row);
int64_t rk_field_number(const struct rk_field *f, const void *row);
void rk_field_set_number(const struct rk_field *f, void *row, int64_t value);

#endif
