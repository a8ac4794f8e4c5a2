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

/* A bundle that was read; every view borrows from its bytes. */
struct rk_bundle {
	uint32_t generation;
	struct rk_str service_sid, environment_sid;   /* empty under `roomkey dev` */
	uint32_t variable_count, function_count, asset_count;
	struct rk_bundle_variable *variables;         /* in the file's order */
	struct rk_bundle_function *functions;
	struct rk_bundle_asset *assets;               /* by path */
};

/* Writing: head, then exactly the announced variables, then the functions, then the assets. */
void rk_bundle_put_head(struct rk_buf *out, uint32_t generation, struct rk_str service_sid,
    struct rk_str environment_sid, uint32_t variable_count, uint32_t function_count, uint32_t asset_count);
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
