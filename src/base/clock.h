/*
 * clock.h - the two clocks. A test program fixes them by defining these two
 * functions itself: the linker then leaves clock.c out.
 */
#ifndef RK_BASE_CLOCK_H
#define RK_BASE_CLOCK_H

#include <stdint.h>

int64_t rk_clock_unix_ms(void);      /* milliseconds since 1970, UTC */
uint64_t rk_clock_mono_ms(void);     /* milliseconds, never goes back */

#endif
