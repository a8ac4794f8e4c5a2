/* keeper/interest: which changed names are worth a look. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "keeper/interest.h"

static char functions[] = "./lambda/deep", env[] = "conf/dev.env", none[] = "";
static const struct rk_conf conf = { .functions_dir = functions, .assets_dir = none, .env_file = env };

static bool
has(const char *dir, const char *name)
{
	struct rk_interest in = { .conf = &conf, .assets_dir = RK_STR("assets") };

	return rk_interest_has(&in, rk_str(dir), rk_str(name));
}

static void
root_counts_only_where_it_leads_somewhere(void **state)
{
	assert_true(has("", "lambda"));
	assert_true(has("", "conf"));
	assert_true(has("", "functions"));
	assert_true(has("", "static"));
	assert_false(has("", "README.md"));
	assert_false(has("", "deep"));
}

static void
hidden_files_count_only_among_assets(void **state)
{
	assert_true(has("functions", "a.js"));
	assert_false(has("functions", ".a.js.swp"));
	assert_true(has("assets", ".well-known"));
	assert_true(has("assets/deep", ".x"));
	assert_false(has("assets-old", ".x"));
}

static void
variables_have_a_folder_of_their_own(void **state)
{
	struct rk_str dir = rk_interest_env_dir(&conf);

	assert_int_equal(dir.n, 4);
	assert_memory_equal(dir.p, "conf", 4);
	assert_true(has("conf", "dev.env"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(root_counts_only_where_it_leads_somewhere),
		cmocka_unit_test(hidden_files_count_only_among_assets),
		cmocka_unit_test(variables_have_a_folder_of_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
