/*
 * t_lint.c - each row of the lint is provoked, does what its level says, and is in the manual.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include <roomkey/access.h>
#include <roomkey/lint.h>

#include "base/str.h"

#define AC "AC00000000000000000000000000000001"
#define SK "SK00000000000000000000000000000002"
#define SECRET "abcdefghijklmnopqrstuvwxyz012345"

struct heard {
	char codes[256]; /* "RK-201 RK-202 " */
	unsigned refusals, warnings;
};

static void
hear(const struct rk_lint_finding *finding, void *arg)
{
	struct heard *heard = (struct heard *)arg;

	strcat(strcat(heard->codes, finding->code), " ");
	heard->refusals += finding->severity == RK_LINT_REFUSAL;
	heard->warnings += finding->severity == RK_LINT_WARNING;
	assert_null(strstr(finding->what, SECRET));
	assert_null(strstr(finding->todo, SECRET));
}

/* A mint whose findings are to be heard, and which they are. */
static const struct {
	const char *codes;
	const char *account, *key, *secret;
	int64_t ttl;
	const char *grants;
} cases[] = {
	{ "", AC, SK, SECRET, 3600, "{\"video\":{\"room\":\"daily\"}}" },
	{ "", AC, SK, SECRET, 86400, "{}" },
	{ "", AC, SK, SECRET, 1, "{\"data_sync\":{\"service_sid\":\"default\"}}" },
	{ "", AC, SK, "with \"quotes\" and blanks inside", 60,
	    "{\"voice\":{\"incoming\":{\"allow\":true}}}" },
	{ "RK-201 ", "", SK, SECRET, 60, "" },
	{ "RK-202 ", AC, "", SECRET, 60, "" },
	{ "RK-203 ", AC, SK, "", 60, "" },
	{ "RK-201 RK-202 RK-203 ", "", "", "", 60, "" },
	{ "RK-204 ", SK, AC, SECRET, 60, "" },
	{ "RK-205 ", "AC123", SK, SECRET, 60, "" },
	{ "RK-205 ", SK, SK, SECRET, 60, "" },
	{ "RK-205 ", " " AC, SK, SECRET, 60, "" },
	{ "RK-206 ", AC, "my key", SECRET, 60, "" },
	{ "RK-207 ", AC, AC, SECRET, 60, "" },
	{ "RK-208 ", AC, "AC00000000000000000000000000000009", SECRET, 60, "" },
	{ "RK-209 ", AC, SK, " " SECRET, 60, "" },
	{ "RK-209 ", AC, SK, SECRET "\t", 60, "" },
	{ "RK-210 ", AC, SK, "\"" SECRET "\"", 60, "" },
	{ "RK-210 ", AC, SK, SECRET "'", 60, "" },
	{ "RK-211 ", AC, SK, SECRET "\n", 60, "" },
	{ "RK-211 ", AC, SK, "abc\r\ndef", 60, "" },
	{ "RK-212 ", AC, SK, SECRET, 86401, "" },
	{ "RK-213 ", AC, SK, SECRET, 0, "" },
	{ "RK-214 ", AC, SK, SECRET, -1, "" },
	{ "RK-214 ", AC, SK, SECRET, INT64_MIN, "" },
	{ "RK-220 ", AC, SK, SECRET, 60, "[]" },
	{ "RK-220 ", AC, SK, SECRET, 60, "{\"a\":1,\"a\":2}" },
	{ "RK-221 ", AC, SK, SECRET, 60, "{\"video\":{}}" },
	{ "RK-222 ", AC, SK, SECRET, 60, "{\"voice\":{\"incoming\":{\"allow\":false}}}" },
	{ "RK-231 RK-232 RK-233 ", AC, SK, SECRET, 60,
	    "{\"chat\":{\"service_sid\":\"IS1\",\"deployment_role_sid\":\"" SK
	    "\",\"push_credential_sid\":7}}" },
	{ "RK-234 ", AC, SK, SECRET, 60, "{\"data_sync\":{\"service_sid\":\"Default\"}}" },
	{ "RK-235 RK-236 ", AC, SK, SECRET, 60,
	    "{\"voice\":{\"outgoing\":{\"application_sid\":\"AP1\"},\"push_credential_sid\":\"CR1\"}}" },
	{ "RK-237 RK-238 ", AC, SK, SECRET, 60,
	    "{\"task_router\":{\"workspace_sid\":\"W\",\"worker_sid\":\"K\"}}" },
	{ "RK-239 ", AC, SK, SECRET, 60, "{\"ip_messaging\":{\"service_sid\":\"IS1\"}}" },
	{ "RK-240 ", AC, SK, SECRET, 60, "{\"rtc\":{\"configuration_profile_sid\":\"VS1\"}}" },
};

#define CASES (sizeof(cases) / sizeof(cases[0]))

static struct heard
lint(size_t i, enum rk_lint_level level, enum rk_err *ret_err)
{
	struct heard heard = { 0 };
	enum rk_err strings = rk_lint_strings(
	    level, rk_str(cases[i].account), rk_str(cases[i].key), rk_str(cases[i].secret), hear, &heard);
	enum rk_err ttl = rk_lint_ttl(level, cases[i].ttl, hear, &heard);

	rk_lint_grants(level, rk_str(cases[i].grants), hear, &heard);
	*ret_err = strings ? strings : ttl;
	return heard;
}

static void
each_mistake_is_found(void **state)
{
	enum rk_err err;

	for (size_t i = 0; i < CASES; i++) {
		struct heard heard = lint(i, RK_LINT_REFUSE, &err);

		assert_string_equal(heard.codes, cases[i].codes);
		assert_int_equal(err, heard.refusals ? RK_REFUSED : RK_OK);
	}
}

static void
level_warn_makes_refusals_warnings(void **state)
{
	enum rk_err err;

	for (size_t i = 0; i < CASES; i++) {
		struct heard heard = lint(i, RK_LINT_WARN, &err);

		assert_string_equal(heard.codes, cases[i].codes);
		assert_int_equal(heard.refusals, 0);
		assert_int_equal(err, RK_OK);
	}
}

static void
level_off_is_silent(void **state)
{
	enum rk_err err;

	for (size_t i = 0; i < CASES; i++) {
		struct heard heard = lint(i, RK_LINT_OFF, &err);

		assert_string_equal(heard.codes, "");
		assert_int_equal(err, RK_OK);
	}
}

/* The vendor's tutorial says "API_KEY -> Account SID, API_SECRET -> Auth Token": such a token is made. */
static void
account_sid_as_key_only_warns(void **state)
{
	struct heard heard = { 0 };
	enum rk_err err = rk_lint_strings(
	    RK_LINT_REFUSE, rk_str(AC), rk_str(AC), rk_str("0123456789abcdef0123456789abcdef"), hear, &heard);

	assert_int_equal(err, RK_OK);
	assert_string_equal(heard.codes, "RK-207 ");
	assert_int_equal(heard.warnings, 1);
}

static void
a_key_remembers_its_findings(void **state)
{
	struct rk_access_claims claims = RK_ACCESS_CLAIMS;
	struct rk_access_key *key;

	assert_int_equal(rk_access_key_new(rk_str(AC), rk_str("SK1"), rk_str(SECRET "\n"), RK_ACCESS_HS256,
			     rk_str(NULL), &key, NULL),
	    RK_OK);
	for (int i = 0; i < 3; i++) {
		struct heard heard = { 0 };

		claims.ttl = i ? 90000 : 3600;
		claims.grants = i == 2 ? rk_str("{\"video\":{\"room\":\"a\"}}") : rk_str("{\"video\":{}}");
		assert_int_equal(rk_access_lint(key, &claims, RK_LINT_REFUSE, hear, &heard), RK_REFUSED);
		assert_string_equal(heard.codes, i == 0   ? "RK-206 RK-211 RK-221 "
						 : i == 1 ? "RK-206 RK-211 RK-212 RK-221 "
							  : "RK-206 RK-211 RK-212 ");
	}
	rk_access_key_free(key);
}

static void
each_code_is_provoked_here(void **state)
{
	for (size_t r = 0; r < rk_lint_count(); r++) {
		struct rk_lint_finding row;
		bool found = false;

		rk_lint_row(r, &row);
		/* What is known of a key is known to the worker alone: t_mint.c. */
		found = strcmp(row.code, "RK-215") >= 0 && strcmp(row.code, "RK-217") <= 0;
		for (size_t i = 0; i < CASES; i++)
			found = found || strstr(cases[i].codes, row.code);
		if (!found)
			print_error("%s is provoked by no case\n", row.code);
		assert_true(found);
	}
}

static void
each_code_is_in_the_manual(void **state)
{
	static char manual[65536];
	FILE *f = fopen("docs/token-lint.md", "rb");

	assert_non_null(f);
	assert_true(fread(manual, 1, sizeof(manual) - 1, f) > 0);
	fclose(f);
	for (size_t r = 0; r < rk_lint_count(); r++) {
		struct rk_lint_finding row;
		char line[1024];

		rk_lint_row(r, &row);
		snprintf(line, sizeof(line), "| %s | %s | `%s` | %s | %s |", row.code,
		    row.severity == RK_LINT_REFUSAL ? "refused" : "warning", row.argument, row.what,
		    row.todo);
		if (!strstr(manual, line))
			print_error("docs/token-lint.md lacks this line:\n%s\n", line);
		assert_non_null(strstr(manual, line));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_mistake_is_found),
		cmocka_unit_test(level_warn_makes_refusals_warnings),
		cmocka_unit_test(level_off_is_silent),
		cmocka_unit_test(account_sid_as_key_only_warns),
		cmocka_unit_test(a_key_remembers_its_findings),
		cmocka_unit_test(each_code_is_provoked_here),
		cmocka_unit_test(each_code_is_in_the_manual),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
