/*
 * twilio_env.c - `roomkey twilio-env`: what leads the vendor's own tools to this server.
 */
#include <limits.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/err.h"
#include "cli/errand.h"
#include "cli/say.h"

enum { DATA = RK_ERRAND_COUNT };

static const struct rk_flag flags[] = {
	RK_ERRAND_FLAGS,
	{ "data", RK_FLAG_VALUE, "DIR", "the server's data directory, where its authority is (tls/ca.pem)" },
	{ 0 },
};

/* In single quotes, as a shell takes everything but the quote itself. */
static void
put_export(struct rk_buf *out, const char *name, struct rk_str value)
{
	rk_buf_printf(out, "export %s='", name);
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '\'')
			rk_buf_lit(out, "'\\''");
		else
			rk_buf_put_c(out, value.p[i]);
	}
	rk_buf_lit(out, "'\n");
}

static void
put_line(struct rk_errand *e, const char *name, struct rk_str value)
{
	if (!e->json) {
		put_export(&e->out, name, value);
		return;
	}
	rk_buf_put_c(&e->out, e->out.n == 0 ? '{' : ',');
	rk_json_put_string(&e->out, rk_str(name));
	rk_buf_put_c(&e->out, ':');
	rk_json_put_string(&e->out, value);
}

/* "@127.0.0.1:3001/x": the tools build https://serverless.@127.0.0.1:3001/x.twilio.com/v1 of it, in which everything
 * before '@' is a user's name. */
static enum rk_err
put_edge(struct rk_errand *e, struct rk_why *why)
{
	RK_AUTO(rk_buf_free) struct rk_buf edge = RK_BUF(4096);
	struct rk_str host = rk_str(e->remote.who.url);
	const char *scheme = strstr(e->remote.who.url, "://");

	host = rk_str_sub(host, scheme ? (size_t)(scheme - host.p) + 3 : 0, host.n);
	if (rk_str_index(host, '/') < host.n)
		return rk_why(why, RK_INVALID, RK_SAY_VALUE, "Name the admin address itself: --url.",
		    "The vendor's tools reach no address with a path.");
	rk_buf_printf(&edge, "@%.*s/x", RK_FMT(host));
	put_line(e, "TWILIO_EDGE", rk_buf_str(&edge));
	return rk_buf_end(&edge);
}

/* The tools resolve the name themselves, from wherever they run. */
static enum rk_err
put_authority(struct rk_errand *e, struct rk_why *why)
{
	RK_AUTO(rk_buf_free) struct rk_buf file = RK_BUF(PATH_MAX);
	RK_AUTO(rk_auto_free) char *whole = NULL;

	if (e->values[DATA])
		rk_buf_printf(&file, "%s/tls/ca.pem", e->values[DATA]);
	else if (e->remote.who.ca)
		rk_buf_put(&file, rk_str(e->remote.who.ca));
	else
		return rk_why(why, RK_INVALID, RK_SAY_MISSING, "Say --data DIR or --ca FILE.",
		    "The tools speak https only, and have to know the server's authority.");
	whole = rk_buf_z(&file) ? realpath(rk_buf_z(&file), NULL) : NULL;
	if (!whole)
		return rk_why(why, RK_IO, RK_SAY_FILE,
		    "roomkey serve makes it in its data directory (tls/ca.pem).",
		    "The file of the server's authority is not there.");
	put_line(e, "NODE_EXTRA_CA_CERTS", rk_str(whole));
	return RK_OK;
}

static enum rk_err
print(struct rk_errand *e, struct rk_why *why)
{
	const struct rk_login *who = &e->remote.who;
	struct rk_str secret = { who->secret.p, who->secret.n };
	bool by_key = strncmp(who->user, "SK", 2) == 0;
	enum rk_err err = put_edge(e, why);

	if (err == RK_OK)
		err = put_authority(e, why);
	if (err != RK_OK) {
		rk_buf_clear(&e->out);
		return err;
	}
	if (who->account_sid)
		put_line(e, "TWILIO_ACCOUNT_SID", rk_str(who->account_sid));
	if (by_key)
		put_line(e, "TWILIO_API_KEY", rk_str(who->user));
	put_line(e, by_key ? "TWILIO_API_SECRET" : "TWILIO_AUTH_TOKEN", secret);
	rk_buf_put(&e->out, e->json ? RK_STR("}\n") : RK_STR(""));
	return RK_OK;
}

static int
run(int argc, char **argv)
{
	return rk_errand_run(&rk_verb_twilio_env, argc, argv, 0, 0, print);
}

const struct rk_verb rk_verb_twilio_env = {
	.noun = "twilio-env",
	.name = "",
	.args = "[flags]",
	.summary = "Print the exports that lead the vendor's tools to this server",
	.flags = flags,
	.notes = "The lines hold the login's secret. Example: eval \"$(roomkey twilio-env --data "
		 "roomkey-data)\"\n",
	.run = run,
};
