/*
 * guess.h - what else a refused signature may have been made over: origins, tails and fields.
 *
 * Each list begins with what really arrived. Combined, they are the texts that cause.c tries.
 */
#ifndef RK_TOKEN_GUESS_H
#define RK_TOKEN_GUESS_H

#include "base/arena.h"
#include "base/form.h"
#include "token/cause.h"

struct rk_guess {
	struct rk_str text;
	enum rk_cause cause; /* RK_CAUSE_HOLDS for the first */
	const char *detail;  /* a sentence with a blank after it, or "" */
};

#define RK_GUESSES 80

struct rk_guesses {
	struct rk_guess at[RK_GUESSES];
	size_t count;
	struct rk_arena *arena; /* borrowed; holds the texts */
};

/* Adds what is in `text`, unless it is there already; what finds no room is dropped. */
void rk_guess_add(struct rk_guesses *list, struct rk_str text, enum rk_cause cause, const char *detail);

/* "https://example.com:8443": schemes, ports and hosts. */
void rk_guess_origins(struct rk_guesses *list, const struct rk_signature_request *r);

/* "/path?query#fragment" */
void rk_guess_tails(struct rk_guesses *list, const struct rk_signature_request *r);

/* The text of the fields. `own` is the text that counts; `form` the body read as a form. */
void rk_guess_fields(struct rk_guesses *list, const struct rk_signature_request *r, struct rk_str own,
    const struct rk_form *form);

#endif
