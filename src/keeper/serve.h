/*
 * serve.h - keeper under `roomkey serve`.
 */
#ifndef RK_KEEPER_SERVE_H
#define RK_KEEPER_SERVE_H

#include "proc/role.h"

extern const struct rk_role_ops rk_serve_ops;

#endif
