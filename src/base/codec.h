/*
 * codec.h - base64, base64url, hex, percent-encoding.
 *
 * Decoders are strict: an unknown byte, wrong padding, or non-zero spare bits
 * (a non-canonical form) is RK_INVALID. Encoders append to a rk_buf.
 */
#ifndef RK_BASE_CODEC_H
#define RK_BASE_CODEC_H

#include "base/buf.h"

/* Without padding, RFC 4648 section 5, as JWS wants it (RFC 7515 section 2). */
void rk_codec_put_base64url(struct rk_buf *out, struct rk_str in);
RK_CHECKED enum rk_err rk_codec_get_base64url(struct rk_buf *out, struct rk_str in);
/* Writes exactly (n*4+2)/3 characters to dst; the hot path of minting. */
size_t rk_codec_write_base64url(char *dst, const void *src, size_t n);

/* With padding, RFC 4648 section 4. */
void rk_codec_put_base64(struct rk_buf *out, struct rk_str in);
RK_CHECKED enum rk_err rk_codec_get_base64(struct rk_buf *out, struct rk_str in);

/* Lower case out; either case in. */
void rk_codec_put_hex(struct rk_buf *out, struct rk_str in);
RK_CHECKED enum rk_err rk_codec_get_hex(struct rk_buf *out, struct rk_str in);

/* RFC 3986: everything but unreserved characters as %XX. A sequence that is no
 * %XX is left as written by the decoder, which never fails. */
void rk_codec_put_percent(struct rk_buf *out, struct rk_str in);
void rk_codec_get_percent(struct rk_buf *out, struct rk_str in);

#endif
