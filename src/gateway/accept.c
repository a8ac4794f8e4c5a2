#include "gateway/accept.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <unistd.h>

#define GUESTS_MAX 256u
#define SWEEP_MS 100u
#define TLS_FIRST 0x16 /* a handshake record (RFC 8446 section 5.1); no method begins with it */

struct guest {
	TAILQ_ENTRY(guest) link;
	struct rk_accept *accept;
	uv_poll_t poll;
	int fd;
	uint64_t since; /* ms */
	bool wants_tls; /* and there is none yet */
	struct sockaddr_storage peer;
	socklen_t peer_n;
};

struct rk_accept {
	struct rk_loop *loop;
	int fd;
	uv_poll_t *poll;
	uv_timer_t *sweep;
	struct rk_listener *plain, *tls;
	TAILQ_HEAD(, guest) guests; /* in the order of coming */
	unsigned count;
	bool full; /* nobody is let in until someone goes */
};

/* ---- guests ------------------------------------------------------------------------ */

static void on_knock(uv_poll_t *poll, int status, int events);

static void
on_guest_closed(uv_handle_t *handle)
{
	free(handle->data);
}

/* Ends our part in it; the descriptor is handed over, or closed. */
static void
let_go(struct guest *g, struct rk_listener *to)
{
	struct rk_accept *accept = g->accept;

	TAILQ_REMOVE(&accept->guests, g, link);
	accept->count--;
	uv_poll_stop(&g->poll);
	if (to)
		rk_listener_feed(to, g->fd, (struct sockaddr *)&g->peer, g->peer_n);
	else
		close(g->fd);
	uv_close((uv_handle_t *)&g->poll, on_guest_closed);
}

static void
on_byte(uv_poll_t *poll, int status, int events)
{
	struct guest *g = poll->data;
	unsigned char first;
	ssize_t n = recv(g->fd, &first, 1, MSG_PEEK | MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		let_go(g, NULL);
	} else if (first != TLS_FIRST) {
		let_go(g, g->accept->plain);
	} else if (g->accept->tls) {
		let_go(g, g->accept->tls);
	} else {
		g->wants_tls = true;
		uv_poll_stop(&g->poll);
	}
}

static bool
let_in(struct rk_accept *accept)
{
	struct guest *g = calloc(1, sizeof(*g));

	if (!g)
		return false;
	g->peer_n = sizeof(g->peer);
	g->fd = accept4(accept->fd, (struct sockaddr *)&g->peer, &g->peer_n, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (g->fd < 0 || uv_poll_init(&accept->loop->uv, &g->poll, g->fd)) {
		if (g->fd >= 0)
			close(g->fd);
		free(g);
		return false;
	}
	g->accept = accept;
	g->poll.data = g;
	g->since = uv_now(&accept->loop->uv);
	TAILQ_INSERT_TAIL(&accept->guests, g, link);
	accept->count++;
	uv_poll_start(&g->poll, UV_READABLE, on_byte);
	return true;
}

/* Full, or out of descriptors: the sweep looks again, so that a waiting connection makes no busy loop. */
static void
on_knock(uv_poll_t *poll, int status, int events)
{
	struct rk_accept *accept = poll->data;

	while (accept->count < GUESTS_MAX && let_in(accept))
		;
	if (accept->count < GUESTS_MAX && (errno == EAGAIN || errno == EWOULDBLOCK))
		return;
	uv_poll_stop(accept->poll);
	accept->full = true;
}

static void
on_sweep(uv_timer_t *timer)
{
	struct rk_accept *accept = timer->data;
	uint64_t now = uv_now(&accept->loop->uv);
	struct guest *g, *next;

	for (g = TAILQ_FIRST(&accept->guests); g; g = next) {
		next = TAILQ_NEXT(g, link);
		if (now - g->since >= (g->wants_tls ? RK_ACCEPT_TLS_MS : RK_ACCEPT_MS))
			let_go(g, NULL);
	}
	if (accept->full && accept->count < GUESTS_MAX)
		uv_poll_start(accept->poll, UV_READABLE, on_knock);
	accept->full = accept->full && accept->count >= GUESTS_MAX;
}

void
rk_accept_set_tls(struct rk_accept *accept, struct rk_listener *tls)
{
	struct guest *g, *next;

	accept->tls = tls;
	for (g = tls ? TAILQ_FIRST(&accept->guests) : NULL; g; g = next) {
		next = TAILQ_NEXT(g, link);
		if (g->wants_tls)
			let_go(g, tls);
	}
}

/* ---- birth and death ------------------------------------------------------------------ */

static void
on_handle_closed(uv_handle_t *handle)
{
	free(handle);
}

enum rk_err
rk_accept_start(struct rk_loop *loop, int fd, struct rk_listener *plain, struct rk_accept **ret_accept)
{
	struct rk_accept *accept = calloc(1, sizeof(*accept));
	uv_poll_t *poll = calloc(1, sizeof(*poll));
	uv_timer_t *sweep = calloc(1, sizeof(*sweep));

	if (!accept || !poll || !sweep || uv_poll_init(&loop->uv, poll, fd)) {
		free(accept);
		free(poll);
		free(sweep);
		close(fd);
		return RK_NOMEM;
	}
	*accept = (struct rk_accept){ .loop = loop, .fd = fd, .poll = poll, .sweep = sweep, .plain = plain };
	TAILQ_INIT(&accept->guests);
	poll->data = sweep->data = accept;
	uv_timer_init(&loop->uv, sweep);
	sweep->data = accept;
	uv_timer_start(sweep, on_sweep, SWEEP_MS, SWEEP_MS);
	uv_poll_start(poll, UV_READABLE, on_knock);
	*ret_accept = accept;
	return RK_OK;
}

void
rk_accept_free(struct rk_accept *accept)
{
	struct guest *g;

	if (!accept)
		return;
	while ((g = TAILQ_FIRST(&accept->guests)))
		let_go(g, NULL);
	uv_close((uv_handle_t *)accept->poll, on_handle_closed);
	uv_close((uv_handle_t *)accept->sweep, on_handle_closed);
	close(accept->fd);
	free(accept);
}
