#include "gateway/shelf.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct place {
	int fd; /* -1: empty */
	uint32_t asset;
	uint64_t since; /* ms */
};

struct rk_shelf {
	struct rk_loop *loop;
	uv_timer_t *timer;
	unsigned count;
	struct place places[RK_SHELF_FILES]; /* of an asset: its number modulo their count */
};

/* By its own number: the C library would ask by a call that can also look names up, which the seal forbids. */
static bool
look_at(int fd, struct stat *ret_st)
{
	return syscall(SYS_fstat, fd, ret_st) == 0;
}

static void
take_off(struct rk_shelf *shelf, struct place *place)
{
	if (place->fd < 0)
		return;
	close(place->fd);
	place->fd = -1;
	shelf->count--;
}

static bool
is_old(const struct rk_shelf *shelf, const struct place *place)
{
	return uv_now(&shelf->loop->uv) - place->since >= RK_SHELF_MS;
}

static void
on_timer(uv_timer_t *timer)
{
	struct rk_shelf *shelf = timer->data;

	for (size_t i = 0; i < RK_SHELF_FILES; i++)
		if (is_old(shelf, &shelf->places[i]))
			take_off(shelf, &shelf->places[i]);
	if (shelf->count == 0)
		uv_timer_stop(timer);
}

void
rk_shelf_put(struct rk_shelf *shelf, uint32_t asset, int fd)
{
	struct place *place = &shelf->places[asset % RK_SHELF_FILES];

	take_off(shelf, place);
	*place = (struct place){ .fd = fd, .asset = asset, .since = uv_now(&shelf->loop->uv) };
	if (shelf->count++ == 0)
		uv_timer_start(shelf->timer, on_timer, RK_SHELF_MS, RK_SHELF_MS);
}

bool
rk_shelf_get(struct rk_shelf *shelf, uint32_t asset, struct rk_shelf_file *ret_file)
{
	struct place *place = &shelf->places[asset % RK_SHELF_FILES];
	struct stat st;

	if (place->fd < 0 || place->asset != asset)
		return false;
	if (is_old(shelf, place) || !look_at(place->fd, &st) || st.st_nlink == 0 || !S_ISREG(st.st_mode)) {
		take_off(shelf, place);
		return false;
	}
	*ret_file = (struct rk_shelf_file){ .fd = place->fd,
		.size = (uint64_t)st.st_size,
		.mtime_ms =
		    (uint64_t)st.st_mtim.tv_sec * 1000 + ((uint64_t)st.st_mtim.tv_nsec + 500000) / 1000000 };
	return true;
}

void
rk_shelf_clear(struct rk_shelf *shelf)
{
	for (size_t i = 0; i < RK_SHELF_FILES; i++)
		take_off(shelf, &shelf->places[i]);
}

enum rk_err
rk_shelf_new(struct rk_loop *loop, struct rk_shelf **ret_shelf)
{
	struct rk_shelf *shelf = calloc(1, sizeof(*shelf));
	uv_timer_t *timer = calloc(1, sizeof(*timer));

	if (!shelf || !timer || uv_timer_init(&loop->uv, timer)) {
		free(shelf);
		free(timer);
		return RK_NOMEM;
	}
	*shelf = (struct rk_shelf){ .loop = loop, .timer = timer };
	timer->data = shelf;
	for (size_t i = 0; i < RK_SHELF_FILES; i++)
		shelf->places[i].fd = -1;
	*ret_shelf = shelf;
	return RK_OK;
}

static void
on_timer_closed(uv_handle_t *handle)
{
	free(handle);
}

void
rk_shelf_free(struct rk_shelf *shelf)
{
	if (!shelf)
		return;
	rk_shelf_clear(shelf);
	uv_close((uv_handle_t *)shelf->timer, on_timer_closed);
	free(shelf);
}
