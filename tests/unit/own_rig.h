/*
 * own_rig.h - our own API over a store with two accounts, a loop, and an estate that answers when it is told to.
 */
#ifndef RK_TESTS_OWN_RIG_H
#define RK_TESTS_OWN_RIG_H

#include "api_rig.h"

#include "base/clock.h"
#include "keeper/estate.h"
#include "keeper/own.h"
#include "proc/loop.h"

#define BASE "/roomkey/v1"
#define PASSWORD "correct horse battery"

/* ---- the estate: one question at a time ---- */

struct rk_estate {
	rk_estate_done_fn *done; /* of the question that is open */
	void *arg;
	unsigned compiles, awaits, changes, cancels;
	struct rk_estate_outcome outcome; /* the next answer */
	struct rk_problem problem;
	uint32_t site;
};

static struct rk_estate estate;

enum rk_err
rk_estate_await(struct rk_estate *e, struct rk_str environment_sid, rk_estate_done_fn *done, void *arg)
{
	assert_true(rk_sid_is(environment_sid, "ZE"));
	e->awaits++;
	e->done = done;
	e->arg = arg;
	return RK_OK;
}

enum rk_err
rk_estate_compile(struct rk_estate *e, const struct rk_bundle_function *functions, size_t n,
    rk_estate_done_fn *done, void *arg)
{
	for (size_t i = 0; i < n; i++)
		assert_true(functions[i].path.n && functions[i].file.n);
	e->compiles++;
	e->done = done;
	e->arg = arg;
	return RK_OK;
}

void
rk_estate_cancel(struct rk_estate *e, void *arg)
{
	if (e->arg == arg && e->done) {
		e->done = NULL;
		e->cancels++;
	}
}

void
rk_estate_changed(struct rk_estate *e, struct rk_str account, struct rk_str environment)
{
	assert_true(rk_sid_is(account, "AC") && rk_sid_is(environment, "ZE"));
	e->changes++;
}

uint32_t
rk_estate_site(const struct rk_estate *e, struct rk_str environment_sid)
{
	return rk_sid_is(environment_sid, "ZE") ? e->site : RK_SITE_TRIAL;
}

void
rk_estate_put_url(const struct rk_estate *e, struct rk_str domain_label, struct rk_buf *out)
{
	(void)e;
	rk_buf_printf(out, "http://%.*s.localhost:3000", RK_FMT(domain_label));
}

/* ---- the rig ---- */

struct own_rig {
	struct rig *r; /* the store, the accounts, and the last answer, as in api_rig.h */
	struct rk_loop loop;
	struct rk_conf conf;
	struct rk_own *own;
	char cookie[256]; /* sent when it is not empty */
	const char *origin, *mark, *accept, *fetch_site;
	struct rk_own_call *call;
	bool is_done, keeps;
	enum rk_admin_how how;
	char set_cookie[300];
};

static inline int
own_set_up(void **state)
{
	struct own_rig *o = calloc(1, sizeof *o);
	struct rk_own_opts opts;

	assert_int_equal(rig_set_up((void **)&o->r), 0);
	assert_int_equal(rk_loop_init(&o->loop), RK_OK);
	assert_int_equal(rk_conf_init(&o->conf, RK_CONF_SERVE), RK_OK);
	free(o->conf.project);
	o->conf.project = strdup(o->r->dir);
	estate = (struct rk_estate){ .site = 7 };
	opts = (struct rk_own_opts){ &o->loop, o->r->store, o->r->api, &estate, &o->conf };
	assert_int_equal(rk_own_new(&opts, &o->own), RK_OK);
	o->r->type = "application/json";
	o->r->now_ms = rk_clock_unix_ms();
	*state = o;
	return 0;
}

static inline void
own_drop(struct own_rig *o)
{
	if (o->call)
		rk_own_call_end(o->call);
	o->call = NULL;
}

static inline int
own_tear_down(void **state)
{
	struct own_rig *o = *state;

	own_drop(o);
	rk_own_free(o->own);
	rk_conf_done(&o->conf);
	uv_run(&o->loop.uv, UV_RUN_NOWAIT);
	rk_loop_done(&o->loop);
	assert_int_equal(rig_tear_down((void **)&o->r), 0);
	free(o);
	return 0;
}

static inline void
own_done(struct rk_own_call *call, void *arg)
{
	struct own_rig *o = arg;

	assert_ptr_equal(call, o->call);
	assert_false(o->is_done);
	o->is_done = true;
}

/* Lets threads and the estate work until the answer is there. */
static inline void
own_pump(struct own_rig *o)
{
	for (int i = 0; i < 500 && !o->is_done; i++) {
		rk_estate_done_fn *done = estate.done;
		if (done) {
			struct rk_estate_outcome outcome = estate.outcome;
			estate.outcome = (struct rk_estate_outcome){ .err = RK_OK };
			estate.done = NULL;
			done(estate.arg, &outcome);
		} else {
			uv_run(&o->loop.uv, UV_RUN_ONCE);
		}
	}
	assert_true(o->is_done);
}

/* The answer of the call becomes the rig's, as if the vendor's API had given it; held to what every answer must be. */
static inline int
own_look(struct own_rig *o)
{
	const struct rk_api_response *response = rk_own_call_response(o->call);
	struct rk_str body = rk_buf_str(&response->body);

	rig_forget(o->r);
	o->r->response.status = response->status;
	o->how = rk_own_call_how(o->call);
	o->set_cookie[0] = '\0';
	for (size_t i = 0; i < response->header_n; i++)
		if (rk_str_is(response->headers[i].name, RK_STR("Set-Cookie")))
			snprintf(o->set_cookie, sizeof o->set_cookie, "%.*s", RK_FMT(response->headers[i].value));
	assert_true(rk_sid_is(rk_str(response->request_id), "RQ"));
	if (o->how == RK_ADMIN_WHOLE) {
		assert_int_equal(body.n == 0, response->status == 204);
		if (body.n)
			assert_int_equal(rk_json_parse(body, &o->r->json, NULL), RK_OK);
	}
	if (response->status >= 400) {
		long long status = 0;
		assert_true(rk_json_integer(rk_json_get(o->r->json, "status"), &status));
		assert_int_equal(status, response->status);
		assert_true(rig_code(o->r) >= 20001);
		assert_true(rk_json_str(rk_json_get(o->r->json, "message")).n > 0);
	}
	return response->status;
}

static inline void
own_put_basic(const struct own_rig *o, char out[512])
{
	struct rk_buf plain = RK_BUF(300), basic = RK_BUF(500);

	rk_buf_printf(&plain, "%s:%s", o->r->user, o->r->password);
	rk_codec_put_base64(&basic, rk_buf_str(&plain));
	snprintf(out, 512, "Basic %.*s", RK_FMT(rk_buf_str(&basic)));
	rk_buf_free(&plain);
	rk_buf_free(&basic);
}

/* The request is static: a call that is kept may still look at it. */
static inline int
own_send(struct own_rig *o, const char *method, const char *path, struct rk_str body)
{
	static char target[1024], basic[512];
	static struct rk_api_header headers[8];
	static struct rk_api_request request;
	const char *more[][2] = { { "Content-Type", o->r->type },
		{ "Cookie", o->cookie[0] ? o->cookie : NULL }, { "Origin", o->origin },
		{ "X-Roomkey", o->mark }, { "Accept", o->accept }, { "Sec-Fetch-Site", o->fetch_site },
		{ "Authorization", o->r->user ? basic : NULL } };

	own_drop(o);
	if (o->r->user)
		own_put_basic(o, basic);
	snprintf(target, sizeof target, BASE "%s", path);
	headers[0] = (struct rk_api_header){ RK_STR("Host"), RK_STR("127.0.0.1:3001") };
	request = (struct rk_api_request){ .method = rk_str(method),
		.target = rk_str(target),
		.headers = headers,
		.header_n = 1,
		.body = body,
		.now_ms = o->r->now_ms,
		.peer = rk_str(o->r->peer),
		.scheme = RK_STR("http") };
	for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
		if (more[i][1])
			headers[request.header_n++] =
			    (struct rk_api_header){ rk_str(more[i][0]), rk_str(more[i][1]) };
	o->is_done = false;
	o->call = rk_own_begin(o->own, &request, own_done, o);
	if (rk_own_call_waits(o->call) && o->keeps)
		return 0;
	if (rk_own_call_waits(o->call))
		own_pump(o);
	own_look(o);
	if (o->how == RK_ADMIN_WHOLE)
		own_drop(o);
	return o->r->response.status;
}

static inline int
own_post(struct own_rig *o, const char *path, const char *body)
{
	return own_send(o, "POST", path, rk_str(body));
}

static inline int
own_get(struct own_rig *o, const char *path)
{
	return own_send(o, "GET", path, rk_str(NULL));
}

static inline int
own_delete(struct own_rig *o, const char *path)
{
	return own_send(o, "DELETE", path, rk_str(NULL));
}

/* Only by cookie from here on. */
static inline void
own_use_cookie(struct own_rig *o)
{
	assert_true(o->set_cookie[0]);
	snprintf(o->cookie, sizeof o->cookie, "%.*s", (int)strcspn(o->set_cookie, ";"), o->set_cookie);
	o->r->user = NULL;
	o->mark = "1";
}

static inline void
own_use_token(struct own_rig *o)
{
	o->cookie[0] = '\0';
	o->r->user = RIG_ACCOUNT;
	o->r->password = RIG_TOKEN;
	o->mark = NULL;
}

/* A person of that role signs in. */
static inline void
own_be(struct own_rig *o, const char *role)
{
	char body[256];

	own_use_token(o);
	snprintf(body, sizeof body, "{\"name\":\"%s@x\",\"password\":\"" PASSWORD "\",\"role\":\"%s\"}", role,
	    role);
	assert_int_equal(own_post(o, "/People", body), 201);
	snprintf(body, sizeof body, "{\"name\":\"%s@x\",\"password\":\"" PASSWORD "\"}", role);
	assert_int_equal(own_post(o, "/Session", body), 201);
	own_use_cookie(o);
}

static inline const struct rk_json *
own_at(struct own_rig *o, const char *list, size_t i)
{
	return rk_json_at(rk_json_get(o->r->json, list), i);
}

static inline unsigned
own_count(struct own_rig *o, const char *list)
{
	return (unsigned)rk_json_count(rk_json_get(o->r->json, list));
}

#endif
