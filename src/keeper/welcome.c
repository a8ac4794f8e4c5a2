#include "keeper/welcome.h"

#include "base/auto.h"
#include "keeper/clean.h"
#include "keeper/panel.h"

static void
put_row(struct rk_buf *out, const struct rk_welcome *w, const char *name, struct rk_str value)
{
	rk_buf_printf(out, w->colour ? "  \033[2m%-15s\033[0m" : "  %-15s", name);
	rk_clean_put(out, value);
	rk_buf_put_c(out, '\n');
}

static void
put_url_row(struct rk_buf *out, const struct rk_welcome *w, const char *name, const char *host, long port)
{
	RK_AUTO(rk_buf_free) struct rk_buf url = RK_BUF(512);

	rk_panel_put_url(&url, host, port);
	put_row(out, w, name, rk_buf_str(&url));
}

static void
put_sites(struct rk_buf *out, const struct rk_welcome *w)
{
	RK_AUTO(rk_buf_free) struct rk_buf text = RK_BUF(64);

	rk_buf_printf(&text, "%zu environment%s", w->sites, w->sites == 1 ? "" : "s");
	put_row(out, w, "Serving", rk_buf_str(&text));
}

static void
put_setup(struct rk_buf *out, const struct rk_welcome *w)
{
	RK_AUTO(rk_buf_free) struct rk_buf url = RK_BUF(512);

	rk_panel_put_url(&url, w->conf->admin_host, w->conf->admin_port);
	rk_buf_printf(out, "\n  Nobody has set this up yet. Open %.*s/ and give the code\n\n",
	    RK_FMT(rk_buf_str(&url)));
	rk_buf_printf(out, w->colour ? "      \033[1m%s\033[0m\n" : "      %s\n", w->setup_code);
}

void
rk_welcome_put(struct rk_buf *out, const struct rk_welcome *w)
{
	rk_buf_printf(out, w->colour ? "\n  \033[1mRoomkey\033[0m %s\n\n" : "\n  Roomkey %s\n\n", RK_VERSION);
	put_url_row(out, w, "Functions", w->conf->host, w->conf->port);
	put_url_row(out, w, "Console, API", w->conf->admin_host, w->conf->admin_port);
	put_row(out, w, "Data", rk_str(w->conf->project));
	put_sites(out, w);
	if (w->has_new_key)
		rk_buf_lit(out,
		    "\n  A master key was made: master.key in the data directory. Keep a copy of it "
		    "elsewhere,\n"
		    "  apart from your backups: without it the secrets in the store cannot be read.\n");
	if (w->setup_code)
		put_setup(out, w);
	rk_buf_lit(out, "\n  Ctrl-C ends it.\n\n");
}
