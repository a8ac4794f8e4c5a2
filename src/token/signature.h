/*
 * signature.h - what roomkey/signature.h is made of, for explaining a refusal (cause.c).
 *
 * For a role that has a request: fill struct rk_signature_request and call rk_signature_judge.
 */
#ifndef RK_TOKEN_SIGNATURE_H
#define RK_TOKEN_SIGNATURE_H

#include <roomkey/signature.h>

#include "base/arena.h"
#include "base/buf.h"

/* Characters of base64 of an HMAC-SHA256, which some mistake for the right one. */
#define RK_SIGNATURE_LONG 44

enum rk_signature_alg { RK_SIGNATURE_SHA1, RK_SIGNATURE_SHA256 };

/* A token made ready: the hash states behind both pads of HMAC (RFC 2104) are kept. */
struct rk_signature_key;

RK_CHECKED enum rk_err rk_signature_key_new(
    struct rk_str auth_token, enum rk_signature_alg alg, struct rk_signature_key **ret_key);
void rk_signature_key_auto(struct rk_signature_key **key); /* wipes and frees: for RK_AUTO */

/* Of `url` followed by `fields`. Writes a NUL too. False when memory is short. */
bool rk_signature_key_sign(struct rk_signature_key *key, struct rk_str url, struct rk_str fields,
    char ret_text[RK_SIGNATURE_LONG + 1]);

/* True when the header signs url and fields in any spelling of the URL that is accepted. */
bool rk_signature_key_fits(
    struct rk_signature_key *key, struct rk_str header, struct rk_str url, struct rk_str fields);

/* The text of the fields under a signature: sorted, distinct. */
RK_CHECKED enum rk_err rk_signature_put_fields(
    struct rk_buf *out, const struct rk_param *params, size_t count);

/* What vouches for the body of a request. */
enum rk_signature_kind {
	RK_SIGNATURE_FIELDS_OF_FORM, /* its fields, under the signature */
	RK_SIGNATURE_HASHED,         /* bodySHA256 in the URL */
	RK_SIGNATURE_UNHASHED,       /* nothing: it is neither a form nor empty, and there is no hash */
};
enum rk_signature_kind rk_signature_kind(const struct rk_signature_request *request);

/* "application/x-www-form-urlencoded", whatever its parameters. */
bool rk_signature_is_form(struct rk_str content_type);

/* The URL's first bodySHA256, decoded, in the arena; empty when there is none. */
struct rk_str rk_signature_hash_in(struct rk_arena *arena, struct rk_str url);

#endif
