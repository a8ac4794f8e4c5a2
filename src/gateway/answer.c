#include "gateway/answer.h"

#include "base/auto.h"
#include "base/json.h"
#include "gateway/cors.h"

#define COMMON 3u       /* fields of rk_answer_start that a function may replace */
#define TEXT_MAX 16384u /* every byte of a verdict may need an escape of two */

static const struct fault {
	const char *code;
	uint16_t status;
	const char *what, *todo;
} faults[] = {
#define X(name, code, status, what, todo) { code, status, what, todo },
	RK_FAULT_ROWS(X)
#undef X
};

void
rk_answer_start(struct rk_answer *a, uint16_t status, struct rk_str request_id)
{
	a->status = status;
	a->close = false;
	a->count = 0;
	a->body = (struct rk_str){ 0 };
	a->file = -1;
	if (a->text.max == 0)
		a->text = RK_BUF(TEXT_MAX);
	rk_buf_clear(&a->text);
	rk_answer_put(
	    a, RK_STR("Cache-Control"), RK_STR("no-store, no-cache, must-revalidate, proxy-revalidate"));
	rk_answer_put(a, RK_STR("Pragma"), RK_STR("no-cache"));
	rk_answer_put(a, RK_STR("Expires"), RK_STR("0"));
	rk_answer_put(a, RK_STR("X-Request-Id"), request_id);
}

/* Past the last field it does nothing: replies are counted before, our own answers are short. */
void
rk_answer_put(struct rk_answer *a, struct rk_str name, struct rk_str value)
{
	if (a->count < RK_ANSWER_FIELDS)
		a->fields[a->count++] = (struct rk_field){ name, value };
}

bool
rk_answer_has(const struct rk_answer *a, struct rk_str name)
{
	for (uint32_t i = 0; i < a->count; i++)
		if (rk_str_is_nocase(a->fields[i].name, name))
			return true;
	return false;
}

void
rk_answer_cache(struct rk_answer *a, struct rk_str control)
{
	for (uint32_t i = 0; i < COMMON && i < a->count; i++)
		a->fields[i].name.n = 0;
	rk_answer_put(a, RK_STR("Cache-Control"), control);
}

/* ---- a worker's reply ---------------------------------------------------------- */

/* Ours to decide: the length, and what belongs to the connection (RFC 9110 section 7.6.1). */
static bool
is_of_connection(struct rk_str name)
{
	static const struct rk_str names[] = { { "content-length", 14 }, { "connection", 10 },
		{ "transfer-encoding", 17 }, { "keep-alive", 10 }, { "upgrade", 7 }, { "trailer", 7 },
		{ "te", 2 }, { "proxy-connection", 16 }, { "x-request-id", 12 } };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (name.n == names[i].n && rk_str_is_nocase(name, names[i]))
			return true;
	return false;
}

static bool
is_content_field(struct rk_str name)
{
	return name.n > 8 && rk_str_is_nocase(rk_str_sub(name, 0, 8), RK_STR("content-"));
}

/* A field given again in the same spelling is a further line; in another spelling it replaces. */
static void
put_reply_field(struct rk_answer *a, struct rk_str name, struct rk_str value)
{
	for (uint32_t i = 0; i < a->count; i++) {
		struct rk_str other = a->fields[i].name;

		if (other.n == name.n && rk_str_is_nocase(other, name) &&
		    (i < COMMON || !rk_str_is(other, name)))
			a->fields[i].name.n = 0;
	}
	rk_answer_put(a, name, value);
}

enum rk_err
rk_answer_reply(struct rk_answer *a, const struct rk_reply *reply, struct rk_str request_id)
{
	bool bodiless = reply->status == 204 || reply->status == 304;
	struct rk_pairs left = reply->headers;
	struct rk_str name, value;

	if (reply->status < 200 || reply->status > 999)
		return RK_INVALID;
	if (left.bytes.n > RK_ANSWER_BYTES || left.count > RK_ANSWER_FIELDS - 8)
		return RK_TOO_LARGE;
	rk_answer_start(a, reply->status, request_id);
	while (rk_pairs_take(&left, &name, &value)) {
		if (!rk_screen_is_token(name) || !rk_screen_is_value(value))
			return RK_INVALID;
		if (is_of_connection(name) || (bodiless && is_content_field(name)))
			continue;
		put_reply_field(a, name, value);
	}
	if (!bodiless)
		a->body = reply->body;
	if (reply->outcome != RK_OUTCOME_ANSWER)
		rk_cors_open(a);
	return RK_OK;
}

/* ---- our own errors --------------------------------------------------------------- */

static void
put_json(struct rk_buf *out, const struct rk_verdict *v, struct rk_str request_id)
{
	RK_AUTO(rk_buf_free) struct rk_buf message = RK_BUF(TEXT_MAX);

	rk_buf_put(&message, v->message);
	rk_buf_put_c(&message, ' ');
	rk_buf_put(&message, v->todo);
	rk_buf_lit(out, "{\"code\":");
	rk_json_put_string(out, v->code);
	rk_buf_lit(out, ",\"message\":");
	rk_json_put_string(out, rk_buf_str(&message));
	/* The anchors of docs/errors.md are the codes in lower case. */
	rk_buf_printf(out, ",\"more_info\":\"docs/errors.md#rk-%.*s\",\"status\":%u,\"request_id\":",
	    RK_FMT(rk_str_sub(v->code, 3, v->code.n)), v->status);
	rk_json_put_string(out, request_id);
	rk_buf_lit(out, "}\n");
}

void
rk_answer_verdict(struct rk_answer *a, const struct rk_verdict *verdict, struct rk_str request_id)
{
	rk_answer_start(a, verdict->status, request_id);
	rk_answer_put(a, RK_STR("Content-Type"), RK_STR("application/json; charset=utf-8"));
	rk_cors_open(a);
	put_json(&a->text, verdict, request_id);
	a->body = rk_buf_str(&a->text);
}

void
rk_answer_fault(struct rk_answer *a, enum rk_fault fault, struct rk_str what, struct rk_str request_id)
{
	const struct fault *f = &faults[fault];

	rk_answer_verdict(a,
	    &(struct rk_verdict){
		f->status, rk_str(f->code), what.n ? what : rk_str(f->what), rk_str(f->todo) },
	    request_id);
}

void
rk_answer_screened(struct rk_answer *a, enum rk_screen verdict, const char *reason, struct rk_str request_id)
{
	static const enum rk_fault which[] = {
		[RK_SCREEN_BAD] = RK_FAULT_BAD_REQUEST,
		[RK_SCREEN_METHOD] = RK_FAULT_METHOD,
		[RK_SCREEN_VERSION] = RK_FAULT_VERSION,
		[RK_SCREEN_TARGET_LONG] = RK_FAULT_TARGET_LONG,
		[RK_SCREEN_HEAD_LARGE] = RK_FAULT_HEAD_LARGE,
		[RK_SCREEN_EXPECT] = RK_FAULT_EXPECT,
	};

	rk_answer_fault(a, which[verdict], rk_str(reason), request_id);
	a->close = true;
}

const char *
rk_answer_what(enum rk_fault fault)
{
	return faults[fault].what;
}

void
rk_answer_done(struct rk_answer *a)
{
	rk_buf_free(&a->text);
}
