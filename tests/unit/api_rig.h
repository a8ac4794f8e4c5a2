/*
 * api_rig.h - a store with two accounts and the API over it, for tests of the API.
 */
#ifndef RK_TESTS_API_RIG_H
#define RK_TESTS_API_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/codec.h"
#include "base/json.h"
#include "keeper/api.h"
#include "keeper/platform.h"
#include "keeper/store_sqlite.h"

#define RIG_ACCOUNT "AC00000000000000000000000000000001"
#define RIG_TOKEN "an auth token that is not real"
#define RIG_OTHER "AC00000000000000000000000000000002"
#define RIG_OTHER_TOKEN "another auth token that is not real"
#define RIG_KEY "SK00000000000000000000000000000001"
#define RIG_SECRET "test-secret-not-real-000000000001"

struct rig {
	char dir[32], file[64];
	struct rk_vault *vault;
	struct rk_store *store;
	struct rk_api *api;
	const char *user, *password; /* of the next request; NULL: no Authorization */
	const char *peer, *type;
	int64_t now_ms;
	struct rk_api_response response;
	struct rk_json *json;                                    /* of the response; NULL: it has no body */
	unsigned asked, told, keys_told;                         /* compiles, deployments, changes of keys */
	char build[RK_SID_LEN + 1], environment[RK_SID_LEN + 1]; /* the last of each */
	enum rk_err compile;                                     /* what the next compile answers */
};

static inline enum rk_err
rig_compile(const struct rk_row_build *build, void *arg)
{
	struct rig *r = arg;

	r->asked++;
	memcpy(r->build, build->row.sid, sizeof r->build);
	return r->compile;
}

static inline void
rig_deployed(struct rk_str account, struct rk_str environment, void *arg)
{
	struct rig *r = arg;

	assert_true(rk_str_is(account, RK_STR(RIG_ACCOUNT)));
	r->told++;
	snprintf(r->environment, sizeof r->environment, "%.*s", RK_FMT(environment));
}

static inline void
rig_keys_changed(struct rk_str account, void *arg)
{
	assert_true(rk_str_is(account, RK_STR(RIG_ACCOUNT)));
	((struct rig *)arg)->keys_told++;
}

static inline void
rig_put_account(struct rig *r, const char *sid, const char *token)
{
	struct rk_row_account row = { .friendly_name = RK_STR("An account"), .auth_token = rk_str(token) };

	memcpy(row.row.sid, sid, sizeof row.row.sid);
	assert_int_equal(rk_store_create(r->store, RK_KIND_ACCOUNT, &row, NULL), RK_OK);
}

static inline void
rig_put_key(struct rig *r, const char *sid, const char *type)
{
	struct rk_row_key row = { .row.account_sid = RK_STR(RIG_ACCOUNT),
		.friendly_name = RK_STR("A key"),
		.secret = RK_STR(RIG_SECRET),
		.type = rk_str(type),
		.region = RK_STR("us1") };

	memcpy(row.row.sid, sid, sizeof row.row.sid);
	assert_int_equal(rk_store_create(r->store, RK_KIND_KEY, &row, NULL), RK_OK);
}

static inline int
rig_set_up(void **state)
{
	static const struct rk_api_ops ops = { rig_compile, rig_deployed, rig_keys_changed };
	struct rig *r = calloc(1, sizeof *r);

	*state = r;
	snprintf(r->dir, sizeof r->dir, "/tmp/t_api.XXXXXX");
	assert_non_null(mkdtemp(r->dir));
	snprintf(r->file, sizeof r->file, "%s/store", r->dir);
	assert_int_equal(rk_vault_new(RK_STR("0123456789abcdef0123456789abcdef"), &r->vault), RK_OK);
	assert_int_equal(rk_store_sqlite_open(r->file, r->vault, &r->store, NULL), RK_OK);
	rig_put_account(r, RIG_ACCOUNT, RIG_TOKEN);
	rig_put_account(r, RIG_OTHER, RIG_OTHER_TOKEN);
	rig_put_key(r, RIG_KEY, "main");
	assert_int_equal(rk_api_new(r->store, RK_STR("twil.io"), &ops, r, &r->api), RK_OK);
	r->user = RIG_ACCOUNT;
	r->password = RIG_TOKEN;
	r->peer = "127.0.0.1";
	r->type = "application/x-www-form-urlencoded";
	r->now_ms = 1700000000000;
	return 0;
}

static inline void
rig_forget(struct rig *r)
{
	rk_json_free(r->json);
	r->json = NULL;
	rk_api_response_done(&r->response);
}

static inline int
rig_tear_down(void **state)
{
	struct rig *r = *state;
	char command[64];

	rig_forget(r);
	rk_api_free(r->api);
	rk_store_close(r->store);
	rk_vault_free(r->vault);
	snprintf(command, sizeof command, "rm -rf %s", r->dir);
	assert_int_equal(system(command), 0);
	free(r);
	return 0;
}

static inline struct rk_str
rig_header(const struct rig *r, const char *name)
{
	for (size_t i = 0; i < r->response.header_n; i++)
		if (rk_str_is_nocase(r->response.headers[i].name, rk_str(name)))
			return r->response.headers[i].value;
	return rk_str(NULL);
}

/* Handles the request, and sees to what every answer must be. Returns the status. */
static inline int
rig_handle(struct rig *r, const struct rk_api_request *request)
{
	struct rk_str body;

	rig_forget(r);
	rk_api_handle(r->api, request, &r->response);
	body = rk_buf_str(&r->response.body);
	assert_true(rk_sid_is(rig_header(r, "X-Request-Id"), "RQ"));
	assert_true(rk_str_is(rig_header(r, "Twilio-Request-Id"), rig_header(r, "X-Request-Id")));
	assert_int_equal(body.n == 0, r->response.status == 204);
	if (body.n) {
		assert_true(rk_str_is(rig_header(r, "Content-Type"), RK_STR("application/json")));
		assert_int_equal(rk_json_parse(body, &r->json, NULL), RK_OK);
	}
	if (r->response.status >= 400) {
		long long status = 0, code = 0;
		assert_true(rk_json_integer(rk_json_get(r->json, "status"), &status));
		assert_true(rk_json_integer(rk_json_get(r->json, "code"), &code));
		assert_int_equal(status, r->response.status);
		assert_true(code >= 20001 && code <= 20599);
		assert_true(rk_json_str(rk_json_get(r->json, "message")).n > 0);
		assert_true(rk_json_str(rk_json_get(r->json, "more_info")).n > 0);
	}
	return r->response.status;
}

static inline int
rig_send(struct rig *r, const char *method, const char *target, struct rk_str body)
{
	struct rk_buf plain = RK_BUF(512), basic = RK_BUF(1024);
	struct rk_api_header headers[3] = { { RK_STR("host"), RK_STR("127.0.0.1:8443") },
		{ RK_STR("content-type"), rk_str(r->type) } };
	struct rk_api_request request = { .method = rk_str(method),
		.target = rk_str(target),
		.headers = headers,
		.header_n = r->user ? 3 : 2,
		.body = body,
		.now_ms = r->now_ms,
		.peer = rk_str(r->peer),
		.scheme = RK_STR("https") };
	int status;

	if (r->user) {
		rk_buf_printf(&plain, "%s:%s", r->user, r->password);
		rk_buf_lit(&basic, "Basic ");
		rk_codec_put_base64(&basic, rk_buf_str(&plain));
		headers[2] = (struct rk_api_header){ RK_STR("authorization"), rk_buf_str(&basic) };
	}
	status = rig_handle(r, &request);
	rk_buf_free(&plain);
	rk_buf_free(&basic);
	return status;
}

static inline int
rig_post(struct rig *r, const char *target, const char *body)
{
	return rig_send(r, "POST", target, rk_str(body));
}

static inline int
rig_get(struct rig *r, const char *target)
{
	return rig_send(r, "GET", target, rk_str(NULL));
}

static inline int
rig_delete(struct rig *r, const char *target)
{
	return rig_send(r, "DELETE", target, rk_str(NULL));
}

/* A member of the answer, as a NUL-terminated text that lives until the fourth call after. */
static inline const char *
rig_text(struct rig *r, const char *member)
{
	static char texts[4][512];
	static unsigned next;
	char *text = texts[next++ % 4];

	snprintf(text, sizeof texts[0], "%.*s", RK_FMT(rk_json_str(rk_json_get(r->json, member))));
	return text;
}

static inline long long
rig_code(struct rig *r)
{
	long long code = 0;

	(void)rk_json_integer(rk_json_get(r->json, "code"), &code);
	return code;
}

#endif
