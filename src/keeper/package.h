/*
 * package.h - what package.json says about a project: its name.
 */
#ifndef RK_KEEPER_PACKAGE_H
#define RK_KEEPER_PACKAGE_H

#include "base/arena.h"
#include "base/folder.h"

/* Copied into the arena; empty when there is no such file, or no name in it. */
struct rk_str rk_package_name(const struct rk_folder *folder, struct rk_arena *arena);

#endif
