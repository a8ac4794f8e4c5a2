#include "worker/engine.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/err.h"
#include "base/json.h"
#include "base/secret.h"
#include "worker/syntax.h"

#define FACTS_MAX (64u * RK_MB)
#define PROBLEM_LINE_MAX 200
#define READY_ROOM (4 * RK_MB - 64 * RK_KB) /* problems past this are left out of READY */

/* boot.S; main.js as one script and the libraries, ASCII, a NUL after each (js/build.mjs). */
extern const char rk_boot_js[], rk_boot_js_end[];

/* ---- the facts of the deployment, as JSON ---------------------------------------- */

static void
put_member(struct rk_buf *out, const char *name, struct rk_str value)
{
	rk_buf_printf(out, "\"%s\":", name);
	rk_json_put_string(out, value);
}

static void
put_variables(struct rk_buf *out, const struct rk_bundle *bundle)
{
	rk_buf_lit(out, "\"variables\":{");
	for (uint32_t i = 0; i < bundle->variable_count; i++) {
		if (i > 0)
			rk_buf_put_c(out, ',');
		rk_json_put_string(out, bundle->variables[i].name);
		rk_buf_put_c(out, ':');
		rk_json_put_string(out, bundle->variables[i].value);
	}
	rk_buf_put_c(out, '}');
}

static void
put_functions(struct rk_buf *out, const struct rk_bundle *bundle)
{
	static const char *const names[] = { "public", "protected", "private" };

	rk_buf_lit(out, ",\"functions\":[");
	for (uint32_t i = 0; i < bundle->function_count; i++) {
		const struct rk_bundle_function *f = &bundle->functions[i];

		rk_buf_put(out, i > 0 ? RK_STR(",{") : RK_STR("{"));
		put_member(out, "path", f->path);
		rk_buf_put_c(out, ',');
		put_member(out, "file", f->file);
		rk_buf_printf(out, ",\"visibility\":\"%s\"}",
		    names[f->visibility <= RK_PRIVATE ? f->visibility : RK_PRIVATE]);
	}
	rk_buf_put_c(out, ']');
}

static void
put_assets(struct rk_buf *out, const struct rk_bundle *bundle)
{
	rk_buf_lit(out, ",\"assets\":[");
	for (uint32_t i = 0; i < bundle->asset_count; i++) {
		rk_buf_put(out, i > 0 ? RK_STR(",{") : RK_STR("{"));
		put_member(out, "path", bundle->assets[i].path);
		rk_buf_put_c(out, ',');
		put_member(out, "file", bundle->assets[i].file);
		rk_buf_put_c(out, '}');
	}
	rk_buf_put_c(out, ']');
}

/* Under `roomkey dev` a deployment has no service. */
static void
put_settings(struct rk_buf *out, const struct rk_engine *engine)
{
	const struct rk_conf *conf = engine->conf;

	rk_buf_printf(out, ",\"settings\":{\"dev\":%s,\"quoted\":%s,\"strict\":%s,\"detailed\":%s,",
	    engine->bundle->service_sid.n == 0 ? "true" : "false", conf->json_string ? "true" : "false",
	    conf->cloud_strict ? "true" : "false", conf->detailed_logs ? "true" : "false");
	put_member(out, "serviceSid", engine->bundle->service_sid);
	rk_buf_put_c(out, ',');
	put_member(out, "environmentSid", engine->bundle->environment_sid);
	rk_buf_put_c(out, '}');
}

/* Parsed by each slot: JSON makes own members of any name, in order, whatever a prototype says. */
static enum rk_err
write_facts(struct rk_engine *engine)
{
	struct rk_buf out RK_AUTO(rk_buf_wipe) = RK_BUF(FACTS_MAX);

	rk_buf_put_c(&out, '{');
	put_variables(&out, engine->bundle);
	put_functions(&out, engine->bundle);
	put_assets(&out, engine->bundle);
	put_settings(&out, engine);
	rk_buf_put_c(&out, '}');
	if (rk_buf_end(&out))
		return rk_buf_end(&out);
	engine->facts = rk_text_new(rk_buf_str(&out));
	return engine->facts ? RK_OK : RK_NOMEM;
}

/* ---- the beginning and the end ----------------------------------------------------- */

static enum rk_err
parse_boot(struct rk_engine *engine, const char *text, struct rk_why *why)
{
	size_t n = strlen(text ? text : rk_boot_js);
	JSStringRef url = rk_text_new(RK_STR("roomkey")), message = NULL;
	char words[256] = "";
	int line = 0;

	if (!url)
		return RK_NOMEM;
	engine->boot = JSScriptCreateReferencingImmortalASCIIText(
	    engine->group, url, 1, text ? text : rk_boot_js, n, &message, &line);
	JSStringRelease(url);
	if (message) {
		JSStringGetUTF8CString(message, words, sizeof(words));
		JSStringRelease(message);
	}
	if (engine->boot)
		return RK_OK;
	return rk_why(why, RK_INTERNAL, "RK-330", "Build the program again.",
	    "The JavaScript within this program does not parse: %s (line %d).", words, line);
}

struct rk_str
rk_engine_library(uint32_t number)
{
	struct rk_str left = rk_str_n(rk_boot_js, (size_t)(rk_boot_js_end - rk_boot_js)), text;

	(void)rk_str_take(&left, '\0');
	do
		text = rk_str_take(&left, '\0');
	while (number-- > 0);
	return text;
}

static enum rk_err
parse_functions(struct rk_engine *engine)
{
	const struct rk_bundle *bundle = engine->bundle;
	struct rk_syntax_fault fault;
	enum rk_err err;

	engine->scripts = calloc(bundle->function_count + 1, sizeof(JSScriptRef));
	if (!engine->scripts)
		return RK_NOMEM;
	for (uint32_t i = 0; i < bundle->function_count; i++) {
		err = rk_syntax_parse(engine->group, bundle->functions[i].file, bundle->functions[i].source,
		    &engine->scripts[i], &fault);
		if (err == RK_NOMEM)
			return err;
	}
	return RK_OK;
}

enum rk_err
rk_engine_warm(struct rk_engine *engine, const struct rk_conf *conf, const char *boot, struct rk_why *why)
{
	static const struct rk_bundle none;
	enum rk_err err;

	*engine = (struct rk_engine){ .conf = conf, .bundle = &none };
	engine->group = JSContextGroupCreate();
	err = parse_boot(engine, boot, why);
	if (!err)
		err = write_facts(engine);
	if (err)
		rk_engine_done(engine);
	return err;
}

enum rk_err
rk_engine_load(struct rk_engine *engine, const struct rk_bundle *bundle)
{
	enum rk_err err;

	engine->bundle = bundle;
	engine->mint.bundle = bundle;
	err = parse_functions(engine);
	if (!err) {
		JSStringRelease(engine->facts);
		engine->facts = NULL;
		err = write_facts(engine);
	}
	if (!err)
		err = rk_mask_init(&engine->mask, bundle);
	if (err)
		rk_engine_done(engine);
	return err;
}

void
rk_engine_done(struct rk_engine *engine)
{
	for (uint32_t i = 0; engine->scripts && i < engine->bundle->function_count; i++)
		if (engine->scripts[i])
			JSScriptRelease(engine->scripts[i]);
	free(engine->scripts);
	if (engine->boot)
		JSScriptRelease(engine->boot);
	if (engine->facts)
		JSStringRelease(engine->facts);
	rk_mint_done(&engine->mint);
	rk_mask_done(&engine->mask);
	if (engine->group)
		JSContextGroupRelease(engine->group);
	*engine = (struct rk_engine){ 0 };
}

/* ---- the files ----------------------------------------------------------------------- */

uint32_t
rk_engine_file_count(const struct rk_engine *engine)
{
	return engine->bundle->function_count + engine->bundle->asset_count;
}

static struct rk_str
file_name(const struct rk_engine *engine, uint32_t index)
{
	const struct rk_bundle *bundle = engine->bundle;

	return index < bundle->function_count ? bundle->functions[index].file
					      : bundle->assets[index - bundle->function_count].file;
}

struct rk_str
rk_engine_file_bytes(const struct rk_engine *engine, uint32_t index)
{
	const struct rk_bundle *bundle = engine->bundle;

	return index < bundle->function_count ? bundle->functions[index].source
					      : bundle->assets[index - bundle->function_count].content;
}

/* ---- what does not parse ------------------------------------------------------------ */

/* Parses a file: a function again that failed before (faults are rare and not kept), an asset that is required.
 * RK_OK: the script is the caller's to release. */
static enum rk_err
parse_file(
    struct rk_engine *engine, uint32_t index, JSScriptRef *ret_script, struct rk_syntax_fault *ret_fault)
{
	enum rk_err err = rk_syntax_parse(engine->group, file_name(engine, index),
	    rk_engine_file_bytes(engine, index), ret_script, ret_fault);

	if (err && err != RK_INVALID)
		*ret_fault = (struct rk_syntax_fault){ .message = "The source is too large" };
	return err;
}

static bool
find_fault(struct rk_engine *engine, uint32_t index, struct rk_syntax_fault *ret_fault)
{
	JSScriptRef script = NULL;
	enum rk_err err = parse_file(engine, index, &script, ret_fault);

	if (err == RK_OK)
		JSScriptRelease(script);
	return err != RK_OK;
}

static void
put_problem(struct rk_buf *out, uint32_t index, const struct rk_syntax_fault *fault)
{
	struct rk_problem problem = { .function = index,
		.kind = RK_STR("SyntaxError"),
		.message = rk_str(fault->message),
		.line = fault->line,
		.column = fault->column,
		.source = rk_str_sub(fault->source, 0, PROBLEM_LINE_MAX) };

	rk_problem_put(out, &problem);
}

void
rk_engine_put_ready(struct rk_engine *engine, struct rk_buf *out)
{
	struct rk_buf problems RK_AUTO(rk_buf_free) = RK_BUF(READY_ROOM);
	struct rk_syntax_fault fault;
	uint32_t count = 0;

	for (uint32_t i = 0; i < engine->bundle->function_count; i++) {
		size_t before = problems.n;

		if (engine->scripts[i] || !find_fault(engine, i, &fault))
			continue;
		put_problem(&problems, i, &fault);
		if (rk_buf_end(&problems)) {
			problems.n = before;
			break;
		}
		count++;
	}
	rk_msg_put_u32(out, engine->bundle->generation);
	rk_msg_put_u32(out, count);
	rk_buf_put(out, rk_buf_str(&problems));
}

/* ---- compiling in a slot --------------------------------------------------------------- */

/* The engine's own way to a SyntaxError of this realm: parse something that is none; then our words. */
static void
throw_fault(JSContextRef ctx, struct rk_str file, const struct rk_syntax_fault *fault, JSValueRef *exception)
{
	struct rk_buf words RK_AUTO(rk_buf_free) = RK_BUF(4 * RK_KB);
	JSStringRef bad = rk_text_new(RK_STR(")")), name = rk_text_new(RK_STR("message"));

	rk_buf_printf(&words, "%.*s:%u", RK_FMT(file), fault->line);
	if (fault->column > 0)
		rk_buf_printf(&words, ":%u", fault->column);
	rk_buf_printf(&words, ": %s", fault->message);
	if (bad && name && !JSCheckScriptSyntax(ctx, bad, NULL, 1, exception) &&
	    JSValueIsObject(ctx, *exception))
		JSObjectSetProperty(ctx, (JSObjectRef)*exception, name,
		    rk_text_value(ctx, rk_buf_str(&words)), kJSPropertyAttributeDontEnum, NULL);
	if (bad)
		JSStringRelease(bad);
	if (name)
		JSStringRelease(name);
}

JSValueRef
rk_engine_compile(struct rk_engine *engine, JSContextRef ctx, uint32_t index, JSValueRef *exception)
{
	bool is_function = index < engine->bundle->function_count;
	JSScriptRef script = is_function ? engine->scripts[index] : NULL, own = NULL;
	struct rk_syntax_fault fault;
	JSValueRef wrapper;

	if (!script && parse_file(engine, index, &own, &fault)) {
		throw_fault(ctx, file_name(engine, index), &fault, exception);
		return NULL;
	}
	wrapper = JSScriptEvaluate(ctx, script ? script : own, NULL, exception);
	if (own)
		JSScriptRelease(own);
	return wrapper && JSValueIsObject(ctx, wrapper) ? wrapper : NULL;
}
