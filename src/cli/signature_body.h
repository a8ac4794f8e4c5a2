/*
 * signature_body.h - the body of a request, as the flags of a verb say it.
 */
#ifndef RK_CLI_SIGNATURE_BODY_H
#define RK_CLI_SIGNATURE_BODY_H

#include <roomkey/param.h>

#include "cli/flags.h"

#define RK_BODY_FLAGS                                                                                      \
	{ "form", RK_FLAG_VALUE, "NAME=VALUE", "a field of a form; may be given again" },                  \
	    { "json", RK_FLAG_VALUE, "TEXT", "a body of JSON" },                                           \
	    { "body-file", RK_FLAG_VALUE, "FILE", "a body as it is; - is standard input" },                \
	{                                                                                                  \
		"content-type", RK_FLAG_VALUE, "TYPE", "of the body, in place of what the flags above say" \
	}
enum { RK_BODY_FORM, RK_BODY_JSON, RK_BODY_FILE, RK_BODY_TYPE, RK_BODY_COUNT };

#define RK_BODY_FIELDS 1000

/* Zero it first; every text is borrowed from the command line. */
struct rk_body {
	struct rk_param *fields; /* those of --form */
	size_t count;
	const char *json, *file, *type;
	struct rk_buf bytes; /* filled by rk_body_read */
};

/* Takes the value of one of the rows above. RK_INVALID: no NAME=VALUE, or too many. */
RK_CHECKED enum rk_err rk_body_take(struct rk_body *body, int row, const char *value, struct rk_why *why);

/* RK_INVALID: two bodies, or a text that is no JSON. RK_IO, RK_TOO_LARGE: as rk_input_read. */
RK_CHECKED enum rk_err rk_body_read(struct rk_body *body, struct rk_why *why);

/* The content type; empty when there is neither a body nor --content-type. */
struct rk_str rk_body_type(const struct rk_body *body);

/* True for a body that only a hash in the URL vouches for. */
bool rk_body_is_hashed(const struct rk_body *body);

/* Appends the URL to sign and to call: with bodySHA256 when the body needs one and the URL has none. */
RK_CHECKED enum rk_err rk_body_put_url(struct rk_buf *out, const struct rk_body *body, struct rk_str url);

/* Signs that URL and the body: *ret_signature has room for 29 bytes. */
RK_CHECKED enum rk_err rk_body_sign(
    const struct rk_body *body, struct rk_str auth_token, struct rk_str url, char *ret_signature);

void rk_body_done(struct rk_body *body);

#endif
