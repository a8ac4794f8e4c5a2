/*
 * own_call.h - one request on its way through our own API: what the routes' handlers are given, and what they share.
 *
 * Functions that return bool have answered the request when they return false. A handler has answered when it
 * returns, unless it has set `waits`: then rk_own_finish says so later.
 */
#ifndef RK_KEEPER_OWN_CALL_H
#define RK_KEEPER_OWN_CALL_H

#include "base/json.h"
#include "keeper/api_json.h"
#include "keeper/api_routes.h"
#include "keeper/api_rows.h"
#include "keeper/own.h"
#include "keeper/own_source.h"

#define RK_OWN_BASE "/roomkey/v1"
#define RK_OWN_TEXT_MAX (66u * 1024u * 1024u) /* of texts that are content */

/* Who may call, each with all that is above it. */
enum rk_own_who {
	RK_OWN_OPEN,    /* anybody */
	RK_OWN_READ,    /* readers, and all others of the account */
	RK_OWN_WRITE,   /* developers, standard keys */
	RK_OWN_MANAGE,  /* admins, main keys, the auth token */
	RK_OWN_OPERATE, /* owners, main keys and the auth token of the account that was set up first */
};

enum rk_own_type {
	RK_OWN_TEXT, /* without NUL */
	RK_OWN_RAW,  /* a text that may hold NUL */
	RK_OWN_NUMBER,
	RK_OWN_FLAG,
	RK_OWN_OBJECT,
	RK_OWN_LIST,
};

struct rk_own_field {
	const char *name;
	enum rk_own_type type;
	size_t most; /* characters of a text, members of a list */
	bool required;
};

typedef void rk_own_handler(struct rk_own_call *oc);

struct rk_own_route {
	const char *method, *path; /* below RK_OWN_BASE */
	enum rk_own_who who;
	rk_own_handler *handler;
	const struct rk_own_field *fields; /* up to the one without a name; NULL: no body */
};

struct rk_own_password; /* own_password.h */

struct rk_own {
	struct rk_own_opts opts;
	struct rk_api_throttle peers, names; /* of those who sign in or set up */
	char code[10];                       /* "K7M2-9QXD"; empty once somebody has set up */
	struct rk_own_password *first, **last; /* passwords that wait; the first is being looked at */
	unsigned passwords;
	struct rk_own_sources sources;
};

struct rk_own_call {
	struct rk_api_call call;
	struct rk_api_response response;
	struct rk_own *own;
	const struct rk_own_route *route;
	struct rk_json *body;
	enum rk_own_who power;          /* how far the caller may go */
	char person[RK_SID_LEN + 1];    /* of a session; else empty */
	char session[RK_SID_LEN + 1];
	enum rk_admin_how how;
	bool waits;
	int64_t deadline_ms;            /* of the wait; 0: none */
	struct rk_own_password *password; /* under way */
	void (*next)(struct rk_own_call *oc, const struct rk_estate_outcome *outcome); /* once estate has answered */
	void *work;                     /* the handler's own, in the arena */
	rk_own_done_fn *done;
	void *arg;
};

extern const struct rk_own_route rk_own_routes[];
extern const size_t rk_own_route_count;

/* The route of this request, its path's parameters resolved; after who calls is known. */
RK_CHECKED bool rk_own_find_route(struct rk_own_call *oc);

/* The body is an object that the route's fields allow. */
RK_CHECKED bool rk_own_take_body(struct rk_own_call *oc);
/* The same for an object within it; `where` stands before the names in messages ("put[3]."). */
RK_CHECKED bool rk_own_check_object(struct rk_own_call *oc, const struct rk_json *object,
    const struct rk_own_field *fields, const char *where);
/* A member of the body; p == NULL, false or `fallback` when it is absent or null. */
struct rk_str rk_own_text(const struct rk_own_call *oc, const char *name);
bool rk_own_flag(const struct rk_own_call *oc, const char *name, bool fallback);
long long rk_own_number(const struct rk_own_call *oc, const char *name, long long fallback);

/* The answer's body: begin writes "{"; what follows is rk_api_json_...; end writes "}" and the status. */
struct rk_buf *rk_own_open(struct rk_own_call *oc);
void rk_own_close(struct rk_own_call *oc, int status);
/* An error with a code of our own as its member "roomkey_code", left open for more members. */
struct rk_buf *rk_own_fail_open(
    struct rk_own_call *oc, enum rk_api_error error, const char *code, const char *message);
void rk_own_fail_why(struct rk_own_call *oc, enum rk_api_error error, const char *code, const char *message);

/*
 * A change and its audit entry, as one. begin; change; settle with what it returned. detail: members of a JSON object
 * without braces, or empty.
 */
RK_CHECKED bool rk_own_begin_change(struct rk_own_call *oc);
RK_CHECKED bool rk_own_settle(struct rk_own_call *oc, enum rk_err err, const struct rk_why *why,
    const char *action, struct rk_str target, struct rk_str detail);

/* Waits for estate: next() is called with what it says. An error of asking is answered. */
void rk_own_wait(struct rk_own_call *oc, enum rk_err asked, int64_t most_ms,
    void (*next)(struct rk_own_call *oc, const struct rk_estate_outcome *outcome));
void rk_own_outcome(void *oc, const struct rk_estate_outcome *outcome); /* what estate is given as done() */
/* The answer of a call that waits is in place. */
void rk_own_finish(struct rk_own_call *oc);

rk_own_handler rk_own_status_get, rk_own_setup_post, rk_own_session_post, rk_own_session_get, rk_own_my_password_post,
    rk_own_session_delete, rk_own_sessions_get, rk_own_sessions_delete, rk_own_session_end, rk_own_account_get,
    rk_own_account_post, rk_own_token_get, rk_own_accounts_get, rk_own_accounts_post, rk_own_people_get,
    rk_own_people_post, rk_own_person_post, rk_own_person_delete, rk_own_keys_get, rk_own_keys_post,
    rk_own_keys_import, rk_own_key_post, rk_own_key_delete, rk_own_overview_get, rk_own_content_get,
    rk_own_changes_post, rk_own_try_post, rk_own_check_post, rk_own_logs_get, rk_own_audit_get,
    rk_own_tokens_post, rk_own_inspect_post, rk_own_settings_get, rk_own_backup_post;

#endif
