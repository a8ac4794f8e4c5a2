/*
 * screen.h - what a request's head must be before anything else looks at it.
 *
 * Pure: views in, a verdict out. The HTTP library is lenient where two readers of the same bytes
 * could disagree about where a request ends; everything of that kind is refused here.
 */
#ifndef RK_GATEWAY_SCREEN_H
#define RK_GATEWAY_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define RK_HEAD_FIELDS 100u  /* the cloud takes 90 */
#define RK_HEAD_BYTES 16384u /* names and values together; the cloud takes 15 KB */
#define RK_TARGET_BYTES 8192u

struct rk_field {
	struct rk_str name, value;
};

/* The request line and header lines as they were received. `fields` belongs to the caller. */
struct rk_head {
	struct rk_str method, target, version;
	const char *url; /* where the target lay in the line as it was read; NULL: not known */
	size_t size;     /* from the method's first byte to the end of the empty line, when url is known */
	const struct rk_field *fields;
	uint32_t count; /* may be RK_HEAD_FIELDS + 1: there were more */
	size_t bytes;   /* of all names and values */
};

/* The first field of that name, in any case; p == NULL when there is none. */
struct rk_str rk_head_get(const struct rk_head *head, struct rk_str name);

/* What the screen learnt about a head that it let through. */
struct rk_head_facts {
	struct rk_str path, query; /* of the target, raw, without '?' */
	uint64_t length;           /* Content-Length; 0 when there is none */
	bool chunked;
	bool expects; /* Expect: 100-continue */
};

enum rk_screen {
	RK_SCREEN_PASS,
	RK_SCREEN_BAD,         /* 400: framing, syntax, Host */
	RK_SCREEN_METHOD,      /* 501 */
	RK_SCREEN_VERSION,     /* 505 */
	RK_SCREEN_TARGET_LONG, /* 414 */
	RK_SCREEN_HEAD_LARGE,  /* 431 */
	RK_SCREEN_EXPECT,      /* 417 */
};

/* On anything but PASS, *ret_reason is one sentence (a literal) for the client. */
enum rk_screen rk_screen_check(
    const struct rk_head *head, struct rk_head_facts *ret_facts, const char **ret_reason);

/*
 * True when the pieces of the head lie in memory exactly where single spaces and CRLF line ends put
 * them, given that the library cuts them in place and writes NUL over each separator. A bare CR or
 * LF, a second space, a folded line, a line without a name, or a NUL inside a piece shows as a gap.
 * Part of the check when `url` is known.
 */
bool rk_screen_is_tight(const struct rk_head *head);

bool rk_screen_is_token(struct rk_str s); /* RFC 9110 section 5.6.2 */
bool rk_screen_is_value(struct rk_str s); /* RFC 9110 section 5.5: no controls but HTAB */

#endif
