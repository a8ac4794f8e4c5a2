/*
 * logs.c - `roomkey logs`: what functions and requests left behind, and what comes.
 */
#include <stdio.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/codec.h"
#include "base/err.h"
#include "cli/place.h"
#include "cli/say.h"

#define QUERY_MAX 4096
#define LINE_MAX 262144

enum { ENVIRONMENT = RK_ERRAND_COUNT, TAIL, PATH, LEVEL, REQUEST, TEXT, FROM, TO, LIMIT, AFTER };

static const struct rk_flag flags[] = {
	RK_ERRAND_FLAGS,
	{ "environment", RK_FLAG_VALUE, "NAME", "of this environment; by suffix, name or SID" },
	{ "tail", RK_FLAG_SWITCH, NULL, "wait for what comes, until Ctrl-C" },
	{ "path", RK_FLAG_VALUE, "PATH", "of the function at this path" },
	{ "level", RK_FLAG_VALUE, "LEVEL", "of this level: info, warn, error" },
	{ "request", RK_FLAG_VALUE, "RQ...", "of one request" },
	{ "text", RK_FLAG_VALUE, "TEXT", "with this text in them" },
	{ "from", RK_FLAG_VALUE, "DATE", "not before (2026-11-24T04:00:00Z)" },
	{ "to", RK_FLAG_VALUE, "DATE", "before" },
	{ "limit", RK_FLAG_VALUE, "N", "so many at most (50)" },
	{ "after", RK_FLAG_VALUE, "PLACE", "the page after the one that named it" },
	{ 0 },
};

static void
put_query(struct rk_buf *out, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	rk_buf_printf(out, "%c%s=", memchr(out->p, '?', out->n) ? '&' : '?', name);
	rk_codec_put_percent(out, rk_str(value));
}

static void
put_url(struct rk_errand *e, const struct rk_place *place, struct rk_buf *out)
{
	rk_buf_lit(out, "/roomkey/v1/Logs");
	put_query(out, "Service", place->service);
	put_query(out, "Environment", place->environment);
	put_query(out, "Path", e->values[PATH]);
	put_query(out, "Level", e->values[LEVEL]);
	put_query(out, "RequestSid", e->values[REQUEST]);
	put_query(out, "Text", e->values[TEXT]);
	put_query(out, "From", e->values[FROM]);
	put_query(out, "To", e->values[TO]);
	put_query(out, "After", e->values[AFTER]);
	if (!e->values[TAIL])
		put_query(out, "PageSize", e->values[LIMIT] ? e->values[LIMIT] : "50");
}

/* ---- one line -------------------------------------------------------------------------- */

static enum rk_say_colour
colour_of(struct rk_str level)
{
	if (rk_str_is_nocase(level, RK_STR("error")))
		return RK_SAY_RED;
	return rk_str_is_nocase(level, RK_STR("warn")) ? RK_SAY_YELLOW : RK_SAY_GREEN;
}

static void
put_request(struct rk_buf *out, const struct rk_json *row)
{
	long long status = 0, took = 0;
	struct rk_str message = rk_remote_text(row, "message");

	(void)rk_json_integer(rk_json_get(row, "status"), &status);
	(void)rk_json_integer(rk_json_get(row, "took_us"), &took);
	rk_say_put_visible(out, rk_remote_text(row, "method"));
	rk_buf_put_c(out, ' ');
	rk_say_put_visible(out, rk_remote_text(row, "path"));
	rk_buf_printf(out, " %lld in %lld.%lld ms", status, took / 1000, took % 1000 / 100);
	if (message.n > 0) {
		rk_buf_lit(out, "  ");
		rk_say_put_visible(out, message);
	}
}

static void
put_line(struct rk_buf *out, const struct rk_json *row)
{
	struct rk_str level = rk_remote_text(row, "level");

	rk_say_put_visible(out, rk_remote_text(row, "date"));
	rk_buf_printf(out, "  %s", rk_say_on(STDOUT_FILENO, colour_of(level)));
	rk_say_put_visible(out, level);
	rk_buf_printf(out, "%s  ", rk_say_off(STDOUT_FILENO));
	if (rk_str_is(rk_remote_text(row, "kind"), RK_STR("request"))) {
		put_request(out, row);
	} else {
		rk_say_put_visible(out, rk_remote_text(row, "path"));
		rk_buf_lit(out, "  ");
		rk_say_put_visible(out, rk_remote_text(row, "message"));
	}
	rk_buf_put_c(out, '\n');
}

/* ---- tail ------------------------------------------------------------------------------- */

/* Each event goes out at once; false when standard output takes no more. */
static bool
each_event(struct rk_str data, void *arg)
{
	const struct rk_errand *e = arg;
	RK_AUTO(rk_json_auto) struct rk_json *row = NULL;
	struct rk_buf line = RK_BUF(LINE_MAX);

	if (rk_json_parse(data, &row, NULL) != RK_OK)
		return true;
	if (e->json)
		rk_buf_printf(&line, "%.*s\n", RK_FMT(data));
	else
		put_line(&line, row);
	return rk_say_data(&line, RK_EXIT_DONE) == RK_EXIT_DONE;
}

/* ---- the verb ----------------------------------------------------------------------------- */

/* youngest first as they come; the last line on a terminal is the newest. */
static void
put_page(struct rk_errand *e)
{
	const struct rk_json *rows = rk_json_get(e->remote.last, "logs");
	struct rk_str after = rk_remote_text(e->remote.last, "next_after");

	for (size_t i = rows ? rk_json_count(rows) : 0; i > 0; i--)
		put_line(&e->out, rk_json_at(rows, i - 1));
	if (after.n > 0)
		rk_errand_say("There are older ones: --after %.*s", RK_FMT(after));
}

/* Nobody is asked for when neither a service nor an environment is named: then all of the account's. */
static enum rk_err
logs(struct rk_errand *e, struct rk_why *why)
{
	RK_AUTO(rk_buf_free) struct rk_buf path = RK_BUF(QUERY_MAX);
	const char *service = e->word_count ? e->words[0] : NULL;
	struct rk_place place = { 0 };
	enum rk_err err = RK_OK;

	if (e->values[ENVIRONMENT])
		err = rk_place_find(e, service, e->values[ENVIRONMENT], &place, why);
	else if (service)
		err = rk_place_find_service(e, service, &place, why);
	put_url(e, &place, &path);
	if (err != RK_OK || rk_buf_end(&path) != RK_OK)
		return err != RK_OK
			   ? err
			   : rk_why(why, RK_TOO_LARGE, RK_SAY_VALUE, "", "The filters are too long.");
	if (e->values[TAIL]) {
		err = rk_remote_listen(&e->remote, rk_buf_z(&path), each_event, e, why);
		if (err == RK_OK)
			rk_errand_say("The server has ended the stream.");
		return err;
	}
	err = rk_remote_call(&e->remote, "GET", rk_buf_z(&path), RK_REMOTE_NOTHING, why);
	if (err == RK_OK && !rk_errand_is_json(e))
		put_page(e);
	return err;
}

static int
run(int argc, char **argv)
{
	return rk_errand_run(&rk_verb_logs, argc, argv, 0, 1, logs);
}

const struct rk_verb rk_verb_logs = {
	.noun = "logs",
	.name = "",
	.args = "[SERVICE] [flags]",
	.summary = "Show what functions wrote and which requests came",
	.flags = flags,
	.notes = "With --tail and --json: one object a line.\n",
	.run = run,
};
