/*
 * own.h - our own API below /roomkey/v1: what the vendor's has no words for, and what the console lives by.
 *
 * A request goes in and an answer comes out, at once or later (passwords, compiling, a swap). JSON in and out; errors in
 * the vendor's form. docs/api.md says each of them.
 */
#ifndef RK_KEEPER_OWN_H
#define RK_KEEPER_OWN_H

#include "base/conf.h"
#include "keeper/api.h"
#include "keeper/estate.h"
#include "proc/loop.h"
#include "wire/admin.h"

struct rk_own;
struct rk_own_call;

/* All borrowed. */
struct rk_own_opts {
	struct rk_loop *loop;
	struct rk_store *store;
	struct rk_api *api;
	struct rk_estate *estate;
	const struct rk_conf *conf;
};

/* The answer of a call that waited is there. The call may be ended in it. */
typedef void rk_own_done_fn(struct rk_own_call *call, void *arg);

RK_CHECKED enum rk_err rk_own_new(const struct rk_own_opts *opts, struct rk_own **ret_own);
void rk_own_free(struct rk_own *own); /* NULL is fine. All calls have ended; the loop runs once more after it */

/* NULL once somebody has set up. */
const char *rk_own_setup_code(const struct rk_own *own);

bool rk_own_is_path(struct rk_str target); /* "/roomkey/v1/..." */

/* The request stays until rk_own_call_end. NULL: no memory. */
struct rk_own_call *rk_own_begin(
    struct rk_own *own, const struct rk_api_request *request, rk_own_done_fn *done, void *arg);
bool rk_own_call_waits(const struct rk_own_call *call); /* else the answer is there, and done() never comes */
void rk_own_call_end(struct rk_own_call *call);         /* also while it waits */
void rk_own_call_tick(struct rk_own_call *call, int64_t now_ms); /* may call done(): it waited too long */

/* The answer. The body of RK_ADMIN_RUN is a struct rk_admin_run as it is written. */
const struct rk_api_response *rk_own_call_response(const struct rk_own_call *call);
enum rk_admin_how rk_own_call_how(const struct rk_own_call *call);

/* Of a call that streams: this row as an event, or nothing when it is not for it. */
void rk_own_call_put_event(const struct rk_own_call *call, const struct rk_row_log *log, struct rk_buf *out);

/* A request to the vendor-shaped API by somebody with a session: true with who it is, or false with the answer. */
bool rk_own_has_session(const struct rk_api_request *request); /* a cookie, and no Authorization */
RK_CHECKED bool rk_own_admit(struct rk_own *own, const struct rk_api_request *request,
    struct rk_api_caller *ret_caller, struct rk_api_response *ret_response);

/* The route table, for documentation and its test: false past the end. */
bool rk_own_get_route(size_t i, const char **ret_method, const char **ret_path);

#endif
