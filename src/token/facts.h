/*
 * facts.h - an access token taken apart, for verify.c and inspect.c (struct rk_access_facts is
 * public: roomkey/verify.h).
 */
#ifndef RK_TOKEN_FACTS_H
#define RK_TOKEN_FACTS_H

#include <roomkey/verify.h>

#include "token/compact.h"
#include "token/jwt.h"

struct rk_facts {
	struct rk_access_facts view;   /* first: rk_access_facts_free is given its address */
	struct rk_compact compact;
	struct rk_json *claims;
	struct rk_jwt_times times;
	struct rk_buf token;           /* our copy: compact borrows it */
	struct rk_buf grants;          /* without identity */
};

/* The form and the header; no claim is looked at. Frees with rk_access_facts_free(&facts->view). */
RK_CHECKED enum rk_err rk_facts_open(struct rk_str token, struct rk_facts **ret_facts, struct rk_why *why);

/* Reads the claims into view. RK_INVALID when they are no JSON object or a time is no number. */
RK_CHECKED enum rk_err rk_facts_read(struct rk_facts *facts, struct rk_why *why);

/* The rules of access tokens that lie beyond the signature, in the order of roomkey/verify.h. */
RK_CHECKED enum rk_err rk_facts_check(const struct rk_facts *facts, const struct rk_verify *how, struct rk_why *why);

void rk_facts_auto(struct rk_facts **facts);   /* for RK_AUTO */

#endif
