/*
 * msg.c - the table of messages, and fields in and out of frames, little-endian.
 */
#include "wire/msg.h"

static const struct rk_msg_row rows[RK_MSG_TYPES] = {
#define X(name, from, to, fd, max) [RK_MSG_##name] = { #name, (from), (to), (fd), (max) },
	RK_MSG_ROWS(X)
#undef X
};

const struct rk_msg_row *
rk_msg_row(unsigned type)
{
	return type > RK_MSG_NONE && type < RK_MSG_TYPES ? &rows[type] : NULL;
}

const char *
rk_role_name(enum rk_role role)
{
	switch (role) {
	case RK_SUPER:
		return "super";
	case RK_GATEWAY:
		return "gateway";
	case RK_KEEPER:
		return "keeper";
	case RK_WORKER:
		return "worker";
	case RK_EGRESS:
		return "egress";
	}
	return "nobody";
}

bool
rk_msg_is_allowed(unsigned type, enum rk_role from, enum rk_role to)
{
	const struct rk_msg_row *row = rk_msg_row(type);

	return row && from != to && (row->from & (unsigned)from) && (row->to & (unsigned)to);
}

/* ---- writing ------------------------------------------------------------- */

static void
store(char *p, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (char)(v >> 8 * i);
}

static void
put(struct rk_buf *out, uint64_t v, size_t n)
{
	if (!rk_buf_reserve(out, n))
		return;
	store(out->p + out->n, v, n);
	out->n += n;
}

void
rk_msg_put_u8(struct rk_buf *out, uint8_t v)
{
	put(out, v, 1);
}

void
rk_msg_put_u16(struct rk_buf *out, uint16_t v)
{
	put(out, v, 2);
}

void
rk_msg_put_u32(struct rk_buf *out, uint32_t v)
{
	put(out, v, 4);
}

void
rk_msg_put_u64(struct rk_buf *out, uint64_t v)
{
	put(out, v, 8);
}

void
rk_msg_put_str(struct rk_buf *out, struct rk_str s)
{
	if (s.n > UINT32_MAX - 4) {
		if (out->bad == RK_OK)
			out->bad = RK_TOO_LARGE;
		return;
	}
	if (!rk_buf_reserve(out, 4 + s.n))
		return;
	put(out, s.n, 4);
	rk_buf_put(out, s);
}

size_t
rk_msg_begin(struct rk_buf *out, enum rk_msg_type type, uint32_t id)
{
	size_t begun = out->n;

	if (rk_buf_reserve(out, RK_MSG_FRAME)) {
		put(out, 0, 4);
		put(out, type, 2);
		put(out, 0, 2);
		put(out, id, 4);
	}
	return begun;
}

/* What is wrong with the frame that lies at `begun`, if anything. */
static enum rk_err
check_frame(const struct rk_buf *out, size_t begun)
{
	const struct rk_msg_row *row;

	if (out->bad)
		return out->bad;
	row = rk_msg_row((unsigned char)out->p[begun + 4] | (unsigned)(unsigned char)out->p[begun + 5] << 8);
	if (!row)
		return RK_INTERNAL;
	return out->n - begun - RK_MSG_FRAME > row->max ? RK_TOO_LARGE : RK_OK;
}

enum rk_err
rk_msg_end(struct rk_buf *out, size_t begun)
{
	enum rk_err err = check_frame(out, begun);

	if (err) { /* earlier frames in the buffer are whole, and can still be sent */
		out->n = begun;
		out->bad = RK_OK;
		return err;
	}
	store(out->p + begun, out->n - begun - RK_MSG_FRAME, 4);
	return RK_OK;
}

/* ---- reading ------------------------------------------------------------- */

/* The next n bytes, or NULL: then the view is at its end and bad. */
static const unsigned char *
take(struct rk_msg_view *v, size_t n)
{
	const unsigned char *p = v->p;

	if (v->bad || (size_t)(v->end - v->p) < n) {
		v->bad = true;
		v->p = v->end;
		return NULL;
	}
	v->p += n;
	return p;
}

static uint64_t
get(struct rk_msg_view *v, size_t n)
{
	const unsigned char *p = take(v, n);
	uint64_t value = 0;

	for (size_t i = 0; p && i < n; i++)
		value |= (uint64_t)p[i] << 8 * i;
	return value;
}

uint8_t
rk_msg_get_u8(struct rk_msg_view *v)
{
	return (uint8_t)get(v, 1);
}

uint16_t
rk_msg_get_u16(struct rk_msg_view *v)
{
	return (uint16_t)get(v, 2);
}

uint32_t
rk_msg_get_u32(struct rk_msg_view *v)
{
	return (uint32_t)get(v, 4);
}

uint64_t
rk_msg_get_u64(struct rk_msg_view *v)
{
	return get(v, 8);
}

struct rk_str
rk_msg_get_str(struct rk_msg_view *v)
{
	size_t n = (size_t)get(v, 4);
	const unsigned char *p = n ? take(v, n) : NULL;

	return rk_str_n(p, p ? n : 0);
}

bool
rk_msg_is_done(const struct rk_msg_view *v)
{
	return !v->bad && v->p == v->end;
}

enum rk_err
rk_msg_parse(struct rk_str in, enum rk_msg_type *ret_type, uint32_t *ret_id, struct rk_msg_view *ret_view,
    size_t *ret_size)
{
	const unsigned char *p = (const unsigned char *)in.p;
	struct rk_msg_view head;
	const struct rk_msg_row *row;
	uint32_t length, type, zero, id;

	if (in.n < RK_MSG_FRAME)
		return RK_BUSY;
	head = (struct rk_msg_view){ p, p + RK_MSG_FRAME, false };
	length = rk_msg_get_u32(&head);
	type = rk_msg_get_u16(&head);
	zero = rk_msg_get_u16(&head);
	id = rk_msg_get_u32(&head);
	row = rk_msg_row(type);
	if (!row || zero != 0 || length > row->max)
		return RK_INVALID;
	if (in.n - RK_MSG_FRAME < length)
		return RK_BUSY;
	*ret_type = (enum rk_msg_type)type;
	*ret_id = id;
	*ret_view = (struct rk_msg_view){ p + RK_MSG_FRAME, p + RK_MSG_FRAME + length, false };
	*ret_size = RK_MSG_FRAME + (size_t)length;
	return RK_OK;
}
