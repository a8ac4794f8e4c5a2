#include "keeper/watch.h"

#include <stdlib.h>

#include "base/auto.h"
#include "base/buf.h"
#include "base/clock.h"

struct watched {
	uv_fs_event_t event;    /* freed in its close callback */
	struct rk_watch *watch; /* NULL once forgotten */
	struct watched *next;
	char *path;    /* as the system is asked: root/dir */
	size_t root_n; /* of path: the length of "root/" */
};

struct rk_watch {
	struct rk_loop *loop;
	const struct rk_watch_ops *ops;
	void *arg;
	char *root;
	struct watched *first;
	uv_timer_t quiet;
	uint64_t since_ms; /* 0: nothing has happened */
};

static struct rk_str
dir_of(const struct watched *w)
{
	struct rk_str path = rk_str(w->path);

	return rk_str_sub(path, w->root_n, path.n);
}

static void
on_quiet(uv_timer_t *timer)
{
	struct rk_watch *watch = timer->data;
	uint64_t since_ms = watch->since_ms;

	watch->since_ms = 0;
	watch->ops->changed(since_ms, watch->arg);
}

void
rk_watch_poke(struct rk_watch *watch)
{
	uint64_t now = rk_clock_mono_ms(), wait = RK_WATCH_QUIET_MS;

	if (watch->since_ms == 0)
		watch->since_ms = now;
	uint64_t end = watch->since_ms + RK_WATCH_LONGEST_MS;
	if (now + wait > end)
		wait = end > now ? end - now : 0;
	uv_update_time(&watch->loop->uv);
	uv_timer_start(&watch->quiet, on_quiet, wait, 0);
}

static void
on_event(uv_fs_event_t *event, const char *name, int events, int status)
{
	struct watched *w = event->data;

	if (w->watch &&
	    (status < 0 || !name || w->watch->ops->matters(dir_of(w), rk_str(name), w->watch->arg)))
		rk_watch_poke(w->watch);
}

static void
on_event_closed(uv_handle_t *handle)
{
	struct watched *w = handle->data;

	free(w->path);
	free(w);
}

static void
forget(struct watched *w)
{
	w->watch = NULL;
	uv_close((uv_handle_t *)&w->event, on_event_closed);
}

static char *
join(const char *root, struct rk_str dir)
{
	struct rk_buf path = RK_BUF(8192);
	char *z = NULL;

	rk_buf_put(&path, rk_str(root));
	if (dir.n > 0)
		rk_buf_put_c(&path, '/');
	rk_buf_put(&path, dir);
	if (rk_buf_end(&path) != RK_OK || rk_buf_take(&path, &z) != RK_OK)
		rk_buf_free(&path);
	return z;
}

static enum rk_err
listen_to(struct watched *w)
{
	switch (uv_fs_event_start(&w->event, on_event, w->path, 0)) {
	case 0:
		return RK_OK;
	case UV_ENOSPC:
	case UV_EMFILE:
	case UV_ENFILE:
	case UV_ENOMEM:
		return RK_BUSY;
	default:
		return RK_NOT_FOUND;
	}
}

static bool
is_watched(const struct rk_watch *watch, struct rk_str dir)
{
	for (const struct watched *w = watch->first; w; w = w->next)
		if (rk_str_is(dir_of(w), dir))
			return true;
	return false;
}

enum rk_err
rk_watch_add(struct rk_watch *watch, struct rk_str dir)
{
	if (is_watched(watch, dir))
		return RK_EXISTS;
	struct watched *w = calloc(1, sizeof(*w));
	if (!w)
		return RK_NOMEM;
	w->path = join(watch->root, dir);
	if (!w->path) {
		free(w);
		return RK_NOMEM;
	}
	w->root_n = strlen(watch->root) + (dir.n > 0);
	w->event.data = w;
	uv_fs_event_init(&watch->loop->uv, &w->event);
	enum rk_err err = listen_to(w);
	if (err != RK_OK) {
		forget(w);
		return err;
	}
	w->watch = watch;
	w->next = watch->first;
	watch->first = w;
	return RK_OK;
}

void
rk_watch_renew(struct rk_watch *watch)
{
	for (struct watched **at = &watch->first; *at;) {
		struct watched *w = *at;
		uv_fs_event_stop(&w->event);
		if (listen_to(w) == RK_OK) {
			at = &w->next;
			continue;
		}
		*at = w->next;
		forget(w);
	}
}

enum rk_err
rk_watch_open(struct rk_loop *loop, const char *root, const struct rk_watch_ops *ops, void *arg,
    struct rk_watch **ret_watch)
{
	struct rk_watch *watch = calloc(1, sizeof(*watch));

	if (!watch)
		return RK_NOMEM;
	*watch = (struct rk_watch){ .loop = loop, .ops = ops, .arg = arg, .root = rk_str_dup(rk_str(root)) };
	watch->quiet.data = watch;
	uv_timer_init(&loop->uv, &watch->quiet);
	if (!watch->root) {
		rk_watch_close(watch);
		return RK_NOMEM;
	}
	*ret_watch = watch;
	return RK_OK;
}

static void
on_timer_closed(uv_handle_t *handle)
{
	struct rk_watch *watch = handle->data;

	free(watch->root);
	free(watch);
}

void
rk_watch_close(struct rk_watch *watch)
{
	if (!watch)
		return;
	while (watch->first) {
		struct watched *w = watch->first;
		watch->first = w->next;
		forget(w);
	}
	uv_close((uv_handle_t *)&watch->quiet, on_timer_closed);
}
