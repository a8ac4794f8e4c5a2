/*
 * fuzz_api.c - a request that may be anything, from somebody who is signed in: the answer is always one, with JSON in it,
 * and never a fault of ours. Input: method, a space, target; lines of headers; an empty line; the body ("@" in front of
 * the first line: without credentials of our own).
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/json.h"
#include "keeper/api.h"
#include "keeper/platform.h"
#include "keeper/store_sqlite.h"

#define ACCOUNT "AC00000000000000000000000000000001"
/* base64 of the account's SID, a colon, and "token" */
#define BASIC "Basic QUMwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMTp0b2tlbg=="

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char dir[] = "/tmp/fuzz_api.XXXXXX";
static struct rk_store *store;
static struct rk_vault *vault;
static struct rk_api *api;

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

	if (!mkdtemp(dir))
		abort();
	snprintf(file, sizeof file, "%s/store", dir);
	must(rk_vault_new(RK_STR("0123456789abcdef0123456789abcdef"), &vault));
	must(rk_store_sqlite_open(file, vault, &store, NULL));
	put_rows();
	must(rk_api_new(store, RK_STR("localhost"), &ops, NULL, &api));
	atexit(stop);
}

static void
check(const struct rk_api_response *response)
{
	struct rk_json *json = NULL;

	if (response->status < 200 || response->status > 599 || response->status == 500)
		abort();
	if ((response->body.n == 0) != (response->status == 204))
		abort();
	if (response->body.n)
		must(rk_json_parse(rk_buf_str(&response->body), &json, NULL));
	rk_json_free(json);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rk_str left = rk_str_n(data, size), line = rk_str_take(&left, '\n');
	struct rk_api_header headers[16] = { { RK_STR("Authorization"), RK_STR(BASIC) } };
	struct rk_api_request request = { .headers = headers, .header_n = 1, .peer = RK_STR("10.0.0.1") };
	static int64_t now_ms;
	struct rk_api_response response;

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
	rk_api_handle(api, &request, &response);
	check(&response);
	rk_api_response_done(&response);
	rk_store_rollback(store);
	return 0;
}
