/*
 * welcome.h - what `roomkey serve` says on the terminal when it is there: facts in, text out.
 */
#ifndef RK_KEEPER_WELCOME_H
#define RK_KEEPER_WELCOME_H

#include "base/conf.h"

struct rk_welcome {
	const struct rk_conf *conf;
	size_t sites;
	const char *setup_code; /* NULL once somebody has set up */
	bool has_new_key;       /* DIR/master.key was made by this start */
	bool colour;
};

void rk_welcome_put(struct rk_buf *out, const struct rk_welcome *welcome);

#endif
