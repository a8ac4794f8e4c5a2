/*
 * accept.h - one socket on which both HTTP and TLS are spoken: the first byte of a connection tells which.
 */
#ifndef RK_GATEWAY_ACCEPT_H
#define RK_GATEWAY_ACCEPT_H

#include "gateway/listener.h"

#define RK_ACCEPT_MS 10000u    /* how long a connection may say nothing at all */
#define RK_ACCEPT_TLS_MS 2000u /* how long one waits for a certificate that is not there yet */

struct rk_accept;

/* Owns fd, a listening socket. `plain` is borrowed and gets what is no TLS. */
RK_CHECKED enum rk_err rk_accept_start(
    struct rk_loop *loop, int fd, struct rk_listener *plain, struct rk_accept **ret_accept);
/* Borrowed; gets what is TLS from here on, and what waits for it. NULL: nobody does. */
void rk_accept_set_tls(struct rk_accept *accept, struct rk_listener *tls);
void rk_accept_free(struct rk_accept *accept); /* ends those that wait; NULL is fine */

#endif
