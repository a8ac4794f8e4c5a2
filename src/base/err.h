/*
 * err.h - writing a reason down (the rows and struct rk_why are public: roomkey/err.h).
 */
#ifndef RK_BASE_ERR_H
#define RK_BASE_ERR_H

#include <roomkey/err.h>

/* Fills why (unless NULL) and returns err, so that it can end a function:
 *   return rk_why(why, RK_INVALID, "RK-101", "Add ...", "The path %s ...", p); */
enum rk_err rk_why(struct rk_why *why, enum rk_err err, const char *code, const char *todo,
    const char *what_fmt, ...) __attribute__((format(printf, 5, 6)));

#endif
