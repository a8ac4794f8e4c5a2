/*
 * t_conf.c - defaults, flags, the text form and its way back, help.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/auto.h"
#include "base/conf.h"

static enum rk_err
parse_args(struct rk_conf *conf, struct rk_why *why, char **argv)
{
	int argc = 0;

	while (argv[argc])
		argc++;
	assert_int_equal(rk_conf_init(conf, RK_CONF_DEV), RK_OK);
	return rk_conf_parse_args(conf, argc, argv, why);
}

#define PARSE(conf, why, ...) \
	parse_args((conf), (why), (char *[]){ (char *)"roomkey", __VA_ARGS__ __VA_OPT__(, ) NULL })
#define S(lit) ((char[]){ lit })

static void
defaults(void **state)
{
	struct rk_conf conf;

	assert_int_equal(PARSE(&conf, NULL), RK_OK);
	assert_string_equal(conf.host, "127.0.0.1");
	assert_string_equal(conf.env_file, ".env");
	assert_string_equal(conf.functions_dir, "");
	assert_string_equal(conf.project, ".");
	assert_int_equal(conf.port, 3000);
	assert_int_equal(conf.timeout_ms, 10000);
	assert_int_equal(conf.body_max, 6 * 1024 * 1024);
	assert_int_equal(conf.token_lint, RK_LINT_REFUSE);
	assert_int_equal(conf.json_string, 0);
	assert_true(conf.logs);
	rk_conf_done(&conf);
	rk_conf_done(&conf);
}

static void
flags_in_every_form(void **state)
{
	struct rk_conf conf;

	assert_int_equal(PARSE(&conf, NULL, S("--port"), S("0"), S("--host=::1"), S("site"),
			     S("--token-lint"), S("warn"), S("--json-string=quoted"), S("--logs=off"),
			     S("--env="
			       "a=b")),
	    RK_OK);
	assert_int_equal(conf.port, 0);
	assert_string_equal(conf.host, "::1");
	assert_string_equal(conf.project, "site");
	assert_string_equal(conf.env_file, "a=b");
	assert_int_equal(conf.token_lint, RK_LINT_WARN);
	assert_int_equal(conf.json_string, 1);
	assert_false(conf.logs);
	rk_conf_done(&conf);
}

static void
switches(void **state)
{
	static const struct {
		const char *args[3];
		bool logs;
	} rows[] = {
		{ { "--logs" }, true },
		{ { "--no-logs" }, false },
		{ { "--logs", "off" }, false },
		{ { "--logs", "true" }, true },
		{ { "--no-logs", "--logs" }, true },
		{ { "--logs=false", "x" }, false },
		{ { "--logs", "x" }, true },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct rk_conf conf;
		char *argv[4] = { (char *)"", (char *)rows[i].args[0], (char *)rows[i].args[1], NULL };

		assert_int_equal(parse_args(&conf, NULL, argv), RK_OK);
		assert_int_equal(conf.logs, rows[i].logs);
		rk_conf_done(&conf);
	}
}

static void
after_two_dashes_come_folders(void **state)
{
	struct rk_conf conf;

	assert_int_equal(PARSE(&conf, NULL, S("--"), S("--port")), RK_OK);
	assert_string_equal(conf.project, "--port");
	rk_conf_done(&conf);
}

static void
wrong_arguments_say_why(void **state)
{
	static const struct {
		const char *args[3], *code, *what;
	} rows[] = {
		{ { "--port" }, "RK-022", "--port needs a value: --port N" },
		{ { "--port", "--host" }, "RK-022", "--port needs a value: --port N" },
		{ { "--port=65536" }, "RK-021", "--port takes a number from 0 to 65535" },
		{ { "--port=-1" }, "RK-021", "--port takes a number from 0 to 65535" },
		{ { "--port=" }, "RK-021", "--port takes a number from 0 to 65535" },
		{ { "--workers", "0" }, "RK-021", "--workers takes a number from 1 to 64" },
		{ { "--token-lint=refus" }, "RK-021", "--token-lint takes one of refuse|warn|off" },
		{ { "--token-lint=" }, "RK-021", "--token-lint takes one of refuse|warn|off" },
		{ { "--logs=maybe" }, "RK-021", "--logs takes on or off" },
		{ { "--host=" }, "RK-021", "--host takes one line of text, not empty" },
		{ { "--host", "a\nb" }, "RK-021", "--host takes one line of text, not empty" },
		{ { "--no-port", "1" }, "RK-020", "there is no setting --no-port" },
		{ { "--prot", "1" }, "RK-020", "there is no setting --prot" },
		{ { "-p", "1" }, "RK-022", "there is no setting -p" },
		{ { "a", "b" }, "RK-022", "there is more than one folder: b" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct rk_conf conf;
		struct rk_why why = { 0 };
		char *argv[4] = { (char *)"", (char *)rows[i].args[0], (char *)rows[i].args[1], NULL };

		assert_int_equal(parse_args(&conf, &why, argv), RK_INVALID);
		assert_string_equal(why.code, rows[i].code);
		assert_string_equal(why.what, rows[i].what);
		rk_conf_done(&conf);
	}
}

static void
unknown_names_meet_the_nearest(void **state)
{
	struct rk_conf conf;
	struct rk_why why = { 0 };

	assert_int_equal(rk_conf_init(&conf, RK_CONF_DEV), RK_OK);
	assert_int_equal(rk_conf_set(&conf, RK_STR("prot"), RK_STR("1"), &why), RK_NOT_FOUND);
	assert_string_equal(why.todo, "The nearest is --port.");
	assert_int_equal(rk_conf_set(&conf, RK_STR("function-folder"), RK_STR("1"), &why), RK_NOT_FOUND);
	assert_string_equal(why.todo, "The nearest is --functions-folder.");
	assert_int_equal(
	    rk_conf_set(&conf, RK_STR("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"), RK_STR("1"), &why),
	    RK_NOT_FOUND);
	assert_string_equal(why.todo, "--help lists every setting.");
	assert_int_equal(rk_conf_set(&conf, rk_str(NULL), RK_STR("1"), &why), RK_NOT_FOUND);
	assert_int_equal(conf.port, 3000);
	rk_conf_done(&conf);
}

static void
text_form_comes_back(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf text = RK_BUF(4096);
	RK_AUTO(rk_buf_free) struct rk_buf again = RK_BUF(4096);
	struct rk_conf conf, other;

	assert_int_equal(PARSE(&conf, NULL, S("--port=81"), S("--no-logs"), S("--token-lint=off"),
			     S("--slots=7"), S("a=b c")),
	    RK_OK);
	rk_conf_format(&text, &conf);
	assert_int_equal(rk_conf_init(&other, RK_CONF_DEV), RK_OK);
	assert_int_equal(rk_conf_parse(&other, rk_buf_str(&text), NULL), RK_OK);
	rk_conf_format(&again, &other);
	assert_string_equal(rk_buf_z(&again), rk_buf_z(&text));
	assert_non_null(strstr(rk_buf_z(&text), "token-lint=off\n"));
	assert_string_equal(other.project, "a=b c");
	assert_int_equal(other.port, 81);
	assert_int_equal(other.slots, 7);
	assert_false(other.logs);
	rk_conf_done(&conf);
	rk_conf_done(&other);
}

static void
text_form_is_checked(void **state)
{
	struct rk_conf conf;

	assert_int_equal(rk_conf_init(&conf, RK_CONF_DEV), RK_OK);
	assert_int_equal(rk_conf_parse(&conf, RK_STR("port=1\nport"), NULL), RK_INVALID);
	assert_int_equal(rk_conf_parse(&conf, RK_STR("port=x\n"), NULL), RK_INVALID);
	assert_int_equal(rk_conf_parse(&conf, RK_STR("color=x\n"), NULL), RK_NOT_FOUND);
	assert_int_equal(rk_conf_parse(&conf, RK_STR("host=a\0b\n"), NULL), RK_INVALID);
	assert_int_equal(rk_conf_parse(&conf, RK_STR(""), NULL), RK_OK);
	rk_conf_done(&conf);
}

static void
help_has_a_line_a_flag(unsigned command)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(16384);
	const char *help;

	rk_conf_help(&b, command);
	help = rk_buf_z(&b);
#define X(commands, kind, field, flag, value, least, most, place, text) \
	if (RK_CONF_##commands & command) {                             \
		assert_non_null(strstr(help, "  --" flag " " place));   \
		assert_non_null(strstr(help, text));                    \
	} else {                                                        \
		assert_null(strstr(help, "  --" flag " "));             \
	}
	RK_CONF_ROWS(X)
#undef X
	assert_non_null(strstr(help, "(default 3000)\n"));
}

static void
help_of_each_command_has_its_own_flags(void **state)
{
	help_has_a_line_a_flag(RK_CONF_DEV);
	help_has_a_line_a_flag(RK_CONF_SERVE);
}

static void
a_setting_of_another_command_is_unknown(void **state)
{
	struct rk_conf dev, serve;
	RK_AUTO(rk_buf_free) struct rk_buf text = RK_BUF(8192);

	assert_int_equal(rk_conf_init(&dev, RK_CONF_DEV), RK_OK);
	assert_int_equal(rk_conf_init(&serve, RK_CONF_SERVE), RK_OK);
	assert_int_equal(rk_conf_set(&dev, RK_STR("admin-port"), RK_STR("1"), NULL), RK_NOT_FOUND);
	assert_int_equal(rk_conf_set(&serve, RK_STR("admin-port"), RK_STR("1"), NULL), RK_OK);
	assert_int_equal(rk_conf_set(&serve, RK_STR("env"), RK_STR("x"), NULL), RK_NOT_FOUND);
	rk_conf_format(&text, &serve);
	assert_int_equal(rk_conf_parse(&dev, rk_buf_str(&text), NULL), RK_OK);
	assert_int_equal(dev.command, RK_CONF_SERVE);
	assert_int_equal(dev.admin_port, 1);
	rk_conf_done(&dev);
	rk_conf_done(&serve);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(flags_in_every_form),
		cmocka_unit_test(switches),
		cmocka_unit_test(after_two_dashes_come_folders),
		cmocka_unit_test(wrong_arguments_say_why),
		cmocka_unit_test(unknown_names_meet_the_nearest),
		cmocka_unit_test(text_form_comes_back),
		cmocka_unit_test(text_form_is_checked),
		cmocka_unit_test(help_of_each_command_has_its_own_flags),
		cmocka_unit_test(a_setting_of_another_command_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
