/*
 * roca.c - see roca.h.
 *
 * The faulty library made primes of the form k*M + (65537^a mod M), with M a product of small primes;
 * so n = p*q, reduced by any of these primes, lies in the group that 65537 generates there. Nemec,
 * Sys, Svenda, Klinec, Matyas: "The Return of Coppersmith's Attack", ACM CCS 2017, section 2.
 */
#include "token/roca.h"

/* Those primes up to 167 in which 65537 does not generate the whole group: the others say nothing. */
static const unsigned char primes[] = { 11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151,
	157 };

static unsigned
reduce(struct rk_str number, unsigned prime)
{
	unsigned rest = 0;

	for (size_t i = 0; i < number.n; i++)
		rest = (rest << 8 | (unsigned char)number.p[i]) % prime;
	return rest;
}

/* Is `rest` a power of 65537 modulo prime? */
static bool
is_generated(unsigned rest, unsigned prime)
{
	unsigned power = 1;

	for (unsigned i = 0; i < prime; i++) {
		if (power == rest)
			return true;
		power = power * (65537 % prime) % prime;
	}
	return false;
}

bool
rk_roca_is(struct rk_str modulus)
{
	for (size_t i = 0; i < sizeof(primes); i++)
		if (!is_generated(reduce(modulus, primes[i]), primes[i]))
			return false;
	return true;
}
