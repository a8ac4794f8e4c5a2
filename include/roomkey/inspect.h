/*
 * roomkey/inspect.h - reading an access token without trusting it.
 *
 * For people: what it opens, for whom, until when, whether the signature holds,
 * and with which of its error codes the vendor would answer. Nothing here may
 * decide access: that is rk_verify_access.
 */
#ifndef ROOMKEY_INSPECT_H
#define ROOMKEY_INSPECT_H

#include <roomkey/verify.h>

#ifdef __cplusplus
extern "C" {
#endif

enum rk_inspect_signature {
	RK_SIGNATURE_NOT_CHECKED, /* no secret was given */
	RK_SIGNATURE_HOLDS,
	RK_SIGNATURE_DIFFERS,
};

struct rk_inspection {
	struct rk_access_facts *facts;
	enum rk_inspect_signature signature;
	enum rk_err verdict; /* RK_OK, or as rk_verify_access; without a secret: all but the signature */
	int vendor_code;     /* the vendor's error, for example 20104; 0 when none is known of */
	const char *vendor_text; /* what that code means; "" when vendor_code is 0 */
	const char *sentence;    /* one plain sentence, UTF-8, control characters escaped, NUL-terminated */
	const char *reason;      /* why it would be refused, by rk_verify_access or else by the vendor, one
	                          * sentence; "" when nothing is known against it */
};

/*
 * how->secret may be empty: then the signature is not checked. how->alg is not looked at:
 * the signature is tried with the HS algorithm that the header names, which is safe
 * only because nothing depends on the outcome. RK_INVALID with the reason in why when
 * the text is not a token at all (three parts of base64url, two JSON objects), RK_TOO_LARGE.
 */
RK_CHECKED enum rk_err rk_inspect_access(struct rk_str token, const struct rk_verify *how,
    struct rk_inspection **ret_inspection, struct rk_why *why);

void rk_inspection_free(struct rk_inspection *inspection); /* NULL is fine */

#ifdef __cplusplus
}
#endif

#endif
