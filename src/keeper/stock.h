/*
 * stock.h - the content of assets, sealed in memory and open for reading: the last asked for, by digest.
 */
#ifndef RK_KEEPER_STOCK_H
#define RK_KEEPER_STOCK_H

#include "keeper/store.h"

#define RK_STOCK_MOST 64u
#define RK_STOCK_BYTES (64u * 1024u * 1024u)

struct rk_stock {
	struct rk_stock_item {
		unsigned char digest[RK_VAULT_DIGEST_SIZE];
		int fd;
		uint64_t size, used; /* bytes; when it was asked for last */
	} items[RK_STOCK_MOST];
	size_t n;
	uint64_t bytes, clock;
};

/* A sealed memfd of that content. It stays the stock's, until the next call. RK_NOT_FOUND, RK_DAMAGED and the
 * medium's errors. */
RK_CHECKED enum rk_err rk_stock_get(
    struct rk_stock *stock, struct rk_store *store, struct rk_str digest, int *ret_fd, uint64_t *ret_size);
void rk_stock_done(struct rk_stock *stock);

#endif
