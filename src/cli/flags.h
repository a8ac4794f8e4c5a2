/*
 * flags.h - the flags of one verb, as a table, and the walk over a command line.
 *
 * --name VALUE, --name=VALUE, words between them in any order, "--" ends the flags.
 */
#ifndef RK_CLI_FLAGS_H
#define RK_CLI_FLAGS_H

#include "base/buf.h"

enum rk_flag_kind {
	RK_FLAG_VALUE,     /* --name VALUE or --name=VALUE */
	RK_FLAG_SWITCH,    /* --name */
	RK_FLAG_MAYBE,     /* --name or --name=VALUE */
	RK_FLAG_FORBIDDEN, /* would take a secret: refused, help says how to do it */
};

struct rk_flag {
	const char *name; /* without dashes; NULL ends a table */
	enum rk_flag_kind kind;
	const char *placeholder; /* "FILE"; NULL for a switch */
	const char *help;
};

struct rk_flags {
	const struct rk_flag *table;
	int argc;
	char **argv; /* argv[0] is the verb's name */
	int at;
	bool only_words; /* after "--" */
};

/* What rk_flags_next returns besides the index of a row of the table. */
enum { RK_FLAGS_WORD = -1, RK_FLAGS_END = -2, RK_FLAGS_BAD = -3 };

#define RK_FLAGS(rows, count, words) \
	((struct rk_flags){ .table = (rows), .argc = (count), .argv = (words), .at = 1 })

/*
 * The next flag or word; *ret_value is its value (NULL when it has none), or the word.
 * RK_FLAGS_BAD: the mistake has been told already, the verb ends with RK_EXIT_USAGE.
 * The value of a forbidden flag is overwritten where it stands.
 */
int rk_flags_next(struct rk_flags *flags, const char **ret_value);

/*
 * The whole command line: values[row] is what the flag was given last ("" for a bare one), NULL when it was not;
 * words[0..most) in their order. Both arrays come zeroed. RK_INVALID: with an empty why it was told already.
 */
RK_CHECKED enum rk_err rk_flags_read(struct rk_flags *flags, const char **values, const char **words,
    unsigned most, struct rk_why *why);

/* Two columns, one line a flag; forbidden ones are left out. */
void rk_flags_help(struct rk_buf *out, const struct rk_flag *table);

#endif
