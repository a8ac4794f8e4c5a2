/*
 * roca.h - the fingerprint of RSA keys made by a faulty chip library (CVE-2017-15361).
 */
#ifndef RK_TOKEN_ROCA_H
#define RK_TOKEN_ROCA_H

#include "base/str.h"

/* True when the modulus (big-endian) is a power of 65537 modulo each of the small primes, as
 * only such keys are: by chance it is so for fewer than one modulus in 2^27. */
bool rk_roca_is(struct rk_str modulus);

#endif
