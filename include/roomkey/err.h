/*
 * roomkey/err.h - every way in which a call can fail, one row each.
 *
 * Fallible functions return enum rk_err and write their out-parameters
 * (named ret_...) only on RK_OK. Where a person will read the reason, the last
 * parameter is a struct rk_why *, which may be NULL.
 */
#ifndef ROOMKEY_ERR_H
#define ROOMKEY_ERR_H

/* name, HTTP status if it ends a request, text */
#define RK_ERR_ROWS(X)                                                      \
	X(OK, 200, "done")                                                  \
	X(NOMEM, 500, "out of memory")                                      \
	X(IO, 500, "the system refused a read or a write")                  \
	X(INVALID, 400, "the input is not of the expected form")            \
	X(TOO_LARGE, 413, "the input is larger than the limit")             \
	X(NOT_FOUND, 404, "there is nothing by that name")                  \
	X(DENIED, 403, "not allowed")                                       \
	X(EXISTS, 409, "there is one by that name already")                 \
	X(BUSY, 503, "nothing is free to take this on right now")           \
	X(TIMEOUT, 504, "it took longer than the limit")                    \
	X(GONE, 502, "the process that had this work ended")                \
	X(UNSUPPORTED, 501, "not supported here")                           \
	X(REFUSED, 422, "refused by a rule")                                \
	X(SIGNATURE, 401, "the signature does not hold")                    \
	X(EXPIRED, 401, "no longer valid")                                  \
	X(NOT_YET, 401, "not valid yet")                                    \
	X(INTERNAL, 500, "a fault of ours")                                 \
	X(FULL, 507, "there is no room left on the disk")                   \
	X(UNAVAILABLE, 503, "the store cannot be reached or written now")   \
	X(DAMAGED, 500, "the store's file is damaged")

enum rk_err {
#define X(name, http, text) RK_##name,
	RK_ERR_ROWS(X)
#undef X
};

#define RK_CHECKED __attribute__((warn_unused_result))

/* "NOT_FOUND", its sentence, and the HTTP status of a row. */
const char *rk_err_name(enum rk_err err);
const char *rk_err_text(enum rk_err err);
int rk_err_http(enum rk_err err);

/*
 * A reason for a person: a stable code such as "RK-201" (documented in
 * docs/errors.md), one sentence of what happened, one of what to do. Never
 * holds a secret or a path of the host outside the project.
 */
struct rk_why {
	char code[12];
	char what[512];
	char todo[256];
};

#endif
