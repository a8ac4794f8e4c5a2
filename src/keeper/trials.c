/*
 * trials.c - sealed at once, sent when there is room.
 */
#include "keeper/trials.h"

#include <stdlib.h>

#include "base/auto.h"
#include "base/clock.h"
#include "keeper/cargo.h"

#define TEXT_FAILED "The code could not be given to a worker."
#define TEXT_TIMEOUT "No worker has compiled it within 10 seconds."

struct rk_trial {
	struct rk_trial *next;
	uint32_t generation;
	int fd;                  /* until it is sent; then -1 */
	uint64_t sent_ms;        /* 0: not yet */
	rk_estate_done_fn *done; /* NULL: nobody waits any more */
	void *arg;
};

enum rk_err
rk_trials_add(struct rk_trials *trials, const struct rk_bundle_function *functions, size_t n,
    rk_estate_done_fn *done, void *arg)
{
	struct rk_trial *trial = malloc(sizeof *trial), **at = &trials->first;
	enum rk_err err;

	if (!trial)
		return RK_NOMEM;
	*trial = (struct rk_trial){
		.generation = trials->number(trials->arg), .fd = -1, .done = done, .arg = arg
	};
	err = rk_cargo_seal_trial(functions, n, trial->generation, &trial->fd);
	if (err) {
		free(trial);
		return err;
	}
	while (*at)
		at = &(*at)->next;
	*at = trial;
	return RK_OK;
}

static void
free_trial(struct rk_trial *trial)
{
	if (trial->fd >= 0)
		close(trial->fd);
	free(trial);
}

/* Takes it off the list first: who is told may add another. */
static void
end(struct rk_trials *trials, struct rk_trial *trial, const struct rk_estate_outcome *outcome)
{
	struct rk_trial **at = &trials->first;

	while (*at != trial)
		at = &(*at)->next;
	*at = trial->next;
	trials->under_way -= trial->sent_ms != 0;
	if (trial->done)
		trial->done(trial->arg, outcome);
	free_trial(trial);
}

static struct rk_trial *
find_unsent(const struct rk_trials *trials)
{
	struct rk_trial *t = trials->first;

	while (t && t->sent_ms)
		t = t->next;
	return t;
}

void
rk_trials_run(struct rk_trials *trials)
{
	struct rk_trial *t;

	while (trials->under_way < RK_TRIALS_AT_ONCE && (t = find_unsent(trials))) {
		enum rk_err err = trials->send(t->generation, t->fd, trials->arg);
		if (err) {
			end(trials, t,
			    &(struct rk_estate_outcome){ .err = err, .text = RK_STR(TEXT_FAILED) });
			continue;
		}
		close(t->fd);
		t->fd = -1;
		t->sent_ms = rk_clock_mono_ms();
		trials->under_way++;
	}
}

bool
rk_trials_end(struct rk_trials *trials, uint32_t generation, const struct rk_estate_outcome *outcome)
{
	struct rk_trial *t = trials->first;

	while (t && t->generation != generation)
		t = t->next;
	if (!t)
		return false;
	end(trials, t, outcome);
	rk_trials_run(trials);
	return true;
}

void
rk_trials_tick(struct rk_trials *trials, uint64_t now_ms)
{
	struct rk_trial *t = trials->first;

	while (t) {
		if (!t->sent_ms || t->sent_ms + RK_TRIALS_MS > now_ms) {
			t = t->next;
			continue;
		}
		end(trials, t,
		    &(struct rk_estate_outcome){ .err = RK_TIMEOUT, .text = RK_STR(TEXT_TIMEOUT) });
		t = trials->first;
	}
	rk_trials_run(trials);
}

bool
rk_trials_is_busy(const struct rk_trials *trials)
{
	return trials->first != NULL;
}

/* What was sent stays in the list until its answer: the number of those under way is a promise to super. */
void
rk_trials_cancel(struct rk_trials *trials, const void *arg)
{
	struct rk_trial **at = &trials->first;

	while (*at) {
		struct rk_trial *t = *at;
		if (t->arg == arg)
			t->done = NULL;
		if (t->done || t->sent_ms) {
			at = &t->next;
			continue;
		}
		*at = t->next;
		free_trial(t);
	}
}

void
rk_trials_done(struct rk_trials *trials)
{
	while (trials->first) {
		struct rk_trial *t = trials->first;
		trials->first = t->next;
		free_trial(t);
	}
}
