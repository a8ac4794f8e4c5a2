/*
 * sealed.h - bytes in memory behind a descriptor, which nobody can change any more.
 */
#ifndef RK_WIRE_SEALED_H
#define RK_WIRE_SEALED_H

#include "base/err.h"
#include "base/str.h"

/* A memfd (MFD_CLOEXEC) of these bytes, sealed against write, grow, shrink and further seals. */
RK_CHECKED enum rk_err rk_sealed_new(struct rk_str bytes, int *ret_fd);

/* True when what lies behind a descriptor that was received cannot change under its reader. */
bool rk_sealed_is(int fd);

#endif
