/*
 * t_log.c - the shape of a line, escaping, cutting, levels; at a fixed clock.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

int64_t
rk_clock_unix_ms(void)
{
	return 1700000000007; /* 2023-11-14T22:13:20.007Z */
}

uint64_t
rk_clock_mono_ms(void)
{
	return 0;
}

static char written[65536];

/* Logs with standard error led into a pipe, and leaves what came out in `written`. */
#define CATCH(call)                             \
	do {                                    \
		int saved_ = begin_catch(ends); \
		call;                           \
		end_catch(ends, saved_);        \
	} while (0)

static int
begin_catch(int ends[2])
{
	int saved = dup(STDERR_FILENO);

	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	return saved;
}

static void
end_catch(int ends[2], int saved)
{
	ssize_t n;

	dup2(saved, STDERR_FILENO); /* closes the pipe's last writing end */
	close(saved);
	n = read(ends[0], written, sizeof written - 1);
	close(ends[0]);
	written[n > 0 ? n : 0] = '\0';
}

static int
set_up(void **state)
{
	setenv("TZ", "UTC", 1);
	rk_log_init("gateway", RK_LOG_INFO);
	return 0;
}

static void
line_has_time_level_role_words(void **state)
{
	int ends[2];

	CATCH(rk_warn("port %d is taken", 3000));
	assert_string_equal(written, "22:13:20.007 warn  gateway: port 3000 is taken\n");
	CATCH(rk_error("x"));
	assert_string_equal(written, "22:13:20.007 error gateway: x\n");
}

static void
lower_levels_are_silent(void **state)
{
	int ends[2];

	CATCH(rk_debug("x"));
	assert_string_equal(written, "");
	CATCH(rk_info("x"));
	assert_string_equal(written, "22:13:20.007 info  gateway: x\n");
}

static void
nobody_can_forge_a_line_or_move_the_cursor(void **state)
{
	int ends[2];

	CATCH(rk_info("%.*s", 14, "a\nb\r\tc\x1b[1m\x7f\xc3\xa9"));
	assert_string_equal(written, "22:13:20.007 info  gateway: a\\nb\\r\\tc\\x1b[1m\\x7f\xc3\xa9\n");
	CATCH(rk_info("\xc2\x9b"
		      "2J \xc2\xa0")); /* U+009B opens a control sequence too */
	assert_string_equal(written, "22:13:20.007 info  gateway: \xc2\\x9b2J \xc2\xa0\n");
}

static void
long_words_are_cut(void **state)
{
	static char words[9000];
	int ends[2];

	memset(words, 'x', sizeof words - 1);
	CATCH(rk_info("%s", words));
	assert_in_range(strlen(written), 2000, 4096);
	assert_string_equal(written + strlen(written) - 5, "x...\n");
	memset(words, '\x01', sizeof words - 1);
	CATCH(rk_info("%s", words));
	assert_in_range(strlen(written), 4000, 4096);
	assert_string_equal(written + strlen(written) - 8, "\\x01...\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(line_has_time_level_role_words),
		cmocka_unit_test(lower_levels_are_silent),
		cmocka_unit_test(nobody_can_forge_a_line_or_move_the_cursor),
		cmocka_unit_test(long_words_are_cut),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
