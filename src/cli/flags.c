/*
 * flags.c - walks a command line by a table of flags.
 */
#include "cli/flags.h"

#include <stdio.h>

#include "base/near.h"
#include "base/secret.h"
#include "cli/say.h"

static int
unknown(const struct rk_flags *flags, struct rk_str name)
{
	struct rk_near near = RK_NEAR(name);
	char todo[128] = "See --help for the flags of this command.";

	for (const struct rk_flag *f = flags->table; f->name; f++)
		rk_near_put(&near, f->name);
	if (near.best)
		snprintf(todo, sizeof todo, "Did you mean --%s?", near.best);
	rk_say_error(RK_EXIT_USAGE, RK_SAY_UNKNOWN, todo, "There is no flag --%.*s.", RK_FMT(name));
	return RK_FLAGS_BAD;
}

/* The secret is in the shell's history by now, but at least no longer in the process list. */
static int
forbidden(const struct rk_flag *f, char *value)
{
	if (value)
		rk_secret_wipe(value, strlen(value));
	rk_say_error(RK_EXIT_USAGE, RK_SAY_SECRET, f->help,
	    "A secret is not taken as an argument (--%s): the process list and the shell's history would "
	    "keep it.",
	    f->name);
	return RK_FLAGS_BAD;
}

/* The value of a flag that must have one: after '=', or the next word. */
static int
with_value(struct rk_flags *flags, int row, char *after, const char **ret_value)
{
	const char *name = flags->table[row].name;

	if (!after && flags->at < flags->argc && strncmp(flags->argv[flags->at], "--", 2) != 0)
		after = flags->argv[flags->at++];
	if (!after) {
		rk_say_error(RK_EXIT_USAGE, RK_SAY_VALUE,
		    "A value that begins with two dashes is written with '='.",
		    "--%s needs a value: --%s %s.", name, name, flags->table[row].placeholder);
		return RK_FLAGS_BAD;
	}
	*ret_value = after;
	return row;
}

/* A flag that takes no value by a second word; with_value does the others. */
static int
without_word(const struct rk_flag *f, int row, const char *after, const char **ret_value)
{
	if (f->kind == RK_FLAG_SWITCH && after) {
		rk_say_error(RK_EXIT_USAGE, RK_SAY_VALUE, "Leave out '=' and what follows.",
		    "--%s takes no value.", f->name);
		return RK_FLAGS_BAD;
	}
	*ret_value = after;
	return row;
}

static int
take_flag(struct rk_flags *flags, char *word, const char **ret_value)
{
	char *equals = strchr(word, '='), *after = equals ? equals + 1 : NULL;
	struct rk_str name = { word, equals ? (size_t)(equals - word) : strlen(word) };
	const struct rk_flag *f = flags->table;

	while (f->name && !rk_str_is(rk_str(f->name), name))
		f++;
	if (!f->name)
		return unknown(flags, name);
	if (f->kind == RK_FLAG_VALUE)
		return with_value(flags, (int)(f - flags->table), after, ret_value);
	if (f->kind != RK_FLAG_FORBIDDEN)
		return without_word(f, (int)(f - flags->table), after, ret_value);
	if (!after && flags->at < flags->argc)
		after = flags->argv[flags->at];
	return forbidden(f, after);
}

int
rk_flags_next(struct rk_flags *flags, const char **ret_value)
{
	char *word;

	*ret_value = NULL;
	if (flags->at >= flags->argc)
		return RK_FLAGS_END;
	word = flags->argv[flags->at++];
	if (!flags->only_words && strcmp(word, "--") == 0) {
		flags->only_words = true;
		return rk_flags_next(flags, ret_value);
	}
	if (!flags->only_words && strncmp(word, "--", 2) == 0)
		return take_flag(flags, word + 2, ret_value);
	/* "-" alone is a word: standard input. */
	if (!flags->only_words && word[0] == '-' && word[1]) {
		rk_say_error(RK_EXIT_USAGE, RK_SAY_UNKNOWN,
		    "Flags are whole words with two dashes: see --help.", "There is no flag %s.", word);
		return RK_FLAGS_BAD;
	}
	*ret_value = word;
	return RK_FLAGS_WORD;
}

enum rk_err
rk_flags_read(struct rk_flags *flags, const char **values, const char **words, unsigned most,
    struct rk_why *why)
{
	const char *value;
	unsigned count = 0;
	int row;

	while ((row = rk_flags_next(flags, &value)) != RK_FLAGS_END) {
		if (row == RK_FLAGS_BAD)
			return RK_INVALID;
		if (row == RK_FLAGS_WORD && count == most)
			return rk_why(why, RK_INVALID, RK_SAY_VALUE, "See --help.", "There is no place for %.100s.",
			    value);
		if (row == RK_FLAGS_WORD)
			words[count++] = value;
		else
			values[row] = value ? value : "";
	}
	return RK_OK;
}

void
rk_flags_help(struct rk_buf *out, const struct rk_flag *table)
{
	char left[64];

	for (const struct rk_flag *f = table; f->name; f++) {
		if (f->kind == RK_FLAG_FORBIDDEN)
			continue;
		if (f->placeholder)
			snprintf(left, sizeof left, f->kind == RK_FLAG_MAYBE ? "--%s[=%s]" : "--%s %s",
			    f->name, f->placeholder);
		else
			snprintf(left, sizeof left, "--%s", f->name);
		rk_buf_printf(out, "  %-32s %s\n", left, f->help);
	}
}
