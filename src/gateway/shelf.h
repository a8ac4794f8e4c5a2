/*
 * shelf.h - files of assets that are open just now, so that a busy asset costs keeper nothing.
 *
 * A file stays for RK_SHELF_MS at most, which is how late a replaced file, or a link that now leads
 * elsewhere, is noticed; each use looks at its size and time again, so writing into it shows at once.
 */
#ifndef RK_GATEWAY_SHELF_H
#define RK_GATEWAY_SHELF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "proc/loop.h"

#define RK_SHELF_FILES 64u
#define RK_SHELF_MS 50u

struct rk_shelf;

struct rk_shelf_key {
	uint32_t site, asset;
};

struct rk_shelf_file {
	int fd;                  /* the shelf's */
	uint64_t size, mtime_ms; /* now */
};

RK_CHECKED enum rk_err rk_shelf_new(struct rk_loop *loop, struct rk_shelf **ret_shelf);
void rk_shelf_free(struct rk_shelf *shelf); /* NULL is fine */

/* Takes over fd. mtime_ms is believed only of a file in sealed memory, which has no time of its own. */
void rk_shelf_put(struct rk_shelf *shelf, struct rk_shelf_key key, int fd, uint64_t mtime_ms);
/* False: it is not here, or it is gone from its folder, or this cannot be known. */
bool rk_shelf_get(struct rk_shelf *shelf, struct rk_shelf_key key, struct rk_shelf_file *ret_file);
void rk_shelf_clear(struct rk_shelf *shelf, uint32_t site); /* other routes: numbers mean other files */

#endif
