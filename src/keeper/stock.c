/*
 * stock.c - a small cache: what was not asked for longest goes first.
 */
#include "keeper/stock.h"

#include <unistd.h>

#include "base/auto.h"
#include "keeper/platform.h"
#include "wire/sealed.h"

static struct rk_stock_item *
find(struct rk_stock *stock, struct rk_str digest)
{
	for (size_t i = 0; i < stock->n; i++)
		if (rk_str_is(digest, rk_str_n((const char *)stock->items[i].digest, RK_VAULT_DIGEST_SIZE)))
			return &stock->items[i];
	return NULL;
}

static void
drop_oldest(struct rk_stock *stock)
{
	struct rk_stock_item *oldest = stock->items;

	for (size_t i = 1; i < stock->n; i++)
		if (stock->items[i].used < oldest->used)
			oldest = &stock->items[i];
	stock->bytes -= oldest->size;
	close(oldest->fd);
	*oldest = stock->items[--stock->n];
}

static enum rk_err
add(struct rk_stock *stock, struct rk_store *store, struct rk_str digest, struct rk_stock_item **ret_item)
{
	RK_AUTO(rk_buf_free) struct rk_buf content = RK_BUF(RK_PLATFORM_CONTENT_MAX);
	enum rk_err err = rk_platform_get_content(store, digest, &content);
	int fd;

	if (!err)
		err = rk_sealed_new(rk_buf_str(&content), &fd);
	if (err)
		return err;
	while (stock->n > 0 && (stock->n == RK_STOCK_MOST || stock->bytes + content.n > RK_STOCK_BYTES))
		drop_oldest(stock);
	*ret_item = &stock->items[stock->n++];
	**ret_item = (struct rk_stock_item){ .fd = fd, .size = content.n };
	memcpy((*ret_item)->digest, digest.p, RK_VAULT_DIGEST_SIZE);
	stock->bytes += content.n;
	return RK_OK;
}

enum rk_err
rk_stock_get(
    struct rk_stock *stock, struct rk_store *store, struct rk_str digest, int *ret_fd, uint64_t *ret_size)
{
	struct rk_stock_item *item = find(stock, digest);
	enum rk_err err = RK_OK;

	if (digest.n != RK_VAULT_DIGEST_SIZE)
		return RK_INVALID;
	if (!item)
		err = add(stock, store, digest, &item);
	if (err)
		return err;
	item->used = ++stock->clock;
	*ret_fd = item->fd;
	*ret_size = item->size;
	return RK_OK;
}

void
rk_stock_done(struct rk_stock *stock)
{
	while (stock->n > 0)
		close(stock->items[--stock->n].fd);
	*stock = (struct rk_stock){ 0 };
}
