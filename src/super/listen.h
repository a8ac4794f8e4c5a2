/*
 * listen.h - the listening sockets: one that all share when there is one gateway, else one
 * each, among which the kernel spreads connections (SO_REUSEPORT).
 */
#ifndef RK_SUPER_LISTEN_H
#define RK_SUPER_LISTEN_H

#include "base/conf.h"

#define RK_LISTEN_MAX 64

struct rk_listen {
	int fds[RK_LISTEN_MAX];
	unsigned count;
	char name[300];     /* "localhost:3000": as people type it */
};

/* Whose address: that of functions, or of the console and the API. */
enum rk_listen_on { RK_LISTEN_ON_FUNCTIONS, RK_LISTEN_ON_ADMIN };

/*
 * Binds its host and port of conf: conf->gateways sockets for functions, one for the console. With port 0 the kernel
 * chooses, and conf is told. RK-301 when the port is taken, RK-302 when the address cannot be had, RK-303 when this
 * user may not, RK-304 when functions have the port already.
 */
RK_CHECKED enum rk_err rk_listen_open(
    struct rk_listen *ret_listen, enum rk_listen_on on, struct rk_conf *conf, struct rk_why *why);
void rk_listen_close(struct rk_listen *listen);

#endif
