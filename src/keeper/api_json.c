/*
 * api_json.c - members, dates, URLs and errors.
 */
#include "keeper/api_json.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "base/json.h"

static const struct {
	int status, code;
} errors[] = {
#define X(name, status, code) { status, code },
	RK_API_ERRORS(X)
#undef X
};

void
rk_api_put_header(struct rk_api_response *response, const char *name, struct rk_str value)
{
	char *copy = response->text + response->text_n;

	if (response->header_n == RK_API_HEADERS_MAX || sizeof response->text - response->text_n < value.n)
		return;
	memcpy(copy, value.p, value.n);
	response->text_n += value.n;
	response->headers[response->header_n++] =
	    (struct rk_api_header){ rk_str(name), rk_str_n(copy, value.n) };
}

void
rk_api_fail(struct rk_api_call *call, enum rk_api_error error, const char *fmt, ...)
{
	struct rk_api_response *response = call->response;
	struct rk_buf *out = &response->body;
	char message[600], more[64];
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(message, sizeof message, fmt, args);
	va_end(args);
	if (n < 0 || !rk_str_is_utf8(rk_str(message)))
		snprintf(message, sizeof message, "The request cannot be taken.");
	snprintf(more, sizeof more, "https://www.twilio.com/docs/errors/%d", errors[error].code);
	rk_buf_clear(out);
	response->status = errors[error].status;
	rk_buf_put_c(out, '{');
	rk_api_json_number(out, "code", errors[error].code);
	rk_api_json_text(out, "message", rk_str(message));
	rk_api_json_text(out, "more_info", rk_str(more));
	rk_api_json_number(out, "status", errors[error].status);
	rk_api_json_text(out, "request_id", rk_str(response->request_id));
	rk_buf_put_c(out, '}');
}

void
rk_api_fail_not_found(struct rk_api_call *call)
{
	struct rk_str path = call->path;

	if (rk_str_has_prefix(path, RK_STR("/v1")))
		path = rk_str_sub(path, 3, path.n);
	if (path.n > 200)
		path.n = 200;
	rk_api_fail(call, RK_API_NOT_FOUND, "The requested resource %.*s was not found", RK_FMT(path));
}

void
rk_api_fail_err(struct rk_api_call *call, enum rk_err err, const struct rk_why *why)
{
	static const struct {
		enum rk_err err;
		enum rk_api_error error;
	} rows[] = {
		{ RK_EXISTS, RK_API_CONFLICT },
		{ RK_INVALID, RK_API_PARAMETER },
		{ RK_TOO_LARGE, RK_API_PARAMETER },
		{ RK_REFUSED, RK_API_PARAMETER },
		{ RK_UNAVAILABLE, RK_API_UNAVAILABLE },
		{ RK_BUSY, RK_API_UNAVAILABLE },
	};

	if (err == RK_NOT_FOUND) {
		rk_api_fail_not_found(call);
		return;
	}
	/* Whatever could not be kept: the operator has one thing to do, and need not restart anything. */
	if (err == RK_FULL) {
		rk_api_fail(call, RK_API_FULL,
		    "The disk of the server is full, and nothing was changed. Make room on it; "
		    "then it goes on by itself.");
		return;
	}
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].err == err) {
			rk_api_fail(
			    call, rows[i].error, "%s", why && why->what[0] ? why->what : rk_err_text(err));
			return;
		}
	rk_api_fail(call, RK_API_INTERNAL, "An internal error: %s.", rk_err_text(err));
}

void
rk_api_json_name(struct rk_buf *out, const char *name)
{
	if (out->n && out->p[out->n - 1] != '{' && out->p[out->n - 1] != '[')
		rk_buf_put_c(out, ',');
	rk_json_put_string(out, rk_str(name));
	rk_buf_put_c(out, ':');
}

void
rk_api_json_text(struct rk_buf *out, const char *name, struct rk_str value)
{
	rk_api_json_name(out, name);
	if (value.p)
		rk_json_put_string(out, value);
	else
		rk_buf_lit(out, "null");
}

void
rk_api_json_flag(struct rk_buf *out, const char *name, bool value)
{
	rk_api_json_name(out, name);
	rk_buf_put(out, value ? RK_STR("true") : RK_STR("false"));
}

void
rk_api_json_number(struct rk_buf *out, const char *name, int64_t value)
{
	rk_api_json_name(out, name);
	rk_buf_put_i64(out, value);
}

void
rk_api_json_date(struct rk_buf *out, const char *name, int64_t us)
{
	time_t seconds = (time_t)(us / 1000000);
	struct tm tm;
	char text[64];

	gmtime_r(&seconds, &tm);
	rk_api_json_text(out, name, rk_str_n(text, strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm)));
}

/* The names of days and months are English: no role sets a locale. */
void
rk_api_json_date_2822(struct rk_buf *out, const char *name, int64_t us)
{
	time_t seconds = (time_t)(us / 1000000);
	struct tm tm;
	char text[64];

	gmtime_r(&seconds, &tm);
	rk_api_json_text(
	    out, name, rk_str_n(text, strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S +0000", &tm)));
}

void
rk_api_json_head(struct rk_buf *out, const struct rk_row *row, struct rk_str service_sid, bool is_fixed)
{
	rk_api_json_text(out, "sid", rk_str(row->sid));
	rk_api_json_text(out, "account_sid", row->account_sid);
	if (service_sid.n)
		rk_api_json_text(out, "service_sid", service_sid);
	rk_api_json_date(out, "date_created", row->date_created);
	if (!is_fixed)
		rk_api_json_date(out, "date_updated", row->date_updated);
}

void
rk_api_put_origin(const struct rk_api_call *call, struct rk_buf *out)
{
	rk_buf_put(out, call->request->scheme.n ? call->request->scheme : RK_STR("http"));
	rk_buf_lit(out, "://");
	rk_buf_put(out, call->host);
	rk_buf_put(out, call->prefix);
}

void
rk_api_json_url(const struct rk_api_call *call, struct rk_buf *out, const char *name, const char *fmt, ...)
{
	struct rk_buf url = RK_BUF(2048);
	char path[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(path, sizeof path, fmt, args);
	va_end(args);
	rk_api_put_origin(call, &url);
	rk_buf_lit(&url, "/v1");
	rk_buf_put(&url, rk_str(path));
	rk_api_json_text(out, name, rk_buf_str(&url));
	rk_buf_free(&url);
}

enum rk_err
rk_api_date_parse(struct rk_str text, int64_t *ret_us)
{
	struct tm tm = { 0 };
	char z[32];
	const char *end;

	if (text.n >= sizeof z)
		return RK_INVALID;
	memcpy(z, text.p, text.n);
	z[text.n] = '\0';
	end = strptime(z, "%Y-%m-%d", &tm);
	if (end && *end == 'T')
		end = strptime(end, "T%H:%M:%S", &tm);
	if (!end || end[*end == 'Z'] != '\0' || text.n != strlen(z))
		return RK_INVALID;
	*ret_us = (int64_t)timegm(&tm) * 1000000;
	return RK_OK;
}
