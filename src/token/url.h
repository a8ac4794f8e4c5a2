/*
 * url.h - the spellings of one URL that a request's signature may have been made over.
 *
 * Text in, text out. Not a general URL parser: of http and https it knows what the WHATWG
 * URL Standard does to scheme, credentials, ASCII hosts, port, path, query and fragment.
 */
#ifndef RK_TOKEN_URL_H
#define RK_TOKEN_URL_H

#include "base/buf.h"

/* Put together they are the text again. */
struct rk_url {
	struct rk_str scheme;   /* "https://", in its own case */
	struct rk_str userinfo; /* "user:password@", or empty */
	struct rk_str host;     /* brackets of an IPv6 address included */
	struct rk_str port;     /* ":8443", ":", or empty */
	struct rk_str path;     /* up to the first '?' or '#' */
	struct rk_str query;    /* from its '?' up to the '#', or empty */
	struct rk_str fragment; /* from its '#', or empty */
};

/* False when the text does not begin with a scheme and "://". */
bool rk_url_split(struct rk_str url, struct rk_url *ret_url);

bool rk_url_is_https(const struct rk_url *url);

void rk_url_put(struct rk_buf *out, const struct rk_url *url);

/* Without any port; with ":443" (https) or ":80" when it has none. A text that is no URL stays as it is. */
void rk_url_put_portless(struct rk_buf *out, struct rk_str url);
void rk_url_put_ported(struct rk_buf *out, struct rk_str url);

/* Everything after the first '?' taken apart and written anew as Node's querystring does: repeated names
 * stand together, names that are array indexes first, %XX for all but letters, digits and -_.!~*'(). */
RK_CHECKED enum rk_err rk_url_put_requeried(struct rk_buf *out, struct rk_str url);

/*
 * Appends the WHATWG serialization. RK_INVALID: no http or https URL by that standard.
 * RK_UNSUPPORTED: a host that is not plain ASCII, or a number that is no dotted IPv4 address.
 */
RK_CHECKED enum rk_err rk_url_normalise(struct rk_buf *out, struct rk_str url);

#endif
