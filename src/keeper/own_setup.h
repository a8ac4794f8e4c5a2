/*
 * own_setup.h - the first account, by a code that only who started Roomkey can know.
 */
#ifndef RK_KEEPER_OWN_SETUP_H
#define RK_KEEPER_OWN_SETUP_H

#include "keeper/own_call.h"

/* A new code, unless there is an account already. */
RK_CHECKED enum rk_err rk_own_make_code(struct rk_own *own);

/* Is the caller's account the one that was set up first? False also when the store cannot say: then it has answered. */
bool rk_own_is_operator(struct rk_own_call *oc);

/* 32 random hexadecimal digits and a NUL. */
RK_CHECKED enum rk_err rk_own_make_token(char ret_token[33]);

/* Too many wrong guesses of this address, or at this name (or empty): answers 429. count: one more, or a right one. */
RK_CHECKED bool rk_own_is_patient(struct rk_own_call *oc, struct rk_str name);
void rk_own_count(struct rk_own_call *oc, struct rk_str name, bool failed);

#endif
