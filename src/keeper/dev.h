/*
 * dev.h - keeper under `roomkey dev`.
 */
#ifndef RK_KEEPER_DEV_H
#define RK_KEEPER_DEV_H

#include "proc/role.h"

extern const struct rk_role_ops rk_dev_ops;

#endif
