/*
 * ca.h - the certificate of the admin address, in the folder tls/ of the data directory.
 *
 *   ca.pem, ca.key           a CA of this installation alone, good for the names of this machine only
 *   server.pem, server.key   what the admin address shows; renewed in its last 30 days, or for another name
 *   custom.pem, custom.key   the operator's own, shown instead when both are there
 *
 * Keys are readable by their owner alone. ca.pem is what clients are told to trust.
 */
#ifndef RK_KEEPER_CA_H
#define RK_KEEPER_CA_H

#include "keeper/cert.h"

/*
 * Reads, or makes, what the admin address at `host` (a name or an address; empty or "0.0.0.0": this machine)
 * shows. RK-740 the folder or a file cannot be used, RK-758 the operator's own do not fit together.
 */
RK_CHECKED enum rk_err rk_ca_open(
    const char *dir, const char *host, struct rk_cert *ret_server, struct rk_why *why);

#endif
