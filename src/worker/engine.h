/*
 * engine.h - the one VM of a worker, and what all its slots share: the deployment, the parsed
 * functions, the JavaScript of ours.
 */
#ifndef RK_WORKER_ENGINE_H
#define RK_WORKER_ENGINE_H

#include "base/conf.h"
#include "wire/bundle.h"
#include "worker/jsc.h"
#include "worker/mask.h"
#include "worker/mint.h"
#include "worker/text.h"

struct rk_engine {
	const struct rk_conf *conf; /* the owner's, like the bundle */
	const struct rk_bundle *bundle;
	JSContextGroupRef group;
	JSScriptRef boot;     /* evaluates to the exports of src/worker/js/main.js */
	JSScriptRef *scripts; /* one a function; NULL when it does not parse */
	JSStringRef facts;    /* JSON of native.variables, .functions, .assets and .settings */
	struct rk_text_kept kept;
	struct rk_mint mint;
	struct rk_mask mask;
};

/*
 * Makes the VM, without a deployment yet: a slot made now sees no function and no variable. boot is ASCII
 * text that outlives the process's VM; NULL stands for the JavaScript that is embedded in the executable.
 */
RK_CHECKED enum rk_err rk_engine_warm(
    struct rk_engine *engine, const struct rk_conf *conf, const char *boot, struct rk_why *why);
/* Parses every function, for slots made from now on. A function that does not parse is no error here. */
RK_CHECKED enum rk_err rk_engine_load(struct rk_engine *engine, const struct rk_bundle *bundle);
/* After the last slot. */
void rk_engine_done(struct rk_engine *engine);

/* The payload of READY: the generation, and a problem for each function that does not parse. */
void rk_engine_put_ready(struct rk_engine *engine, struct rk_buf *out);

/* A text of src/worker/js/libraries.js; empty when there is none by that number. */
struct rk_str rk_engine_library(uint32_t number);

/* The files of a deployment by number: its functions, then its private assets. */
uint32_t rk_engine_file_count(const struct rk_engine *engine);
struct rk_str rk_engine_file_bytes(const struct rk_engine *engine, uint32_t index);

/* The CommonJS wrapper of a file, in this context. NULL with a SyntaxError that says file, line and column in
 * *exception. */
JSValueRef rk_engine_compile(
    struct rk_engine *engine, JSContextRef ctx, uint32_t index, JSValueRef *exception);

#endif
