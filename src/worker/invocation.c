#include "worker/invocation.h"

#include <stdlib.h>

#include "base/auto.h"
#include "base/clock.h"
#include "base/json.h"
#include "worker/text.h"

#define FAULT_MAX (8 * RK_KB)
#define CUT_NOTE " [cut: a line of the log is at most 64 KB]"
#define END_NOTE "[no more lines are kept: an invocation may write 1000, and 256 KB]"

enum rk_err
rk_invocation_new(
    struct rk_chan *chan, uint32_t id, const struct rk_msg_view *view, struct rk_invocation **ret_inv)
{
	size_t n = (size_t)(view->end - view->p);
	struct rk_invocation *inv = malloc(sizeof(*inv) + n);
	enum rk_err err;

	if (!inv)
		return RK_NOMEM;
	*inv = (struct rk_invocation){ .chan = chan, .id = id };
	memcpy(inv->bytes, view->p, n);
	struct rk_msg_view own = { inv->bytes, inv->bytes + n, false };

	err = rk_call_get(&own, &inv->call);
	if (err) {
		free(inv);
		return err;
	}
	inv->deadline = rk_clock_mono_ms() + inv->call.timeout_ms;
	*ret_inv = inv;
	return RK_OK;
}

void
rk_invocation_free(struct rk_invocation *inv)
{
	free(inv);
}

/* ---- the answer -------------------------------------------------------------------- */

/* Ends a frame that was begun. False when it is too large, and was taken back. */
static bool
end(struct rk_invocation *inv)
{
	enum rk_err err = rk_chan_end(inv->chan);

	inv->answered = err != RK_TOO_LARGE && err != RK_NOMEM;
	return inv->answered;
}

void
rk_invocation_fail(struct rk_invocation *inv, enum rk_outcome outcome, uint16_t status, const char *code,
    const char *message)
{
	struct rk_buf body RK_AUTO(rk_buf_free) = RK_BUF(FAULT_MAX);
	struct rk_buf *out;
	size_t at;

	if (inv->answered || !inv->chan)
		return;
	rk_buf_printf(&body, "{\"code\":\"%s\",\"message\":", code);
	rk_json_put_string(&body, rk_str(message));
	rk_buf_printf(
	    &body, ",\"more_info\":\"docs/errors.md#rk-%s\",\"status\":%u,\"request_id\":", code + 3, status);
	rk_json_put_string(&body, inv->call.request_id);
	rk_buf_put_c(&body, '}');
	out = rk_chan_begin(inv->chan, RK_MSG_REPLY, inv->id);
	rk_reply_put_head(out, outcome, status);
	at = rk_pairs_begin(out);
	rk_pairs_put(out, RK_STR("content-type"), RK_STR("application/json; charset=utf-8"));
	rk_pairs_end(out, at, 1);
	rk_msg_put_str(out, rk_buf_str(&body));
	end(inv);
}

/* One unit at a time: the name up to ': ', the value up to the end of the line. */
struct field {
	const JSChar *name, *value;
	size_t name_n, value_n;
};

static bool
is_latin1(const JSChar *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] > 0xff || p[i] == 0 || p[i] == '\r')
			return false;
	return true;
}

/* Takes the next field off *p. False at the end, or with *ok false for what is none. */
static bool
take_field(const JSChar **p, const JSChar *stop, struct field *ret_field, bool *ok)
{
	const JSChar *colon = *p, *eol;

	if (*p == stop)
		return false;
	while (colon < stop && *colon != ':' && *colon != '\n')
		colon++;
	eol = colon;
	while (eol < stop && *eol != '\n')
		eol++;
	*ok = colon > *p && eol < stop && eol - colon >= 2 && colon[1] == ' ' &&
	      is_latin1(*p, (size_t)(eol - *p));
	if (!*ok)
		return false;
	*ret_field = (struct field){ *p, colon + 2, (size_t)(colon - *p), (size_t)(eol - colon - 2) };
	*p = eol + 1;
	return true;
}

static void
put_latin1(struct rk_buf *out, const JSChar *p, size_t n)
{
	rk_msg_put_u32(out, (uint32_t)n);
	if (!rk_buf_reserve(out, n))
		return;
	for (size_t i = 0; i < n; i++)
		out->p[out->n + i] = (char)p[i];
	out->n += n;
}

static bool
put_fields(struct rk_buf *out, const struct rk_invocation_reply *reply)
{
	const JSChar *p = reply->fields, *stop = reply->fields_n ? p + reply->fields_n : p;
	size_t at = rk_pairs_begin(out), count = 0;
	struct field field;
	bool ok = true;

	while (count < UINT16_MAX && take_field(&p, stop, &field, &ok)) {
		put_latin1(out, field.name, field.name_n);
		put_latin1(out, field.value, field.value_n);
		count++;
	}
	rk_pairs_end(out, at, (uint16_t)count);
	return ok && p == stop;
}

static void
put_body(struct rk_buf *out, const struct rk_invocation_reply *reply, size_t size)
{
	rk_msg_put_u32(out, (uint32_t)size);
	if (reply->text)
		rk_text_put(out, reply->text, reply->text_n, RK_TEXT_UTF8);
	else
		rk_buf_put(out, reply->bytes);
}

/* Fields that are none are found before the frame is begun, for a frame cannot be left half done. */
static bool
are_fields(const struct rk_invocation_reply *reply)
{
	const JSChar *p = reply->fields, *stop = reply->fields_n ? p + reply->fields_n : p;
	struct field field;
	size_t count = 0;
	bool ok = true;

	while (take_field(&p, stop, &field, &ok))
		count++;
	return ok && count < UINT16_MAX;
}

void
rk_invocation_answer(struct rk_invocation *inv, const struct rk_invocation_reply *reply, size_t body_max)
{
	size_t size = reply->text ? rk_text_size(reply->text, reply->text_n) : reply->bytes.n;
	struct rk_buf *out;

	if (inv->answered || !inv->chan)
		return;
	if (size > body_max) {
		rk_invocation_fail(inv, RK_OUTCOME_INVALID, 500, "RK-512",
		    "The function's answer is larger than the limit. Send less, or raise the limit "
		    "(--max-reply).");
		return;
	}
	if (reply->status < 100 || reply->status > 999 || !are_fields(reply)) {
		rk_invocation_fail(inv, RK_OUTCOME_INVALID, 500, "RK-511",
		    "What the function answered cannot be sent as HTTP. Check its status (200-999) and its "
		    "headers.");
		return;
	}
	out = rk_chan_begin(inv->chan, RK_MSG_REPLY, inv->id);
	rk_reply_put_head(out, reply->outcome, reply->status);
	(void)put_fields(out, reply);
	put_body(out, reply, size);
	if (!end(inv))
		rk_invocation_fail(inv, RK_OUTCOME_INVALID, 500, "RK-512",
		    "The function's answer is larger than a message between processes may be. Send less.");
}

/* ---- the log ----------------------------------------------------------------------- */

/* The longest part of at most max bytes that does not end within a character. */
static struct rk_str
cut(struct rk_str text, size_t max)
{
	while (max > 0 && ((unsigned char)text.p[max] & 0xc0) == 0x80)
		max--;
	return rk_str_n(text.p, max);
}

void
rk_invocation_log(struct rk_invocation *inv, enum rk_log_level level, struct rk_str text)
{
	struct rk_buf words RK_AUTO(rk_buf_free) = RK_BUF(RK_INVOCATION_LINE_MAX + sizeof(CUT_NOTE));
	struct rk_line line = { (uint8_t)level, inv->call.function, inv->call.request_id, text };

	if (!inv->chan || inv->lines > RK_INVOCATION_LINES)
		return;
	if (inv->log_size >= RK_INVOCATION_LOG_MAX)
		inv->lines = RK_INVOCATION_LINES;
	if (inv->lines++ == RK_INVOCATION_LINES) {
		line.level = RK_LOG_WARN;
		line.text = RK_STR(END_NOTE);
	} else if (text.n > RK_INVOCATION_LINE_MAX) {
		rk_buf_put(&words, cut(text, RK_INVOCATION_LINE_MAX));
		rk_buf_lit(&words, CUT_NOTE);
		line.text = rk_buf_str(&words);
	}
	inv->log_size += inv->lines <= RK_INVOCATION_LINES ? line.text.n : 0;
	rk_line_put(rk_chan_begin(inv->chan, RK_MSG_LOG, inv->id), &line);
	(void)!rk_chan_end(inv->chan);
}
