#include "worker/native.h"

#include <math.h>
#include <sys/random.h>

#include "base/auto.h"
#include "base/clock.h"
#include "base/err.h"
#include "worker/slot.h"

#define MINT_MAX (8 * RK_MB)
#define RANDOM_MAX (1 * RK_MB)
#define MAX_SAFE 9007199254740992.0 /* integers up to here are exact */
#define HEADERS_AT_ONCE 64
#define MASK_MAX (4 * RK_MB)

/* What JavaScriptCore passes to each function of the table at the end. */
struct call {
	JSContextRef ctx;
	struct rk_slot *slot;
	size_t argc;
	const JSValueRef *argv;
	JSValueRef *exception;
};

/* Arguments come from JavaScript of ours; still nothing here calls a method or a getter of a value. */

/* ---- arguments and results -------------------------------------------------------- */

/* NULL unless the argument is a string; the caller's to release. */
static JSStringRef
take_string(const struct call *c, size_t i)
{
	if (i >= c->argc || !JSValueIsString(c->ctx, c->argv[i]))
		return NULL;
	return JSValueToStringCopy(c->ctx, c->argv[i], c->exception);
}

static void
auto_string(JSStringRef *s)
{
	if (*s)
		JSStringRelease(*s);
}

/* NAN unless the argument is a number. */
static double
get_number(const struct call *c, size_t i)
{
	if (i >= c->argc || !JSValueIsNumber(c->ctx, c->argv[i]))
		return NAN;
	return JSValueToNumber(c->ctx, c->argv[i], NULL);
}

/* The bytes of a Uint8Array, valid until JavaScript runs again. */
static bool
get_bytes(const struct call *c, size_t i, struct rk_str *ret_bytes)
{
	JSObjectRef array;
	const char *base;

	if (i >= c->argc || JSValueGetTypedArrayType(c->ctx, c->argv[i], NULL) != kJSTypedArrayTypeUint8Array)
		return false;
	array = (JSObjectRef)c->argv[i];
	base = JSObjectGetTypedArrayBytesPtr(c->ctx, array, NULL);
	*ret_bytes = (struct rk_str){ NULL, 0 };
	if (base)
		*ret_bytes = rk_str_n(base + JSObjectGetTypedArrayByteOffset(c->ctx, array, NULL),
		    JSObjectGetTypedArrayByteLength(c->ctx, array, NULL));
	return true;
}

static JSValueRef
throw_error(const struct call *c, struct rk_str message)
{
	JSValueRef text = rk_text_value(c->ctx, message);

	*c->exception = JSObjectMakeError(c->ctx, 1, &text, NULL);
	return NULL;
}

static JSValueRef
throw_type_error(const struct call *c, struct rk_str message)
{
	JSValueRef text = rk_text_value(c->ctx, message);
	JSObjectRef error = JSObjectCallAsConstructor(c->ctx, c->slot->type_error, 1, &text, c->exception);

	if (error)
		*c->exception = error;
	return NULL;
}

/* A new Uint8Array of n bytes and where they are; NULL with an exception. */
static JSObjectRef
new_bytes(const struct call *c, size_t n, void **ret_p)
{
	JSObjectRef array = JSObjectMakeTypedArray(c->ctx, kJSTypedArrayTypeUint8Array, n, c->exception);

	if (array)
		*ret_p = JSObjectGetTypedArrayBytesPtr(c->ctx, array, c->exception);
	return array;
}

static JSValueRef
bytes_value(const struct call *c, struct rk_str bytes)
{
	void *p = NULL;
	JSObjectRef array = new_bytes(c, bytes.n, &p);

	if (array && p && bytes.n > 0)
		memcpy(p, bytes.p, bytes.n);
	return array;
}

/* Header values are bytes; as in Node.js each is one unit. */
static JSValueRef
latin1_value(JSContextRef ctx, struct rk_str s)
{
	JSChar small[512];
	JSChar *big RK_AUTO(rk_auto_free) = NULL;
	JSChar *units = small;
	JSStringRef text;
	JSValueRef value;

	if (s.n > sizeof(small) / sizeof(small[0]))
		units = big = malloc(s.n * sizeof(*big));
	if (!units)
		return JSValueMakeUndefined(ctx);
	for (size_t i = 0; i < s.n; i++)
		units[i] = (unsigned char)s.p[i];
	text = JSStringCreateWithCharacters(units, s.n);
	value = JSValueMakeString(ctx, text);
	JSStringRelease(text);
	return value;
}

/* ---- the surface -------------------------------------------------------------------- */

/* False unless the first argument is the number of a file. */
static bool
get_file(const struct call *c, uint32_t *ret_index)
{
	double index = get_number(c, 0);

	if (!(index >= 0) || index >= rk_engine_file_count(c->slot->engine) || index != floor(index))
		return false;
	*ret_index = (uint32_t)index;
	return true;
}

static JSValueRef
native_compile(const struct call *c)
{
	uint32_t index;

	if (!get_file(c, &index))
		return throw_error(c, RK_STR("there is no file by that number"));
	return rk_engine_compile(c->slot->engine, c->ctx, index, c->exception);
}

static JSValueRef
native_content(const struct call *c)
{
	uint32_t index;

	if (!get_file(c, &index))
		return throw_error(c, RK_STR("there is no file by that number"));
	return bytes_value(c, rk_engine_file_bytes(c->slot->engine, index));
}

static JSValueRef
native_library(const struct call *c)
{
	double number = get_number(c, 0);

	if (!(number >= 0) || number > UINT16_MAX)
		return throw_error(c, RK_STR("there is no library by that number"));
	return rk_text_value(c->ctx, rk_engine_library((uint32_t)number));
}

static JSValueRef
native_mask(const struct call *c)
{
	JSStringRef text RK_AUTO(auto_string) = take_string(c, 0);
	struct rk_buf plain RK_AUTO(rk_buf_wipe) = RK_BUF(MASK_MAX),
			    masked RK_AUTO(rk_buf_free) = RK_BUF(MASK_MAX);

	if (!text)
		return NULL;
	rk_text_put_js(&plain, text, RK_TEXT_WTF8);
	if (rk_buf_end(&plain))
		return rk_text_value(c->ctx, RK_STR("[too long to be shown]"));
	if (!rk_mask_text(&c->slot->engine->mask, rk_buf_str(&plain), &masked))
		return c->argv[0];
	return rk_text_value(
	    c->ctx, rk_buf_end(&masked) ? RK_STR("[too long to be shown]") : rk_buf_str(&masked));
}

/* What goes into the function's log is masked before it is cut: else half a secret could stay at the cut. */
static void
log_masked(struct rk_slot *slot, enum rk_log_level level, struct rk_str text)
{
	struct rk_buf masked RK_AUTO(rk_buf_free) = RK_BUF(MASK_MAX);

	if (!slot->inv)
		return;
	if (rk_mask_text(&slot->engine->mask, text, &masked))
		text = rk_buf_end(&masked) ? RK_STR("[too long to be shown]") : rk_buf_str(&masked);
	rk_invocation_log(slot->inv, level, text);
}

/* A line that is far too long is not turned into UTF-16 as a whole; what can hide a secret at the cut is. */
static void
put_line(struct rk_buf *out, JSStringRef text, size_t longest)
{
	size_t room = RK_INVOCATION_LINE_MAX +
		      (longest < RK_INVOCATION_LINE_MAX ? longest : RK_INVOCATION_LINE_MAX) + 16,
	       n;

	if (JSStringGetLength(text) <= RK_INVOCATION_LINE_MAX) {
		rk_text_put_js(out, text, RK_TEXT_UTF8);
	} else if (rk_buf_reserve(out, room)) {
		n = JSStringGetUTF8CString(text, out->p, room);
		out->n = n > 0 ? n - 1 : 0;
	}
}

static JSValueRef
native_log(const struct call *c)
{
	struct rk_buf line RK_AUTO(rk_buf_free) = RK_BUF(4 * RK_INVOCATION_LINE_MAX);
	JSStringRef text RK_AUTO(auto_string) = take_string(c, 1);
	double level = get_number(c, 0);

	if (!text || !c->slot->inv)
		return NULL;
	put_line(&line, text, c->slot->engine->mask.longest);
	log_masked(c->slot, level >= RK_LOG_ERROR && level <= RK_LOG_DEBUG ? (int)level : RK_LOG_INFO,
	    rk_buf_str(&line));
	return NULL;
}

/* A lint's warning goes to the function's log. */
static void
on_warning(const struct rk_lint_finding *f, void *arg)
{
	struct rk_slot *slot = arg;
	struct rk_buf line RK_AUTO(rk_buf_free) = RK_BUF(2 * RK_KB);

	rk_buf_printf(&line, "%s %s (%s: %s)", f->what, f->todo, f->argument, f->code);
	log_masked(slot, RK_LOG_WARN, rk_buf_str(&line));
}

enum { KEY, IDENTITY, TTL, NBF, GRANTS }; /* of mint() */
#define KEY_ARGS 5                        /* of key(): all of them strings */

/* Strings among the arguments, one after the other in one buffer; views are taken when it grows no more. */
static bool
put_strings(const struct call *c, const unsigned places[], size_t count, struct rk_buf *all,
    struct rk_str ret_views[])
{
	size_t ends[KEY_ARGS], at = 0;
	bool is_there[KEY_ARGS];

	if (!rk_buf_reserve(all, RK_KB))
		return false;
	for (size_t i = 0; i < count; i++) {
		JSStringRef text RK_AUTO(auto_string) = take_string(c, places[i]);

		is_there[i] = text != NULL;
		if (text && JSStringGetLength(text) <= MINT_MAX)
			rk_text_put_js(all, text, RK_TEXT_WTF8);
		else if (text)
			all->bad = RK_TOO_LARGE;
		ends[i] = all->n;
	}
	for (size_t i = 0; i < count; at = ends[i++])
		ret_views[i] = is_there[i] ? rk_str_n(all->p + at, ends[i] - at) : (struct rk_str){ NULL, 0 };
	return rk_buf_end(all) == RK_OK;
}

/* False for a lifetime that no number of seconds expresses. */
static bool
fill_times(const struct call *c, struct rk_access_claims *claims)
{
	double ttl =
	    TTL < c->argc && JSValueIsNumber(c->ctx, c->argv[TTL]) ? get_number(c, TTL) : RK_ACCESS_TTL;

	claims->nbf = get_number(c, NBF);
	claims->has_nbf = isfinite(claims->nbf);
	claims->now = rk_clock_unix_ms() / 1000;
	claims->ttl = isfinite(ttl) && fabs(ttl) <= MAX_SAFE ? (int64_t)ttl : 0;
	claims->is_zero_ttl = claims->ttl == 0;
	return isfinite(ttl) && fabs(ttl) <= MAX_SAFE && ttl == floor(ttl);
}

static JSValueRef
throw_refusal(const struct call *c, const struct rk_why *why)
{
	struct rk_buf words RK_AUTO(rk_buf_free) = RK_BUF(2 * RK_KB);

	rk_buf_put(&words, rk_str(why->what));
	if (why->todo[0])
		rk_buf_printf(&words, " %s (%s)", why->todo, why->code);
	return throw_error(c, rk_buf_str(&words));
}

static JSValueRef
native_key(const struct call *c)
{
	static const unsigned places[KEY_ARGS] = { 0, 1, 2, 3, 4 };
	struct rk_buf all RK_AUTO(rk_buf_wipe) = RK_BUF(MINT_MAX);
	struct rk_str args[KEY_ARGS];
	struct rk_why why = { 0 };
	uint32_t handle;

	if (!put_strings(c, places, KEY_ARGS, &all, args))
		return throw_error(c, RK_STR("The token's arguments are too large."));
	struct rk_mint_key from = { args[0], args[1], args[2], args[3], args[4] };
	if (rk_mint_get_key(&c->slot->engine->mint, &from, &handle, &why))
		return throw_refusal(c, &why);
	return JSValueMakeNumber(c->ctx, handle);
}

static JSValueRef
native_mint(const struct call *c)
{
	static const unsigned places[] = { IDENTITY, GRANTS };
	struct rk_buf all RK_AUTO(rk_buf_free) = RK_BUF(MINT_MAX),
			  token RK_AUTO(rk_buf_free) = RK_BUF(2 * MINT_MAX);
	struct rk_slot *slot = c->slot;
	double key = get_number(c, KEY);
	struct rk_mint_order order = { .key = key >= 1 && key <= UINT32_MAX ? (uint32_t)key : 0,
		.claims = RK_ACCESS_CLAIMS,
		.level = (enum rk_lint_level)slot->engine->conf->token_lint,
		.function = slot->inv ? slot->inv->call.function : UINT32_MAX,
		.warn = on_warning,
		.arg = slot };
	struct rk_str args[2];
	struct rk_why why = { 0 };

	if (!put_strings(c, places, 2, &all, args))
		return throw_error(c, RK_STR("The token's arguments are too large."));
	if (!fill_times(c, &order.claims))
		return throw_error(c,
		    RK_STR("\"expiresIn\" should be a number of seconds or string representing a timespan"));
	order.claims.identity = args[0];
	order.claims.grants = args[1];
	enum rk_err err = rk_mint_token(&slot->engine->mint, &order, &token, &why);
	if (err == RK_GONE)
		return NULL;
	return err ? throw_refusal(c, &why) : rk_text_value(c->ctx, rk_buf_str(&token));
}

static void
fill_status(const struct call *c, struct rk_invocation_reply *reply)
{
	double outcome = get_number(c, 0), status = get_number(c, 1);

	reply->outcome = outcome >= RK_OUTCOME_ANSWER && outcome <= RK_OUTCOME_INVALID
			     ? (enum rk_outcome)outcome
			     : RK_OUTCOME_INVALID;
	reply->status = status >= 100 && status <= 999 && status == floor(status) ? (uint16_t)status : 0;
}

static JSValueRef
native_request_id(const struct call *c)
{
	return c->slot->inv ? rk_text_value(c->ctx, c->slot->inv->call.request_id) : NULL;
}

static JSValueRef
native_answer(const struct call *c)
{
	struct rk_invocation *inv = c->slot->inv;
	size_t max = (size_t)c->slot->engine->conf->reply_max;
	struct rk_invocation_reply reply = { 0 };

	if (!inv || inv->answered)
		return NULL;
	inv->closed = true;
	JSStringRef fields RK_AUTO(auto_string) = take_string(c, 2),
			   text RK_AUTO(auto_string) = take_string(c, 3);

	fill_status(c, &reply);
	if (fields && JSStringGetLength(fields) > max) {
		reply.status = 0;
	} else if (fields) {
		reply.fields = JSStringGetCharactersPtr(fields);
		reply.fields_n = JSStringGetLength(fields);
	}
	if (text && JSStringGetLength(text) > max) {
		/* Not turned into UTF-16 only to be refused: its length says enough. */
		reply.bytes.n = JSStringGetLength(text);
	} else if (text) {
		reply.text = JSStringGetCharactersPtr(text);
		reply.text_n = JSStringGetLength(text);
	} else {
		(void)get_bytes(c, 3, &reply.bytes);
	}
	rk_invocation_answer(inv, &reply, max);
	return NULL;
}

/* All at once, for writing [0] could run a setter that a function put on Array.prototype. The values stand on the
 * stack, where the collector sees them; the gateway refuses heads of more fields. */
/* Names come again and again, and are kept; the array is made of all at once. */
static JSValueRef
native_headers(const struct call *c)
{
	struct rk_pairs left = { 0 };
	struct rk_str name, value;
	JSValueRef values[2 * HEADERS_AT_ONCE];
	JSObjectRef array;
	unsigned n = 0;

	if (c->slot->inv)
		left = c->slot->inv->call.headers;
	while (n < 2 * HEADERS_AT_ONCE && rk_pairs_take(&left, &name, &value)) {
		values[n++] = rk_text_kept_get(&c->slot->engine->kept, c->ctx, name);
		values[n++] = latin1_value(c->ctx, value);
	}
	array = JSObjectMakeArray(c->ctx, n, values, c->exception);
	while (array && rk_pairs_take(&left, &name, &value)) {
		JSObjectSetPropertyAtIndex(c->ctx, array, n++, latin1_value(c->ctx, name), NULL);
		JSObjectSetPropertyAtIndex(c->ctx, array, n++, latin1_value(c->ctx, value), NULL);
	}
	return array;
}

static JSValueRef
native_body_bytes(const struct call *c)
{
	return bytes_value(c, c->slot->inv ? c->slot->inv->call.body : (struct rk_str){ NULL, 0 });
}

static JSValueRef
native_wake_at(const struct call *c)
{
	double at = get_number(c, 0);

	c->slot->wake_at = isnan(at) ? INFINITY : at;
	return NULL;
}

static JSValueRef
native_now(const struct call *c)
{
	return JSValueMakeNumber(c->ctx, rk_slot_now());
}

static JSValueRef
native_utf8_encode(const struct call *c)
{
	JSStringRef text RK_AUTO(auto_string) = take_string(c, 0);
	struct rk_buf bytes RK_AUTO(rk_buf_free) = RK_BUF((size_t)1 << 30);

	if (text)
		rk_text_put_js(&bytes, text, RK_TEXT_UTF8);
	if (rk_buf_end(&bytes))
		return throw_error(c, RK_STR("The text is too large."));
	return bytes_value(c, rk_buf_str(&bytes));
}

static JSValueRef
native_utf8_decode(const struct call *c)
{
	bool fatal = c->argc > 1 && JSValueToBoolean(c->ctx, c->argv[1]), ok = true;
	JSChar *units RK_AUTO(rk_auto_free) = NULL;
	struct rk_str bytes;
	JSStringRef text RK_AUTO(auto_string) = NULL;

	if (!get_bytes(c, 0, &bytes))
		return throw_type_error(c, RK_STR("The bytes are no Uint8Array."));
	units = malloc(bytes.n * sizeof(*units) + 1);
	if (!units)
		return throw_error(c, RK_STR("The text is too large."));
	size_t n = rk_text_widen(units, bytes, &ok);

	if (fatal && !ok)
		return throw_type_error(c, RK_STR("The encoded data was not valid for encoding utf-8"));
	text = JSStringCreateWithCharacters(units, n);
	return JSValueMakeString(c->ctx, text);
}

static JSValueRef
native_random_bytes(const struct call *c)
{
	double n = get_number(c, 0);
	void *p = NULL;
	JSObjectRef array;

	if (!(n >= 0) || n > RANDOM_MAX || n != floor(n))
		return throw_error(c, RK_STR("The number of random bytes must be from 0 to 1048576."));
	array = new_bytes(c, (size_t)n, &p);
	for (size_t at = 0; array && p && at < (size_t)n;) {
		ssize_t got = getrandom((char *)p + at, (size_t)n - at, 0);

		if (got < 0)
			return throw_error(c, RK_STR("The system gives no random bytes."));
		at += (size_t)got;
	}
	return array;
}

/* ---- the list ------------------------------------------------------------------------- */

/* name in JavaScript, function here. The object's other members are facts: engine.c. */
#define NATIVE_ROWS(X)                      \
	X("compile", native_compile)        \
	X("content", native_content)        \
	X("library", native_library)        \
	X("mask", native_mask)              \
	X("log", native_log)                \
	X("key", native_key)                \
	X("mint", native_mint)              \
	X("answer", native_answer)          \
	X("requestId", native_request_id)   \
	X("headers", native_headers)        \
	X("bodyBytes", native_body_bytes)   \
	X("wakeAt", native_wake_at)         \
	X("now", native_now)                \
	X("utf8Encode", native_utf8_encode) \
	X("utf8Decode", native_utf8_decode) \
	X("randomBytes", native_random_bytes)

/* Which slot calls is told by the context, never by an argument. */
#define X(name, fn)                                                                                        \
	static JSValueRef call_##fn(JSContextRef ctx, JSObjectRef function, JSObjectRef self, size_t argc, \
	    const JSValueRef argv[], JSValueRef *exception)                                                \
	{                                                                                                  \
		struct call c = { ctx, rk_slot_of(ctx), argc, argv, exception };                           \
		JSValueRef value = c.slot ? fn(&c) : NULL;                                                 \
		(void)function;                                                                            \
		(void)self;                                                                                \
		return value ? value : JSValueMakeUndefined(ctx);                                          \
	}
NATIVE_ROWS(X)
#undef X

static const struct {
	const char *name;
	JSObjectCallAsFunctionCallback call;
} rows[] = {
#define X(name, fn) { name, call_##fn },
	NATIVE_ROWS(X)
#undef X
};

JSObjectRef
rk_native_new(struct rk_slot *slot)
{
	JSContextRef ctx = slot->ctx;
	JSValueRef native = JSValueMakeFromJSONString(ctx, slot->engine->facts);

	if (!native)
		return NULL;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		JSStringRef name RK_AUTO(auto_string) = rk_text_new(rk_str(rows[i].name));

		if (!name)
			return NULL;
		JSObjectSetProperty(ctx, (JSObjectRef)native, name,
		    JSObjectMakeFunctionWithCallback(ctx, name, rows[i].call), kJSPropertyAttributeReadOnly,
		    NULL);
	}
	return (JSObjectRef)native;
}
