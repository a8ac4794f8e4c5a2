/*
 * api_json.h - how the API writes: members, dates, URLs, errors, and the answer's headers.
 */
#ifndef RK_KEEPER_API_JSON_H
#define RK_KEEPER_API_JSON_H

#include "keeper/api_call.h"

/* name, HTTP status, the vendor's code */
#define RK_API_ERRORS(X)            \
	X(PARAMETER, 400, 20001)    \
	X(AUTHENTICATE, 401, 20003) \
	X(FORBIDDEN, 403, 20006)    \
	X(NOT_FOUND, 404, 20404)    \
	X(METHOD, 405, 20004)       \
	X(CONFLICT, 409, 20409)     \
	X(PRECONDITION, 412, 20001) \
	X(TOO_LARGE, 413, 20001)    \
	X(MEDIA_TYPE, 415, 20001)   \
	X(UNPROCESSABLE, 422, 20422) \
	X(TOO_MANY, 429, 20429)     \
	X(INTERNAL, 500, 20500)     \
	X(UNAVAILABLE, 503, 20503)  \
	X(FULL, 507, 20507)

enum rk_api_error {
#define X(name, status, code) RK_API_##name,
	RK_API_ERRORS(X)
#undef X
};

/* Makes the answer this error: {"code", "message", "more_info", "status", "request_id"}. */
void rk_api_fail(struct rk_api_call *call, enum rk_api_error error, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The same for an error of the store. why may be NULL; of RK_NOT_FOUND only the request's path is said. */
void rk_api_fail_err(struct rk_api_call *call, enum rk_err err, const struct rk_why *why);
void rk_api_fail_not_found(struct rk_api_call *call);

/* Copies the value; the name is a constant. What does not fit is left out. */
void rk_api_put_header(struct rk_api_response *response, const char *name, struct rk_str value);

/* Members; the comma before them is put where one belongs. A text with p == NULL is null. */
void rk_api_json_name(struct rk_buf *out, const char *name);
void rk_api_json_text(struct rk_buf *out, const char *name, struct rk_str value);
void rk_api_json_flag(struct rk_buf *out, const char *name, bool value);
void rk_api_json_number(struct rk_buf *out, const char *name, int64_t value);
void rk_api_json_date(struct rk_buf *out, const char *name, int64_t us); /* 2016-06-13T22:50:08Z */
void rk_api_json_date_2822(
    struct rk_buf *out, const char *name, int64_t us); /* Mon, 13 Jun 2016 22:50:08 +0000 */

/* sid, account_sid, date_created, date_updated; service_sid when it is not empty. */
void rk_api_json_head(struct rk_buf *out, const struct rk_row *row, struct rk_str service_sid, bool is_fixed);

/* "name": an absolute URL of this server, made from printf-like text below /v1. */
void rk_api_json_url(const struct rk_api_call *call, struct rk_buf *out, const char *name, const char *fmt,
    ...) __attribute__((format(printf, 4, 5)));
void rk_api_put_origin(
    const struct rk_api_call *call, struct rk_buf *out); /* "https://host:8443/x.twilio.com" */

/* "2026-11-24" or "2026-11-24T04:04:21Z" as microseconds. */
RK_CHECKED enum rk_err rk_api_date_parse(struct rk_str text, int64_t *ret_us);

#endif
