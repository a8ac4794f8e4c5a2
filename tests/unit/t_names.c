/* Names of files as the vendor's tool reads them (its documentation, and runs of it). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "wire/names.h"

static void
check(const char *file, const char *path, enum rk_visibility visibility)
{
	struct rk_name name;

	assert_int_equal(rk_names_parse(rk_str(file), &name, NULL), RK_OK);
	assert_string_equal(name.path, path);
	assert_int_equal(name.n, strlen(path));
	assert_int_equal(name.visibility, visibility);
}

static void
refuse(const char *file, const char *code)
{
	struct rk_name name;
	struct rk_why why = { 0 };

	assert_int_equal(rk_names_parse(rk_str(file), &name, &why), RK_INVALID);
	assert_string_equal(why.code, code);
	assert_true(why.what[0] && why.todo[0]);
}

static void
path_is_place_below_the_folder(void **state)
{
	check("a.js", "/a", RK_PUBLIC);
	check("sms/reply.js", "/sms/reply", RK_PUBLIC);
	check("index.js", "/index", RK_PUBLIC);
	check("a.test.js", "/a.test", RK_PUBLIC);
	check("\xC3\xA9t\xC3\xA9.js", "/\xC3\xA9t\xC3\xA9", RK_PUBLIC);
}

static void
visibility_stands_before_the_extension(void **state)
{
	check("a.protected.js", "/a", RK_PROTECTED);
	check("x/a.private.js", "/x/a", RK_PRIVATE);
	check("a.private.b.js", "/a.private.b", RK_PUBLIC);
	check("a.protected.private.js", "/a.protected", RK_PRIVATE);
	check("a.private/b.js", "/a.private/b", RK_PUBLIC);
	check("aprotected.js", "/aprotected", RK_PUBLIC);
}

static void
white_space_becomes_a_dash(void **state)
{
	check("a b.js", "/a-b", RK_PUBLIC);
	check("a \t b.js", "/a---b", RK_PUBLIC);
	check("a\xC2\xA0"
	      "b.js",
	    "/a-b", RK_PUBLIC);
	check("a\xE2\x80\x83"
	      "b\xE3\x80\x80"
	      "c.js",
	    "/a-b-c", RK_PUBLIC);
	check("a\\b.js", "/a/b", RK_PUBLIC);
}

static void
characters_of_an_address_are_refused(void **state)
{
	for (const char *c = "#;,?:@+&$()'\"\x01\x1b\x7f"; *c; c++) {
		char file[] = "a_b.js";
		file[1] = *c;
		refuse(file, "RK-109");
	}
	refuse("a\xff.js", "RK-109");
	refuse("a.jsx", "RK-109");
	check("a~!*[]{}<>|^=%_-.js", "/a~!*[]{}<>|^=%_-", RK_PUBLIC);
}

static void
length_counts_as_javascript_does(void **state)
{
	char file[600] = "";

	memset(file, 'a', 254);
	strcpy(file + 254, ".js");
	struct rk_name name;
	assert_int_equal(rk_names_parse(rk_str(file), &name, NULL), RK_OK);
	assert_int_equal(name.n, 255);
	strcpy(file + 254, "a.js");
	refuse(file, "RK-110");
	strcpy(file + 254, ".protected.js");
	assert_int_equal(rk_names_parse(rk_str(file), &name, NULL), RK_OK);

	file[0] = '\0';
	for (int i = 0; i < 127; i++)
		strcat(file, "\xF0\x9F\x98\x80"); /* two units each: 1 + 254 */
	strcat(file, ".js");
	assert_int_equal(rk_names_parse(rk_str(file), &name, NULL), RK_OK);
	file[strlen(file) - 3] = '\0';
	strcat(file, "\xF0\x9F\x98\x80.js");
	refuse(file, "RK-110");
}

static void
only_javascript_that_is_not_hidden(void **state)
{
	assert_true(rk_names_is_function(RK_STR("a.js")));
	assert_true(rk_names_is_function(RK_STR("a/b.c.js")));
	assert_false(rk_names_is_function(RK_STR(".a.js")));
	assert_false(rk_names_is_function(RK_STR("x/.a/b.js")));
	assert_false(rk_names_is_function(RK_STR(".js")));
	assert_false(rk_names_is_function(RK_STR("a.JS")));
	assert_false(rk_names_is_function(RK_STR("a.mjs")));
	assert_false(rk_names_is_function(RK_STR("")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(path_is_place_below_the_folder),
		cmocka_unit_test(visibility_stands_before_the_extension),
		cmocka_unit_test(white_space_becomes_a_dash),
		cmocka_unit_test(characters_of_an_address_are_refused),
		cmocka_unit_test(length_counts_as_javascript_does),
		cmocka_unit_test(only_javascript_that_is_not_hidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
