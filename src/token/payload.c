/*
 * payload.c - see payload.h.
 */
#include "token/payload.h"

#include "base/auto.h"
#include "base/json.h"

#define PART_MAX 65536

/* ---- what stays ------------------------------------------------------------------ */

enum rk_err
rk_payload_init(struct rk_payload *p, struct rk_str account_sid, struct rk_str key_sid)
{
	enum rk_err err;

	*p = (struct rk_payload){ .head = RK_BUF(PART_MAX), .tail = RK_BUF(PART_MAX) };
	rk_buf_lit(&p->head, "{\"jti\":");
	rk_json_put_string(&p->head, key_sid);
	err = rk_buf_end(&p->head);
	if (err)
		return err;
	p->head.p[p->head.n - 1] = '-'; /* the closing quote comes after the seconds */
	p->head_key_n = p->head.n;
	rk_buf_lit(&p->tail, ",\"iss\":");
	rk_json_put_string(&p->tail, key_sid);
	rk_buf_lit(&p->tail, ",\"sub\":");
	rk_json_put_string(&p->tail, account_sid);
	rk_buf_put_c(&p->tail, '}');
	return rk_buf_end(&p->tail);
}

void
rk_payload_done(struct rk_payload *p)
{
	rk_buf_free(&p->head);
	rk_buf_free(&p->tail);
}

enum rk_err
rk_payload_turn(struct rk_payload *payload, int64_t now)
{
	char digits[RK_ECMA_NUMBER_MAX], *p = rk_ecma_write_integer(digits, now);
	enum rk_err err;

	payload->head.n = payload->head_key_n;
	rk_buf_put(&payload->head, rk_str_n(digits, (size_t)(p - digits)));
	rk_buf_lit(&payload->head, "\",\"grants\":{");
	err = rk_buf_end(&payload->head);
	if (err)
		return err;
	p = rk_ecma_lit(rk_ecma_write_integer(rk_ecma_lit(payload->issued, ",\"iat\":"), now), ",\"exp\":");
	payload->issued_n = (size_t)(p - payload->issued);
	return RK_OK;
}

/* ---- one token ------------------------------------------------------------------- */

static enum rk_err
put_identity(char **p, struct rk_str identity)
{
	struct rk_buf escaped RK_AUTO(rk_buf_free) = { 0 };
	enum rk_err err;

	if (rk_ecma_is_plain(identity)) {
		*(*p)++ = '"';
		*p = rk_ecma_write(*p, identity);
		*(*p)++ = '"';
		return RK_OK;
	}
	if (!rk_ecma_is_text(identity))
		return RK_INVALID;
	escaped.max = 6 * identity.n + 2;
	rk_json_put_string(&escaped, identity);
	err = rk_buf_end(&escaped);
	if (!err)
		*p = rk_ecma_write(*p, rk_buf_str(&escaped));
	return err;
}

/* "identity":...,<the members of grants>} */
static enum rk_err
put_grants(char **p, const struct rk_access_claims *claims)
{
	struct rk_str inner = rk_str_sub(claims->grants, 1, claims->grants.n > 2 ? claims->grants.n - 2 : 0);
	enum rk_err err = RK_OK;

	if (claims->identity.p) {
		*p = rk_ecma_lit(*p, "\"identity\":");
		err = put_identity(p, claims->identity);
		if (!err && inner.n)
			*(*p)++ = ',';
	}
	*p = rk_ecma_write(*p, inner);
	*(*p)++ = '}';
	return err;
}

size_t
rk_payload_bound(const struct rk_payload *p, const struct rk_access_claims *claims)
{
	static const char constants[] = "\",\"grants\":{\"identity\":\"\",},\"nbf\":,\"iat\":,\"exp\":";

	return sizeof(constants) + 4 * RK_ECMA_NUMBER_MAX + p->head_key_n + p->tail.n +
	       6 * claims->identity.n + claims->grants.n;
}

enum rk_err
rk_payload_write(
    const struct rk_payload *payload, const struct rk_access_claims *claims, char *dst, size_t *ret_n)
{
	int64_t ttl = claims->ttl || claims->is_zero_ttl ? claims->ttl : RK_ACCESS_TTL;
	char *p = rk_ecma_write(dst, rk_buf_str(&payload->head));
	enum rk_err err = put_grants(&p, claims);

	if (err)
		return err;
	if (claims->has_nbf)
		p = rk_ecma_write_number(rk_ecma_lit(p, ",\"nbf\":"), claims->nbf);
	p = rk_ecma_write(p, rk_str_n(payload->issued, payload->issued_n));
	p = rk_ecma_write_number(p, (double)claims->now + (double)ttl); /* a JavaScript sum */
	p = rk_ecma_write(p, rk_buf_str(&payload->tail));
	*ret_n = (size_t)(p - dst);
	return RK_OK;
}
