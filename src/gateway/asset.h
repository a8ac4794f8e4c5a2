/*
 * asset.h - answering with a file: its fields, conditions and ranges, as the original's library has them.
 *
 * The file is sent by the kernel from its descriptor and never read into this process.
 */
#ifndef RK_GATEWAY_ASSET_H
#define RK_GATEWAY_ASSET_H

#include "gateway/request.h"
#include "gateway/shelf.h"

/* Answers a request whose route is an asset that it may have: from the shelf, or after asking keeper. */
void rk_asset_serve(struct rk_request *r);

/* Keeper's answer; takes fd over. The time holds for a file that has none of its own. */
void rk_asset_take(struct rk_request *r, int fd, uint64_t mtime_ms);

/* Fills an answer, which borrows file, type and id. */
void rk_asset_put(struct rk_answer *a, const struct rk_shelf_file *file, struct rk_str type,
    const struct rk_head *head, struct rk_str request_id);

#endif
