/*
 * log.h - words for the operator, on standard error, one line each.
 *
 * A line is: time, level, role, words. Messages never hold a secret, a token
 * or a request body; pass what a stranger sent through %.*s only: control
 * characters are escaped on the way out.
 */
#ifndef RK_BASE_LOG_H
#define RK_BASE_LOG_H

enum rk_log_level { RK_LOG_ERROR, RK_LOG_WARN, RK_LOG_INFO, RK_LOG_DEBUG };

/* Once at start: the role's name, and the lowest level that is written. */
void rk_log_init(const char *role, enum rk_log_level level);

void rk_log(enum rk_log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define rk_error(...) rk_log(RK_LOG_ERROR, __VA_ARGS__)
#define rk_warn(...) rk_log(RK_LOG_WARN, __VA_ARGS__)
#define rk_info(...) rk_log(RK_LOG_INFO, __VA_ARGS__)
#define rk_debug(...) rk_log(RK_LOG_DEBUG, __VA_ARGS__)

#endif
