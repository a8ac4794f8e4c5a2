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

/*
 * Binds conf->host and conf->port for conf->gateways sockets. With port 0 the kernel chooses, and
 * conf->port is set. RK-301 when the port is taken, RK-302 when the address cannot be had.
 */
RK_CHECKED enum rk_err rk_listen_open(struct rk_listen *ret_listen, struct rk_conf *conf, struct rk_why *why);
void rk_listen_close(struct rk_listen *listen);

#endif
