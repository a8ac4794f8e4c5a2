/*
 * bundle.h - one deployment, as bytes: what keeper seals and a worker runs.
 *
 * The bytes travel in a memfd sealed against growing, shrinking and writing;
 * the worker maps it and never sees the store or the project's folder.
 */
#ifndef RK_WIRE_BUNDLE_H
#define RK_WIRE_BUNDLE_H

#include "wire/facts.h"

#define RK_BUNDLE_MAX (256u * RK_MB)
#define RK_BUNDLE_FUNCTIONS_MAX 100000u

struct rk_bundle_function {
	struct rk_str path;         /* "/create-room-token" */
	struct rk_str file;         /* "functions/create-room-token.js", relative, '/' between */
	uint8_t visibility;         /* enum rk_visibility */
	struct rk_str source;       /* JavaScript text, UTF-8 */
};

/* A private asset: functions read it, nobody can fetch it. */
struct rk_bundle_asset {
	struct rk_str path;         /* "/data.json" */
	struct rk_str file;         /* "assets/data.private.json" */
	struct rk_str content;      /* its bytes, whatever they are */
	uint64_t mtime_ms;          /* since 1970 */
};

struct rk_bundle_variable {
	struct rk_str name, value;  /* value is a secret: never logged */
};

/* How a key stands that the platform knows. */
enum rk_bundle_key_state { RK_BUNDLE_KEY_GOOD, RK_BUNDLE_KEY_DISABLED, RK_BUNDLE_KEY_REMOVED };

#define RK_BUNDLE_VERIFIER_SIZE 32u

/*
 * An API key of the account: what tells its secret from another without holding it. verifier is
 * HMAC-SHA256(verifier key, secret), and the verifier key is made anew for each bundle.
 */
struct rk_bundle_key {
	struct rk_str sid, friendly_name;
	struct rk_str verifier;     /* RK_BUNDLE_VERIFIER_SIZE bytes */
	uint8_t state;              /* enum rk_bundle_key_state */
};

/* A bundle that was read; every view borrows from its bytes. */
struct rk_bundle {
	uint32_t generation;
	struct rk_str service_sid, environment_sid;   /* empty under `roomkey dev` */
	struct rk_str verifier_key;                   /* RK_BUNDLE_VERIFIER_SIZE bytes; empty when there are no keys */
	uint32_t key_count, variable_count, function_count, asset_count;
	struct rk_bundle_key *keys;
	struct rk_bundle_variable *variables;         /* in the file's order */
	struct rk_bundle_function *functions;
	struct rk_bundle_asset *assets;               /* by path */
};

/* Writing: the head of it (all but the arrays), then exactly the announced keys, variables, functions, assets. */
void rk_bundle_put_head(struct rk_buf *out, const struct rk_bundle *head);
void rk_bundle_put_key(struct rk_buf *out, const struct rk_bundle_key *key);
void rk_bundle_put_variable(struct rk_buf *out, struct rk_str name, struct rk_str value);
void rk_bundle_put_function(struct rk_buf *out, const struct rk_bundle_function *f);
void rk_bundle_put_asset(struct rk_buf *out, const struct rk_bundle_asset *a);

/* Reading: RK_INVALID for anything that is not whole. Free with rk_bundle_done. */
RK_CHECKED enum rk_err rk_bundle_parse(struct rk_str bytes, struct rk_bundle *ret_bundle);
void rk_bundle_done(struct rk_bundle *b);

/* A sealed memfd holding the bytes (MFD_CLOEXEC), and the map of one that was
 * received: refused unless it is sealed against write, grow and shrink. */
RK_CHECKED enum rk_err rk_bundle_seal(struct rk_str bytes, int *ret_fd);
RK_CHECKED enum rk_err rk_bundle_map(int fd, struct rk_str *ret_bytes);

#endif
