#include "gateway/line.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define WAITING_MAX (256u * RK_KB)
#define PIECE 4096u /* a pipe that polls as writable takes PIPE_BUF bytes without waiting */
#define PIECES_A_TURN 64
#define PATH_MAX_SHOWN 200u
#define RETRY_MS 20u

struct rk_lines {
	struct rk_loop *loop;
	int fd;
	bool requests, colour;
	struct rk_buf out;
	size_t written; /* of out */
	uint64_t dropped;
	struct rk_turn turn;
	uv_timer_t *retry; /* while the reader is slow */
	bool retrying;
	time_t second;
	char clock[16]; /* "12:34:56" of `second` */
};

/* ---- writing --------------------------------------------------------------------- */

/* False: the reader is not ready (or gone), the rest stays. */
static bool
write_piece(struct rk_lines *l)
{
	struct pollfd p = { .fd = l->fd, .events = POLLOUT };
	size_t n = l->out.n - l->written;
	ssize_t done;

	if (poll(&p, 1, 0) != 1 || !(p.revents & POLLOUT))
		return false;
	done = write(l->fd, l->out.p + l->written, n < PIECE ? n : PIECE);
	if (done <= 0)
		return false;
	l->written += (size_t)done;
	return true;
}

static void
say_dropped(struct rk_lines *l)
{
	if (l->dropped == 0)
		return;
	rk_buf_printf(&l->out, "%s  %llu lines were dropped: the reader of this output is too slow\n",
	    l->clock, (unsigned long long)l->dropped);
	l->dropped = 0;
}

static void
flush(struct rk_lines *l)
{
	int pieces = 0;

	while (l->written < l->out.n && pieces++ < PIECES_A_TURN && write_piece(l))
		;
	if (l->written == l->out.n) {
		l->written = 0;
		rk_buf_clear(&l->out);
		say_dropped(l);
	} else if (l->written > WAITING_MAX / 2) {
		rk_buf_drop(&l->out, l->written);
		l->written = 0;
	}
}

static void on_retry(uv_timer_t *timer);

static void
keep_trying(struct rk_lines *l)
{
	bool more = l->out.n > 0;

	if (more && !l->retrying)
		uv_timer_start(l->retry, on_retry, RETRY_MS, RETRY_MS);
	else if (!more && l->retrying)
		uv_timer_stop(l->retry);
	l->retrying = more;
}

static void
on_turn_end(void *arg)
{
	struct rk_lines *l = arg;

	flush(l);
	keep_trying(l);
}

static void
on_retry(uv_timer_t *timer)
{
	on_turn_end(timer->data);
}

/* ---- making lines ------------------------------------------------------------------- */

/*
 * How many bytes at p a terminal might obey instead of show; 0 for none. Beside ASCII's, in UTF-8: C1 (U+0080-009F),
 * line and paragraph separators and what reorders text (U+2028-202E, U+2066-2069).
 */
static size_t
control_size(const unsigned char *p, size_t n)
{
	if (p[0] < 0x20 || p[0] == 0x7f)
		return 1;
	if (n >= 2 && p[0] == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f)
		return 2;
	if (n >= 3 && p[0] == 0xe2 && p[1] == 0x80 && p[2] >= 0xa8 && p[2] <= 0xae)
		return 3;
	if (n >= 3 && p[0] == 0xe2 && p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9)
		return 3;
	return 0;
}

static void
put_hex(struct rk_buf *out, const unsigned char *p, size_t n)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++)
		rk_buf_put(out, rk_str_n((char[]){ '\\', 'x', hex[p[i] >> 4], hex[p[i] & 15] }, 4));
}

void
rk_lines_put_escaped(struct rk_buf *out, struct rk_str s, size_t max)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t n = s.n < max ? s.n : max, from = 0, size;

	for (size_t i = 0; i < n; i += size ? size : 1) {
		size = control_size(p + i, n - i);
		if (size == 0)
			continue;
		rk_buf_put(out, rk_str_sub(s, from, i - from));
		put_hex(out, p + i, size);
		from = i + size;
	}
	rk_buf_put(out, rk_str_sub(s, from, n - from));
	if (s.n > max)
		rk_buf_lit(out, "...");
}

static void
put_time(struct rk_lines *l)
{
	time_t second = (time_t)(rk_clock_unix_ms() / 1000);
	struct tm tm;

	if (second != l->second && localtime_r(&second, &tm)) {
		strftime(l->clock, sizeof(l->clock), "%H:%M:%S", &tm);
		l->second = second;
	}
	rk_buf_put(&l->out, rk_str(l->clock));
}

/* A line that does not fit is taken back whole and counted. */
static void
end_line(struct rk_lines *l, size_t begun)
{
	if (rk_buf_end(&l->out) != RK_OK) {
		l->out.n = begun;
		l->out.bad = RK_OK;
		l->dropped++;
	}
	rk_loop_at_turn_end(l->loop, &l->turn);
}

static const char *
colour_of(unsigned status)
{
	return status < 300 ? "\033[32m" : status < 400 ? "\033[36m" : status < 500 ? "\033[33m" : "\033[31m";
}

static void
put_padded(struct rk_buf *out, struct rk_str s, size_t width)
{
	rk_buf_put(out, s);
	for (size_t i = s.n; i < width; i++)
		rk_buf_put_c(out, ' ');
}

void
rk_lines_request(struct rk_lines *l, const struct rk_request_line *r)
{
	size_t begun = l->out.n;

	if (!l->requests)
		return;
	put_time(l);
	rk_buf_lit(&l->out, "  ");
	if (l->colour)
		rk_buf_put(&l->out, rk_str(colour_of(r->status)));
	rk_buf_put_u64(&l->out, r->status);
	if (l->colour)
		rk_buf_lit(&l->out, "\033[0m");
	rk_buf_lit(&l->out, "  ");
	put_padded(&l->out, r->method, 5);
	rk_buf_put_c(&l->out, ' ');
	rk_lines_put_escaped(&l->out, r->path, PATH_MAX_SHOWN);
	rk_buf_lit(&l->out, "  ");
	rk_buf_put_u64(&l->out, r->took_us / 1000);
	rk_buf_put_c(&l->out, '.');
	rk_buf_put_u64(&l->out, r->took_us / 100 % 10);
	rk_buf_lit(&l->out, " ms  ");
	rk_buf_put(&l->out, r->request_id);
	rk_buf_put_c(&l->out, '\n');
	end_line(l, begun);
}

static void
put_level(struct rk_lines *l, uint8_t level)
{
	if (level == RK_LOG_ERROR)
		rk_buf_put(&l->out, l->colour ? RK_STR("\033[31merror\033[0m ") : RK_STR("error "));
	else if (level == RK_LOG_WARN)
		rk_buf_put(&l->out, l->colour ? RK_STR("\033[33mwarn\033[0m ") : RK_STR("warn "));
}

/* A text of several lines is indented, so that none of them can pass for a line of ours. */
static void
put_text(struct rk_buf *out, struct rk_str text)
{
	struct rk_str line = rk_str_take(&text, '\n');

	rk_lines_put_escaped(out, line, SIZE_MAX);
	rk_buf_put_c(out, '\n');
	while (text.n) {
		line = rk_str_take(&text, '\n');
		rk_buf_lit(out, "          ");
		rk_lines_put_escaped(out, line, SIZE_MAX);
		rk_buf_put_c(out, '\n');
	}
}

void
rk_lines_function(struct rk_lines *l, const struct rk_route *route, const struct rk_line *line)
{
	size_t begun = l->out.n;

	put_time(l);
	rk_buf_lit(&l->out, "  ");
	put_level(l, line->level);
	rk_lines_put_escaped(&l->out, route ? route->path : RK_STR("-"), PATH_MAX_SHOWN);
	rk_buf_put_c(&l->out, ' ');
	rk_lines_put_escaped(&l->out, line->request_id.n ? line->request_id : RK_STR("-"), 40);
	rk_buf_put_c(&l->out, ' ');
	put_text(&l->out, line->text);
	end_line(l, begun);
}

/* https://no-color.org: set and not empty. */
static bool
is_coloured(int fd)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return !(no && *no) && term && strcmp(term, "dumb") != 0 && isatty(fd) == 1;
}

/* ---- birth and death ------------------------------------------------------------------ */

enum rk_err
rk_lines_new(struct rk_loop *loop, int fd, bool requests, struct rk_lines **ret_lines)
{
	struct rk_lines *l = calloc(1, sizeof(*l));
	uv_timer_t *retry = calloc(1, sizeof(*retry));

	if (!l || !retry || uv_timer_init(&loop->uv, retry)) {
		free(l);
		free(retry);
		return RK_NOMEM;
	}
	*l = (struct rk_lines){ .loop = loop,
		.fd = fd,
		.requests = requests,
		.colour = is_coloured(fd),
		.out = RK_BUF(WAITING_MAX),
		.turn = { .run = on_turn_end, .arg = l },
		.retry = retry };
	retry->data = l;
	/* Reads the zone's file now, before the seal. */
	tzset();
	*ret_lines = l;
	return RK_OK;
}

static void
on_timer_closed(uv_handle_t *handle)
{
	free(handle);
}

void
rk_lines_free(struct rk_lines *l)
{
	if (!l)
		return;
	flush(l);
	rk_loop_turn_cancel(l->loop, &l->turn);
	uv_close((uv_handle_t *)l->retry, on_timer_closed);
	rk_buf_free(&l->out);
	free(l);
}
