/*
 * jwk.h - keys written as JSON (RFC 7517, RFC 7518 section 6), for checking signatures.
 */
#ifndef RK_TOKEN_JWK_H
#define RK_TOKEN_JWK_H

#include "base/json.h"
#include "token/jws.h"

/*
 * One key, bound to its "alg" member, or when that is absent to `alg`. RK_UNSUPPORTED for a
 * key type or an alg that we do not offer; RK_REFUSED for a key that is weak (a secret shorter than
 * its hash, RFC 7518 section 3.2; else as jws.h says), of another type than its alg, or not
 * meant for checking signatures (use, key_ops); RK_INVALID when members are missing.
 */
RK_CHECKED enum rk_err rk_jwk_read(const struct rk_json *jwk, enum rk_jws_alg alg, struct rk_jws_key **ret_key);

/* The key of a set ("keys": [...]) that has this key ID. RK_REFUSED for a set that mixes secrets
 * and public keys, RK_NOT_FOUND, or as above. */
RK_CHECKED enum rk_err rk_jwk_pick(const struct rk_json *set, struct rk_str id, enum rk_jws_alg alg,
    struct rk_jws_key **ret_key);

#endif
