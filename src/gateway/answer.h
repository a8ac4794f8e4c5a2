/*
 * answer.h - an answer on its way to a client: status, header fields in order, body.
 *
 * Everything in it is borrowed; whoever sends it copies it at once. Two ways to fill one: from a
 * worker's reply, or from a row of the table of our own errors.
 */
#ifndef RK_GATEWAY_ANSWER_H
#define RK_GATEWAY_ANSWER_H

#include "gateway/fresh.h"
#include "wire/call.h"
#include "wire/check.h"

#define RK_ANSWER_FIELDS 128u
#define RK_ANSWER_BYTES 16384u /* of a function's header fields */

/* name, code, status, what happened, what to do. docs/errors.md has the same rows. */
#define RK_FAULT_ROWS(X)                                                                                     \
	X(BAD_REQUEST, "RK-400", 400, "The request is not well-formed HTTP.",                                \
	    "Send it as RFC 9112 describes.")                                                                \
	X(NO_FUNCTION, "RK-404", 404, "Nothing answers at this path.",                                       \
	    "Check the path: it is matched byte by byte, without a trailing slash or .js.")                  \
	X(NO_SITE, "RK-406", 404, "Nothing is deployed under this host.",                                    \
	    "Use the host name that a deployment printed, or say which environment answers under every "     \
	    "other name (--default-environment).")                                                           \
	X(NOT_ENCRYPTED, "RK-407", 403, "From another machine the console and the API answer over TLS only.", \
	    "Use https:// at the same address and port.")                                                    \
	X(NO_CONSOLE, "RK-409", 404, "This build of Roomkey has no console.",                                \
	    "Build it with the tree's console folder, or use the API and the command roomkey.")             \
	X(PRIVATE, "RK-405", 404, "Nothing answers at this path: the function is private.",                  \
	    "Only other functions can use it. To serve it, rename its file without .private.")               \
	X(SLOW_REQUEST, "RK-408", 408, "The request did not arrive in time.", "Send it again, faster.")      \
	X(PRECONDITION, "RK-412", 412, "The asset is another version than the request wants.",               \
	    "Ask for it again without the condition.")                                                       \
	X(BODY_LARGE, "RK-413", 413, "The request body is larger than the limit.",                           \
	    "Send less, or raise the limit (--max-body).")                                                   \
	X(TARGET_LONG, "RK-414", 414, "The request target is too long.", "Send long data in the body.")      \
	X(RANGE, "RK-416", 416, "The asset has no such range of bytes.",                                     \
	    "Ask for one that begins before its end; Content-Range says how long it is.")                    \
	X(EXPECT, "RK-417", 417, "The request expects something that is not offered here.",                  \
	    "Send it without the Expect header.")                                                            \
	X(HEAD_LARGE, "RK-431", 431, "Request headers or cookies too long.", "Send fewer or shorter ones.")  \
	X(INTERNAL, "RK-500", 500, "Something failed inside Roomkey.", "See the log of the gateway.")        \
	X(METHOD, "RK-501", 501, "This method is not known here.", "Use GET or POST.")                       \
	X(WORKER_GONE, "RK-502", 502, "The process that ran this function ended before it answered.",        \
	    "Try again; if it happens again, look for exhausted memory or an endless loop in the function.") \
	X(BUSY, "RK-503", 503, "Every worker was busy for too long.",                                        \
	    "Try again later, or run more workers (--workers).")                                             \
	X(TIMEOUT, "RK-504", 504, "The function did not answer within its time limit.",                      \
	    "Call the callback sooner, or raise the limit (--timeout).")                                     \
	X(VERSION, "RK-505", 505, "This version of HTTP is not spoken here.", "Use HTTP/1.1.")               \
	X(REPLY_HEAD_LARGE, "RK-510", 431, "Response headers or cookies too long.",                          \
	    "Set fewer or shorter headers in the function; 16384 bytes and 120 fields are the limit.")       \
	X(REPLY_BAD, "RK-511", 502, "What the function answered cannot be sent as HTTP.",                    \
	    "Check its status (200-999) and its headers.")                                                   \
	X(STARTING, "RK-513", 503, "The functions are not loaded yet.", "Try again in a moment.")            \
	X(KEEPER, "RK-514", 503, "The process that keeps the project did not answer in time.",               \
	    "Try again; if it lasts, see the words on standard error.")                                      \
	X(GONE, "RK-515", 503, "The asset was replaced while it was being sent.", "Try again.")              \
	X(CROWDED, "RK-523", 503, "There are too many connections.",                                         \
	    "Try again later, and keep fewer connections open.")

enum rk_fault {
#define X(name, code, status, what, todo) RK_FAULT_##name,
	RK_FAULT_ROWS(X)
#undef X
};

struct rk_answer {
	uint16_t status;
	bool close;     /* end the connection after it */
	bool own_origin; /* no other origin may read it; set once */
	uint32_t count; /* a field with an empty name was taken back */
	struct rk_field fields[RK_ANSWER_FIELDS];
	struct rk_str body;
	int file; /* borrowed; -1: `body` is it. Else a part of this file is the body: */
	uint64_t file_from, file_n;
	struct rk_version version; /* of the file, and the text of its Content-Range */
	char range[72];
	struct rk_buf text; /* the body of our own errors */
};

/* Empties it and puts the fields that every answer starts with. request_id must outlive the answer. */
void rk_answer_start(struct rk_answer *a, uint16_t status, struct rk_str request_id);
void rk_answer_put(struct rk_answer *a, struct rk_str name, struct rk_str value);
/* How long it may be kept, instead of what rk_answer_start said. */
void rk_answer_cache(struct rk_answer *a, struct rk_str control);
bool rk_answer_has(const struct rk_answer *a, struct rk_str name); /* any case */

/*
 * A worker's reply. RK_INVALID: status or a field cannot be sent; RK_TOO_LARGE: too many or too long
 * fields. Then the answer is unusable until started again.
 */
RK_CHECKED enum rk_err rk_answer_reply(
    struct rk_answer *a, const struct rk_reply *reply, struct rk_str request_id);

/* One of our errors, with CORS fields. `what` replaces the row's first sentence unless empty. */
void rk_answer_fault(struct rk_answer *a, enum rk_fault fault, struct rk_str what, struct rk_str request_id);

/* A head that the screen refused: what follows it is not read as a request. */
void rk_answer_screened(
    struct rk_answer *a, enum rk_screen verdict, const char *reason, struct rk_str request_id);

/* Keeper's refusal, in the same form. */
void rk_answer_verdict(struct rk_answer *a, const struct rk_verdict *verdict, struct rk_str request_id);

const char *rk_answer_what(enum rk_fault fault); /* the row's first sentence */

void rk_answer_done(struct rk_answer *a);

#endif
