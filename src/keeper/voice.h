/*
 * voice.h - keeper's words: the panel on standard output, and what is wrong in the log too when
 * that is read elsewhere.
 */
#ifndef RK_KEEPER_VOICE_H
#define RK_KEEPER_VOICE_H

#include "keeper/panel.h"

struct rk_voice {
	struct rk_panel panel;
	char *url;
	bool log_too;           /* standard output and the log are not on one terminal */
};

/* Looks at the terminal, so before the seal. */
RK_CHECKED enum rk_err rk_voice_init(struct rk_voice *voice, const struct rk_conf *conf);
void rk_voice_done(struct rk_voice *voice);

/* On standard output, all of it. */
void rk_voice_print(struct rk_str text);

/* `now` is live. before: what was live until now; NULL for the first, which is told whole. */
void rk_voice_tell(const struct rk_voice *voice, const struct rk_project *before, const struct rk_project *now,
    unsigned long ms);

#endif
