/*
 * estate_rig.h - a store with one account, an estate over it, and stand-ins for super and one gateway at the other ends
 * of its channels. What they hear is a text, a word a message.
 */
#ifndef RK_TESTS_ESTATE_RIG_H
#define RK_TESTS_ESTATE_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/auto.h"
#include "keeper/estate.h"
#include "keeper/platform.h"
#include "keeper/store_sqlite.h"
#include "proc/spawn.h"

#define RIG_ACCOUNT "AC00000000000000000000000000000001"
#define RIG_TOKEN "an auth token that is not real"
#define RIG_BUNDLES 64

struct rig {
	char dir[32], file[64];
	struct rk_vault *vault;
	struct rk_store *store;
	struct rk_loop loop;
	struct rk_conf conf;
	struct rk_audience audience;
	struct rk_estate *estate;
	struct rk_chan *control, *super, *gateway; /* the estate's, and the stand-ins' ends */
	uv_timer_t timer;

	char heard[8192]; /* "BUNDLE:site/generation ROUTES:site/generation DROP:site " */
	int bundles[RIG_BUNDLES]; /* by generation modulo RIG_BUNDLES */
	struct rk_buf routes;     /* the last, its payload */
	void (*asked)(struct rk_chan *chan, enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, void *arg);
	void *arg;
	char told[1024]; /* what those who wait heard: "name:err/problems " */
};

static inline void
rig_hear(struct rig *r, const char *what, uint32_t a, uint32_t b)
{
	size_t n = strlen(r->heard);

	snprintf(r->heard + n, sizeof r->heard - n, "%s:%u/%u ", what, a, b);
}

static inline void
rig_on_super(
    struct rk_chan *chan, enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, int fd, void *arg)
{
	struct rig *r = arg;
	uint32_t site = rk_msg_get_u32(view), generation = rk_msg_get_u32(view);

	if (type == RK_MSG_BUNDLE) {
		rig_hear(r, "BUNDLE", site, generation);
		if (r->bundles[generation % RIG_BUNDLES] >= 0)
			close(r->bundles[generation % RIG_BUNDLES]);
		r->bundles[generation % RIG_BUNDLES] = fd;
	} else if (type == RK_MSG_DROP) {
		rig_hear(r, "SDROP", site, 0);
	}
}

static inline void
rig_on_gateway(
    struct rk_chan *chan, enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, int fd, void *arg)
{
	struct rk_msg_view whole = *view;
	struct rig *r = arg;
	struct rk_routes_head head;

	if (type == RK_MSG_ROUTES) {
		rk_routes_head_get(view, &head);
		assert_false(view->bad);
		rig_hear(r, "ROUTES", head.site, head.generation);
		rk_buf_clear(&r->routes);
		rk_buf_put(&r->routes, rk_str_n(whole.p, (size_t)(whole.end - whole.p)));
	} else if (type == RK_MSG_DROP) {
		rig_hear(r, "DROP", rk_msg_get_u32(view), 0);
	}
	if (fd >= 0)
		close(fd);
}

static inline void
rig_stop(uv_timer_t *timer)
{
	rk_loop_stop(&((struct rig *)timer->data)->loop);
}

/* Long enough for what is under way to be heard: thrice, for what one round writes is read in the next. */
static inline void
rig_run(struct rig *r)
{
	for (int i = 0; i < 3; i++) {
		uv_update_time(&r->loop.uv); /* it stood still while the store was written */
		uv_timer_start(&r->timer, rig_stop, 10, 0);
		rk_loop_run(&r->loop);
	}
}

static inline void
rig_joined(struct rk_chan *chan, void *arg)
{
	rk_estate_welcome(((struct rig *)arg)->estate, chan);
}

static inline void
rig_asked(struct rk_chan *chan, enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, void *arg)
{
	struct rig *r = arg;

	if (r->asked)
		r->asked(chan, type, id, view, r->arg);
}

/* ---- the store ------------------------------------------------------------------------------ */

static inline void
rig_put_account(struct rig *r)
{
	struct rk_row_account row = { .friendly_name = RK_STR("An account"), .auth_token = RK_STR(RIG_TOKEN) };

	memcpy(row.row.sid, RIG_ACCOUNT, sizeof row.row.sid);
	assert_int_equal(rk_store_create(r->store, RK_KIND_ACCOUNT, &row, NULL), RK_OK);
}

struct rig_site {
	char service[RK_SID_LEN + 1], environment[RK_SID_LEN + 1], function[RK_SID_LEN + 1], build[RK_SID_LEN + 1];
	char label[RK_PLATFORM_LABEL_SIZE];
};

static inline void
rig_put_site(struct rig *r, const char *name, struct rig_site *s)
{
	char base[RK_PLATFORM_LABEL_SIZE];
	struct rk_row_service service = { .row.account_sid = RK_STR(RIG_ACCOUNT),
		.unique_name = rk_str(name),
		.friendly_name = rk_str(name),
		.include_credentials = true };
	struct rk_row_environment environment = { .row.account_sid = RK_STR(RIG_ACCOUNT), .unique_name = RK_STR("dev") };
	struct rk_row_function function = { .row.account_sid = RK_STR(RIG_ACCOUNT), .friendly_name = RK_STR("f") };

	assert_int_equal(rk_platform_create_service(r->store, &service, base, NULL), RK_OK);
	memcpy(s->service, service.row.sid, sizeof s->service);
	environment.service_sid = function.service_sid = rk_str(s->service);
	assert_int_equal(rk_platform_create_environment(r->store, &environment, s->label, NULL), RK_OK);
	memcpy(s->environment, environment.row.sid, sizeof s->environment);
	assert_int_equal(rk_store_create(r->store, RK_KIND_FUNCTION, &function, NULL), RK_OK);
	memcpy(s->function, function.row.sid, sizeof s->function);
}

/* A build of one function at /hello, and an asset of each visibility at /a.txt, /b.txt, /c.txt when `assets`. */
static inline void
rig_put_build(struct rig *r, struct rig_site *s, const char *source, const char *dependencies, bool assets)
{
	static const char *const visibilities[] = { "public", "protected", "private" };
	unsigned char digest[RK_VAULT_DIGEST_SIZE];
	struct rk_row_function_version v = { .row.account_sid = RK_STR(RIG_ACCOUNT),
		.service_sid = rk_str(s->service),
		.function_sid = rk_str(s->function),
		.path = RK_STR("/hello"),
		.visibility = RK_STR("public") };
	struct rk_row_asset asset = { .row.account_sid = RK_STR(RIG_ACCOUNT),
		.service_sid = rk_str(s->service),
		.friendly_name = RK_STR("a") };
	struct rk_row_asset_version files[3];
	struct rk_row_build build = { .row.account_sid = RK_STR(RIG_ACCOUNT),
		.service_sid = rk_str(s->service),
		.status = RK_STR("completed"),
		.dependencies = rk_str(dependencies) };
	struct rk_str sid, sids[3];

	assert_int_equal(
	    rk_platform_create_version(r->store, RK_KIND_FUNCTION_VERSION, &v, rk_str(source), digest, NULL), RK_OK);
	sid = rk_str(v.row.sid);
	if (assets)
		assert_int_equal(rk_store_create(r->store, RK_KIND_ASSET, &asset, NULL), RK_OK);
	for (int i = 0; i < 3 && assets; i++) {
		char path[] = "/a.txt", content[] = "asset a";
		path[1] = content[6] = (char)('a' + i);
		files[i] = (struct rk_row_asset_version){ .row.account_sid = RK_STR(RIG_ACCOUNT),
			.service_sid = rk_str(s->service),
			.asset_sid = rk_str(asset.row.sid),
			.path = rk_str(path),
			.visibility = rk_str(visibilities[i]) };
		assert_int_equal(rk_platform_create_version(
				     r->store, RK_KIND_ASSET_VERSION, &files[i], rk_str(content), digest, NULL),
		    RK_OK);
		sids[i] = rk_str(files[i].row.sid);
	}
	assert_int_equal(
	    rk_platform_create_build(r->store, &build, &sid, 1, assets ? sids : NULL, assets ? 3 : 0, NULL), RK_OK);
	memcpy(s->build, build.row.sid, sizeof s->build);
}

static inline void
rig_deploy(struct rig *r, struct rig_site *s)
{
	struct rk_row_deployment d = { .row.account_sid = RK_STR(RIG_ACCOUNT),
		.environment_sid = rk_str(s->environment),
		.build_sid = rk_str(s->build) };
	struct rk_row_audit audit = {
		.row.account_sid = RK_STR(RIG_ACCOUNT), .actor = RK_STR("shell"), .action = RK_STR("Deployment.create")
	};

	assert_int_equal(rk_platform_deploy(r->store, &d, &audit, NULL), RK_OK);
}

static inline void
rig_put_variable(struct rig *r, struct rig_site *s, const char *key, const char *value)
{
	struct rk_row_variable v = { .row.account_sid = RK_STR(RIG_ACCOUNT),
		.service_sid = rk_str(s->service),
		.environment_sid = rk_str(s->environment),
		.key = rk_str(key),
		.value = rk_str(value) };

	assert_int_equal(rk_store_create(r->store, RK_KIND_VARIABLE, &v, NULL), RK_OK);
}

/* A new build, deployed, and the estate told. */
static inline void
rig_change(struct rig *r, struct rig_site *s, const char *source)
{
	rig_put_build(r, s, source, "[]", false);
	rig_deploy(r, s);
	rk_estate_changed(r->estate, RK_STR(RIG_ACCOUNT), rk_str(s->environment));
}

/* ---- what super says --------------------------------------------------------------------------- */

static inline void
rig_say_ready(struct rig *r, uint32_t generation, const struct rk_problem *problem)
{
	struct rk_buf *out = rk_chan_begin(r->super, RK_MSG_READY, 0);

	rk_msg_put_u32(out, generation);
	rk_msg_put_u32(out, problem ? 1 : 0);
	if (problem)
		rk_problem_put(out, problem);
	assert_int_equal(rk_chan_end(r->super), RK_OK);
	rig_run(r);
}

static inline void
rig_say_failed(struct rig *r, uint32_t generation, const char *reason)
{
	struct rk_buf *out = rk_chan_begin(r->super, RK_MSG_FAILED, 0);

	rk_msg_put_u32(out, generation);
	rk_msg_put_str(out, rk_str(reason));
	assert_int_equal(rk_chan_end(r->super), RK_OK);
	rig_run(r);
}

static inline void
rig_say_wake(struct rig *r, uint32_t site)
{
	rk_msg_put_u32(rk_chan_begin(r->super, RK_MSG_WAKE, 0), site);
	assert_int_equal(rk_chan_end(r->super), RK_OK);
	rig_run(r);
}

static inline void
rig_on_control(
    struct rk_chan *chan, enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, int fd, void *arg)
{
	struct rk_estate *estate = ((struct rig *)arg)->estate;

	if (type == RK_MSG_READY)
		rk_estate_ready(estate, view);
	else if (type == RK_MSG_FAILED)
		rk_estate_failed(estate, view);
	else if (type == RK_MSG_WAKE)
		rk_estate_wake(estate, view);
}

/* ---- the beginning and the end ------------------------------------------------------------------- */

static inline void
rig_on_closed(struct rk_chan *chan, enum rk_err err, void *arg)
{
	assert_int_equal(err, RK_OK);
}

/* The estate over what the store has by now, with its gateway. */
static inline void
rig_open_estate(struct rig *r, uint32_t generation)
{
	static const struct rk_chan_ops gateway = { .message = rig_on_gateway, .closed = rig_on_closed };
	int fds[2];

	assert_int_equal(rk_estate_new(&(struct rk_estate_opts){ .loop = &r->loop,
					   .control = r->control,
					   .audience = &r->audience,
					   .store = r->store,
					   .conf = &r->conf,
					   .generation = generation },
			     &r->estate),
	    RK_OK);
	assert_int_equal(rk_spawn_pair(fds), RK_OK);
	assert_int_equal(rk_chan_open(&r->loop, fds[0], RK_GATEWAY, RK_KEEPER, &gateway, r, &r->gateway), RK_OK);
	rk_audience_add(&r->audience, fds[1]);
	rig_run(r);
}

static inline int
rig_set_up(void **state)
{
	static const struct rk_chan_ops control = { .message = rig_on_control, .closed = rig_on_closed };
	static const struct rk_chan_ops super = { .message = rig_on_super, .closed = rig_on_closed };
	static const struct rk_audience_ops audience = { .joined = rig_joined, .asked = rig_asked };
	struct rig *r = calloc(1, sizeof *r);
	int fds[2];

	strcpy(r->dir, "/tmp/rk-estate-XXXXXX");
	assert_non_null(mkdtemp(r->dir));
	snprintf(r->file, sizeof r->file, "%s/store.db", r->dir);
	for (int i = 0; i < RIG_BUNDLES; i++)
		r->bundles[i] = -1;
	r->routes = RK_BUF(1 << 20);
	assert_int_equal(rk_vault_new(RK_STR("0123456789abcdef0123456789abcdef"), &r->vault), RK_OK);
	assert_int_equal(rk_store_sqlite_open(r->file, r->vault, &r->store, NULL), RK_OK);
	rig_put_account(r);
	assert_int_equal(rk_conf_init(&r->conf, RK_CONF_SERVE), RK_OK);
	assert_int_equal(rk_loop_init(&r->loop), RK_OK);
	uv_timer_init(&r->loop.uv, &r->timer);
	r->timer.data = r;
	r->audience = (struct rk_audience){ .loop = &r->loop, .ops = &audience, .arg = r };
	assert_int_equal(rk_spawn_pair(fds), RK_OK);
	assert_int_equal(rk_chan_open(&r->loop, fds[0], RK_KEEPER, RK_SUPER, &control, r, &r->control), RK_OK);
	assert_int_equal(rk_chan_open(&r->loop, fds[1], RK_SUPER, RK_KEEPER, &super, r, &r->super), RK_OK);
	*state = r;
	return 0;
}

static inline int
rig_tear_down(void **state)
{
	struct rig *r = *state;
	char other[80];

	rk_estate_free(r->estate);
	rk_audience_done(&r->audience);
	if (r->gateway)
		rk_chan_close(r->gateway);
	rk_chan_close(r->control);
	rk_chan_close(r->super);
	rk_loop_done(&r->loop);
	rk_store_close(r->store);
	rk_vault_free(r->vault);
	rk_conf_done(&r->conf);
	rk_buf_free(&r->routes);
	for (int i = 0; i < RIG_BUNDLES; i++)
		if (r->bundles[i] >= 0)
			close(r->bundles[i]);
	remove(r->file);
	snprintf(other, sizeof other, "%s-wal", r->file);
	remove(other);
	snprintf(other, sizeof other, "%s-shm", r->file);
	remove(other);
	snprintf(other, sizeof other, "%s.lock", r->file);
	remove(other);
	rmdir(r->dir);
	free(r);
	return 0;
}

#endif
