/*
 * panel.h - what `roomkey dev` says about a project on the terminal: facts in, text out.
 *
 * Never a value of a variable: of a SID the first four characters, of anything else nothing,
 * not even its length. Names come from files of others: what would steer a terminal is escaped.
 */
#ifndef RK_KEEPER_PANEL_H
#define RK_KEEPER_PANEL_H

#include "keeper/project.h"

struct rk_panel {
	const char *url;                        /* "http://localhost:3000" */
	bool colour;
};

/* The address as a person types it: localhost for the loopback and for "every address". */
void rk_panel_put_url(struct rk_buf *out, const char *host, long port);

/* The whole, when the project first is live. */
void rk_panel_put(struct rk_buf *out, const struct rk_panel *panel, const struct rk_project *project);

/* One line a difference, with how long it took until it was live; then what is newly wrong. */
void rk_panel_put_changes(struct rk_buf *out, const struct rk_panel *panel, const struct rk_project *before,
    const struct rk_project *after, unsigned long ms);

#endif
