/* What a person reads: built from facts in memory, no folder and no terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "base/auto.h"
#include "keeper/changes.h"
#include "keeper/clean.h"
#include "keeper/panel.h"
#include "keeper/problems.h"

#define SID "ACabcdef0123456789abcdef0123456789"

static const struct rk_panel plain = { .url = "http://localhost:3000" };

/* path, file, source triples; then the text of .env. */
static void
make(struct rk_project *p, const char *env, size_t n, const char *const rows[][3])
{
	*p = (struct rk_project){ .env_file = RK_STR(".env"), .functions_dir = RK_STR("functions") };
	rk_arena_init(&p->arena, 0);
	assert_int_equal(rk_variables_parse(p->env_file, rk_str(env), &p->variables, NULL), RK_OK);
	p->functions = calloc(n + 1, sizeof(*p->functions));
	for (size_t i = 0; i < n; i++) {
		struct rk_str file = rk_str(rows[i][1]);
		p->functions[i] = (struct rk_function){ .path = rk_str(rows[i][0]),
			.file = file,
			.source = strdup(rows[i][2]),
			.source_n = strlen(rows[i][2]),
			.visibility = rk_str_has_suffix(file, RK_STR(".protected.js")) ? RK_PROTECTED
				      : rk_str_has_suffix(file, RK_STR(".private.js")) ? RK_PRIVATE
										       : RK_PUBLIC };
	}
	p->function_n = n;
}

static void
complain(struct rk_project *p, const char *code, const char *what, const char *todo)
{
	p->complaints = realloc(p->complaints, (p->complaint_n + 1) * sizeof(*p->complaints));
	(void)rk_why(&p->complaints[p->complaint_n++], RK_INVALID, code, todo, "%s", what);
}

static void
report(struct rk_project *p, const struct rk_problem *problem)
{
	RK_AUTO(rk_buf_free) struct rk_buf frame = RK_BUF(4096);

	rk_msg_put_u32(&frame, 1);
	rk_problem_put(&frame, problem);
	struct rk_msg_view view = { (unsigned char *)frame.p, (unsigned char *)frame.p + frame.n, false };
	assert_int_equal(rk_problems_take(p, &view), RK_OK);
}

static void
check_has(struct rk_buf *out, const char *part)
{
	if (!strstr(rk_buf_z(out), part))
		fail_msg("not said: %s\nin: %s", part, rk_buf_z(out));
}

static void
check_has_not(struct rk_buf *out, const char *part)
{
	if (strstr(rk_buf_z(out), part))
		fail_msg("said: %s\nin: %s", part, rk_buf_z(out));
}

static void
the_whole(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(65536);
	struct rk_project p;

	make(&p, "ACCOUNT_SID=" SID "\nAPI_SECRET=hush-hush\nEMPTY=\n", 2,
	    (const char *const[][3]){ { "/create", "functions/create.js",
					  "const { ACCOUNT_SID, API_KEY } = process.env;\nevent.identity" },
		{ "/sms/reply", "functions/sms/reply.protected.js", "context.REGION || 'us1'" } });
	rk_panel_put(&out, &plain, &p);
	check_has(&out, "Roomkey " RK_VERSION "  development  http://localhost:3000\n");
	check_has(&out, "  http://localhost:3000/create                  functions/create.js\n");
	check_has(&out, "  http://localhost:3000/sms/reply  [protected]  functions/sms/reply.protected.js\n");
	check_has(&out, "ACCOUNT_SID = ACab••••••••  .env line 1\n");
	check_has(&out, "API_SECRET = ••••••••  .env line 2\n");
	check_has(&out, "EMPTY = (empty)  .env line 3\n");
	check_has(&out, "Missing: API_KEY  read by functions/create.js:1, not set in .env -> add "
			"`API_KEY=...` to .env\n");
	check_has(&out,
	    "Missing: REGION  read by functions/sms/reply.protected.js:1 (which has a default), not set");
	check_has(&out, "curl 'http://localhost:3000/create' -d identity=test\n");
	check_has(&out, "Ctrl-C ends it.");
	check_has_not(&out, "hush");
	check_has_not(&out, "\033");
	check_has_not(&out, "Problems");
	rk_project_done(&p);
}

static void
values_stay_hidden(void **state)
{
	static const char *const values[] = { "abcd", "AC", "ACabc",
		"ac"
		"abcdef0123456789abcdef0123456789",
		SID "0", "ACabcdef0123456789abcdef012345678g", "11abcdef0123456789abcdef0123456789" };

	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(65536), env = RK_BUF(256);
		struct rk_project p;
		rk_buf_printf(&env, "X=%s", values[i]);
		make(&p, rk_buf_z(&env), 0, NULL);
		rk_panel_put(&out, &plain, &p);
		check_has(&out, "X = ••••••••  .env line 1");
		check_has_not(&out, values[i]);
		rk_project_done(&p);
	}
}

static void
twice_set(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(65536);
	struct rk_project p;

	make(&p, "A=1\nB=2\nA=3", 0, NULL);
	rk_panel_put(&out, &plain, &p);
	check_has(&out, "Twice: A  set in line 1 and again in line 3, which counts");
	check_has_not(&out, "Twice: B");
	rk_project_done(&p);
}

static void
problems_show_the_place(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(65536);
	struct rk_project p;

	make(&p, "", 1, (const char *const[][3]){ { "/x", "functions/x.js", "" } });
	complain(&p, "RK-109", "bad\x1b[2Jname.js is left out.", "Rename it.");
	report(&p, &(struct rk_problem){ .kind = RK_STR("SyntaxError"),
		       .message = RK_STR("Unexpected token"),
		       .line = 3,
		       .column = 4,
		       .source = RK_STR("\té= ;\x07") });
	rk_panel_put(&out, &plain, &p);
	check_has(&out, "  RK-109 bad\\x1b[2Jname.js is left out. Rename it.\n");
	check_has(&out, "  functions/x.js:3:4  SyntaxError: Unexpected token\n      \té= ;?\n      \t  ^\n");
	rk_project_done(&p);
}

static void
colour_only_where_asked(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(65536);
	struct rk_project p;

	make(&p, "", 1, (const char *const[][3]){ { "/x", "functions/x.js", "" } });
	rk_panel_put(&out, &(struct rk_panel){ .url = "http://localhost:1", .colour = true }, &p);
	check_has(&out, "\033[1m/x\033[0m");
	rk_project_done(&p);
}

static void
addresses(void **state)
{
	static const char *const rows[][2] = { { "127.0.0.1", "http://localhost:80" },
		{ "0.0.0.0", "http://localhost:80" }, { "::", "http://localhost:80" },
		{ "::1", "http://[::1]:80" }, { "10.0.0.7", "http://10.0.0.7:80" },
		{ "box.example", "http://box.example:80" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(256);
		rk_panel_put_url(&out, rows[i][0], 80);
		assert_string_equal(rk_buf_z(&out), rows[i][1]);
	}
}

static void
changes_are_one_line_each(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(65536);
	struct rk_project a, b;

	make(&a, "A=1\nB=2\nC=3", 4,
	    (const char *const[][3]){ { "/a", "functions/a.js", "1" }, { "/b", "functions/b.js", "1" },
		{ "/c", "functions/c.js", "1" }, { "/e", "functions/e.js", "context.OLD" } });
	make(&b, "A=1\nB=new\nD=4", 4,
	    (const char *const[][3]){ { "/a", "functions/a.js", "context.NEW" },
		{ "/c", "functions/c.protected.js", "1" }, { "/d", "functions/d.private.js", "1" },
		{ "/e", "functions/e.js", "context.OLD" } });
	complain(&a, "RK-111", "was there before", "");
	complain(&b, "RK-111", "was there before", "");
	complain(&b, "RK-112", "is new", "");
	rk_panel_put_changes(&out, &plain, &a, &b, 17);
	check_has(&out, "changed functions/a.js  (17 ms)\n");
	check_has(&out, "removed /b  (17 ms)\n");
	check_has(&out, "changed functions/c.protected.js [protected]  (17 ms)\n");
	check_has(&out, "added /d [private]  (17 ms)\n");
	check_has(&out, "variables changed: B, D, C  (17 ms)\n");
	check_has(&out, "Missing: NEW ");
	check_has_not(&out, "OLD");
	check_has(&out, "is new");
	check_has_not(&out, "was there before");
	check_has_not(&out, "functions/e.js");
	assert_true(rk_changes_has_complaints(&a, &b));
	assert_int_equal(rk_changes_each(&a, &b, NULL, NULL), 7);
	assert_int_equal(rk_changes_each(&b, &b, NULL, NULL), 0);
	assert_false(rk_changes_has_complaints(&b, &b));
	rk_project_done(&a);
	rk_project_done(&b);
}

static void
a_report_about_no_function_is_refused(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf frame = RK_BUF(4096);
	struct rk_project p;

	make(&p, "", 1, (const char *const[][3]){ { "/x", "functions/x.js", "" } });
	rk_msg_put_u32(&frame, 1);
	rk_problem_put(&frame, &(struct rk_problem){ .function = 1 });
	struct rk_msg_view view = { (unsigned char *)frame.p, (unsigned char *)frame.p + frame.n, false };
	assert_int_equal(rk_problems_take(&p, &view), RK_INVALID);
	assert_int_equal(p.problem_n, 0);
	view = (struct rk_msg_view){ (unsigned char *)frame.p, (unsigned char *)frame.p + 3, false };
	assert_int_equal(rk_problems_take(&p, &view), RK_INVALID);
	rk_project_done(&p);
}

static void
control_characters_do_not_pass(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(256);

	rk_clean_put(&out, RK_STR("a\x1b\n\x7f\xc2\x9b"
				  "é"));
	assert_string_equal(rk_buf_z(&out), "a\\x1b\\x0a\\x7f\\x9bé");
	rk_buf_clear(&out);
	rk_clean_put(&out, RK_STR("a\xff"));
	assert_string_equal(rk_buf_z(&out), "a\\xff");
	assert_int_equal(rk_clean_width(RK_STR("é\x01")), 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_whole),
		cmocka_unit_test(values_stay_hidden),
		cmocka_unit_test(twice_set),
		cmocka_unit_test(problems_show_the_place),
		cmocka_unit_test(colour_only_where_asked),
		cmocka_unit_test(addresses),
		cmocka_unit_test(changes_are_one_line_each),
		cmocka_unit_test(a_report_about_no_function_is_refused),
		cmocka_unit_test(control_characters_do_not_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
