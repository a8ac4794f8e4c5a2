/*
 * msg.h - every message that may pass between two processes, one row each.
 *
 * A row that does not exist is refused by the channel (proc/chan.h): a wrong
 * sender, a descriptor where none belongs, or a payload over the row's size
 * closes the channel. Fields are written and read one by one, little-endian;
 * no struct crosses a socket. The sender is whoever owns the socket.
 *
 * Frame: u32 payload length, u16 type, u16 zero, u32 id, then the payload.
 * `id` is the number of an invocation or a question on its channel (INVOKE, CHECK,
 * OPEN, CALL and what answers them), 0 elsewhere.
 */
#ifndef RK_WIRE_MSG_H
#define RK_WIRE_MSG_H

#include <stdint.h>

#include "base/buf.h"

enum rk_role {
	RK_SUPER = 1,
	RK_GATEWAY = 2,
	RK_KEEPER = 4,
	RK_WORKER = 8,
	RK_EGRESS = 16,
};

#define RK_MSG_FRAME 12
#define RK_KB 1024u
#define RK_MB (1024u * 1024u)

/*
 * name, from, to, carries a descriptor, largest payload
 *
 * A *site* is what answers under one host: an environment of the platform, or the project of `roomkey dev`, which is
 * RK_SITE_DEV. Keeper numbers sites and generations; a generation's number is never used twice, whatever the site.
 *
 * CONF      str conf text (base/conf.h), u32 index of this process among its role
 * LISTEN    fd: a listening TCP socket; str "host:port" as people type it; u8 enum rk_listen_kind
 * KEEPER    fd: the channel to keeper
 * GATEWAY   fd: the channel to one gateway
 * WORKER    fd: the channel to one worker; u32 worker number, u32 site, u32 generation, u32 slots
 * BUNDLE    fd: a sealed memfd (wire/bundle.h); u32 site, u32 generation. RK_SITE_TRIAL: only compiled, by a worker
 *           that ends with its READY
 * READY     u32 generation, then problems (wire/facts.h) found while compiling
 * FAILED    u32 generation, str reason: no worker could load this bundle
 * ROUTES    wire/facts.h, struct rk_routes_head, then routes
 * DROP      u32 site: it is no more
 * WAKE      u32 site: has work and no worker. Super starts one, or asks keeper for the BUNDLE of the generation
 *           that the gateways route to
 * CHECK     wire/check.h, struct rk_check: may this request reach what is protected?
 * OPEN      u32 site, u32 generation, u32 asset
 * VERDICT   wire/check.h, struct rk_verdict: answers CHECK, and OPEN when there is no file
 * FILE      fd: a regular file, open for reading; u64 size, u64 mtime in ms since 1970: answers OPEN
 * CALL      wire/admin.h, struct rk_admin_call: a request to the admin listener, whole
 * RESULT    wire/admin.h, struct rk_admin_result: answers CALL
 * PIECE     str bytes: more of a RESULT that streams; empty: that was all
 * HANGUP    the client of a streaming RESULT has left
 * TLS       str certificate chain, str private key, both PEM: what the admin listener shows to those who speak TLS
 * TRACE     wire/trace.h, struct rk_trace: what happened in a function
 * INVOKE    wire/call.h, struct rk_call
 * REPLY     wire/call.h, struct rk_reply
 * LOG       wire/call.h, struct rk_line; id 0 when it belongs to no invocation
 * HANDBACK  u32 count, count x u32 id: invocations not begun, for another worker
 * RETIRE    worker takes no more: the gateway sends it nothing new, super counts it no more
 * PING      are you awake? asked of a worker that has work and is silent; PONG answers at once
 * OVERDUE   u32 worker number: past its deadline and silent
 * QUIT      end what is under way (u32 milliseconds), then exit
 */
#define RK_SITE_TRIAL 0u
#define RK_SITE_DEV 1u

enum rk_listen_kind { RK_LISTEN_FUNCTIONS, RK_LISTEN_ADMIN };

#define RK_MSG_ROWS(X)                                                       \
	X(CONF, RK_SUPER, RK_GATEWAY | RK_KEEPER | RK_WORKER, 0, 64 * RK_KB) \
	X(LISTEN, RK_SUPER, RK_GATEWAY, 1, 512)                              \
	X(KEEPER, RK_SUPER, RK_GATEWAY, 1, 0)                                \
	X(GATEWAY, RK_SUPER, RK_KEEPER | RK_WORKER, 1, 0)                    \
	X(WORKER, RK_SUPER, RK_GATEWAY, 1, 64)                               \
	X(BUNDLE, RK_KEEPER | RK_SUPER, RK_SUPER | RK_WORKER, 1, 64)         \
	X(READY, RK_WORKER | RK_SUPER, RK_SUPER | RK_KEEPER, 0, 4 * RK_MB)   \
	X(FAILED, RK_SUPER, RK_KEEPER, 0, 4 * RK_KB)                         \
	X(ROUTES, RK_KEEPER, RK_GATEWAY, 0, 16 * RK_MB)                      \
	X(DROP, RK_KEEPER, RK_GATEWAY | RK_SUPER, 0, 64)                     \
	X(WAKE, RK_GATEWAY | RK_SUPER, RK_SUPER | RK_KEEPER, 0, 64)          \
	X(CHECK, RK_GATEWAY, RK_KEEPER, 0, 66 * RK_MB)                       \
	X(OPEN, RK_GATEWAY, RK_KEEPER, 0, 64)                                \
	X(VERDICT, RK_KEEPER, RK_GATEWAY, 0, 8 * RK_KB)                      \
	X(FILE, RK_KEEPER, RK_GATEWAY, 1, 64)                                \
	X(CALL, RK_GATEWAY, RK_KEEPER, 0, 68 * RK_MB)                        \
	X(RESULT, RK_KEEPER, RK_GATEWAY, 0, 68 * RK_MB)                      \
	X(PIECE, RK_KEEPER, RK_GATEWAY, 0, 1 * RK_MB)                        \
	X(HANGUP, RK_GATEWAY, RK_KEEPER, 0, 0)                               \
	X(TLS, RK_KEEPER, RK_GATEWAY, 0, 64 * RK_KB)                         \
	X(TRACE, RK_GATEWAY, RK_KEEPER, 0, 320 * RK_KB)                      \
	X(INVOKE, RK_GATEWAY, RK_WORKER, 0, 66 * RK_MB)                      \
	X(REPLY, RK_WORKER, RK_GATEWAY, 0, 66 * RK_MB)                       \
	X(LOG, RK_WORKER, RK_GATEWAY, 0, 256 * RK_KB)                        \
	X(HANDBACK, RK_WORKER, RK_GATEWAY, 0, 64 * RK_KB)                    \
	X(RETIRE, RK_WORKER, RK_GATEWAY | RK_SUPER, 0, 0)                    \
	X(OVERDUE, RK_GATEWAY, RK_SUPER, 0, 64)                              \
	X(QUIT, RK_SUPER, RK_GATEWAY | RK_KEEPER | RK_WORKER, 0, 64)         \
	X(PING, RK_GATEWAY, RK_WORKER, 0, 0)                                 \
	X(PONG, RK_WORKER, RK_GATEWAY, 0, 0)

enum rk_msg_type {
	RK_MSG_NONE,
#define X(name, from, to, fd, max) RK_MSG_##name,
	RK_MSG_ROWS(X)
#undef X
	    RK_MSG_TYPES
};

struct rk_msg_row {
	const char *name;
	unsigned from, to; /* sets of enum rk_role */
	bool carries_fd;
	uint32_t max; /* payload bytes */
};

const struct rk_msg_row *rk_msg_row(unsigned type); /* NULL when there is none */
const char *rk_role_name(enum rk_role role);
bool rk_msg_is_allowed(unsigned type, enum rk_role from, enum rk_role to);

/* ---- writing: begin, put fields, end -------------------------------------- */

/* Appends a frame header; returns the offset to pass to rk_msg_end. */
size_t rk_msg_begin(struct rk_buf *out, enum rk_msg_type type, uint32_t id);
/* Sets the frame's length. On RK_TOO_LARGE or RK_NOMEM the frame is taken back. */
RK_CHECKED enum rk_err rk_msg_end(struct rk_buf *out, size_t begun);

void rk_msg_put_u8(struct rk_buf *out, uint8_t v);
void rk_msg_put_u16(struct rk_buf *out, uint16_t v);
void rk_msg_put_u32(struct rk_buf *out, uint32_t v);
void rk_msg_put_u64(struct rk_buf *out, uint64_t v);
void rk_msg_put_str(struct rk_buf *out, struct rk_str s); /* u32 length, bytes */

/* ---- reading --------------------------------------------------------------- */

/* Reads off the front; past the end everything is zero or empty and `bad` is set. */
struct rk_msg_view {
	const unsigned char *p, *end;
	bool bad;
};

/* One frame at the front of in: its parts, and its whole size in *ret_size.
 * RK_BUSY: more bytes are needed. RK_INVALID: no such type, or over its size. */
RK_CHECKED enum rk_err rk_msg_parse(struct rk_str in, enum rk_msg_type *ret_type, uint32_t *ret_id,
    struct rk_msg_view *ret_view, size_t *ret_size);

uint8_t rk_msg_get_u8(struct rk_msg_view *v);
uint16_t rk_msg_get_u16(struct rk_msg_view *v);
uint32_t rk_msg_get_u32(struct rk_msg_view *v);
uint64_t rk_msg_get_u64(struct rk_msg_view *v);
struct rk_str rk_msg_get_str(struct rk_msg_view *v); /* borrowed from the frame */
bool rk_msg_is_done(const struct rk_msg_view *v);    /* all read, nothing bad */

#endif
