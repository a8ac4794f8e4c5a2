#include "keeper/voice.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/log.h"
#include "keeper/problems.h"

#define TEXT_MAX (4u * RK_MB)
#define URL_MAX 512

enum rk_err
rk_voice_init(struct rk_voice *voice, const struct rk_conf *conf)
{
	struct rk_buf url = RK_BUF(URL_MAX);
	bool on_terminal = isatty(STDOUT_FILENO);

	rk_panel_put_url(&url, conf->host, conf->port);
	enum rk_err err = rk_buf_end(&url);
	if (err == RK_OK)
		err = rk_buf_take(&url, &voice->url);
	rk_buf_free(&url);
	/* https://no-color.org: set and not empty. */
	const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");
	bool colour = on_terminal && !(no_colour && *no_colour) && term && strcmp(term, "dumb") != 0;
	voice->panel = (struct rk_panel){ .url = voice->url, .colour = colour };
	voice->log_too = !on_terminal || !isatty(STDERR_FILENO);
	return err;
}

void
rk_voice_done(struct rk_voice *voice)
{
	free(voice->url);
	*voice = (struct rk_voice){ .url = NULL };
}

/* The terminal may be set to non-blocking by whoever shares it. */
void
rk_voice_print(struct rk_str left)
{
	while (left.n > 0) {
		ssize_t n = write(STDOUT_FILENO, left.p, left.n);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return;
		if (n < 0 && errno == EAGAIN)
			(void)poll(&(struct pollfd){ .fd = STDOUT_FILENO, .events = POLLOUT }, 1, -1);
		left = rk_str_sub(left, n > 0 ? (size_t)n : 0, left.n);
	}
}

static void
log_problem(const struct rk_function *f, const struct rk_problem *problem)
{
	rk_warn("RK-117: %.*s:%u:%u %.*s: %.*s%s", RK_FMT(f->file), (unsigned)problem->line,
	    (unsigned)problem->column, RK_FMT(problem->kind), RK_FMT(problem->message),
	    f->good ? ". The version before goes on being served." : "");
}

/* What was not there before. */
static void
log_problems(const struct rk_project *before, const struct rk_project *p)
{
	for (size_t i = 0; i < p->complaint_n; i++)
		if (!rk_problems_has_complaint(before, &p->complaints[i]))
			rk_warn(
			    "%s: %s %s", p->complaints[i].code, p->complaints[i].what, p->complaints[i].todo);
	for (size_t i = 0; i < p->problem_n; i++) {
		const struct rk_function *f = &p->functions[p->problems[i].function];
		if (!rk_problems_has(before, f->file, &p->problems[i]))
			log_problem(f, &p->problems[i]);
	}
}

void
rk_voice_tell(const struct rk_voice *voice, const struct rk_project *before, const struct rk_project *now,
    unsigned long ms)
{
	RK_AUTO(rk_buf_free) struct rk_buf text = RK_BUF(TEXT_MAX);

	if (before)
		rk_panel_put_changes(&text, &voice->panel, before, now, ms);
	else
		rk_panel_put(&text, &voice->panel, now);
	rk_voice_print(rk_buf_str(&text));
	if (rk_buf_end(&text) != RK_OK)
		rk_error("there was more to say about the project: %s", rk_err_text(rk_buf_end(&text)));
	if (voice->log_too)
		log_problems(before, now);
}
