/*
 * remote.h - the server that a verb talks to: its address, who asks, and requests in JSON and forms.
 */
#ifndef RK_CLI_REMOTE_H
#define RK_CLI_REMOTE_H

#include <roomkey/param.h>

#include "base/json.h"
#include "cli/client.h"
#include "cli/login.h"

/* Zero it first. */
struct rk_remote {
	struct rk_login who;
	bool is_open;         /* nobody has to be known there: set-up */
	long status;          /* of the last answer */
	struct rk_json *last; /* its JSON, also of a refusal; NULL: it had none */
};

/*
 * Who asks where: ROOMKEY_URL with ACCOUNT_SID and AUTH_TOKEN (or API_KEY and API_SECRET) of the environment, else the
 * kept login. url and ca come from flags and may be NULL; a kept login is never sent to another url than
 * its own. RK_DENIED with RK-824 when nobody is logged in.
 */
RK_CHECKED enum rk_err rk_remote_find(
    struct rk_remote *remote, const char *url, const char *ca, struct rk_why *why);
void rk_remote_done(struct rk_remote *remote);

/* What a request sends: nothing, JSON, or a form. */
struct rk_remote_body {
	const char *type;
	struct rk_str bytes;
};
#define RK_REMOTE_NOTHING ((struct rk_remote_body){ 0 })
#define RK_REMOTE_JSON(b) ((struct rk_remote_body){ "application/json", rk_buf_str(b) })
#define RK_REMOTE_FORM(b) ((struct rk_remote_body){ "application/x-www-form-urlencoded", rk_buf_str(b) })

/*
 * Sends a request and leaves the answer in remote->last and remote->status. A status of 400 and above: RK_DENIED (401,
 * 403), RK_NOT_FOUND, RK_EXISTS (409) or RK_REFUSED, with the server's code and words in why. RK_GONE, RK_TIMEOUT: nobody
 * answers.
 */
RK_CHECKED enum rk_err rk_remote_call(struct rk_remote *remote, const char *method, const char *path,
    struct rk_remote_body body, struct rk_why *why);
RK_CHECKED enum rk_err rk_remote_get(struct rk_remote *remote, struct rk_why *why, const char *path_fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* With the fields as a form. */
RK_CHECKED enum rk_err rk_remote_post_form(struct rk_remote *remote, const char *path,
    const struct rk_param *fields, size_t count, struct rk_why *why);

/* Every row of a vendor list, over all its pages. each() returns false to stop. */
typedef bool rk_remote_row_fn(const struct rk_json *row, void *arg);
RK_CHECKED enum rk_err rk_remote_each(
    struct rk_remote *remote, const char *path, rk_remote_row_fn *each, void *arg, struct rk_why *why);

/* A stream of server-sent events: each(data) for each event, until it returns false or the server leaves. */
typedef bool rk_remote_event_fn(struct rk_str data, void *arg);
RK_CHECKED enum rk_err rk_remote_listen(
    struct rk_remote *remote, const char *path, rk_remote_event_fn *each, void *arg, struct rk_why *why);

/* One member with a text, empty when it is none. */
struct rk_str rk_remote_text(const struct rk_json *object, const char *member);

#endif
