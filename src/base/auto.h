/*
 * auto.h - cleanup attributes.
 *
 * RK_AUTO(type) declares a local that is released when its scope ends, by the
 * function rk_auto_<type> that the owning module defines with RK_AUTO_DEFINE.
 * The value handed out is moved with rk_steal().
 */
#ifndef RK_BASE_AUTO_H
#define RK_BASE_AUTO_H

#include <stdlib.h>
#include <unistd.h>

#define RK_AUTO(fn) __attribute__((cleanup(fn)))

/* Moves a pointer out of a variable, which is left NULL. */
#define rk_steal(pp)                      \
	__extension__({                   \
		__typeof__(*(pp)) p_ = *(pp); \
		*(pp) = NULL;             \
		p_;                       \
	})

/* free() for a local `char *` or other heap pointer. */
static inline void
rk_auto_free(void *pp)
{
	free(*(void **)pp);
}

/* close() for a local descriptor; negative means none. */
static inline void
rk_auto_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#endif
