/*
 * prompt.c - asks for a line. Byte by byte, so that nothing behind it is swallowed.
 */
#include "cli/prompt.h"

#include <errno.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "base/err.h"
#include "cli/say.h"

static enum rk_err
read_line(struct rk_buf *out, const char *question, struct rk_why *why)
{
	size_t before = out->n;
	ssize_t n;
	char c;

	for (;;) {
		n = read(STDIN_FILENO, &c, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || c == '\n')
			break;
		rk_buf_put_c(out, c);
	}
	if (out->n > before && out->p[out->n - 1] == '\r')
		out->n--;
	if (out->bad)
		return rk_why(why, RK_TOO_LARGE, RK_SAY_VALUE, "", "The line for %s is too long.", question);
	if (n < 0 || out->n == before)
		return rk_why(why, RK_INVALID, RK_SAY_MISSING, "It is read from standard input.",
		    "There is no %s.", question);
	return RK_OK;
}

/* A growing buffer leaves copies of a secret behind: room is made at once. */
enum rk_err
rk_prompt_line(const char *question, bool secret, struct rk_buf *out, struct rk_why *why)
{
	bool asks = isatty(STDIN_FILENO);
	struct termios before, quiet;
	bool hides = asks && secret && tcgetattr(STDIN_FILENO, &before) == 0;
	enum rk_err err;

	if (!rk_buf_reserve(out, out->max - out->n))
		return rk_why(why, RK_NOMEM, RK_SAY_FILE, "", "There is no memory.");
	if (asks)
		fprintf(stderr, "%s: ", question);
	if (hides) {
		quiet = before;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	}
	err = read_line(out, question, why);
	if (hides) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
		fputc('\n', stderr);
	}
	return err;
}
