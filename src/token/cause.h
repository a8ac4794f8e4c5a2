/*
 * cause.h - why a signature does not hold: one row a cause. docs/errors.md has them, "Signatures".
 */
#ifndef RK_TOKEN_CAUSE_H
#define RK_TOKEN_CAUSE_H

#include <roomkey/signature.h>

/* cause, code, name, what happened, the way out */
#define RK_CAUSE_ROWS(X)                                                                                     \
	X(HOLDS, "", "holds", "The signature holds.", "")                                                    \
	X(BROWSER, "RK-601", "browser",                                                                      \
	    "There is no X-Twilio-Signature, but an Origin: a page in a browser asked, and only Twilio can " \
	    "sign.",                                                                                         \
	    "Make the function public (rename its .protected.js to .js) and let it check its callers "       \
	    "itself.")                                                                                       \
	X(NO_HEADER, "RK-602", "no-header",                                                                  \
	    "There is no X-Twilio-Signature: the request does not come from Twilio.",                        \
	    "To try it by hand: roomkey invoke PATH --sign. If Twilio did send it, a proxy drops the "       \
	    "header.")                                                                                       \
	X(NO_TOKEN, "RK-603", "no-token", "There is no auth token to check the signature with.",             \
	    "Set AUTH_TOKEN to the account's auth token.")                                                   \
	X(HEADER, "RK-604", "header", "The X-Twilio-Signature is not spelled as a signature is.",            \
	    "Send base64 of HMAC-SHA1: 28 characters, standard alphabet, padding, nothing around it, once.") \
	X(SCHEME, "RK-605", "scheme",                                                                        \
	    "It was signed for the other of http and https: a proxy in front ends TLS.",                     \
	    "Set --public-url to the address that Twilio calls.")                                            \
	X(PORT, "RK-606", "port", "It was signed for another port.",                                         \
	    "Set --public-url to the address that Twilio calls, with its port if it has one.")               \
	X(HOST, "RK-607", "host", "It was signed for another host: a proxy in front has another name.",      \
	    "Set --public-url to the address that Twilio calls, or let the proxy pass the Host on.")         \
	X(SLASH, "RK-608", "slash",                                                                          \
	    "It was signed with the other ending of the path: with or without a slash.",                     \
	    "Give Twilio the path exactly as the function has it; a proxy must not add or take a slash.")    \
	X(QUERY, "RK-609", "query", "It was signed with the query in another order or spelling.",            \
	    "Something between rewrites the query: have it pass the query on byte for byte.")                \
	X(PATH, "RK-610", "path", "It was signed with the path in another spelling.",                        \
	    "Something between rewrites the path: have it pass the path on byte for byte.")                  \
	X(FIELDS_EXTRA, "RK-611", "fields-extra", "The form has fields that were not signed.",               \
	    "Sign all fields of the form; nothing between may add one.")                                     \
	X(FIELDS_MISSING, "RK-612", "fields-missing", "Fields were signed that the form does not have.",     \
	    "Sign the fields of the body only (those of the query are in the URL); nothing between may "     \
	    "drop one.")                                                                                     \
	X(FIELDS_SPELLING, "RK-613", "fields-spelling", "The form's fields were signed in another form.",    \
	    "Sign decoded names and values, sorted by name, every distinct value once, nothing between "     \
	    "them.")                                                                                         \
	X(JSON_AS_FORM, "RK-614", "json-as-form", "The body is JSON, but was treated as a form.",            \
	    "Send JSON as application/json, with bodySHA256=<SHA-256 of the body> in the URL that is "       \
	    "signed.")                                                                                       \
	X(FORM_AS_JSON, "RK-615", "form-as-json",                                                            \
	    "The body was signed as a form, but is not taken for one.",                                      \
	    "Send a form as application/x-www-form-urlencoded, and without bodySHA256 in the URL.")          \
	X(HASH_MISSING, "RK-616", "hash-missing",                                                            \
	    "The body is no form, and the URL has no bodySHA256 that would vouch for it.",                   \
	    "Sign and call the URL with bodySHA256=<SHA-256 of the body in lower-case hex>.")                \
	X(HASH_CASE, "RK-617", "hash-case", "bodySHA256 is right but for upper-case letters.",               \
	    "Write it in lower case, and sign that URL.")                                                    \
	X(HASH_DIFFERS, "RK-618", "hash-differs", "The body is not the one whose bodySHA256 was signed.",    \
	    "Hash exactly the bytes that are sent; nothing between may rewrite the body.")                   \
	X(TOKEN_SPELLING, "RK-619", "token-spelling",                                                        \
	    "It fits the auth token without the blanks, quotes or line break around it.",                    \
	    "Take them out of AUTH_TOKEN.")                                                                  \
	X(TOKEN, "RK-620", "token",                                                                          \
	    "It fits nothing that was tried: most likely another auth token made it.",                       \
	    "Check that AUTH_TOKEN is the auth token of the account that calls; an API key's secret is "     \
	    "not.")                                                                                          \
	X(TOO_MANY, "RK-621", "too-many", "The form is larger than a signature is checked for.",             \
	    "Send at most 1000 fields and 4 MB.")

enum rk_cause {
#define X(name, code, word, what, todo) RK_CAUSE_##name,
	RK_CAUSE_ROWS(X)
#undef X
	    RK_CAUSES
};

/* Fills the reason from the row; `detail` is put before the row's sentence, "" for none; `url` is the one
 * that the signature fits, empty when none is known. */
void rk_cause_tell(
    struct rk_signature_reason *ret_reason, enum rk_cause cause, const char *detail, struct rk_str url);

#endif
