/* Files through the real listener: keeper is asked once in a while, and what it says is what is sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway_rig.h"

static struct rig rig;
static char got[65536], path[64];
static const char *const paths[] = { "/t.txt", "/p.txt", "/i.txt", "/assets/index.html", NULL };

static void
write_file(const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CREAT, 0600);

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static int
open_rig(void **state)
{
	rig_start(&rig, 700, 100000, 100, 0);
	rig_routes(&rig, 1, paths, "UOIU");
	strcpy(path, "/tmp/rk-asset-XXXXXX");
	close(mkstemp(path));
	write_file("abcdef\n");
	rig.keeper.fd = open(path, O_RDONLY | O_CLOEXEC);
	return 0;
}

static int
close_rig(void **state)
{
	rig_stop(&rig);
	unlink(path);
	return 0;
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"

static void
expect(const char *request, const char *text)
{
	int fd = rig_connect(&rig);

	got[0] = '\0';
	rig_send(fd, rk_str(request));
	if (!rig_await(&rig, fd, text, got, sizeof(got)))
		fail_msg("no \"%s\" in: %s", text, got);
	close(fd);
}

static void
a_busy_asset_is_asked_for_once_in_a_while(void **state)
{
	for (int i = 0; i < 5; i++)
		expect(GET("/t.txt"), "\r\n\r\nabcdef\n");
	assert_true(rig.keeper.opens < 5);
	rig_run(&rig, RK_SHELF_MS * 3);
	rig.keeper.opens = 0;
	expect(GET("/t.txt"), "abcdef\n");
	assert_int_equal(rig.keeper.opens, 1);
}

static void
what_is_written_into_the_file_shows_at_once(void **state)
{
	expect(GET("/t.txt"), "Content-Length: 7\r\n");
	write_file("longer text");
	expect(GET("/t.txt"), "\r\n\r\nlonger text");
}

static void
other_routes_empty_the_shelf(void **state)
{
	expect(GET("/t.txt"), "abcdef\n");
	rig_routes(&rig, 2, paths, "UOIU");
	expect(GET("/t.txt"), "abcdef\n");
	assert_int_equal(rig.keeper.opens, 2);
}

static void
the_root_is_the_asset_at_its_path(void **state)
{
	expect(GET("/?x"), "abcdef\n");
	rig_routes(&rig, 2, paths, "UOIu");
	expect(GET("/"), "HTTP/1.1 404");
}

static void
a_refusal_is_the_answer(void **state)
{
	close(rig.keeper.fd);
	rig.keeper.fd = -1;
	rig.keeper.verdict =
	    (struct rk_verdict){ 404, RK_STR("RK-404"), RK_STR("It is gone."), RK_STR("Ask.") };
	expect(GET("/t.txt"), "RK-404");
	assert_non_null(strstr(got, "HTTP/1.1 404"));
}

static void
a_keeper_that_always_has_other_routes_is_not_asked_for_ever(void **state)
{
	close(rig.keeper.fd);
	rig.keeper.fd = -1;
	rig.keeper.verdict = (struct rk_verdict){ 0 };
	expect(GET("/t.txt"), "RK-514");
	assert_true(rig.keeper.opens < 10);
}

static void
a_protected_asset_is_checked_then_opened(void **state)
{
	expect(GET("/p.txt"), "abcdef\n");
	assert_int_equal(rig.keeper.checks, 1);
	rig.keeper.verdict = (struct rk_verdict){ 403, RK_STR("RK-602"), RK_STR("No."), RK_STR("Sign.") };
	expect(GET("/p.txt"), "RK-602");
	assert_null(strstr(got, "abcdef"));
}

static void
a_private_asset_is_never_asked_for(void **state)
{
	expect(GET("/i.txt"), "This asset has been marked as private");
	assert_non_null(strstr(got, "HTTP/1.1 403"));
	assert_int_equal(rig.keeper.opens + rig.keeper.checks, 0);
}

static void
a_request_ahead_of_the_routes_is_served_when_they_come(void **state)
{
	int fd;

	rig_stop(&rig);
	rig_start(&rig, 700, 100000, 100, 0);
	rig.keeper.fd = open(path, O_RDONLY | O_CLOEXEC);
	fd = rig_connect(&rig);
	got[0] = '\0';
	rig_send(fd, RK_STR(GET("/t.txt")));
	rig_run(&rig, 30);
	rig_routes(&rig, 1, paths, "UOIU");
	rig_worker(&rig, 0, 1, 1, rig_echo);
	assert_true(rig_await(&rig, fd, "abcdef\n", got, sizeof(got)));
	close(fd);
	assert_int_equal(rig.workers[0].calls, 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_busy_asset_is_asked_for_once_in_a_while),
		T(what_is_written_into_the_file_shows_at_once),
		T(other_routes_empty_the_shelf),
		T(the_root_is_the_asset_at_its_path),
		T(a_refusal_is_the_answer),
		T(a_keeper_that_always_has_other_routes_is_not_asked_for_ever),
		T(a_protected_asset_is_checked_then_opened),
		T(a_private_asset_is_never_asked_for),
		T(a_request_ahead_of_the_routes_is_served_when_they_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
