/* The settings that a project brings along, as flags. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cli/rc.h"

static void
check(const char *member, const char *text, const char *flags, const char *ignored)
{
	char all[1024] = "";
	struct rk_rc rc;
	struct rk_why why = { 0 };

	if (rk_rc_parse("rc", member, rk_str(text), &rc, &why) != RK_OK)
		fail_msg("%s: %s", text, why.what);
	for (unsigned i = 0; i < rc.count; i++) {
		strcat(all, i > 0 ? " " : "");
		strcat(all, rc.flags[i]);
	}
	assert_string_equal(all, flags);
	assert_string_equal(rk_buf_z(&rc.ignored), ignored);
	rk_rc_done(&rc);
}

static void
check_refused(const char *text, const char *what)
{
	struct rk_rc rc;
	struct rk_why why = { 0 };

	assert_int_equal(rk_rc_parse("rc", NULL, rk_str(text), &rc, &why), RK_INVALID);
	assert_string_equal(why.code, "RK-820");
	if (!strstr(why.what, what))
		fail_msg("%s: %s", text, why.what);
}

static void
known_settings_become_flags(void **state)
{
	check(NULL, "{port: 4000, env: 'x.env', functionsFolder: 'api', logs: false}",
	    "--functions-folder=api --port=4000 --env=x.env --logs=false", "");
	check(NULL, "{port: '4000'}", "--port=4000", "");
	check(NULL, "{port: null}", "", "");
	check(NULL, "{}", "", "");
	check("tool", "{\"name\":\"x\",\"tool\":{\"port\":1}}", "--port=1", "");
	check("tool", "{\"name\":\"x\"}", "", "");
}

static void
sections_win_over_the_base(void **state)
{
	check(NULL, "{commands: {start: {port: 2}}, port: 1}", "--port=2", "");
	check(
	    NULL, "{environments: {dev: {port: 3}}, commands: {start: {port: 2}}, port: 1}", "--port=3", "");
	check(NULL, "{environments: {dev: {port: 3}, qa: {port: 4}}, environment: 'qa'}", "--port=4",
	    "environments.dev");
}

static void
the_rest_is_named(void **state)
{
	check(NULL,
	    "{runtime: 'node24', password: 'p', ngrok: false, projects: {}, commands: {deploy: {force: "
	    "true}, "
	    "start: {inspect: '1'}, list: {}}}",
	    "", "runtime, password, commands.deploy, commands.start.inspect");
}

static void
mistakes_have_a_place(void **state)
{
	check_refused("{\n port: 70000\n}", "rc:2:2: port: --port takes a number");
	check_refused("{port: [1]}", "rc:1:2: port: it takes");
	/* Named twice in the text: no place is better than a wrong one. */
	check_refused("{port: 'x', commands: {start: {port: 'y'}}}", "rc: port: ");
	check_refused("{a: }", "rc:1:5: ");
	check_refused("{a: 1, a: 2}", "duplicate");
	check_refused("3", "rc:1:1: ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_settings_become_flags),
		cmocka_unit_test(sections_win_over_the_base),
		cmocka_unit_test(the_rest_is_named),
		cmocka_unit_test(mistakes_have_a_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
