/*
 * clock.c - the two clocks, and nothing else: a test program that defines them leaves this file out.
 */
#include "base/clock.h"

#include <time.h>

static int64_t
read_ms(clockid_t which)
{
	struct timespec t;

	clock_gettime(which, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t
rk_clock_unix_ms(void)
{
	return read_ms(CLOCK_REALTIME);
}

uint64_t
rk_clock_mono_ms(void)
{
	return (uint64_t)read_ms(CLOCK_MONOTONIC);
}
