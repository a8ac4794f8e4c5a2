/*
 * errand.c - the frame of the verbs that ask the server.
 */
#include "cli/errand.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/auto.h"
#include "base/err.h"
#include "cli/say.h"
#include "cli/table.h"

#define OUT_MAX (256u * 1024u * 1024u)
#define WORDS_MAX 65536

static void
errand_done(struct rk_errand *e)
{
	rk_remote_done(&e->remote);
	rk_buf_wipe(&e->out);
}

static enum rk_err
read_line(struct rk_errand *e, const struct rk_verb *verb, int argc, char **argv, unsigned least,
    unsigned most, struct rk_why *why)
{
	struct rk_flags walk = RK_FLAGS(verb->flags, argc, argv);
	enum rk_err err = rk_flags_read(&walk, e->values, e->words, most, why);

	while (e->word_count < most && e->words[e->word_count])
		e->word_count++;
	e->json = e->values[RK_ERRAND_JSON];
	if (err != RK_OK || e->word_count >= least)
		return err;
	return rk_why(why, RK_INVALID, RK_SAY_MISSING, "Its --help says more.",
	    "It is written: roomkey %s%s%s %s", verb->noun, *verb->name ? " " : "", verb->name, verb->args);
}

static enum rk_exit
exit_of(enum rk_err err)
{
	switch (err) {
	case RK_INVALID:
		return RK_EXIT_USAGE;
	case RK_GONE:
	case RK_TIMEOUT:
	case RK_UNSUPPORTED:
		return RK_EXIT_UNREACHABLE;
	default:
		return RK_EXIT_REFUSED;
	}
}

static int
run(const struct rk_verb *verb, int argc, char **argv, unsigned least, unsigned most, rk_errand_fn *act,
    bool is_open)
{
	RK_AUTO(errand_done) struct rk_errand e = { .out = RK_BUF(OUT_MAX), .remote.is_open = is_open };
	struct rk_why why = { 0 };
	enum rk_err err = read_line(&e, verb, argc, argv, least, most, &why);
	int status;

	if (err == RK_OK)
		err = rk_remote_find(&e.remote, e.values[RK_ERRAND_URL], e.values[RK_ERRAND_CA], &why);
	if (err == RK_OK)
		err = act(&e, &why);
	status = err == RK_OK ? RK_EXIT_DONE : exit_of(err);
	if (err != RK_OK && !why.what[0] && err != RK_INVALID)
		rk_say_error(RK_EXIT_REFUSED, RK_SAY_ANSWER, "", "It did not work: %s.", rk_err_text(err));
	else if (err != RK_OK && why.what[0])
		rk_say_why(&why, RK_EXIT_REFUSED);
	return e.out.n > 0 || e.out.bad ? rk_say_data(&e.out, (enum rk_exit)status) : status;
}

int
rk_errand_run(
    const struct rk_verb *verb, int argc, char **argv, unsigned least, unsigned most, rk_errand_fn *act)
{
	return run(verb, argc, argv, least, most, act, false);
}

int
rk_errand_run_open(
    const struct rk_verb *verb, int argc, char **argv, unsigned least, unsigned most, rk_errand_fn *act)
{
	return run(verb, argc, argv, least, most, act, true);
}

bool
rk_errand_is_json(struct rk_errand *e)
{
	if (!e->json)
		return false;
	if (e->remote.last)
		rk_json_put(&e->out, e->remote.last);
	else
		rk_buf_lit(&e->out, "{}");
	rk_buf_put_c(&e->out, '\n');
	return true;
}

void
rk_errand_put_rows(struct rk_errand *e, const struct rk_json *rows, const char *const *heads,
    const char *const *members, unsigned columns)
{
	struct rk_table table = RK_TABLE(columns);

	if (rk_errand_is_json(e))
		return;
	rk_table_heads(&table, heads);
	for (size_t i = 0; rows && i < rk_json_count(rows); i++)
		for (unsigned k = 0; k < columns; k++)
			rk_table_put_member(&table, rk_json_at(rows, i), members[k]);
	rk_table_end(&table, &e->out);
}

void
rk_errand_say(const char *fmt, ...)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(WORDS_MAX);
	char words[8192];
	va_list args;

	va_start(args, fmt);
	vsnprintf(words, sizeof words, fmt, args);
	va_end(args);
	rk_say_put_visible(&out, rk_str(words));
	if (rk_buf_end(&out) == RK_OK)
		fprintf(stderr, "%.*s\n", RK_FMT(rk_buf_str(&out)));
}

void
rk_errand_put_member(struct rk_buf *out, const char *name, const char *value)
{
	if (!value)
		return;
	if (out->n > 0 && out->p[out->n - 1] != '{')
		rk_buf_put_c(out, ',');
	rk_buf_printf(out, "\"%s\":", name);
	rk_json_put_string(out, rk_str(value));
}

bool
rk_errand_is_part(const char *word)
{
	for (const char *c = word; *c; c++)
		if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
			strchr("-_.~", *c)))
			return false;
	return *word && strcmp(word, ".") != 0 && strcmp(word, "..") != 0 && strlen(word) < 256;
}
