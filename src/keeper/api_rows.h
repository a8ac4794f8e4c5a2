/*
 * api_rows.h - rows of the store in the name of a call: finding, listing, showing, changing with an audit entry.
 *
 * Functions that return bool have answered the request when they return false.
 */
#ifndef RK_KEEPER_API_ROWS_H
#define RK_KEEPER_API_ROWS_H

#include "keeper/api_call.h"

/* The conditions and the SID that the route's path names: every owner is looked up, within the one before it. */
RK_CHECKED bool rk_api_resolve(struct rk_api_call *call, const char *name, struct rk_str value);

/* The row that the path names, within its owners. `secrets` opens its sealed fields. */
RK_CHECKED bool rk_api_find(struct rk_api_call *call, bool secrets, void *ret_row);
/* A row of another kind, of this account. */
RK_CHECKED bool rk_api_get(struct rk_api_call *call, enum rk_kind kind, struct rk_str sid, void *ret_row);

/* Answers with one row. */
void rk_api_show(struct rk_api_call *call, int status, const void *row);

/*
 * A change and its audit entry, as one. begin; change; then settle with what the change returned. action:
 * "Service.create". After settle has returned true, the disk has both.
 */
RK_CHECKED bool rk_api_begin(struct rk_api_call *call);
RK_CHECKED bool rk_api_settle(struct rk_api_call *call, enum rk_err err, const struct rk_why *why,
    const char *verb, struct rk_str target);
/* The audit entry of such a change, whose texts borrow from the call. */
void rk_api_audit_init(
    struct rk_api_call *call, const char *verb, struct rk_str target, struct rk_row_audit *ret_audit);

/* Tells that an environment, or every environment of a service, serves something else now. */
void rk_api_tell_environment(struct rk_api_call *call, struct rk_str environment);
/* Tells that the account has other API keys. */
void rk_api_tell_keys(struct rk_api_call *call);
void rk_api_tell_service(struct rk_api_call *call, struct rk_str service, bool removed);

/* Handlers that any resource can have. */
void rk_api_fetch(struct rk_api_call *call);
void rk_api_remove(struct rk_api_call *call);

#endif
