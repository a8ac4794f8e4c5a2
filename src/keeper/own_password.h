/*
 * own_password.h - passwords: hashed and compared off the loop's thread, one at a time.
 */
#ifndef RK_KEEPER_OWN_PASSWORD_H
#define RK_KEEPER_OWN_PASSWORD_H

#include "keeper/own_call.h"

#define RK_OWN_PASSWORD_LEAST 10 /* characters */
#define RK_OWN_PASSWORDS 5       /* the one that is looked at, and those that wait for it */

/* hash: what a new password became; empty after a comparison. It is wiped afterwards. */
typedef void rk_own_password_fn(struct rk_own_call *oc, enum rk_err err, struct rk_str hash);

/* True when it is long enough to be taken; else it has answered 400. */
RK_CHECKED bool rk_own_password_is_good(struct rk_own_call *oc, struct rk_str password);

/*
 * The call waits, and next() comes later, from the loop. hash: to compare with (RK_OK, RK_DENIED); empty but not NULL: nobody's
 * (RK_DENIED after as long a time); p == NULL: make one. Answers 503 when too many wait.
 */
void rk_own_password_work(
    struct rk_own_call *oc, struct rk_str password, struct rk_str hash, rk_own_password_fn *next);

void rk_own_password_forget(struct rk_own_call *oc); /* next() never comes */
void rk_own_password_leave(struct rk_own *own);      /* the owner goes; what runs ends by itself */

#endif
