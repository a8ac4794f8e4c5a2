/*
 * parts.h - what a project's folder holds that is deployed: functions, assets, and the text of its variables.
 */
#ifndef RK_CLI_PARTS_H
#define RK_CLI_PARTS_H

#include <roomkey/signature.h>

#include "base/buf.h"
#include "base/conf.h"
#include "wire/names.h"

#define RK_PARTS_MAX 2000
#define RK_PARTS_BYTES (44u * 1024u * 1024u) /* of one request, before base64 */

enum rk_part_state { RK_PART_NEW, RK_PART_CHANGED, RK_PART_SAME };

struct rk_part {
	bool is_asset;
	struct rk_name name;
	char *file; /* "functions/sms/reply.protected.js" */
	struct rk_buf bytes;
	char hash[RK_SIGNATURE_HASH_LEN + 1]; /* SHA-256, hex */
	enum rk_part_state state;
};

/* Zero it first. */
struct rk_parts {
	struct rk_part **rows;
	unsigned count;
	size_t total; /* bytes */
	struct rk_buf variables; /* the .env file; empty when there is none */
};

/* Reads the folder by the rules of `roomkey dev`: .twilioserverlessrc, functions/ or src/, assets/ or static/; the settings
 * of conf (RK_CONF_DEV) are those of flags, and win. A file that would be left out there is refused here:
 * RK_REFUSED with the code of the rule. RK_NOT_FOUND, RK_TOO_LARGE. */
RK_CHECKED enum rk_err rk_parts_read(
    const char *dir, const char *functions, const char *assets, const char *env, struct rk_parts *ret_parts, struct rk_why *why);
void rk_parts_done(struct rk_parts *parts);

/* "public", "protected", "private". */
const char *rk_parts_visibility(enum rk_visibility visibility);

/* NULL when there is none. */
struct rk_part *rk_parts_get(const struct rk_parts *parts, bool is_asset, struct rk_str path);

#endif
