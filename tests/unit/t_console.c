/* The console's files: which request is for them, and what comes with them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "gateway/console.h"

#define ID RK_STR("RQ0123456789abcdef0123456789abcdef")

static char dir[64];
static struct rk_console *console;
static struct rk_answer a;

static const char *const files[][2] = { { "index.html", "<!doctype html>page" }, { "app-AB12.js", "script" },
	{ "app-AB12.js.gz", "zipped" }, { "app-CD34.css", "style" }, { ".hidden", "no" } };

static int
load(void **state)
{
	char path[128];

	strcpy(dir, "/tmp/roomkey-console-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		FILE *f;

		snprintf(path, sizeof(path), "%s/%s", dir, files[i][0]);
		f = fopen(path, "w");
		fputs(files[i][1], f);
		fclose(f);
	}
	return rk_console_load(dir, &console) != RK_OK;
}

static int
unload(void **state)
{
	char path[128];

	rk_console_free(console);
	rk_answer_done(&a);
	a = (struct rk_answer){ 0 };
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, files[i][0]);
		unlink(path);
	}
	return rmdir(dir);
}

static bool
ask(const char *method, const char *path, const char *name, const char *value)
{
	struct rk_field field = { rk_str(name), rk_str(value) };
	struct rk_head head = { .method = rk_str(method), .fields = &field, .count = 1 };

	return rk_console_answer(console, &head, rk_str(path), ID, &a);
}

static struct rk_str
field(const char *name)
{
	for (uint32_t i = 0; i < a.count; i++)
		if (rk_str_is_nocase(a.fields[i].name, rk_str(name)))
			return a.fields[i].value;
	return RK_STR("");
}

#define assert_field(name, value) assert_true(rk_str_is(field(name), RK_STR(value)))
#define assert_body(value) assert_true(rk_str_is(a.body, RK_STR(value)))

static void
a_hashed_file_may_be_kept_for_ever(void **state)
{
	assert_true(ask("GET", "/app-CD34.css", "Accept", "*/*"));
	assert_int_equal(a.status, 200);
	assert_body("style");
	assert_field("Content-Type", "text/css; charset=utf-8");
	assert_field("Cache-Control", "public, max-age=31536000, immutable");
	assert_false(rk_answer_has(&a, RK_STR("Pragma")));
	assert_int_equal(field("ETag").p[0], '"');
}

static void
a_known_file_is_not_sent_again(void **state)
{
	char etag[80];

	assert_true(ask("GET", "/app-CD34.css", "Accept", "*/*"));
	snprintf(etag, sizeof(etag), "\"x\", W/%.*s", RK_FMT(field("ETag")));
	assert_true(ask("GET", "/app-CD34.css", "If-None-Match", etag));
	assert_int_equal(a.status, 304);
	assert_true(ask("GET", "/app-CD34.css", "If-None-Match", "\"other\""));
	assert_int_equal(a.status, 200);
}

static void
the_compressed_form_is_for_who_takes_it(void **state)
{
	char etag[80];

	assert_true(ask("GET", "/app-AB12.js", "Accept-Encoding", "br, gzip;q=0.5"));
	assert_body("zipped");
	assert_field("Content-Encoding", "gzip");
	assert_field("Vary", "Accept-Encoding");
	snprintf(etag, sizeof(etag), "%.*s", RK_FMT(field("ETag")));
	assert_true(ask("GET", "/app-AB12.js", "Accept-Encoding", "gzip;q=0.0"));
	assert_body("script");
	assert_field("Content-Encoding", "");
	assert_false(rk_str_is(field("ETag"), rk_str(etag)));
	assert_false(ask("GET", "/app-AB12.js.gz", "Accept", "*/*"));
}

static void
the_page_is_never_kept_and_guarded(void **state)
{
	assert_true(ask("GET", "/", "Accept", "*/*"));
	assert_body("<!doctype html>page");
	assert_true(rk_str_has_prefix(field("Cache-Control"), RK_STR("no-store")));
	assert_true(rk_str_has_prefix(field("Content-Security-Policy"), RK_STR("default-src 'none'; ")));
	assert_field("X-Content-Type-Options", "nosniff");
	assert_field("Referrer-Policy", "no-referrer");
	assert_field("Cross-Origin-Opener-Policy", "same-origin");
	assert_field("Cross-Origin-Resource-Policy", "same-origin");
	assert_false(rk_answer_has(&a, RK_STR("Access-Control-Allow-Origin")));
}

static void
a_browser_gets_the_page_at_the_consoles_paths(void **state)
{
	assert_true(ask("GET", "/services/ZS1/edit", "Accept", "text/html,application/xhtml+xml;q=0.9"));
	assert_body("<!doctype html>page");
	assert_false(ask("GET", "/services/ZS1/edit", "Accept", "application/json"));
	assert_false(ask("GET", "/missing-99.js", "Accept", "*/*"));
}

static void
the_api_is_not_the_consoles(void **state)
{
	static const char *const paths[] = { "/v1", "/v1/Services", "/2010-04-01/Accounts/AC1/Keys.json",
		"/roomkey/v1/Status", "/serverless.twilio.com/v1/Services", "/x.twilio.com/v1" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		assert_false(ask("GET", paths[i], "Accept", "text/html"));
	assert_false(ask("POST", "/", "Accept", "text/html"));
	assert_false(ask("POST", "/app-CD34.css", "Accept", "text/html"));
}

static void
nothing_leads_out_of_the_folder(void **state)
{
	static const char *const paths[] = { "/../etc/passwd", "/.hidden", "//index.html", "/%2e%2e/x" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		assert_false(ask("GET", paths[i], "Accept", "*/*"));
}

static void
a_build_without_a_console_says_so(void **state)
{
	struct rk_console *kept = console;

	console = NULL;
	assert_int_equal(rk_console_load("/nonexistent", &console), RK_OK);
	assert_true(ask("GET", "/", "Accept", "text/html"));
	assert_int_equal(a.status, 404);
	assert_non_null(memmem(a.body.p, a.body.n, "RK-409", 6));
	assert_false(ask("GET", "/keys", "Accept", "text/html"));
	rk_console_free(console);
	console = kept;
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, load, unload)
	const struct CMUnitTest tests[] = {
		T(a_hashed_file_may_be_kept_for_ever),
		T(a_known_file_is_not_sent_again),
		T(the_compressed_form_is_for_who_takes_it),
		T(the_page_is_never_kept_and_guarded),
		T(a_browser_gets_the_page_at_the_consoles_paths),
		T(the_api_is_not_the_consoles),
		T(nothing_leads_out_of_the_folder),
		T(a_build_without_a_console_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
