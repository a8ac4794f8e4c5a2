/* cli/table: columns that line up, whatever is in them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/auto.h"
#include "cli/table.h"

static const char *const heads[] = { "A", "LONG", "C" };

static void
lines_up_by_characters_and_ends_no_line_in_blanks(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(4096);
	struct rk_table table = RK_TABLE(3);

	rk_table_heads(&table, heads);
	rk_table_put(&table, RK_STR("\xc3\xa4\xc3\xa4\xc3\xa4"));
	rk_table_put(&table, RK_STR(""));
	rk_table_put(&table, RK_STR("x\x1by"));
	rk_table_end(&table, &out);
	assert_string_equal(rk_buf_z(&out), "A    LONG  C\n\xc3\xa4\xc3\xa4\xc3\xa4  -     x\\x1by\n");
}

static void
shows_members_of_every_kind(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(4096);
	RK_AUTO(rk_json_auto) struct rk_json *row = NULL;
	struct rk_table table = RK_TABLE(3);

	assert_int_equal(rk_json_parse(RK_STR("{\"a\":true,\"b\":-12,\"c\":null}"), &row, NULL), RK_OK);
	rk_table_put_member(&table, row, "a");
	rk_table_put_member(&table, row, "b");
	rk_table_put_member(&table, row, "c");
	rk_table_put_member(&table, NULL, "a");
	rk_table_put_member(&table, row, "no");
	rk_table_put(&table, RK_STR("z"));
	rk_table_end(&table, &out);
	assert_string_equal(rk_buf_z(&out), "yes  -12  -\n-    -    z\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_up_by_characters_and_ends_no_line_in_blanks),
		cmocka_unit_test(shows_members_of_every_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
