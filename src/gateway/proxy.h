/*
 * proxy.h - the URL's scheme and host as the client used them, behind a proxy or not.
 */
#ifndef RK_GATEWAY_PROXY_H
#define RK_GATEWAY_PROXY_H

#include <sys/socket.h>

#include "base/buf.h"
#include "gateway/screen.h"

/* This machine itself. */
bool rk_proxy_is_loopback(const struct sockaddr *peer);

/* Loopback, private or link-local: such a peer may be a proxy of ours. */
bool rk_proxy_is_near(const struct sockaddr *peer);

/*
 * is_trusted: the peer is a proxy whose X-Forwarded-Proto, -Host and -Port are believed, the first of
 * a list. The scheme is static; the host goes to `host`.
 */
void rk_proxy_read(
    const struct rk_head *head, bool is_trusted, struct rk_str *ret_scheme, struct rk_buf *host);

#endif
