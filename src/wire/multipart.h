/*
 * multipart.h - multipart/form-data (RFC 7578 on RFC 2046) read part by part, without copying.
 *
 * Strict where laxness lets two readers disagree: CRLF only, a closing delimiter must be
 * there, exactly one Content-Disposition a part with a name, no transfer encodings (RFC 7578,
 * section 4.7). The file name is shown as it was sent and names no file of ours.
 */
#ifndef RK_WIRE_MULTIPART_H
#define RK_WIRE_MULTIPART_H

#include "base/err.h"
#include "base/str.h"

#define RK_MULTIPART_BOUNDARY_MAX 70  /* RFC 2046, section 5.1.1 */
#define RK_MULTIPART_HEADERS_MAX 4096 /* bytes of one part's headers */
#define RK_MULTIPART_PARTS_MAX 256

/* Borrowed from the body. Quoted names are as they lie between the quotes: browsers and clients write
 * '"' in them as %22, so that no escape is undone. */
struct rk_multipart_part {
	struct rk_str name;
	struct rk_str filename;     /* p == NULL: none was sent */
	struct rk_str content_type; /* empty: none was sent */
	struct rk_str body;
};

struct rk_multipart {
	struct rk_str left; /* what follows the last delimiter that was read */
	struct rk_str boundary;
	unsigned parts;
	bool started, ended;
};

/* The boundary of a Content-Type value. RK_UNSUPPORTED: it is not multipart/form-data; RK_INVALID: no usable boundary. */
RK_CHECKED enum rk_err rk_multipart_get_boundary(struct rk_str content_type, struct rk_str *ret_boundary);

void rk_multipart_init(struct rk_multipart *m, struct rk_str body, struct rk_str boundary);

/* The next part. RK_NOT_FOUND after the last; RK_INVALID or RK_TOO_LARGE: the body is refused as a whole. */
RK_CHECKED enum rk_err rk_multipart_next(struct rk_multipart *m, struct rk_multipart_part *ret_part);

#endif
