/*
 * jwt.h - the times of a JSON Web Token (RFC 7519 sections 4.1.4 to 4.1.6).
 */
#ifndef RK_TOKEN_JWT_H
#define RK_TOKEN_JWT_H

#include "base/json.h"

/* Seconds since 1970, fractions kept. */
struct rk_jwt_times {
	double iat, nbf, exp;
	bool has_iat, has_nbf, has_exp;
};

/* The claims set out of decoded bytes: one JSON object. RK_INVALID with the reason. */
RK_CHECKED enum rk_err rk_jwt_parse(struct rk_str payload, struct rk_json **ret_claims, struct rk_why *why);

/* RK_INVALID when one of them is there but no number. */
RK_CHECKED enum rk_err rk_jwt_read_times(const struct rk_json *claims, struct rk_jwt_times *ret_times,
    struct rk_why *why);

/*
 * exp is needed, must lie after now - leeway, and at most life seconds (and the leeway) after now; nbf, if
 * there, must not lie after now + leeway. RK_INVALID (no exp), RK_EXPIRED, RK_NOT_YET, RK_REFUSED (life).
 */
RK_CHECKED enum rk_err rk_jwt_check_times(const struct rk_jwt_times *times, int64_t now, int64_t leeway,
    int64_t life, struct rk_why *why);

#endif
