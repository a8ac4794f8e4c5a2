/*
 * cert.h - X.509 certificates (RFC 5280) for the admin address: making one, and asking what one says.
 *
 * Keys are EC P-256. A name is "DNS:example.com" or "IP:127.0.0.1".
 */
#ifndef RK_KEEPER_CERT_H
#define RK_KEEPER_CERT_H

#include "base/buf.h"

#define RK_CERT_PEM_MAX (60u * 1024)

/* A certificate and its private key, both PEM. Wipe it with rk_cert_done. */
struct rk_cert {
	struct rk_buf pem, key;
};

#define RK_CERT ((struct rk_cert){ RK_BUF(RK_CERT_PEM_MAX), RK_BUF(RK_CERT_PEM_MAX) })

void rk_cert_done(struct rk_cert *cert); /* also a cleanup function for RK_AUTO */

/* Signs itself, valid for 10 years, and good for servers of these names only. */
RK_CHECKED enum rk_err rk_cert_make_ca(const char *const *names, size_t count, struct rk_cert *ret_ca);

/* Valid for a year under all the names. "*.x" stands for one label; OpenSSL and Node believe no such star before a
 * single label, some browsers do. */
RK_CHECKED enum rk_err rk_cert_make_server(
    const struct rk_cert *ca, const char *const *names, size_t count, struct rk_cert *ret_server);

/* Certificate and key are readable and belong together; the first of a chain counts. */
bool rk_cert_is_pair(const struct rk_cert *cert);

/* It is one that the maker above would make again: names, and more than `days` left. For a server's: `ca` signed it. */
bool rk_cert_is_good_ca(const struct rk_cert *ca, const char *const *names, size_t count, int days);
bool rk_cert_is_good_server(const struct rk_cert *server, const struct rk_cert *ca, const char *const *names,
    size_t count, int days);

#endif
