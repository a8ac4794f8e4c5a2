/*
 * payload.h - the claims of one key's tokens, as bytes.
 *
 * They are one run: what depends on the key only is made once, the rest is written between.
 * Member order, escapes and number forms are those of JSON.stringify over the object that the
 * vendor's Node library builds.
 */
#ifndef RK_TOKEN_PAYLOAD_H
#define RK_TOKEN_PAYLOAD_H

#include <roomkey/access.h>

#include "base/buf.h"
#include "token/ecma.h"

struct rk_payload {
	struct rk_buf head; /* {"jti":"<key SID>-, and of the present second: <now>","grants":{ */
	size_t head_key_n;  /* the part of head that depends on the key only */
	char issued[2 * RK_ECMA_NUMBER_MAX]; /* ,"iat":<now>,"exp": */
	size_t issued_n;
	struct rk_buf tail; /* ,"iss":"<key SID>","sub":"<account SID>"} */
};

/* Both SIDs are UTF-8. Call rk_payload_done, after a failure too. */
RK_CHECKED enum rk_err rk_payload_init(struct rk_payload *p, struct rk_str account_sid, struct rk_str key_sid);
void rk_payload_done(struct rk_payload *p);

/* Makes ready for the tokens of this second: `head` is what all of them begin with. */
RK_CHECKED enum rk_err rk_payload_turn(struct rk_payload *payload, int64_t now);

/* What rk_payload_write never exceeds. */
size_t rk_payload_bound(const struct rk_payload *p, const struct rk_access_claims *claims);

/* claims->now must be the second of the last rk_payload_turn. RK_INVALID: the identity is no text. */
RK_CHECKED enum rk_err rk_payload_write(
    const struct rk_payload *payload, const struct rk_access_claims *claims, char *dst, size_t *ret_n);

#endif
