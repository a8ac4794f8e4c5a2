/*
 * say.h - words for the person at the terminal: all on standard error, but for the data.
 *
 * What a stranger or the user typed is shown with control characters escaped.
 * Colour only on a terminal, and never when NO_COLOR is set or TERM is "dumb".
 */
#ifndef RK_CLI_SAY_H
#define RK_CLI_SAY_H

#include "base/buf.h"

/* The exit statuses of every verb; roomkey(1) and the tests hold them still. */
enum rk_exit {
	RK_EXIT_DONE = 0,
	RK_EXIT_REFUSED = 1,     /* understood, and refused: a rule, a signature, an unreadable file */
	RK_EXIT_USAGE = 2,       /* the command line itself is wrong */
	RK_EXIT_UNREACHABLE = 3, /* what the command needs does not answer, or is not installed */
};

/* Every code of the command line: name, code, what it is about. */
#define RK_SAY_ROWS(X)                                                        \
	X(UNKNOWN, "RK-801", "an unknown noun, verb or flag")                 \
	X(VALUE, "RK-802", "a flag without its value, or with a wrong one")   \
	X(SECRET, "RK-803", "a secret as an argument")                        \
	X(MISSING, "RK-804", "something needed was not given")                \
	X(FILE, "RK-805", "a file, or standard input, cannot be read")        \
	X(INSTALL, "RK-806", "the programs behind the command are not there") \
	X(GRANT, "RK-807", "a grant that cannot be written")                  \
	X(MINT, "RK-808", "a token that cannot be written")                   \
	X(UNREACHABLE, "RK-809", "nobody answers where a request was sent")   \
	X(RC, "RK-820", "the settings that a project brings along")           \
	X(EXISTS, "RK-821", "something is in the way of a new file")          \
	X(WRITE, "RK-822", "a file that cannot be written")                   \
	X(CONF, "RK-823", "a setting of roomkey.conf or of the environment")  \
	X(LOGIN, "RK-824", "no login, or one that cannot be used")            \
	X(ANSWER, "RK-825", "an answer that is not understood")               \
	X(NAME, "RK-826", "no service, environment or build by that name")    \
	X(DEPLOY, "RK-827", "a project that cannot be deployed")

#define X(name, code, about) static const char RK_SAY_##name[] __attribute__((unused)) = code;
RK_SAY_ROWS(X)
#undef X

/* "error RK-801: what" and "  todo". Both return `status`, so that they can end a verb. */
int rk_say_why(const struct rk_why *why, enum rk_exit status);
int rk_say_error(enum rk_exit status, const char *code, const char *todo, const char *what_fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* The same as data: {"code","message","todo"}, or null when why says nothing. */
void rk_say_put_why(struct rk_buf *out, const struct rk_why *why);

/* One finding, told as "warning" or "error". */
void rk_say_finding(bool is_error, const char *code, const char *what, const char *todo);

/* Appends s so that a terminal obeys nothing in it. */
void rk_say_put_visible(struct rk_buf *out, struct rk_str s);

/* Starts and ends a highlight, when `fd` is a terminal that wants colour; "" otherwise. */
enum rk_say_colour { RK_SAY_BOLD, RK_SAY_RED, RK_SAY_GREEN, RK_SAY_YELLOW };
const char *rk_say_on(int fd, enum rk_say_colour colour);
const char *rk_say_off(int fd);

/* Writes the whole of out to standard output and frees it; the status for `done`, or
 * RK_EXIT_REFUSED with words when it cannot be written. */
int rk_say_data(struct rk_buf *out, enum rk_exit done);

#endif
