#include "base/log.h"
#include "gateway/asks.h"

#define TRACES_WAITING_MAX (4u * RK_MB)

/* ---- calls ------------------------------------------------------------------------- */

static void
settle(struct rk_asks *asks, struct rk_ask_call *call)
{
	TAILQ_REMOVE(&asks->calls, call, link);
	call->is_open = false;
}

enum rk_err
rk_call_start(struct rk_asks *asks, struct rk_ask_call *call, const struct rk_admin_call *what,
    const struct rk_field *fields, uint32_t count)
{
	struct rk_buf *out;
	enum rk_err err;
	size_t begun;

	if (!asks->keeper)
		return RK_GONE;
	call->id = ++asks->serial;
	call->streams = false;
	out = rk_chan_begin(asks->keeper, RK_MSG_CALL, call->id);
	rk_admin_call_put_head(out, what);
	begun = rk_pairs_begin(out);
	for (uint32_t i = 0; i < count; i++)
		rk_pairs_put(out, fields[i].name, fields[i].value);
	rk_pairs_end(out, begun, (uint16_t)count);
	rk_msg_put_str(out, what->body);
	err = rk_chan_end(asks->keeper);
	if (err != RK_OK)
		return err;
	call->is_open = true;
	TAILQ_INSERT_TAIL(&asks->calls, call, link);
	return RK_OK;
}

static void
hang_up(struct rk_asks *asks, uint32_t id)
{
	if (!asks->keeper)
		return;
	rk_chan_begin(asks->keeper, RK_MSG_HANGUP, id);
	if (rk_chan_end(asks->keeper) != RK_OK)
		rk_debug("keeper cannot be told that a client has left");
}

void
rk_call_cancel(struct rk_asks *asks, struct rk_ask_call *call)
{
	if (!call->is_open)
		return;
	settle(asks, call);
	if (call->streams)
		hang_up(asks, call->id);
}

/* ---- what keeper says ------------------------------------------------------------------ */

static struct rk_ask_call *
get(struct rk_asks *asks, uint32_t id)
{
	struct rk_ask_call *call;

	TAILQ_FOREACH(call, &asks->calls, link)
	{
		if (call->id == id)
			return call;
	}
	return NULL;
}

/* A client that left before its stream began is told of now: keeper could not know. */
static void
on_result(struct rk_asks *asks, uint32_t id, struct rk_msg_view *view)
{
	struct rk_ask_call *call = get(asks, id);
	struct rk_admin_result result;
	enum rk_err err = rk_admin_result_get(view, &result);
	bool streams = err == RK_OK && result.how == RK_ADMIN_STREAM;

	if (!call) {
		if (streams)
			hang_up(asks, id);
		return;
	}
	if (call->streams)
		return;
	call->streams = streams;
	if (!streams)
		settle(asks, call);
	if (err == RK_OK)
		call->ops->result(call, &result);
	else
		call->ops->failed(call, RK_INTERNAL);
}

static void
on_piece(struct rk_asks *asks, uint32_t id, struct rk_msg_view *view)
{
	struct rk_ask_call *call = get(asks, id);
	struct rk_str bytes = rk_msg_get_str(view);

	if (!call || !call->streams)
		return;
	if (bytes.n == 0)
		settle(asks, call);
	call->ops->piece(call, bytes);
}

void
rk_call_heard(struct rk_asks *asks, enum rk_msg_type type, uint32_t id, struct rk_msg_view *view)
{
	if (type == RK_MSG_RESULT)
		on_result(asks, id, view);
	else if (type == RK_MSG_PIECE)
		on_piece(asks, id, view);
}

void
rk_calls_fail(struct rk_asks *asks)
{
	struct rk_ask_call *call;

	while ((call = TAILQ_FIRST(&asks->calls))) {
		settle(asks, call);
		call->ops->failed(call, RK_GONE);
	}
}

size_t
rk_asks_waiting(const struct rk_asks *asks)
{
	return asks->keeper ? rk_chan_waiting(asks->keeper) : 0;
}

/* ---- traces ------------------------------------------------------------------------------ */

void
rk_asks_trace(struct rk_asks *asks, const struct rk_trace *trace)
{
	if (!asks->keeper || rk_chan_waiting(asks->keeper) > TRACES_WAITING_MAX) {
		if (asks->lost++ == 0)
			rk_warn("keeper does not keep up: what functions say is not kept until it does");
		return;
	}
	rk_trace_put(rk_chan_begin(asks->keeper, RK_MSG_TRACE, 0), trace);
	if (rk_chan_end(asks->keeper) != RK_OK) {
		asks->lost++;
		return;
	}
	if (asks->lost > 0)
		rk_warn("keeper keeps up again: %llu requests and lines were not kept",
		    (unsigned long long)asks->lost);
	asks->lost = 0;
}
