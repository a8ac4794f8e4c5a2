/* Sources as modules: what parses, and where what does not parse is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "worker/syntax.h"

static JSContextGroupRef group;

static void
check_parses(const char *source)
{
	struct rk_syntax_fault fault;
	JSScriptRef script = NULL;

	assert_int_equal(
	    rk_syntax_parse(group, RK_STR("functions/x.js"), rk_str(source), &script, &fault), RK_OK);
	JSScriptRelease(script);
}

static void
check_fault(const char *source, unsigned line, unsigned column, const char *text)
{
	struct rk_syntax_fault fault;
	JSScriptRef script = NULL;

	assert_int_equal(
	    rk_syntax_parse(group, RK_STR("functions/x.js"), rk_str(source), &script, &fault), RK_INVALID);
	assert_int_equal(fault.line, line);
	assert_int_equal(fault.column, column);
	assert_true(rk_str_is(fault.source, rk_str(text)));
	assert_true(fault.message[0] != '\0');
}

static void
test_modules_parse(void **state)
{
	check_parses("");
	check_parses("exports.handler = () => {}");
	check_parses("// a comment at the end");
	check_parses("#!/usr/bin/env node\nlet a = 1;");
	check_parses("\xef\xbb\xbflet bom = 1;");
	check_parses("'use strict'; let s = '\xc3\xa9\xf0\x9f\x8e\x89';");
	check_parses("return 5;");
}

static void
test_a_fault_tells_line_column_and_the_line(void **state)
{
	check_fault("let a = 1;\nlet b = ;\nlet c;", 2, 9, "let b = ;");
	check_fault("  foo(;", 1, 7, "  foo(;");
	check_fault("a(); b(); c(;\r\nd();", 1, 13, "a(); b(); c(;");
	check_fault("let a = 1;\nlet a = 2;", 2, 5, "let a = 2;");
}

static void
test_a_fault_without_a_token_has_no_column(void **state)
{
	check_fault("let a = 'x\ny", 1, 0, "let a = 'x");
}

static int
make_group(void **state)
{
	group = JSContextGroupCreate();
	/* Parsing needs a VM that has been entered once. */
	JSGlobalContextRelease(JSGlobalContextCreateInGroup(group, NULL));
	return 0;
}

static int
drop_group(void **state)
{
	JSContextGroupRelease(group);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_modules_parse),
		cmocka_unit_test(test_a_fault_tells_line_column_and_the_line),
		cmocka_unit_test(test_a_fault_without_a_token_has_no_column),
	};

	return cmocka_run_group_tests(tests, make_group, drop_group);
}
