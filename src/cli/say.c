/*
 * say.c - words on standard error, data on standard output.
 */
#include "cli/say.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/err.h"
#include "base/json.h"

#define WORDS_MAX 16384

static bool
is_coloured(int fd)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return !(no && *no) && term && strcmp(term, "dumb") != 0 && isatty(fd);
}

const char *
rk_say_on(int fd, enum rk_say_colour colour)
{
	static const char *const codes[] = { "\x1b[1m", "\x1b[31m", "\x1b[32m", "\x1b[33m" };

	return is_coloured(fd) ? codes[colour] : "";
}

const char *
rk_say_off(int fd)
{
	return is_coloured(fd) ? "\x1b[0m" : "";
}

void
rk_say_put_visible(struct rk_buf *out, struct rk_str s)
{
	unsigned char before = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		/* ASCII controls, DEL, and C1 controls (U+0080 to U+009F), which terminals obey too. */
		if (c < 0x20 || c == 0x7f || (before == 0xc2 && c < 0xa0))
			rk_buf_printf(out, "\\x%02x", c);
		else
			rk_buf_put_c(out, (char)c);
		before = c;
	}
}

static bool
write_all(int fd, struct rk_str s)
{
	while (s.n > 0) {
		ssize_t n = write(fd, s.p, s.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		s = rk_str_sub(s, (size_t)n, s.n);
	}
	return true;
}

static void
say(bool is_error, const char *code, const char *what, const char *todo)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(WORDS_MAX);

	rk_buf_printf(&out, "%s%s%s", rk_say_on(STDERR_FILENO, is_error ? RK_SAY_RED : RK_SAY_YELLOW),
	    is_error ? "error" : "warning", rk_say_off(STDERR_FILENO));
	if (code && *code)
		rk_buf_printf(&out, " %s", code);
	rk_buf_lit(&out, ": ");
	rk_say_put_visible(&out, rk_str(what));
	rk_buf_put_c(&out, '\n');
	if (todo && *todo) {
		rk_buf_lit(&out, "  ");
		rk_say_put_visible(&out, rk_str(todo));
		rk_buf_put_c(&out, '\n');
	}
	write_all(STDERR_FILENO, rk_buf_str(&out));
}

void
rk_say_finding(bool is_error, const char *code, const char *what, const char *todo)
{
	say(is_error, code, what, todo);
}

int
rk_say_why(const struct rk_why *why, enum rk_exit status)
{
	say(true, why->code, why->what, why->todo);
	return status;
}

int
rk_say_error(enum rk_exit status, const char *code, const char *todo, const char *what_fmt, ...)
{
	char what[512];
	va_list args;

	va_start(args, what_fmt);
	vsnprintf(what, sizeof what, what_fmt, args);
	va_end(args);
	say(true, code, what, todo);
	return status;
}

void
rk_say_put_why(struct rk_buf *out, const struct rk_why *why)
{
	if (!why->what[0]) {
		rk_buf_lit(out, "null");
		return;
	}
	rk_buf_printf(out, "{\"code\":\"%s\",\"message\":", why->code);
	rk_json_put_string(out, rk_str(why->what));
	rk_buf_lit(out, ",\"todo\":");
	rk_json_put_string(out, rk_str(why->todo));
	rk_buf_put_c(out, '}');
}

int
rk_say_data(struct rk_buf *out, enum rk_exit done)
{
	enum rk_err err = rk_buf_end(out);
	bool written = err == RK_OK && write_all(STDOUT_FILENO, rk_buf_str(out));

	rk_buf_wipe(out);
	if (written)
		return done;
	say(true, RK_SAY_FILE, err == RK_OK ? "Standard output does not take the answer." : rk_err_text(err),
	    "");
	return RK_EXIT_REFUSED;
}
