#include "worker/slot.h"

#include <math.h>
#include <stdlib.h>
#include <uv.h>

#include "base/auto.h"
#include "base/err.h"
#include "base/str.h"
#include "worker/native.h"

/* All slots of the process: JavaScript calls C with a context and nothing else. */
static struct rk_slot *slots;

struct rk_slot *
rk_slot_of(JSContextRef ctx)
{
	JSGlobalContextRef global = JSContextGetGlobalContext(ctx);

	for (struct rk_slot *slot = slots; slot; slot = slot->next)
		if (slot->ctx == global)
			return slot;
	return NULL;
}

double
rk_slot_now(void)
{
	return (double)uv_hrtime() / 1e6;
}

/* ---- the beginning -------------------------------------------------------------------- */

static JSValueRef
member(JSContextRef ctx, JSValueRef object, const char *name)
{
	JSStringRef key = rk_text_new(rk_str(name));
	JSValueRef value = NULL;

	if (key && object && JSValueIsObject(ctx, object))
		value = JSObjectGetProperty(ctx, (JSObjectRef)object, key, NULL);
	if (key)
		JSStringRelease(key);
	return value;
}

/* A hook, kept from the collector; NULL when it is no function. */
static JSObjectRef
hook(struct rk_slot *slot, JSValueRef hooks, const char *name)
{
	JSValueRef value = member(slot->ctx, hooks, name);

	if (!value || !JSValueIsObject(slot->ctx, value) ||
	    !JSObjectIsFunction(slot->ctx, (JSObjectRef)value))
		return NULL;
	JSValueProtect(slot->ctx, value);
	return (JSObjectRef)value;
}

/* What was thrown, as text for the operator. May run JavaScript. */
static void
words_of(JSContextRef ctx, JSValueRef thrown, char *ret_words, size_t size)
{
	JSStringRef text = thrown ? JSValueToStringCopy(ctx, thrown, NULL) : NULL;

	ret_words[0] = '\0';
	if (!text)
		return;
	JSStringGetUTF8CString(text, ret_words, size);
	JSStringRelease(text);
}

static JSValueRef
run_boot(struct rk_slot *slot, JSValueRef *exception)
{
	JSObjectRef global = JSContextGetGlobalObject(slot->ctx);
	JSValueRef exports;

	slot->type_error = hook(slot, global, "TypeError");
	exports = JSScriptEvaluate(slot->ctx, slot->engine->boot, NULL, exception);
	JSValueRef start = exports ? member(slot->ctx, exports, "default") : NULL;
	JSValueRef native = rk_native_new(slot);

	if (!native || !start || !JSValueIsObject(slot->ctx, start))
		return NULL;
	return JSObjectCallAsFunction(slot->ctx, (JSObjectRef)start, NULL, 1, &native, exception);
}

static enum rk_err
boot(struct rk_slot *slot, struct rk_why *why)
{
	JSValueRef exception = NULL, hooks = run_boot(slot, &exception), rejected;
	char words[256];

	slot->invoke = hook(slot, hooks, "invoke");
	slot->wake = hook(slot, hooks, "wake");
	slot->end = hook(slot, hooks, "end");
	rejected = member(slot->ctx, hooks, "rejected");
	if (slot->invoke && slot->wake && slot->end && rejected && JSValueIsObject(slot->ctx, rejected)) {
		JSGlobalContextSetUnhandledRejectionCallback(slot->ctx, (JSObjectRef)rejected, &exception);
		return RK_OK;
	}
	words_of(slot->ctx, exception, words, sizeof(words));
	return rk_why(why, RK_INTERNAL, "RK-331", "Build the program again.",
	    "The JavaScript within this program does not start. %s", words);
}

enum rk_err
rk_slot_new(struct rk_engine *engine, struct rk_slot **ret_slot, struct rk_why *why)
{
	struct rk_slot *slot = calloc(1, sizeof(*slot));
	enum rk_err err;

	if (!slot)
		return RK_NOMEM;
	slot->engine = engine;
	slot->wake_at = INFINITY;
	slot->ctx = JSGlobalContextCreateInGroup(engine->group, NULL);
	slot->next = slots;
	slots = slot;
	err = boot(slot, why);
	if (err) {
		rk_slot_free(slot);
		return err;
	}
	*ret_slot = slot;
	return RK_OK;
}

void
rk_slot_free(struct rk_slot *slot)
{
	JSObjectRef hooks[] = { slot->invoke, slot->wake, slot->end, slot->type_error };
	struct rk_slot **at = &slots;

	while (*at != slot)
		at = &(*at)->next;
	*at = slot->next;
	for (size_t i = 0; i < sizeof(hooks) / sizeof(hooks[0]); i++)
		if (hooks[i])
			JSValueUnprotect(slot->ctx, hooks[i]);
	if (!slots)
		rk_text_kept_done(&slot->engine->kept, slot->ctx);
	JSGlobalContextRelease(slot->ctx);
	free(slot);
}

/* ---- entering JavaScript ------------------------------------------------------------------ */

static struct rk_str
content_type(const struct rk_call *call)
{
	struct rk_pairs left = call->headers;
	struct rk_str name, value;

	while (rk_pairs_take(&left, &name, &value))
		if (rk_str_is_nocase(name, RK_STR("content-type")))
			return value;
	return (struct rk_str){ NULL, 0 };
}

static bool
has_encoding(const struct rk_call *call)
{
	struct rk_pairs left = call->headers;
	struct rk_str name, value;

	while (rk_pairs_take(&left, &name, &value))
		if (rk_str_is_nocase(name, RK_STR("content-encoding")))
			return true;
	return false;
}

static JSValueRef
body_value(JSContextRef ctx, const struct rk_call *call)
{
	if (call->body.n > 0 && (has_encoding(call) || !rk_str_is_utf8(call->body)))
		return JSValueMakeUndefined(ctx);
	return rk_text_value(ctx, call->body);
}

/* A fault of ours, or of a function that broke what ours stands on. */
static void
on_thrown(struct rk_slot *slot, JSValueRef exception)
{
	struct rk_buf masked RK_AUTO(rk_buf_free) = RK_BUF(64 * RK_KB);
	char words[4096];
	struct rk_str text;

	if (slot->stopped)
		return;
	words_of(slot->ctx, exception, words, sizeof(words));
	text = rk_str(words);
	if (rk_mask_text(&slot->engine->mask, text, &masked))
		text = rk_buf_str(&masked);
	rk_error("%.*s: the worker's JavaScript threw: %.*s", RK_FMT(slot->inv->call.request_id),
	    RK_FMT(rk_str_sub(text, 0, 256)));
	rk_invocation_fail(slot->inv, RK_OUTCOME_ERROR, 500, "RK-500",
	    "Something failed inside Roomkey. See the log of the worker.");
}

void
rk_slot_invoke(struct rk_slot *slot, struct rk_invocation *inv)
{
	const struct rk_call *call = &inv->call;
	struct rk_text_kept *kept = &slot->engine->kept;
	JSContextRef ctx = slot->ctx;
	JSValueRef exception = NULL;
	JSValueRef args[] = {
		JSValueMakeNumber(ctx, call->function),
		rk_text_kept_get(kept, ctx, call->method),
		rk_text_kept_get(kept, ctx, call->path),
		call->query.n ? rk_text_value(ctx, call->query) : rk_text_kept_get(kept, ctx, call->query),
		rk_text_kept_get(kept, ctx, call->host),
		rk_text_kept_get(kept, ctx, content_type(call)),
		body_value(ctx, call),
	};

	slot->inv = inv;
	slot->wake_at = INFINITY;
	JSObjectCallAsFunction(ctx, slot->invoke, NULL, sizeof(args) / sizeof(args[0]), args, &exception);
	if (exception)
		on_thrown(slot, exception);
}

void
rk_slot_wake(struct rk_slot *slot)
{
	JSValueRef exception = NULL;

	slot->wake_at = INFINITY;
	JSObjectCallAsFunction(slot->ctx, slot->wake, NULL, 0, NULL, &exception);
	if (exception)
		on_thrown(slot, exception);
}

void
rk_slot_end(struct rk_slot *slot)
{
	JSObjectCallAsFunction(slot->ctx, slot->end, NULL, 0, NULL, NULL);
	slot->inv = NULL;
	slot->wake_at = INFINITY;
}

void
rk_slot_calm(struct rk_slot *slot)
{
	JSStringRef text = rk_text_new(RK_STR("0"));

	for (int i = 0; text && i < 3; i++)
		if (JSEvaluateScript(slot->ctx, text, NULL, NULL, 1, NULL))
			break;
	if (text)
		JSStringRelease(text);
}
