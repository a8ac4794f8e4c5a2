#include "gateway/shelf.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct place {
	int fd; /* -1: empty */
	struct rk_shelf_key key;
	uint64_t since, mtime_ms;
};

struct rk_shelf {
	struct rk_loop *loop;
	uv_timer_t *timer;
	unsigned count;
	struct place places[RK_SHELF_FILES];
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

static struct place *
place_of(struct rk_shelf *shelf, struct rk_shelf_key key)
{
	return &shelf->places[(key.asset + key.site * 31) % RK_SHELF_FILES];
}

void
rk_shelf_put(struct rk_shelf *shelf, struct rk_shelf_key key, int fd, uint64_t mtime_ms)
{
	struct place *place = place_of(shelf, key);

	take_off(shelf, place);
	*place =
	    (struct place){ .fd = fd, .key = key, .since = uv_now(&shelf->loop->uv), .mtime_ms = mtime_ms };
	if (shelf->count++ == 0)
		uv_timer_start(shelf->timer, on_timer, RK_SHELF_MS, RK_SHELF_MS);
}

/* Keeper's own copy, of the store: it has no name that could be taken away. */
static bool
is_sealed(int fd)
{
	int seals = fcntl(fd, F_GET_SEALS);

	return seals >= 0 && (seals & F_SEAL_WRITE);
}

bool
rk_shelf_get(struct rk_shelf *shelf, struct rk_shelf_key key, struct rk_shelf_file *ret_file)
{
	struct place *place = place_of(shelf, key);
	bool sealed = false;
	struct stat st;

	if (place->fd < 0 || place->key.asset != key.asset || place->key.site != key.site)
		return false;
	if (is_old(shelf, place) || !look_at(place->fd, &st) || !S_ISREG(st.st_mode) ||
	    (st.st_nlink == 0 && !(sealed = is_sealed(place->fd)))) {
		take_off(shelf, place);
		return false;
	}
	*ret_file = (struct rk_shelf_file){ .fd = place->fd,
		.size = (uint64_t)st.st_size,
		.mtime_ms = sealed ? place->mtime_ms
				   : (uint64_t)st.st_mtim.tv_sec * 1000 +
					 ((uint64_t)st.st_mtim.tv_nsec + 500000) / 1000000 };
	return true;
}

void
rk_shelf_clear(struct rk_shelf *shelf, uint32_t site)
{
	for (size_t i = 0; i < RK_SHELF_FILES; i++)
		if (shelf->places[i].key.site == site)
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
	for (size_t i = 0; i < RK_SHELF_FILES; i++)
		take_off(shelf, &shelf->places[i]);
	uv_close((uv_handle_t *)shelf->timer, on_timer_closed);
	free(shelf);
}
