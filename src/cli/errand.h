/*
 * errand.h - the frame of every verb that asks the server something: flags, login, exit status, words.
 */
#ifndef RK_CLI_ERRAND_H
#define RK_CLI_ERRAND_H

#include "cli/remote.h"
#include "cli/verb.h"

/* The rows that such a verb puts first in its table of flags, and their indexes. */
#define RK_ERRAND_FLAGS                                                                        \
	{ "url", RK_FLAG_VALUE, "URL", "the server's admin address; else ROOMKEY_URL, or login's" }, \
	    { "ca", RK_FLAG_VALUE, "FILE", "the authority that vouches for it, with https" },    \
	{                                                                                      \
		"json", RK_FLAG_SWITCH, NULL, "print what the server says, as JSON"              \
	}
enum { RK_ERRAND_URL, RK_ERRAND_CA, RK_ERRAND_JSON, RK_ERRAND_COUNT };

#define RK_ERRAND_ROWS 24
#define RK_ERRAND_WORDS 64

struct rk_errand {
	const char *values[RK_ERRAND_ROWS];  /* of the flags, by row; NULL: not given */
	const char *words[RK_ERRAND_WORDS];
	unsigned word_count;
	bool json;
	struct rk_remote remote;
	struct rk_buf out; /* what goes to standard output at the end; wiped */
};

/* Does it, and leaves in out what is to be printed. RK_INVALID is a mistake of the command line. */
typedef enum rk_err rk_errand_fn(struct rk_errand *e, struct rk_why *why);

/* Reads the command line (least..most words) and the login, does it, and prints; an enum rk_exit. */
int rk_errand_run(
    const struct rk_verb *verb, int argc, char **argv, unsigned least, unsigned most, rk_errand_fn *act);
/* The same for a server that knows nobody yet. */
int rk_errand_run_open(
    const struct rk_verb *verb, int argc, char **argv, unsigned least, unsigned most, rk_errand_fn *act);

/* With --json what the server said last becomes the output; then true. */
bool rk_errand_is_json(struct rk_errand *e);

/* A table of an array's members: one column a member. With --json: what the server said. */
void rk_errand_put_rows(struct rk_errand *e, const struct rk_json *rows, const char *const *heads,
    const char *const *members, unsigned columns);

/* Words for people, a line on standard error. */
void rk_errand_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Appends `,"name":"value"`, without the comma behind a brace; nothing when the value is NULL. */
void rk_errand_put_member(struct rk_buf *out, const char *name, const char *value);

/* True for what can be a part of a path as it stands: SIDs and unique names. */
bool rk_errand_is_part(const char *word);

#endif
