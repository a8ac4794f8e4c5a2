/*
 * roomkey/signature.h - the signature of a request that Twilio makes (X-Twilio-Signature).
 *
 * It is base64(HMAC-SHA1(auth token, URL + every form field's name and value)); the
 * body of any other kind is covered by its SHA-256 in the URL (bodySHA256=...). The URL
 * is the one that the vendor was given, which behind a proxy is not the one that arrives
 * here. What is accepted is what the vendor's Node helper library 6.x accepts: the URL as
 * it is or in its WHATWG form, with or without a port. Nothing here keeps state.
 *
 *     struct rk_signature_request request = {
 *         .auth_token = rk_str(token), .header = rk_str(x_twilio_signature),
 *         .url = rk_str("https://example.com/sms?a=1"),
 *         .content_type = rk_str("application/x-www-form-urlencoded"), .body = rk_str_n(p, n),
 *     };
 *     struct rk_why why;
 *
 *     if (rk_signature_judge(&request, &why) != RK_OK)
 *         refuse(403, why.code, why.what, why.todo);
 */
#ifndef ROOMKEY_SIGNATURE_H
#define ROOMKEY_SIGNATURE_H

#include <roomkey/err.h>
#include <roomkey/param.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Characters of a signature, and of a body's hash. */
#define RK_SIGNATURE_LEN 28
#define RK_SIGNATURE_HASH_LEN 64

/* The most fields and bytes that a form may have; and the longest URL that a reason shows whole. */
#define RK_SIGNATURE_FIELDS 1000
#define RK_SIGNATURE_FORM (4u << 20)
#define RK_SIGNATURE_URL 2048

/*
 * Signs exactly this URL with these fields, in any order: names are sorted by UTF-16 code
 * units, a repeated name counts each distinct value once. Writes a NUL too.
 */
RK_CHECKED enum rk_err rk_signature_make(struct rk_str auth_token, struct rk_str url,
    const struct rk_param *params, size_t count, char ret_signature[RK_SIGNATURE_LEN + 1]);

/*
 * RK_OK when `header` signs the URL or one of its accepted spellings, else RK_SIGNATURE.
 * Constant time in the header. An empty auth token is a token like any other here: a server must
 * refuse to run with one (rk_signature_judge does).
 */
RK_CHECKED enum rk_err rk_signature_check(struct rk_str auth_token, struct rk_str header, struct rk_str url,
    const struct rk_param *params, size_t count);

/* The same for a body that is no form: no fields, and the URL's first bodySHA256 must be its hash. */
RK_CHECKED enum rk_err rk_signature_check_body(
    struct rk_str auth_token, struct rk_str header, struct rk_str url, struct rk_str body);

/* SHA-256 in lower-case hex, with a NUL. */
RK_CHECKED enum rk_err rk_signature_hash(struct rk_str body, char ret_hash[RK_SIGNATURE_HASH_LEN + 1]);

/* A request as a server has it. All views are borrowed. */
struct rk_signature_request {
	struct rk_str auth_token;
	struct rk_str header;       /* X-Twilio-Signature as received; p == NULL: there was none */
	struct rk_str url;          /* as the client is believed to have asked for it */
	struct rk_str content_type; /* empty: none */
	struct rk_str body;

	/* Facts that never let a request in: they only help to explain why it stays out. */
	struct rk_str origin;         /* Origin; empty: none */
	struct rk_str seen_host;      /* Host; empty: not known */
	struct rk_str forwarded_host; /* X-Forwarded-Host, from whomever; empty: none */
};

/*
 * The whole decision. A URL with the text bodySHA256 means a hashed body; else a body of type
 * application/x-www-form-urlencoded is taken apart into fields; any other body that is not
 * empty is refused, as nothing vouches for it. RK_OK; RK_SIGNATURE with the cause in why (which
 * may be NULL: that is cheaper); RK_NOMEM.
 */
RK_CHECKED enum rk_err rk_signature_judge(const struct rk_signature_request *request, struct rk_why *why);

/* Why a request is refused. */
struct rk_signature_reason {
	const char *name;           /* "scheme", "port", ...; "holds" when it is not refused */
	char url[RK_SIGNATURE_URL]; /* the URL that the signature fits, cut; "" when none is known */
	struct rk_why why;          /* why.code is stable: docs/errors.md, "Signatures" */
};

/*
 * Tries what is known to go wrong (scheme, port, host, path, query, fields, the header's and the
 * token's spelling) and says which one would hold. Costs a few milliseconds at most beyond
 * the check itself; a server that strangers reach should limit how
 * often it asks. RK_NOMEM, else RK_OK.
 */
RK_CHECKED enum rk_err rk_signature_explain(
    const struct rk_signature_request *request, struct rk_signature_reason *ret_reason);

#ifdef __cplusplus
}
#endif

#endif
