/*
 * fuzz_own.c - a request to our own API that may be anything, from somebody who is signed in: the answer is always one,
 * with JSON in it, and never a fault of ours. What estate is asked, it answers at once. Input: method, a space, target; lines of headers; an empty line; the body ("@" in front of
 * the first line: without credentials of our own).
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/json.h"
#include "keeper/own.h"
#include "keeper/platform.h"
#include "keeper/store_sqlite.h"

#define ACCOUNT "AC00000000000000000000000000000001"
/* base64 of the account's SID, a colon, and "token" */
#define BASIC "Basic QUMwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMTp0b2tlbg=="

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char dir[] = "/tmp/fuzz_own.XXXXXX";
static struct rk_store *store;
static struct rk_vault *vault;
static struct rk_api *api;
static struct rk_own *own;
static struct rk_loop loop;
static struct rk_conf conf;

/* ---- the estate ---- */

struct rk_estate {
	rk_estate_done_fn *done;
	void *arg;
};

static struct rk_estate estate;

enum rk_err
rk_estate_await(struct rk_estate *e, struct rk_str environment_sid, rk_estate_done_fn *done, void *arg)
{
	(void)environment_sid;
	*e = (struct rk_estate){ done, arg };
	return RK_OK;
}

enum rk_err
rk_estate_compile(struct rk_estate *e, const struct rk_bundle_function *functions, size_t n,
    rk_estate_done_fn *done, void *arg)
{
	(void)functions;
	(void)n;
	*e = (struct rk_estate){ done, arg };
	return RK_OK;
}

void
rk_estate_cancel(struct rk_estate *e, void *arg)
{
	if (e->arg == arg)
		e->done = NULL;
}

void
rk_estate_changed(struct rk_estate *e, struct rk_str account, struct rk_str environment)
{
	(void)e;
	(void)account;
	(void)environment;
}

uint32_t
rk_estate_site(const struct rk_estate *e, struct rk_str environment_sid)
{
	(void)e;
	(void)environment_sid;
	return 2;
}

void
rk_estate_put_url(const struct rk_estate *e, struct rk_str domain_label, struct rk_buf *out)
{
	(void)e;
	rk_buf_printf(out, "http://%.*s.localhost:3000", RK_FMT(domain_label));
}

static void
must(enum rk_err err)
{
	if (err)
		abort();
}

static void
put_rows(void)
{
	static struct rk_row_account account = {
		.row.sid = ACCOUNT, .friendly_name = { "x", 1 }, .auth_token = { "token", 5 }
	};
	struct rk_row_service service = { .row.account_sid = RK_STR(ACCOUNT),
		.row.sid = "ZS00000000000000000000000000000001",
		.unique_name = RK_STR("one"),
		.friendly_name = RK_STR("One") };
	struct rk_row_environment environment = { .row.account_sid = RK_STR(ACCOUNT),
		.row.sid = "ZE00000000000000000000000000000001",
		.service_sid = rk_str(service.row.sid),
		.unique_name = RK_STR("env") };
	struct rk_row_function function = { .row.account_sid = RK_STR(ACCOUNT),
		.row.sid = "ZH00000000000000000000000000000001",
		.service_sid = rk_str(service.row.sid),
		.friendly_name = RK_STR("/f") };
	char base[RK_PLATFORM_LABEL_SIZE], label[RK_PLATFORM_LABEL_SIZE];

	must(rk_store_create(store, RK_KIND_ACCOUNT, &account, NULL));
	must(rk_platform_create_service(store, &service, base, NULL));
	must(rk_platform_create_environment(store, &environment, label, NULL));
	must(rk_store_create(store, RK_KIND_FUNCTION, &function, NULL));
}

/* The store's files are gone with the process. */
static void
stop(void)
{
	static const char *const names[] = { "store", "store-wal", "store-shm" };
	char file[64];

	rk_own_free(own);
	rk_conf_done(&conf);
	uv_run(&loop.uv, UV_RUN_NOWAIT);
	rk_loop_done(&loop);
	rk_api_free(api);
	rk_store_close(store);
	rk_vault_free(vault);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		snprintf(file, sizeof file, "%s/%s", dir, names[i]);
		unlink(file);
	}
	if (rmdir(dir) < 0)
		perror(dir);
}

static void
start(void)
{
	char file[64];
	static const struct rk_api_ops ops = { .compile = NULL };
	struct rk_own_opts opts = { &loop, NULL, NULL, &estate, &conf };

	if (!mkdtemp(dir))
		abort();
	snprintf(file, sizeof file, "%s/store", dir);
	must(rk_vault_new(RK_STR("0123456789abcdef0123456789abcdef"), &vault));
	must(rk_store_sqlite_open(file, vault, &store, NULL));
	put_rows();
	must(rk_api_new(store, RK_STR("localhost"), &ops, NULL, &api));
	must(rk_loop_init(&loop));
	must(rk_conf_init(&conf, RK_CONF_SERVE));
	opts.store = store;
	opts.api = api;
	must(rk_own_new(&opts, &own));
	atexit(stop);
}

static void
done(struct rk_own_call *call, void *arg)
{
	(void)call;
	*(bool *)arg = true;
}

static void
check(const struct rk_own_call *call)
{
	const struct rk_api_response *response = rk_own_call_response(call);
	struct rk_json *json = NULL;

	if (response->status < 200 || response->status > 599 || response->status == 500)
		abort();
	if (rk_own_call_how(call) != RK_ADMIN_WHOLE)
		return;
	if ((response->body.n == 0) != (response->status == 204))
		abort();
	if (response->body.n)
		must(rk_json_parse(rk_buf_str(&response->body), &json, NULL));
	rk_json_free(json);
}

/* Passwords are left to themselves: they would only cost time. */
static void
handle(const struct rk_api_request *request)
{
	bool is_done = false;
	struct rk_own_call *call = rk_own_begin(own, request, done, &is_done);

	if (!call)
		abort();
	while (rk_own_call_waits(call) && !is_done && estate.done) {
		struct rk_estate_outcome outcome = { .err = RK_OK };
		rk_estate_done_fn *answer = estate.done;
		estate.done = NULL;
		answer(estate.arg, &outcome);
	}
	if (!rk_own_call_waits(call))
		check(call);
	rk_own_call_end(call);
	uv_run(&loop.uv, UV_RUN_NOWAIT);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rk_str left = rk_str_n(data, size), line = rk_str_take(&left, '\n');
	struct rk_api_header headers[16] = { { RK_STR("Authorization"), RK_STR(BASIC) } };
	struct rk_api_request request = { .headers = headers, .header_n = 1, .peer = RK_STR("10.0.0.1") };
	static int64_t now_ms;

	if (!api)
		start();
	if (line.n && line.p[0] == '@') {
		line = rk_str_sub(line, 1, line.n);
		request.header_n = 0;
	}
	request.now_ms = now_ms += 61000;
	request.method = rk_str_take(&line, ' ');
	request.target = line;
	while (left.n && request.header_n < 16) {
		struct rk_str value = rk_str_take(&left, '\n'), name;
		if (!value.n)
			break;
		name = rk_str_take(&value, ':');
		headers[request.header_n++] = (struct rk_api_header){ name, rk_str_trim(value) };
	}
	request.body = left;
	must(rk_store_begin(
	    store)); /* what it changes is taken back, so that each input meets the same rows */
	if (rk_own_is_path(request.target) && !rk_str_has_suffix(request.target, RK_STR("/Backup")))
		handle(&request);
	rk_store_rollback(store);
	return 0;
}
