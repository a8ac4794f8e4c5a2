#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "gateway/line.h"

/* The seam of base/clock.h: always the same second. */
int64_t
rk_clock_unix_ms(void)
{
	return 1700000000123;
}

uint64_t
rk_clock_mono_ms(void)
{
	return 0;
}

static struct rk_loop loop;
static struct rk_lines *lines;
static int ends[2];
static char got[1 << 20];

static int
open_lines(void **state)
{
	setenv("TZ", "UTC", 1);
	assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
	assert_int_equal(rk_loop_init(&loop), RK_OK);
	assert_int_equal(rk_lines_new(&loop, ends[1], *state == NULL, &lines), RK_OK);
	return 0;
}

static int
close_lines(void **state)
{
	rk_lines_free(lines);
	rk_loop_done(&loop);
	close(ends[0]);
	close(ends[1]);
	return 0;
}

static const char *
read_all(void)
{
	ssize_t n;
	size_t sum = 0;

	uv_run(&loop.uv, UV_RUN_NOWAIT);
	while ((n = read(ends[0], got + sum, sizeof(got) - sum - 1)) > 0)
		sum += (size_t)n;
	got[sum] = '\0';
	return got;
}

static void
a_request_is_one_line(void **state)
{
	struct rk_request_line r = { .status = 200,
		.method = RK_STR("GET"),
		.path = RK_STR("/a\x1b[31m\nb"),
		.request_id = RK_STR("RQ1"),
		.took_us = 12345 };

	rk_lines_request(lines, &r);
	assert_string_equal(read_all(), "22:13:20  200  GET   /a\\x1b[31m\\x0ab  12.3 ms  RQ1\n");
}

static void
a_long_path_is_cut(void **state)
{
	static char path[1000];
	struct rk_request_line r = { .status = 414,
		.method = RK_STR("GET"),
		.path = { path, sizeof(path) },
		.request_id = RK_STR("RQ1") };

	memset(path, 'p', sizeof(path));
	rk_lines_request(lines, &r);
	assert_int_equal(strlen(read_all()), strlen("22:13:20  414  GET   ...  0.0 ms  RQ1\n") + 200);
}

static void
without_logs_only_functions_speak(void **state)
{
	struct rk_request_line r = { .status = 200, .method = RK_STR("GET"), .path = RK_STR("/") };
	struct rk_line line = { .level = RK_LOG_INFO, .text = RK_STR("hi") };

	rk_lines_request(lines, &r);
	rk_lines_function(lines, NULL, &line);
	assert_string_equal(read_all(), "22:13:20  - - hi\n");
}

static void
a_functions_words_cannot_forge_a_line(void **state)
{
	struct rk_route route = { .path = RK_STR("/f") };
	struct rk_line line = { .level = RK_LOG_ERROR,
		.request_id = RK_STR("RQ1"),
		.text = RK_STR("one\n22:13:20  200  GET\x1b[2J\xe2\x80\xae\xc2\x9b\xc3\xa9") };

	rk_lines_function(lines, &route, &line);
	assert_string_equal(read_all(), "22:13:20  error /f RQ1 one\n          22:13:20  200  "
					"GET\\x1b[2J\\xe2\\x80\\xae\\xc2\\x9b\xc3\xa9\n");
	line.level = RK_LOG_WARN;
	line.text = RK_STR("careful");
	rk_lines_function(lines, &route, &line);
	assert_string_equal(read_all(), "22:13:20  warn /f RQ1 careful\n");
}

static void
a_slow_reader_loses_lines_and_is_told(void **state)
{
	static char text[1000];
	struct rk_line line = { .level = RK_LOG_INFO, .text = { text, sizeof(text) } };
	size_t sum = 0, n;

	memset(text, 't', sizeof(text));
	for (int i = 0; i < 1000; i++) {
		rk_lines_function(lines, NULL, &line);
		uv_run(&loop.uv, UV_RUN_NOWAIT);
	}
	/* Reading on frees the pipe; the rest and the count come by the timer. */
	for (int i = 0; i < 200 && !strstr(got, "dropped"); i++) {
		n = strlen(read_all());
		sum += n;
		usleep(2000);
	}
	assert_non_null(strstr(got, " lines were dropped"));
	assert_true(sum < 900 * 1000 && sum > 250 * 1000);
}

int
main(void)
{
	static int quiet;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_request_is_one_line, open_lines, close_lines),
		cmocka_unit_test_setup_teardown(a_long_path_is_cut, open_lines, close_lines),
		cmocka_unit_test_prestate_setup_teardown(
		    without_logs_only_functions_speak, open_lines, close_lines, &quiet),
		cmocka_unit_test_setup_teardown(
		    a_functions_words_cannot_forge_a_line, open_lines, close_lines),
		cmocka_unit_test_setup_teardown(
		    a_slow_reader_loses_lines_and_is_told, open_lines, close_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
