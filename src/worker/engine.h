/*
 * engine.h - the one VM of a worker, and what all its slots share: the deployment, the parsed
 * functions, the JavaScript of ours.
 */
#ifndef RK_WORKER_ENGINE_H
#define RK_WORKER_ENGINE_H

#include "base/conf.h"
#include "wire/bundle.h"
#include "worker/jsc.h"
#include "worker/mint.h"
#include "worker/text.h"

struct rk_engine {
	const struct rk_conf *conf; /* the owner's, like the bundle */
	const struct rk_bundle *bundle;
	JSContextGroupRef group;
	JSScriptRef boot;     /* evaluates to the exports of src/worker/js/main.js */
	JSScriptRef *scripts; /* one a function; NULL when it does not parse */
	JSStringRef facts;    /* JSON of native.variables, .functions and .settings */
	struct rk_text_kept kept;
	struct rk_mint mint;
};

/*
 * Makes the VM and parses every function. boot is ASCII text that outlives the process's VM; NULL stands for
 * the JavaScript that is embedded in the executable. A function that does not parse is no error here.
 */
RK_CHECKED enum rk_err rk_engine_init(struct rk_engine *engine, const struct rk_conf *conf,
    const struct rk_bundle *bundle, const char *boot, struct rk_why *why);
/* After the last slot. */
void rk_engine_done(struct rk_engine *engine);

/* The payload of READY: the generation, and a problem for each function that does not parse. */
void rk_engine_put_ready(struct rk_engine *engine, struct rk_buf *out);

/* The CommonJS wrapper of a function, in this context. NULL with a SyntaxError that says file, line and
 * column in *exception. */
JSValueRef rk_engine_compile(
    struct rk_engine *engine, JSContextRef ctx, uint32_t index, JSValueRef *exception);

#endif
