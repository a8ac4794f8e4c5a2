/*
 * t_api.c - the REST API's resources: what they make, list, change, refuse, and tell.
 */
#include "api_rig.h"

#define FUNCTION_BODY(path, visibility, content)                                            \
	"--B\r\nContent-Disposition: form-data; name=\"Path\"\r\n\r\n" path                 \
	"\r\n--B\r\nContent-Disposition: form-data; name=\"Visibility\"\r\n\r\n" visibility \
	"\r\n--B\r\nContent-Disposition: form-data; name=\"Content\"; filename=\"x\"\r\n"   \
	"Content-Type: application/javascript\r\n\r\n" content "\r\n--B--\r\n"

static char service[64], environment[128];

/* A service and an environment, whose paths are kept. */
static void
make_service(struct rig *r)
{
	assert_int_equal(rig_post(r, "/v1/Services", "UniqueName=room-token&FriendlyName=Rooms"), 201);
	snprintf(service, sizeof service, "/v1/Services/%s", rig_text(r, "sid"));
	snprintf(environment, sizeof environment, "%s/Environments", service);
	assert_int_equal(rig_post(r, environment, "UniqueName=dev-environment&DomainSuffix=dev"), 201);
	snprintf(environment, sizeof environment, "%s/Environments/%s", service, rig_text(r, "sid"));
}

static const char *
at(const char *base, const char *rest)
{
	static char paths[4][400];
	static unsigned next;
	char *path = paths[next++ % 4];
	size_t n = strlen(base), m = strlen(rest);

	assert_true(n + m < sizeof paths[0]);
	memcpy(path, base, n);
	memcpy(path + n, rest, m + 1);
	return path;
}

static int
send_version(struct rig *r, const char *target, const char *body)
{
	int status;

	r->type = "multipart/form-data; boundary=B";
	status = rig_post(r, target, body);
	r->type = "application/x-www-form-urlencoded";
	return status;
}

static void
make_version(struct rig *r, const char *name, char ret_version[RK_SID_LEN + 1])
{
	char body[512], versions[256];

	snprintf(body, sizeof body, "FriendlyName=%s", name);
	assert_int_equal(rig_post(r, at(service, "/Functions"), body), 201);
	snprintf(versions, sizeof versions, "%s/Functions/%s/Versions", service, rig_text(r, "sid"));
	snprintf(body, sizeof body, FUNCTION_BODY("%s", "public", "exports.handler = 1;"), name);
	assert_int_equal(send_version(r, versions, body), 201);
	snprintf(ret_version, RK_SID_LEN + 1, "%s", rig_text(r, "sid"));
}

static void
make_build(struct rig *r, const char *version, char ret_build[RK_SID_LEN + 1])
{
	char body[256];

	snprintf(body, sizeof body, "FunctionVersions=%s", version);
	assert_int_equal(rig_post(r, at(service, "/Builds"), body), 201);
	assert_string_equal(rig_text(r, "status"), "building");
	snprintf(ret_build, RK_SID_LEN + 1, "%s", rig_text(r, "sid"));
}

static int
deploy(struct rig *r, const char *build)
{
	char body[128];

	snprintf(body, sizeof body, "BuildSid=%s", build);
	return rig_post(r, at(environment, "/Deployments"), body);
}

static void
count_row(const void *row, void *arg)
{
	const struct rk_row_audit *audit = row;

	assert_true(rk_str_is(audit->actor, RK_STR(RIG_ACCOUNT)));
	assert_true(rk_str_is(audit->origin, RK_STR("127.0.0.1")));
	(*(unsigned *)arg)++;
}

static unsigned
count_audit(struct rig *r)
{
	struct rk_query q = { .account = RK_STR(RIG_ACCOUNT) };
	unsigned n = 0;
	bool more = false;
	enum rk_err err = rk_store_list(r->store, RK_KIND_AUDIT, &q, count_row, &n, &more);

	assert_true(err == RK_OK || err == RK_NOT_FOUND);
	return n;
}

static void
makes_a_service(void **state)
{
	struct rig *r = *state;
	const struct rk_json *links;

	make_service(r);
	assert_int_equal(rig_get(r, service), 200);
	assert_string_equal(rig_text(r, "account_sid"), RIG_ACCOUNT);
	assert_string_equal(rig_text(r, "friendly_name"), "Rooms");
	links = rk_json_get(r->json, "links");
	assert_true(rk_str_has_suffix(rk_json_str(rk_json_get(links, "builds")), RK_STR("/Builds")));
	assert_true(rk_str_has_prefix(
	    rk_json_str(rk_json_get(links, "builds")), RK_STR("https://127.0.0.1:8443/v1/")));
	assert_int_equal(rig_get(r, "/v1/Services/room-token"), 200); /* by its name */
	assert_int_equal(rig_get(r, "/v1/Services/room-token/Environments"), 200);
	assert_int_equal(rig_post(r, "/v1/Services", "UniqueName=room-token&FriendlyName=x"), 409);
	assert_int_equal(rig_code(r), 20409);
	assert_string_equal(rig_text(r, "message"), "Service with unique name: 'room-token' already exists.");
	assert_int_equal(rig_post(r, service, "FriendlyName=Halls&IncludeCredentials=false&Whatever=1"), 200);
	assert_string_equal(rig_text(r, "friendly_name"), "Halls");
	assert_int_equal(rk_json_type(rk_json_get(r->json, "include_credentials")), RK_JSON_FALSE);
	assert_int_equal(r->told, 1); /* its environment */
	assert_int_equal(count_audit(r), 3);
}

static void
refuses_bad_fields(void **state)
{
	static const char *const bodies[] = { "", "UniqueName=&FriendlyName=x", "UniqueName=a",
		"UniqueName=a%00b&FriendlyName=x", "UniqueName=a.b&FriendlyName=x",
		"UniqueName=%ff&FriendlyName=x", "UniqueName=a&FriendlyName=%ff",
		"UniqueName=a&FriendlyName=x&UiEditable=1",
		"UniqueName=ZS00000000000000000000000000000001&FriendlyName=x",
		"UniqueName=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa&FriendlyName=x" };
	struct rig *r = *state;

	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
		assert_int_equal(rig_post(r, "/v1/Services", bodies[i]), 400);
		assert_int_equal(rig_code(r), 20001);
		assert_true(
		    strstr(rig_text(r, "message"), "Name") || strstr(rig_text(r, "message"), "UiEditable"));
	}
	r->type = "application/json";
	assert_int_equal(rig_post(r, "/v1/Services", "{}"), 415);
	r->type = "multipart/form-data; boundary=B";
	assert_int_equal(rig_post(r, "/v1/Services", "--B"), 400);
	assert_int_equal(count_audit(r), 0);
}

static void
serves_one_account_only(void **state)
{
	struct rig *r = *state;
	char key[128];

	make_service(r);
	r->user = RIG_OTHER;
	r->password = RIG_OTHER_TOKEN;
	assert_int_equal(rig_get(r, service), 404);
	assert_int_equal(rig_code(r), 20404);
	assert_int_equal(rig_get(r, "/v1/Services/room-token"), 404);
	assert_int_equal(rig_get(r, at(environment, "/Variables")), 404);
	assert_int_equal(rig_post(r, service, "FriendlyName=Mine"), 404);
	assert_int_equal(rig_delete(r, service), 404);
	snprintf(key, sizeof key, "/2010-04-01/Accounts/%s/Keys.json", RIG_ACCOUNT);
	assert_int_equal(rig_get(r, key), 404);
	assert_int_equal(rig_get(r, "/v1/Keys/" RIG_KEY), 404);
	assert_int_equal(rig_get(r, "/v1/Keys?AccountSid=" RIG_ACCOUNT), 404);
	assert_int_equal(rig_get(r, "/v1/Services"), 200);
	assert_int_equal(rk_json_count(rk_json_get(r->json, "services")), 0);
	/* and what one's own account has is nothing within another service of it */
	r->user = RIG_ACCOUNT;
	r->password = RIG_TOKEN;
	assert_int_equal(rig_post(r, "/v1/Services", "UniqueName=second&FriendlyName=x"), 201);
	snprintf(key, sizeof key, "/v1/Services/%s/Environments/%s", rig_text(r, "sid"),
	    strrchr(environment, '/') + 1);
	assert_int_equal(rig_get(r, key), 404);
}

static void
keeps_variables(void **state)
{
	struct rig *r = *state;
	char variable[256];

	make_service(r);
	assert_int_equal(rig_post(r, at(environment, "/Variables"), "Key=API_KEY&Value=a%0D%0Ab+c%2B"), 201);
	assert_string_equal(rig_text(r, "value"), "a\r\nb c+");
	assert_int_equal(r->told, 1);
	assert_string_equal(r->environment, strrchr(environment, '/') + 1);
	snprintf(variable, sizeof variable, "%s/Variables/%s", environment, rig_text(r, "sid"));
	assert_int_equal(rig_get(r, variable), 200);
	assert_string_equal(rig_text(r, "value"), "a\r\nb c+");
	assert_int_equal(rig_post(r, at(environment, "/Variables"), "Key=API_KEY&Value=x"), 409);
	assert_int_equal(rig_post(r, variable, "Key=API_KEY&Value="), 200);
	assert_string_equal(rig_text(r, "value"), "");
	assert_int_equal(rig_post(r, at(environment, "/Variables"), "Key=A%3DB&Value=x"), 400);
	assert_int_equal(rig_post(r, at(environment, "/Variables"), "Key=A"), 400);
	assert_int_equal(rig_delete(r, variable), 204);
	assert_int_equal(r->told, 3);
	assert_int_equal(rig_get(r, variable), 404);
	assert_int_equal(rig_delete(r, variable), 404);
}

static void
tells_when_keys_change(void **state)
{
	static const char keys[] = "/2010-04-01/Accounts/" RIG_ACCOUNT "/Keys.json";
	struct rig *r = *state;
	char key[160];

	assert_int_equal(rig_get(r, keys), 200);
	assert_int_equal(r->keys_told, 0);
	assert_int_equal(rig_post(r, keys, "FriendlyName=Video"), 201);
	assert_int_equal(r->keys_told, 1);
	snprintf(key, sizeof key, "/2010-04-01/Accounts/" RIG_ACCOUNT "/Keys/%s.json", rig_text(r, "sid"));
	assert_int_equal(rig_post(r, key, "FriendlyName=Voice"), 200);
	assert_int_equal(r->keys_told, 2);
	assert_int_equal(rig_delete(r, key), 204);
	assert_int_equal(r->keys_told, 3);
	assert_int_equal(rig_delete(r, key), 404);
	assert_int_equal(r->keys_told, 3);
}

static void
builds_and_deploys(void **state)
{
	char first[RK_SID_LEN + 1], second[RK_SID_LEN + 1], build[RK_SID_LEN + 1], next[RK_SID_LEN + 1];
	struct rig *r = *state;
	char path[256];

	make_service(r);
	make_version(r, "/create-room-token", first);
	make_version(r, "/other", second);
	make_build(r, first, build);
	assert_int_equal(r->asked, 1);
	assert_string_equal(r->build, build);
	assert_int_equal(deploy(r, build), 400); /* not yet compiled */
	assert_int_equal(rk_api_build_done(r->api, rk_str(build), true, RK_STR("")), RK_OK);
	assert_int_equal(rk_api_build_done(r->api, rk_str(build), false, RK_STR("late")), RK_NOT_FOUND);
	snprintf(path, sizeof path, "%s/Builds/%s/Status", service, build);
	assert_int_equal(rig_get(r, path), 200);
	assert_string_equal(rig_text(r, "status"), "completed");
	assert_int_equal(deploy(r, build), 201);
	assert_int_equal(r->told, 1);
	assert_int_equal(deploy(r, build), 409);
	assert_int_equal(rig_code(r), 20409);
	assert_int_equal(rig_get(r, environment), 200);
	assert_string_equal(rig_text(r, "build_sid"), build);

	make_build(r, second, next);
	assert_int_equal(rk_api_build_done(
			     r->api, rk_str(next), false, RK_STR("functions/other.js:1:3: Unexpected token")),
	    RK_OK);
	snprintf(path, sizeof path, "%s/Builds/%s", service, next);
	assert_int_equal(rig_get(r, path), 200);
	assert_string_equal(rig_text(r, "status"), "failed");
	assert_string_equal(rig_text(r, "error"), "functions/other.js:1:3: Unexpected token");
	assert_int_equal(deploy(r, next), 400); /* and the running one is left alone */
	assert_int_equal(rig_get(r, environment), 200);
	assert_string_equal(rig_text(r, "build_sid"), build);
	assert_int_equal(rig_delete(r, at(service, at("/Builds/", build))), 400); /* in use */
	assert_int_equal(rig_delete(r, path), 204);
}

static void
refuses_bad_builds(void **state)
{
	struct rig *r = *state;
	char version[RK_SID_LEN + 1], body[512];

	make_service(r);
	make_version(r, "/a", version);
	assert_int_equal(rig_post(r, at(service, "/Builds"), ""), 400);
	assert_int_equal(rig_post(r, at(service, "/Builds"), "FunctionVersions=ZN1"), 400);
	assert_int_equal(
	    rig_post(r, at(service, "/Builds"), "FunctionVersions=ZN00000000000000000000000000000001"), 400);
	snprintf(body, sizeof body, "FunctionVersions=%s&Runtime=node9", version);
	assert_int_equal(rig_post(r, at(service, "/Builds"), body), 400);
	snprintf(body, sizeof body, "FunctionVersions=%s&Dependencies=%%5B1%%5D", version);
	assert_int_equal(rig_post(r, at(service, "/Builds"), body), 400);
	snprintf(body, sizeof body, "AssetVersions=%s", version); /* a function's */
	assert_int_equal(rig_post(r, at(service, "/Builds"), body), 400);
	assert_int_equal(r->asked, 0);
	r->compile = RK_BUSY;
	snprintf(body, sizeof body, "FunctionVersions=%s", version);
	assert_int_equal(rig_post(r, at(service, "/Builds"), body), 201);
	snprintf(body, sizeof body, "%s/Builds/%s", service, rig_text(r, "sid"));
	assert_int_equal(rig_get(r, body), 200);
	assert_string_equal(rig_text(r, "status"), "failed");
}

static void
asks_again_after_a_restart(void **state)
{
	struct rig *r = *state;
	char version[RK_SID_LEN + 1], build[RK_SID_LEN + 1];

	make_service(r);
	make_version(r, "/a", version);
	make_build(r, version, build);
	r->asked = 0;
	assert_int_equal(rk_api_resume(r->api), RK_OK);
	assert_int_equal(r->asked, 1);
	assert_string_equal(r->build, build);
	assert_int_equal(rk_api_build_done(r->api, rk_str(build), true, RK_STR("")), RK_OK);
	assert_int_equal(rk_api_resume(r->api), RK_OK);
	assert_int_equal(r->asked, 1);
}

static void
gives_content_back(void **state)
{
	struct rig *r = *state;
	char version[RK_SID_LEN + 1], path[400], versions[300];

	make_service(r);
	make_version(r, "/a", version);
	assert_int_equal(rig_get(r, at(service, "/Functions")), 200);
	snprintf(versions, sizeof versions, "%s/Functions/%.*s/Versions", service,
	    RK_FMT(rk_json_str(rk_json_get(rk_json_at(rk_json_get(r->json, "functions"), 0), "sid"))));
	snprintf(path, sizeof path, "%s/%s/Content", versions, version);
	assert_int_equal(rig_get(r, path), 200);
	assert_string_equal(rig_text(r, "content"), "exports.handler = 1;");
	assert_int_equal(send_version(r, versions, FUNCTION_BODY("/../a", "public", "")), 400);
	assert_int_equal(send_version(r, versions, FUNCTION_BODY("a", "public", "")), 400);
	assert_int_equal(send_version(r, versions, FUNCTION_BODY("/a b", "public", "")), 400);
	assert_int_equal(send_version(r, versions, FUNCTION_BODY("/a", "hidden", "")), 400);
	assert_int_equal(send_version(r, versions, FUNCTION_BODY("/a", "public", "\xff")), 400);
	assert_int_equal(send_version(r, versions, FUNCTION_BODY("/a", "public", "")), 201);
	assert_int_equal(rig_get(r, versions), 200);
	assert_int_equal(rk_json_count(rk_json_get(r->json, "function_versions")), 2);
}

/* Follows the links from one end to the other and back. */
static void
pages(void **state)
{
	struct rig *r = *state;
	char body[64], url[600], seen[8][64];
	const struct rk_json *meta;
	int n = 0;

	for (int i = 0; i < 7; i++) {
		snprintf(body, sizeof body, "UniqueName=s%d&FriendlyName=x", i);
		assert_int_equal(rig_post(r, "/v1/Services", body), 201);
	}
	snprintf(url, sizeof url, "/v1/Services?PageSize=3&X=%%26");
	for (;;) {
		const struct rk_json *list;
		struct rk_str next;
		assert_int_equal(rig_get(r, url), 200);
		list = rk_json_get(r->json, "services");
		for (size_t i = 0; i < rk_json_count(list); i++)
			snprintf(seen[n++], sizeof seen[0], "%.*s",
			    RK_FMT(rk_json_str(rk_json_get(rk_json_at(list, i), "unique_name"))));
		meta = rk_json_get(r->json, "meta");
		next = rk_json_str(rk_json_get(meta, "next_page_url"));
		if (!next.n)
			break;
		assert_true(rk_str_has_prefix(
		    next, RK_STR("https://127.0.0.1:8443/v1/Services?X=%26&PageSize=3&Page=")));
		snprintf(url, sizeof url, "%.*s", RK_FMT(rk_str_sub(next, 22, next.n)));
	}
	assert_int_equal(n, 7);
	for (int i = 0; i < 7; i++) {
		snprintf(body, sizeof body, "s%d", i);
		assert_string_equal(seen[i], body);
	}
	for (int at_row = 3; at_row >= 0; at_row -= 3) {
		struct rk_str before = rk_json_str(rk_json_get(meta, "previous_page_url"));
		assert_true(before.n > 0);
		snprintf(url, sizeof url, "%.*s", RK_FMT(rk_str_sub(before, 22, before.n)));
		assert_int_equal(rig_get(r, url), 200);
		snprintf(body, sizeof body, "s%d", at_row);
		assert_true(rk_str_is(
		    rk_json_str(rk_json_get(rk_json_at(rk_json_get(r->json, "services"), 0), "unique_name")),
		    rk_str(body)));
		meta = rk_json_get(r->json, "meta");
	}
	assert_int_equal(rk_json_type(rk_json_get(meta, "previous_page_url")), RK_JSON_NULL);
	assert_int_equal(rig_get(r, "/v1/Services?PageSize=0"), 400);
	assert_int_equal(rig_get(r, "/v1/Services?PageSize=1e3"), 400);
	assert_int_equal(rig_get(r, "/v1/Services?Page=1"), 400);
	assert_int_equal(rig_get(r, "/v1/Services?PageToken=PA1.x"), 400);
	assert_int_equal(rig_get(r, "/v1/Services?PageSize=99999"), 200);
}

static void
filters_logs(void **state)
{
	struct rig *r = *state;
	struct rk_row_log log = { .row.account_sid = RK_STR(RIG_ACCOUNT),
		.function_sid = RK_STR("ZH00000000000000000000000000000009"),
		.kind = RK_STR("line"),
		.level = RK_STR("info"),
		.message = RK_STR("a \"line\"") };
	char sid[2][RK_SID_LEN + 1];

	make_service(r);
	snprintf(sid[0], sizeof sid[0], "%s", strrchr(service, '/') + 1);
	snprintf(sid[1], sizeof sid[1], "%s", strrchr(environment, '/') + 1);
	log.service_sid = rk_str(sid[0]);
	log.environment_sid = rk_str(sid[1]);
	assert_int_equal(rk_store_create(r->store, RK_KIND_LOG, &log, NULL), RK_OK);
	assert_int_equal(
	    rig_get(r, at(environment, "/Logs?FunctionSid=ZH00000000000000000000000000000009")), 200);
	assert_int_equal(rk_json_count(rk_json_get(r->json, "logs")), 1);
	assert_int_equal(
	    rig_get(r, at(environment, "/Logs?FunctionSid=ZH00000000000000000000000000000008")), 200);
	assert_int_equal(rk_json_count(rk_json_get(r->json, "logs")), 0);
	assert_int_equal(rig_get(r, at(environment, "/Logs?EndDate=2001-01-01T00:00:00Z")), 200);
	assert_int_equal(rk_json_count(rk_json_get(r->json, "logs")), 0);
	assert_int_equal(rig_get(r, at(environment, "/Logs?StartDate=2001-01-01")), 200);
	assert_int_equal(rk_json_count(rk_json_get(r->json, "logs")), 1);
	assert_int_equal(rig_get(r, at(environment, "/Logs?StartDate=yesterday")), 400);
	assert_int_equal(rig_get(r, at(environment, at("/Logs/", log.row.sid))), 200);
	assert_string_equal(rig_text(r, "message"), "a \"line\"");
}

static void
removes_a_service_with_all(void **state)
{
	struct rig *r = *state;

	make_service(r);
	assert_int_equal(rig_delete(r, service), 204);
	assert_int_equal(r->told, 1);
	assert_string_equal(r->environment, strrchr(environment, '/') + 1);
	assert_int_equal(rig_get(r, service), 404);
	assert_int_equal(rig_get(r, environment), 404);
	make_service(r); /* its name is free again */
}

static void
knows_its_methods_and_paths(void **state)
{
	struct rig *r = *state;

	assert_int_equal(rig_send(r, "PATCH", "/v1/Services", rk_str(NULL)), 405);
	assert_true(rk_str_is(rig_header(r, "Allow"), RK_STR("GET, POST")));
	assert_int_equal(rig_get(r, "/v1/Nothing"), 404);
	assert_int_equal(rig_get(r, "/v1/Services/"), 404);
	assert_int_equal(rig_get(r, "/v1/Services/%2e%2e/Keys"), 404);
	assert_int_equal(rig_get(r, "/V1/Services"), 404);
	assert_int_equal(rig_get(r, "/a/b.twilio.com/v1/Services"), 200);
	assert_true(rk_str_has_prefix(rk_json_str(rk_json_get(rk_json_get(r->json, "meta"), "url")),
	    RK_STR("https://127.0.0.1:8443/a/b.twilio.com/v1/Services?")));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_set_up, rig_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(makes_a_service),
		TEST(refuses_bad_fields),
		TEST(serves_one_account_only),
		TEST(keeps_variables),
		TEST(tells_when_keys_change),
		TEST(builds_and_deploys),
		TEST(refuses_bad_builds),
		TEST(asks_again_after_a_restart),
		TEST(gives_content_back),
		TEST(pages),
		TEST(filters_logs),
		TEST(removes_a_service_with_all),
		TEST(knows_its_methods_and_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
