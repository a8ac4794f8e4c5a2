/*
 * t_dotenv.c - the file of variables: what a line says, and the file of the recorded runs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/json.h"
#include "wire/dotenv.h"

static void
put_pair(struct rk_str name, struct rk_str value, unsigned line, void *arg)
{
	rk_buf_printf(arg, "%u:%.*s=[%.*s]", line, RK_FMT(name), RK_FMT(value));
}

/* What is read, as "line:NAME=[value]" one after the other. */
static void
assert_reads(struct rk_str text, const char *want)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(4096);

	assert_int_equal(rk_dotenv_each(text, put_pair, &b), RK_OK);
	assert_string_equal(rk_buf_z(&b), want);
}

static void
keys(void **state)
{
	assert_reads(RK_STR("A=1\nb_2=2\n3=3\nd-a.t=4"), "1:A=[1]2:b_2=[2]3:3=[3]4:d-a.t=[4]");
	assert_reads(RK_STR("  A  =  1  "), "1:A=[1]");
	assert_reads(RK_STR("\xef\xbb\xbf"
			    "A=1"),
	    "1:A=[1]"); /* a byte order mark is white space */
	assert_reads(RK_STR("=1\nA B=1\nA+=1\n\xc3\xa9=1\nA"), "");
	assert_reads(RK_STR(""), "");
}

static void
comments_and_exports(void **state)
{
	assert_reads(RK_STR("# A=1\n#A=1\n\nexport A=1\nA=b # c\nB=#x"), "5:A=[b # c]6:B=[#x]");
}

static void
values(void **state)
{
	assert_reads(RK_STR("A="), "1:A=[]");
	assert_reads(RK_STR("A= \t"), "1:A=[]");
	assert_reads(RK_STR("A=b=c"), "1:A=[b=c]");
	assert_reads(RK_STR("A=1\r\nB=2\r\n"), "1:A=[1]2:B=[2]");
	assert_reads(RK_STR("A=\xc2\xa0x\xe3\x80\x80"), "1:A=[x]");
	assert_reads(RK_STR("A=${B}\\n"), "1:A=[${B}\\n]");
	assert_reads(RK_STR("A=1\nA=2"), "1:A=[1]2:A=[2]"); /* the later one wins, says the caller */
}

static void
quotes(void **state)
{
	assert_reads(RK_STR("A=\"x y\""), "1:A=[x y]");
	assert_reads(RK_STR("A='x y'"), "1:A=[x y]");
	assert_reads(RK_STR("A=\"a\\nb\""), "1:A=[a\nb]");
	assert_reads(RK_STR("A='a\\nb'"), "1:A=[a\\nb]");
	assert_reads(RK_STR("A=\"a\\nb'"), "1:A=[a\\nb]"); /* one off each end, whichever it is */
	assert_reads(RK_STR("A=\"a"), "1:A=[a]");
	assert_reads(RK_STR("A=a'"), "1:A=[a]");
	assert_reads(RK_STR("A=\"\"\"x\"\""), "1:A=[\"\"x\"]");
	assert_reads(RK_STR("A=\""), "1:A=[]");
	assert_reads(RK_STR("A=\"\""), "1:A=[]");
	assert_reads(RK_STR("A=\"'\""), "1:A=[']");
	assert_reads(RK_STR("A=\" x \""), "1:A=[x]");
	assert_reads(RK_STR("A=\"x\\n\""), "1:A=[x]"); /* trimmed after the new line is made */
	assert_reads(RK_STR("A=\"x\" "), "1:A=[x\"]"); /* the blank is caught with the value */
	assert_reads(RK_STR("A=\"a\\nb\" # c"), "1:A=[a\\nb\" # c]");
	assert_reads(RK_STR("A=\"a\\\\nb\""), "1:A=[a\\\nb]");
	assert_reads(RK_STR("A=\"x\"\r"), "1:A=[x]");
	assert_reads(RK_STR("A=\"one\ntwo\""), "1:A=[one]"); /* no value of two lines */
}

/* '.' stops at CR, U+2028 and U+2029; after them only white space may come. */
static void
line_terminators_inside_a_line(void **state)
{
	assert_reads(RK_STR("A=x\ry"), "");
	assert_reads(RK_STR("A=x\xe2\x80\xa8y"), "");
	assert_reads(RK_STR("A=x\xe2\x80\xa9 \t"), "1:A=[x]");
	assert_reads(RK_STR("A=\rx"), "1:A=[x]");
	assert_reads(RK_STR("A\r=x\v"), "1:A=[x]");
	assert_reads(RK_STR("A=x\xe2\x80\xaay"), "1:A=[x\xe2\x80\xaay]"); /* U+202A is none */
}

static void
bytes_that_are_no_utf8_are_refused(void **state)
{
	assert_int_equal(rk_dotenv_each(RK_STR("A=1\nB=\xe9"), put_pair, NULL), RK_INVALID);
}

/* ---- the recorded runs: case R193 answers with process.env ---------------- */

static struct rk_json *
read_vectors(void)
{
	const char *dir = getenv("RK_VECTORS");
	RK_AUTO(rk_buf_free) struct rk_buf text = RK_BUF(16u << 20);
	struct rk_json *root = NULL;
	char path[4096], piece[65536];
	size_t n;
	FILE *file;

	snprintf(path, sizeof path, "%s/runtime-conformance.json", dir ? dir : "../shared/vectors");
	file = fopen(path, "r");
	if (!file)
		return NULL;
	while ((n = fread(piece, 1, sizeof piece, file)) > 0)
		rk_buf_put(&text, rk_str_n(piece, n));
	fclose(file);
	assert_int_equal(rk_json_parse(rk_buf_str(&text), &root, NULL), RK_OK);
	return root;
}

struct check {
	const struct rk_json *want;
	size_t count;
};

static void
check_pair(struct rk_str name, struct rk_str value, unsigned line, void *arg)
{
	struct check *check = arg;
	RK_AUTO(rk_auto_free) char *z = rk_str_dup(name);
	const struct rk_json *want = rk_json_get(check->want, z);

	if (!want || !rk_str_is(rk_json_str(want), value))
		fail_msg("line %u: %s", line, z);
	check->count++;
}

static void
reads_the_recorded_file(void **state)
{
	RK_AUTO(rk_json_auto) struct rk_json *root = read_vectors();
	RK_AUTO(rk_json_auto) struct rk_json *env = NULL;
	const struct rk_json *cases = rk_json_get(root, "cases"), *found = NULL;
	struct check check = { 0 };

	if (!root)
		skip();
	for (size_t i = 0; i < rk_json_count(cases); i++)
		if (rk_str_is(rk_json_str(rk_json_get(rk_json_at(cases, i), "id")), RK_STR("R193")))
			found = rk_json_at(cases, i);
	assert_int_equal(
	    rk_json_parse(rk_json_str(rk_json_get(rk_json_get(found, "observed"), "body")), &env, NULL),
	    RK_OK);
	check.want = env;
	assert_int_equal(
	    rk_dotenv_each(rk_json_str(rk_json_get(root, "env_file")), check_pair, &check), RK_OK);
	assert_int_equal(check.count, rk_json_count(env));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys),
		cmocka_unit_test(comments_and_exports),
		cmocka_unit_test(values),
		cmocka_unit_test(quotes),
		cmocka_unit_test(line_terminators_inside_a_line),
		cmocka_unit_test(bytes_that_are_no_utf8_are_refused),
		cmocka_unit_test(reads_the_recorded_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
