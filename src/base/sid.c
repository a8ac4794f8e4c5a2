/*
 * sid.c - string identifiers.
 *
 * Every request gets one, and a getrandom(2) of sixteen bytes costs as much as
 * one of 256 (1.3 µs measured in a virtual machine): so the random bytes come
 * from a pool of this process, the one global of base/ besides the logger's.
 */
#include "base/sid.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/random.h>

#define SID_BYTES 16

static struct {
	unsigned char bytes[16 * SID_BYTES];
	size_t left;
	bool guarded; /* forget_pool runs in a forked child */
} pool;

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool
rk_sid_is(struct rk_str s, const char prefix[2])
{
	if (s.n != RK_SID_LEN || s.p[0] != prefix[0] || s.p[1] != prefix[1])
		return false;
	for (size_t i = 2; i < s.n; i++)
		if (!is_hex(s.p[i]))
			return false;
	return true;
}

static void
fill(unsigned char *p, size_t n)
{
	ssize_t got;

	do
		got = getrandom(p, n, 0);
	while (got < 0 && errno == EINTR);
	if (got != (ssize_t)n)
		abort(); /* no kernel that runs us lacks it; a guessable identifier is worse than none */
}

/* A forked child must not repeat the identifiers of its parent. */
static void
forget_pool(void)
{
	pool.left = 0;
}

/* Moves sixteen random bytes out of the pool. */
static void
take_random(unsigned char bytes[SID_BYTES])
{
	if (!pool.guarded)
		pool.guarded = pthread_atfork(NULL, NULL, forget_pool) == 0;
	if (pool.left == 0 || !pool.guarded) {
		fill(pool.bytes, sizeof pool.bytes);
		pool.left = sizeof pool.bytes;
	}
	pool.left -= SID_BYTES;
	memcpy(bytes, pool.bytes + pool.left, SID_BYTES);
	explicit_bzero(pool.bytes + pool.left, SID_BYTES);
}

void
rk_sid_make(char ret_sid[RK_SID_LEN + 1], const char prefix[2])
{
	static const char hex[] = "0123456789abcdef";
	unsigned char bytes[SID_BYTES];

	take_random(bytes);
	ret_sid[0] = prefix[0];
	ret_sid[1] = prefix[1];
	for (size_t i = 0; i < sizeof bytes; i++) {
		ret_sid[2 + 2 * i] = hex[bytes[i] >> 4];
		ret_sid[3 + 2 * i] = hex[bytes[i] & 15];
	}
	ret_sid[RK_SID_LEN] = '\0';
}
