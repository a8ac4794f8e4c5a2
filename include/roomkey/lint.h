/*
 * roomkey/lint.h - what the vendor is known to reject, found before it is signed.
 *
 * A finding is a row of one table: a stable code, the argument it is about, one
 * sentence of what is wrong and one of what to do. Findings come through a
 * callback. No text ever holds a secret: every sentence is a constant.
 * The table with its reasons is docs/token-lint.md.
 */
#ifndef ROOMKEY_LINT_H
#define ROOMKEY_LINT_H

#include <stdint.h>

#include <roomkey/err.h>
#include <roomkey/str.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * REFUSE: refusals end the mint, warnings are told. WARN: refusals are told as
 * warnings and the token is signed. OFF: nothing is told, everything is signed.
 */
enum rk_lint_level { RK_LINT_REFUSE, RK_LINT_WARN, RK_LINT_OFF };

enum rk_lint_severity { RK_LINT_WARNING, RK_LINT_REFUSAL };

/* One row of the table, after the level was applied. All texts are constants. */
struct rk_lint_finding {
	const char *code;               /* "RK-201", stable */
	enum rk_lint_severity severity; /* at level WARN always RK_LINT_WARNING */
	const char *argument;           /* "accountSid", "keySid", "secret", "ttl", "grants.video.room", ... */
	const char *what;               /* one sentence: what is wrong */
	const char *todo;               /* one sentence: the way out */
};

/* Called once a finding, during the call that was given it. */
typedef void rk_lint_fn(const struct rk_lint_finding *finding, void *arg);

/* The whole table: how many rows there are, and each (severity as at level REFUSE). */
size_t rk_lint_count(void);
void rk_lint_row(size_t i, struct rk_lint_finding *ret_row);

/*
 * The three strings. RK_REFUSED when one of the findings refuses, else RK_OK.
 * `fn` may be NULL.
 */
RK_CHECKED enum rk_err rk_lint_strings(enum rk_lint_level level, struct rk_str account_sid,
    struct rk_str key_sid, struct rk_str secret, rk_lint_fn *fn, void *arg);

/* The lifetime in seconds: more than 24 h, zero and negative are refused. */
RK_CHECKED enum rk_err rk_lint_ttl(enum rk_lint_level level, int64_t ttl, rk_lint_fn *fn, void *arg);

/*
 * The JSON text of a grants object. Only warns, so that it has no result; text that is
 * no JSON object is a warning too. Costs a parse: a caller that mints often
 * remembers which texts it has had checked (rk_access_lint does, one text a key).
 */
void rk_lint_grants(enum rk_lint_level level, struct rk_str grants_json, rk_lint_fn *fn, void *arg);

#ifdef __cplusplus
}
#endif

#endif
