/*
 * remote.c - requests to the admin API.
 */
#include "cli/remote.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/auto.h"
#include "base/codec.h"
#include "base/err.h"
#include "base/form.h"
#include "cli/say.h"

#define PATH_SIZE 4096
#define URL_MAX 16384
#define HEAD_MAX (1024 * 1024)
#define ANSWER_MAX (256u * 1024u * 1024u)
#define EVENT_MAX (1024 * 1024)
#define PAGES_MAX 10000

void
rk_remote_done(struct rk_remote *remote)
{
	rk_login_done(&remote->who);
	rk_json_free(remote->last);
	remote->last = NULL;
}

struct rk_str
rk_remote_text(const struct rk_json *object, const char *member)
{
	return rk_json_str(rk_json_get(object, member));
}

/* ---- one request -------------------------------------------------------------------- */

struct sending {
	struct rk_client_request request;
	struct rk_buf url, authorization, type; /* authorization is a secret */
};

static void
sending_done(struct sending *s)
{
	rk_buf_free(&s->url);
	rk_buf_free(&s->type);
	rk_buf_wipe(&s->authorization);
}

static void
add_header(struct sending *s, const char *line)
{
	s->request.headers[s->request.header_count++] = line;
}

/* RFC 7617; room is made at once, so that no copy stays behind. */
static enum rk_err
authorize(struct sending *s, const struct rk_login *who)
{
	RK_AUTO(rk_buf_wipe) struct rk_buf pair = RK_BUF(65536);

	if (!rk_buf_reserve(&pair, pair.max) || !rk_buf_reserve(&s->authorization, s->authorization.max))
		return RK_NOMEM;
	rk_buf_printf(&pair, "%s:", who->user);
	rk_buf_put(&pair, rk_str_n(who->secret.p, who->secret.n));
	rk_buf_lit(&s->authorization, "Authorization: Basic ");
	rk_codec_put_base64(&s->authorization, rk_buf_str(&pair));
	add_header(s, rk_buf_z(&s->authorization));
	return rk_buf_end(&s->authorization);
}

static enum rk_err
prepare(struct sending *s, const struct rk_remote *remote, const char *method, const char *path,
    struct rk_remote_body body, struct rk_why *why)
{
	enum rk_err err = RK_OK;

	*s = (struct sending){ .url = RK_BUF(URL_MAX), .authorization = RK_BUF(131072), .type = RK_BUF(256) };
	rk_buf_printf(&s->url, "%s%s", remote->who.url, path);
	s->request.url = rk_buf_z(&s->url);
	s->request.method = method;
	s->request.body = body.bytes;
	s->request.ca = remote->who.ca;
	if (body.type) {
		rk_buf_printf(&s->type, "Content-Type: %s", body.type);
		add_header(s, rk_buf_z(&s->type));
	}
	if (!remote->is_open)
		err = authorize(s, &remote->who);
	if (err == RK_OK)
		err = rk_buf_end(&s->url);
	return err == RK_OK
		   ? RK_OK
		   : rk_why(why, err, RK_SAY_VALUE, "", "The request cannot be made: %s.", rk_err_text(err));
}

/* ---- what came back ------------------------------------------------------------------ */

static enum rk_err
err_of(long status)
{
	switch (status) {
	case 401:
	case 403:
		return RK_DENIED;
	case 404:
		return RK_NOT_FOUND;
	case 409:
		return RK_EXISTS;
	case 503:
		return RK_BUSY;
	default:
		return RK_REFUSED;
	}
}

static void
put_code(char code[12], const struct rk_json *value)
{
	long long number;

	if (rk_json_integer(value, &number))
		snprintf(code, 12, "%lld", number);
	else
		snprintf(code, 12, "%.*s", RK_FMT(rk_str_sub(rk_json_str(value), 0, 11)));
}

/* The server's own words; it names no code of ours but in "code". */
static enum rk_err
refusal(const struct rk_remote *remote, struct rk_why *why)
{
	struct rk_str message = rk_remote_text(remote->last, "message");
	struct rk_str id = rk_remote_text(remote->last, "request_id"),
		      todo = rk_remote_text(remote->last, "todo");
	enum rk_err err = err_of(remote->status);

	if (message.n == 0)
		return rk_why(why, err, RK_SAY_ANSWER, "Is that the admin address of roomkey serve?",
		    "The server answers %ld, and says nothing that is understood.", remote->status);
	(void)rk_why(why, err, "", remote->status == 401 ? "Log in again: roomkey login." : "", "%.*s",
	    RK_FMT(rk_str_sub(message, 0, sizeof why->what - 1)));
	put_code(why->code, rk_json_get(remote->last, "code"));
	if (todo.n > 0)
		snprintf(why->todo, sizeof why->todo, "%.*s", RK_FMT(rk_str_sub(todo, 0, 200)));
	if (id.n > 0)
		snprintf(why->todo + strlen(why->todo), sizeof why->todo - strlen(why->todo), "%s(%.*s)",
		    why->todo[0] ? " " : "", RK_FMT(rk_str_sub(id, 0, 40)));
	return err;
}

static enum rk_err
take_answer(struct rk_remote *remote, const struct rk_client_answer *answer, struct rk_why *why)
{
	struct rk_json *root = NULL;
	enum rk_err err = RK_OK;

	remote->status = answer->status;
	if (answer->body.n > 0)
		err = rk_json_parse(rk_buf_str(&answer->body), &root, NULL);
	rk_json_free(remote->last);
	remote->last = root;
	if (remote->status >= 400)
		return refusal(remote, why);
	if (err == RK_OK && remote->status >= 200 && remote->status < 300)
		return RK_OK;
	return rk_why(why, RK_REFUSED, RK_SAY_ANSWER, "Is that the admin address of roomkey serve?",
	    "The server answers %ld with something that is no JSON.", remote->status);
}

static enum rk_err
tell_absent(enum rk_err err, const struct rk_remote *remote, struct rk_why *why)
{
	if (err == RK_GONE)
		snprintf(why->todo, sizeof why->todo, "Is roomkey serve running, and reached by %.150s?",
		    remote->who.url);
	return err;
}

enum rk_err
rk_remote_call(struct rk_remote *remote, const char *method, const char *path, struct rk_remote_body body,
    struct rk_why *why)
{
	RK_AUTO(sending_done) struct sending sending;
	struct rk_client_answer answer = { .head = RK_BUF(HEAD_MAX), .body = RK_BUF(ANSWER_MAX) };
	enum rk_err err = prepare(&sending, remote, method, path, body, why);

	if (err == RK_OK) {
		err = rk_client_send(&sending.request, &answer, why);
		err = err == RK_OK ? take_answer(remote, &answer, why) : tell_absent(err, remote, why);
	}
	rk_buf_wipe(&answer.body); /* it may be the one answer with a secret */
	rk_client_answer_done(&answer);
	return err;
}

enum rk_err
rk_remote_get(struct rk_remote *remote, struct rk_why *why, const char *path_fmt, ...)
{
	char path[PATH_SIZE];
	va_list args;
	int n;

	va_start(args, path_fmt);
	n = vsnprintf(path, sizeof path, path_fmt, args);
	va_end(args);
	if (n < 0 || (size_t)n >= sizeof path)
		return rk_why(why, RK_TOO_LARGE, RK_SAY_VALUE, "Shorten it.", "The request is too long.");
	return rk_remote_call(remote, "GET", path, RK_REMOTE_NOTHING, why);
}

enum rk_err
rk_remote_post_form(struct rk_remote *remote, const char *path, const struct rk_param *fields, size_t count,
    struct rk_why *why)
{
	RK_AUTO(rk_buf_wipe) struct rk_buf form = RK_BUF(4 * 1024 * 1024);

	rk_form_put(&form, fields, count);
	if (rk_buf_end(&form) != RK_OK)
		return rk_why(why, RK_TOO_LARGE, RK_SAY_VALUE, "Shorten it.", "The request is too long.");
	return rk_remote_call(remote, "POST", path, RK_REMOTE_FORM(&form), why);
}

/* ---- lists ----------------------------------------------------------------------------- */

/* The URL of the next page names the server as it sees itself; only its path and query count. */
static bool
next_path(const struct rk_json *page, char path[PATH_SIZE])
{
	struct rk_str url = rk_remote_text(rk_json_get(page, "meta"), "next_page_url");
	const char *scheme = url.n > 0 ? memmem(url.p, url.n, "://", 3) : NULL;

	if (!scheme)
		return false;
	url = rk_str_sub(url, (size_t)(scheme - url.p) + 3, url.n);
	url = rk_str_sub(url, rk_str_index(url, '/'), url.n);
	return url.n > 0 && snprintf(path, PATH_SIZE, "%.*s", RK_FMT(url)) < PATH_SIZE;
}

enum rk_err
rk_remote_each(
    struct rk_remote *remote, const char *path, rk_remote_row_fn *each, void *arg, struct rk_why *why)
{
	char at[PATH_SIZE];
	bool more =
	    snprintf(at, sizeof at, "%s%sPageSize=1000", path, strchr(path, '?') ? "&" : "?") < PATH_SIZE;

	for (unsigned page = 0; more && page < PAGES_MAX; page++) {
		RK_AUTO(rk_auto_free) char *key = NULL;
		const struct rk_json *rows;
		enum rk_err err = rk_remote_call(remote, "GET", at, RK_REMOTE_NOTHING, why);

		if (err != RK_OK)
			return err;
		key = rk_str_dup(rk_remote_text(rk_json_get(remote->last, "meta"), "key"));
		rows = key ? rk_json_get(remote->last, key) : NULL;
		more = next_path(remote->last, at);
		for (size_t i = 0; rows && i < rk_json_count(rows); i++)
			if (!each(rk_json_at(rows, i), arg))
				return RK_OK;
	}
	return RK_OK;
}

/* ---- server-sent events ------------------------------------------------------------------- */

struct listening {
	struct rk_buf pending; /* the end of what came, without its line's end */
	rk_remote_event_fn *each;
	void *arg;
};

/* Every event of ours has one line of data. */
static bool
take_piece(struct rk_str piece, void *arg)
{
	struct listening *l = arg;
	bool on = true;

	rk_buf_put(&l->pending, piece);
	while (on && !l->pending.bad) {
		struct rk_str all = rk_buf_str(&l->pending),
			      line = rk_str_sub(all, 0, rk_str_index(all, '\n'));

		if (line.n == all.n)
			break;
		if (rk_str_has_prefix(line, RK_STR("data:")))
			on = l->each(rk_str_trim(rk_str_sub(line, 5, line.n)), l->arg);
		rk_buf_drop(&l->pending, line.n + 1);
	}
	return on && !l->pending.bad;
}

enum rk_err
rk_remote_listen(
    struct rk_remote *remote, const char *path, rk_remote_event_fn *each, void *arg, struct rk_why *why)
{
	RK_AUTO(sending_done) struct sending sending;
	struct listening l = { .pending = RK_BUF(EVENT_MAX), .each = each, .arg = arg };
	struct rk_client_answer answer = { .head = RK_BUF(HEAD_MAX), .body = RK_BUF(ANSWER_MAX) };
	enum rk_err err = prepare(&sending, remote, "GET", path, RK_REMOTE_NOTHING, why);

	if (err == RK_OK) {
		add_header(&sending, "Accept: text/event-stream");
		sending.request.piece = take_piece;
		sending.request.arg = &l;
		err = rk_client_send(&sending.request, &answer, why);
		if (err == RK_OK && answer.status >= 400)
			err = take_answer(remote, &answer, why);
		else
			err = tell_absent(err, remote, why);
	}
	rk_buf_free(&l.pending);
	rk_client_answer_done(&answer);
	return err;
}
