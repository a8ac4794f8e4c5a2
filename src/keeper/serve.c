/*
 * serve.c - keeper under `roomkey serve`: the platform's store, and everything that is asked of it.
 *
 * Holds     the store, the master key and what it opens: auth tokens, keys, variables
 * May       read and write in the data directory; seal bundles; say on standard output where it is reached
 * May not   open a file elsewhere once it is sealed; reach the network; let a secret into a log or an answer, but for
 *           what the API shows to its owner
 * Talks to  super (BUNDLE, DROP to it; READY, FAILED, WAKE, GATEWAY from it), every gateway (ROUTES, DROP, TLS to it;
 *           CHECK, OPEN, CALL, HANGUP, TRACE from it)
 */
#include "keeper/serve.h"

#include "base/auto.h"
#include "base/log.h"
#include "keeper/builds.h"
#include "keeper/ca.h"
#include "keeper/datadir.h"
#include "keeper/diary.h"
#include "keeper/porch.h"
#include "keeper/visit.h"
#include "keeper/voice.h"
#include "keeper/welcome.h"
#include "proc/sandbox.h"

#define DOMAIN_MAX 300
#define WELCOME_MAX 16384

static struct serve {
	struct rk_loop *loop;
	const struct rk_conf *conf;
	struct rk_voice voice;
	struct rk_datadir dir;
	struct rk_cert cert; /* of the admin address */
	struct rk_audience audience;
	struct rk_estate *estate;
	struct rk_builds builds;
	struct rk_api *api;
	struct rk_visits *visits;
	struct rk_diary *diary;
	struct rk_porch porch;
} serve;

/* ---- the gateways --------------------------------------------------------------------------- */

static void
send_cert(struct rk_chan *chan)
{
	struct rk_buf *out = rk_chan_begin(chan, RK_MSG_TLS, 0);

	rk_msg_put_str(out, rk_buf_str(&serve.cert.pem));
	rk_msg_put_str(out, rk_buf_str(&serve.cert.key));
	enum rk_err err = rk_chan_end(chan);
	if (err)
		rk_error("the certificate could not be sent: %s", rk_err_text(err));
}

static void
on_joined(struct rk_chan *chan, void *arg)
{
	(void)arg;
	rk_estate_welcome(serve.estate, chan);
	/* After the routes: with it a gateway knows that it has heard of every site. */
	send_cert(chan);
}

static void
on_asked(struct rk_chan *chan, enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, void *arg)
{
	(void)arg;
	if (type == RK_MSG_CHECK)
		rk_porch_check(&serve.porch, chan, id, view);
	else if (type == RK_MSG_OPEN)
		rk_porch_open(&serve.porch, chan, id, view);
	else if (type == RK_MSG_CALL)
		rk_visits_take(serve.visits, chan, id, view);
	else if (type == RK_MSG_HANGUP)
		rk_visits_hangup(serve.visits, chan, id);
	else if (type == RK_MSG_TRACE)
		rk_diary_take(serve.diary, view);
}

static void
on_left(struct rk_chan *chan, void *arg)
{
	(void)arg;
	rk_visits_gone(serve.visits, chan);
}

/* ---- what the API does to others ---------------------------------------------------------------- */

static enum rk_err
compile(const struct rk_row_build *build, void *arg)
{
	(void)arg;
	return rk_builds_compile(&serve.builds, build);
}

static void
deployed(struct rk_str account, struct rk_str environment, void *arg)
{
	(void)arg;
	rk_estate_changed(serve.estate, account, environment);
}

static void
keys_changed(struct rk_str account, void *arg)
{
	(void)arg;
	rk_estate_keys_changed(serve.estate, account);
}

static void
kept(const struct rk_row_log *row, void *arg)
{
	(void)arg;
	rk_visits_publish(serve.visits, row);
}

/* ---- the start ------------------------------------------------------------------------------------- */

/* The words of domain_name behind an environment's label. */
static enum rk_err
make_api(void)
{
	static const struct rk_api_ops ops = {
		.compile = compile, .deployed = deployed, .keys_changed = keys_changed
	};
	RK_AUTO(rk_buf_free) struct rk_buf base = RK_BUF(DOMAIN_MAX);

	if (serve.conf->base_domain && *serve.conf->base_domain)
		rk_buf_put(&base, rk_str(serve.conf->base_domain));
	else
		rk_buf_printf(&base, "localhost:%ld", serve.conf->port);
	if (rk_buf_end(&base))
		return rk_buf_end(&base);
	return rk_api_new(serve.dir.store, rk_buf_str(&base), &ops, NULL, &serve.api);
}

static enum rk_err
make_visits(void)
{
	return rk_visits_new(&(struct rk_visits_opts){ .loop = serve.loop,
				 .store = serve.dir.store,
				 .api = serve.api,
				 .estate = serve.estate,
				 .conf = serve.conf },
	    &serve.visits);
}

static enum rk_err
make_parts(struct rk_chan *control, unsigned index)
{
	enum rk_err err = rk_estate_new(&(struct rk_estate_opts){ .loop = serve.loop,
					    .control = control,
					    .audience = &serve.audience,
					    .store = serve.dir.store,
					    .conf = serve.conf,
					    .generation = index },
	    &serve.estate);

	if (!err) {
		rk_builds_init(&serve.builds, serve.loop, serve.dir.store, serve.estate);
		serve.porch = (struct rk_porch){ .store = serve.dir.store,
			.estate = serve.estate,
			.conf = serve.conf,
			.door.conf = serve.conf };
		err = make_api();
	}
	serve.builds.api = serve.api;
	if (!err)
		err = make_visits();
	if (!err)
		err = rk_diary_new(&(struct rk_diary_opts){ .loop = serve.loop,
				       .store = serve.dir.store,
				       .estate = serve.estate,
				       .conf = serve.conf,
				       .kept = kept },
		    &serve.diary);
	return err;
}

static void
say_welcome(void)
{
	RK_AUTO(rk_buf_free) struct rk_buf text = RK_BUF(WELCOME_MAX);

	rk_welcome_put(&text, &(struct rk_welcome){ .conf = serve.conf,
				  .sites = rk_estate_count(serve.estate),
				  .setup_code = rk_visits_setup_code(serve.visits),
				  .has_new_key = serve.dir.has_new_key,
				  .colour = serve.voice.panel.colour });
	rk_voice_print(rk_buf_str(&text));
}

static void
done(void)
{
	rk_audience_done(&serve.audience);
	rk_diary_free(serve.diary);
	rk_visits_free(serve.visits);
	rk_builds_done(&serve.builds);
	rk_api_free(serve.api);
	rk_porch_done(&serve.porch);
	rk_estate_free(serve.estate);
	rk_cert_done(&serve.cert);
	rk_datadir_close(&serve.dir);
	rk_voice_done(&serve.voice);
}

static enum rk_err
begin(struct rk_chan *control, unsigned index, struct rk_why *why)
{
	enum rk_err err = rk_voice_init(&serve.voice, serve.conf);

	if (!err)
		err = rk_datadir_open(serve.conf, &serve.dir, why);
	if (!err)
		err = rk_ca_open(serve.conf->project, serve.conf->admin_host, &serve.cert, why);
	if (!err)
		err = make_parts(control, index);
	if (!err)
		err = rk_sandbox_seal(
		    RK_KEEPER, &(struct rk_sandbox_opts){ .write_dir = serve.conf->project }, why);
	if (!err)
		err = rk_api_resume(serve.api);
	return err;
}

static enum rk_err
start(struct rk_loop *loop, struct rk_chan *control, const struct rk_conf *conf, unsigned index,
    struct rk_why *why)
{
	static const struct rk_audience_ops ops = { .joined = on_joined, .asked = on_asked, .left = on_left };
	enum rk_err err;

	serve.loop = loop;
	serve.conf = conf;
	serve.cert = RK_CERT;
	serve.audience = (struct rk_audience){ .loop = loop, .ops = &ops };
	err = begin(control, index, why);
	if (err) {
		done();
		return err;
	}
	if (index == 0) /* and not when a keeper before this one ended */
		say_welcome();
	return RK_OK;
}

static void
message(enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, int fd)
{
	(void)id;
	if (type == RK_MSG_GATEWAY)
		rk_audience_add(&serve.audience, fd);
	else if (type == RK_MSG_READY)
		rk_estate_ready(serve.estate, view);
	else if (type == RK_MSG_FAILED)
		rk_estate_failed(serve.estate, view);
	else if (type == RK_MSG_WAKE)
		rk_estate_wake(serve.estate, view);
	else if (fd >= 0)
		close(fd);
}

static void
quit(unsigned grace_ms)
{
	(void)grace_ms;
	rk_diary_write(serve.diary);
	rk_loop_stop(serve.loop);
}

const struct rk_role_ops rk_serve_ops = {
	.role = RK_KEEPER, .start = start, .message = message, .quit = quit, .done = done
};
