/* cli/settings and cli/inifile: which of four places a setting comes from, and what is told of mistakes, with its place. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/auto.h"
#include "cli/settings.h"

static char file[64];
static struct rk_settings settings;
static struct rk_why why;
static const char *variables[8]; /* "NAME=value" */

static char *
environment(const char *name)
{
	for (size_t i = 0; variables[i]; i++)
		if (strncmp(variables[i], name, strlen(name)) == 0 && variables[i][strlen(name)] == '=')
			return (char *)variables[i] + strlen(name) + 1;
	return NULL;
}

static int
set_up(void **state)
{
	snprintf(file, sizeof file, "/tmp/t_settings.XXXXXX");
	memset(variables, 0, sizeof variables);
	memset(&settings, 0, sizeof settings);
	memset(&why, 0, sizeof why);
	return close(mkstemp(file));
}

static int
tear_down(void **state)
{
	rk_settings_done(&settings);
	return unlink(file);
}

/* The command line as one text, blanks between. */
static enum rk_err
read_them(const char *text, const char *line)
{
	char words[256], *argv[16] = { (char *)"serve" }, *save;
	int argc = 1;
	FILE *f = fopen(file, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	snprintf(words, sizeof words, "%s", line);
	for (char *w = strtok_r(words, " ", &save); w; w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	return rk_settings_read(&settings, argc, argv, file, environment, &why);
}

static void
problem_is(unsigned i, unsigned line, const char *what)
{
	char where[128];

	snprintf(where, sizeof where, "%s:%u", file, line);
	assert_true(i < settings.problem_count);
	assert_string_equal(settings.problems[i].where, where);
	assert_non_null(strstr(settings.problems[i].why.what, what));
}

static void
later_places_win(void **state)
{
	variables[0] = "ROOMKEY_LOG_DAYS=3";
	variables[1] = "ROOMKEY_LOG_ROWS=5000";
	assert_int_equal(read_them("port = 1\nlog-days = 2\nlog-rows=4000\n", "--log-rows 6000 data"), RK_OK);
	assert_int_equal(settings.problem_count, 0);
	assert_int_equal(settings.conf.admin_port, 3001);
	assert_int_equal(settings.conf.port, 1);
	assert_int_equal(settings.conf.log_days, 3);
	assert_int_equal(settings.conf.log_rows, 6000);
	assert_string_equal(settings.conf.project, "data");
}

static void
prints_every_source(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(65536);
	char line[128];

	variables[0] = "ROOMKEY_LOG_DAYS=3";
	assert_int_equal(read_them("# c\n\nport = 1\n", "--no-logs --gateways=2"), RK_OK);
	rk_settings_print(&out, &settings, false);
	assert_non_null(rk_buf_z(&out));
	snprintf(line, sizeof line, "port = 1                                 ; %s:3\n", file);
	assert_non_null(strstr(out.p, line));
	assert_non_null(strstr(out.p, "log-days = 3                             ; ROOMKEY_LOG_DAYS\n"));
	assert_non_null(strstr(out.p, "logs = off                               ; --logs\n"));
	assert_non_null(strstr(out.p, "gateways = 2                             ; --gateways\n"));
	assert_non_null(strstr(out.p, "admin-port = 3001                        ; default\n"));
	assert_null(strstr(out.p, "functions-folder")); /* dev's */
}

static void
tells_every_mistake_with_its_line(void **state)
{
	assert_int_equal(
	    read_them("log-days = 0\nprt = 1\n\nport=3\nport=4\n[other]\nhost = h\njunk\nenv=.env\n", ""),
	    RK_OK);
	assert_int_equal(settings.problem_count, 6);
	problem_is(0, 1, "--log-days takes a number from 1");
	problem_is(1, 2, "no setting prt");
	assert_string_equal(settings.problems[1].why.todo, "The nearest is port.");
	problem_is(2, 5, "port is set in line 4 already");
	problem_is(3, 7, "no section [other]");
	problem_is(4, 9, "no section [other]");
	problem_is(5, 8, "no setting");
}

static void
reads_sections_comments_and_long_lines(void **state)
{
	char text[1024];

	assert_int_equal(
	    read_them("[roomkey]\r\nport = 7 ; why\r\n; host = x\n# host = y\nlogs = off", ""), RK_OK);
	assert_int_equal(settings.problem_count, 0);
	assert_int_equal(settings.conf.port, 7);
	assert_false(settings.conf.logs);
	assert_string_equal(settings.conf.host, "127.0.0.1");
	rk_settings_done(&settings);
	memset(&settings, 0, sizeof settings);
	snprintf(text, sizeof text, "host = %0500d\nport = 8\nlog-days = 0\n", 0);
	assert_int_equal(read_them(text, ""), RK_OK);
	assert_int_equal(settings.problem_count, 2);
	problem_is(0, 3, "--log-days");
	problem_is(1, 1, "no setting");
	assert_string_equal(settings.conf.host, "127.0.0.1"); /* and no part of it */
}

static void
a_wrong_variable_is_named(void **state)
{
	variables[0] = "ROOMKEY_ADMIN_PORT=http";
	assert_int_equal(read_them("", ""), RK_OK);
	assert_int_equal(settings.problem_count, 1);
	assert_string_equal(settings.problems[0].where, "ROOMKEY_ADMIN_PORT");
}

static void
a_wrong_flag_is_a_mistake_of_the_command_line(void **state)
{
	assert_int_equal(read_them("", "--prt 3"), RK_INVALID);
	assert_string_equal(why.code, "RK-020");
}

static void
looks_at_values_together(void **state)
{
	variables[0] = "ROOMKEY_BASE_DOMAIN=https://x";
	assert_int_equal(read_them("default-environment = ZE1\nadmin-port = 3000\n", ""), RK_OK);
	assert_int_equal(settings.problem_count, 3);
	problem_is(0, 1, "default-environment");
	problem_is(1, 2, "both 3000");
	assert_string_equal(settings.problems[2].where, "ROOMKEY_BASE_DOMAIN");
}

static void
a_file_that_is_named_has_to_be_there(void **state)
{
	char *argv[] = { (char *)"serve", NULL };

	assert_int_equal(
	    rk_settings_read(&settings, 1, argv, "/nonexistent/r.conf", environment, &why), RK_IO);
	assert_string_equal(why.code, "RK-805");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(later_places_win, set_up, tear_down),
		cmocka_unit_test_setup_teardown(prints_every_source, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tells_every_mistake_with_its_line, set_up, tear_down),
		cmocka_unit_test_setup_teardown(reads_sections_comments_and_long_lines, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_wrong_variable_is_named, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_wrong_flag_is_a_mistake_of_the_command_line, set_up, tear_down),
		cmocka_unit_test_setup_teardown(looks_at_values_together, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_file_that_is_named_has_to_be_there, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
