/*
 * own_session.h - people who are signed in: a cookie that names a row, and holds a secret whose digest the row has.
 */
#ifndef RK_KEEPER_OWN_SESSION_H
#define RK_KEEPER_OWN_SESSION_H

#include "keeper/own_call.h"

#define RK_OWN_SESSION_IDLE_MS (12ll * 3600 * 1000)
#define RK_OWN_SESSION_LIFE_MS (14ll * 86400 * 1000)

/* The value of the cookie; p == NULL when there is none, or more than one. */
struct rk_str rk_own_session_cookie(const struct rk_api_request *request);

/* Who calls, by the cookie. Answers 401. */
RK_CHECKED bool rk_own_session_recognise(struct rk_own_call *oc);

/* A new session of that person, within the caller's transaction; its cookie becomes a header of the answer. */
RK_CHECKED enum rk_err rk_own_session_make(struct rk_own_call *oc, const struct rk_row_person *person);

/* The cookie of a session, or, for an empty SID, of none any more. */
void rk_own_session_put_cookie(struct rk_own_call *oc, const char *sid, struct rk_str secret);

bool rk_own_session_is_fresh(const struct rk_row_session *row, int64_t now_ms);

/* Ends every session of that person but `except` (or empty). */
RK_CHECKED enum rk_err rk_own_session_end_all(
    struct rk_own_call *oc, struct rk_str person, struct rk_str except);

/* "person":{...},"account":{...},"expires":... */
void rk_own_session_put(struct rk_own_call *oc, struct rk_buf *out, const struct rk_row_person *person);

#endif
