/*
 * t_multipart.c - multipart/form-data: what is taken, and what is refused as a whole.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "wire/multipart.h"

#define PART(name, body) "--B\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" body "\r\n"
#define END "--B--\r\n"

static void
finds_the_boundary(void **state)
{
	static const struct {
		const char *type, *boundary;
		enum rk_err err;
	} rows[] = {
		{ "multipart/form-data; boundary=B", "B", RK_OK },
		{ "Multipart/Form-Data;charset=utf-8;  BOUNDARY=\"a b\"", "a b", RK_OK },
		{ "multipart/form-data; boundary=----1.2'()+_,-./:=?", "----1.2'()+_,-./:=?", RK_OK },
		{ "application/x-www-form-urlencoded", "", RK_UNSUPPORTED },
		{ "", "", RK_UNSUPPORTED },
		{ "multipart/mixed; boundary=B", "", RK_UNSUPPORTED },
		{ "multipart/form-data", "", RK_INVALID },
		{ "multipart/form-data; boundary=", "", RK_INVALID },
		{ "multipart/form-data; boundary=\"B", "", RK_INVALID },
		{ "multipart/form-data; boundary=\"B \"", "", RK_INVALID },
		{ "multipart/form-data; boundary=B; boundary=C", "", RK_INVALID },
		{ "multipart/form-data; boundary=B\xc3\xa9", "", RK_INVALID },
		{ "multipart/form-data; "
		  "boundary=12345678901234567890123456789012345678901234567890123456789012345678901",
		    "", RK_INVALID },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct rk_str boundary = RK_STR("");
		assert_int_equal(rk_multipart_get_boundary(rk_str(rows[i].type), &boundary), rows[i].err);
		assert_true(rk_str_is(boundary, rk_str(rows[i].boundary)));
	}
}

/* The whole body: how many parts, or how it fails. */
static enum rk_err
read_all(struct rk_str body, unsigned *ret_parts, struct rk_multipart_part *ret_last)
{
	struct rk_multipart m;
	enum rk_err err;

	*ret_parts = 0;
	rk_multipart_init(&m, body, RK_STR("B"));
	while ((err = rk_multipart_next(&m, ret_last)) == RK_OK)
		++*ret_parts;
	return err;
}

static void
reads_parts(void **state)
{
	struct rk_multipart_part part;
	unsigned n;

	assert_int_equal(read_all(RK_STR("--B--"), &n, &part), RK_NOT_FOUND);
	assert_int_equal(n, 0);
	assert_int_equal(read_all(RK_STR(PART("a", "1") PART("b", "") END), &n, &part), RK_NOT_FOUND);
	assert_int_equal(n, 2);
	assert_true(rk_str_is(part.name, RK_STR("b")) && part.body.n == 0 && !part.filename.p);
	assert_int_equal(
	    read_all(RK_STR("preamble\r\n" PART("a", "1\r\n--C\r\n\r") "--B--epilogue"), &n, &part),
	    RK_NOT_FOUND);
	assert_true(n == 1 && rk_str_is(part.body, RK_STR("1\r\n--C\r\n\r")));
	assert_int_equal(
	    read_all(RK_STR("--B \t\r\ncontent-type:text/plain\r\nCONTENT-DISPOSITION:form-data;name=x;"
			    "filename=\"../../etc/x\"\r\n\r\n\0\r\n--B--"),
		&n, &part),
	    RK_NOT_FOUND);
	assert_true(
	    n == 1 && rk_str_is(part.name, RK_STR("x")) && rk_str_is(part.filename, RK_STR("../../etc/x")));
	assert_true(rk_str_is(part.content_type, RK_STR("text/plain")) && part.body.n == 1);
	assert_int_equal(
	    read_all(RK_STR("--B\r\nContent-Disposition: form-data; name=a\r\n\r\n--B--"), &n, &part),
	    RK_NOT_FOUND);
	assert_true(n == 1 && part.body.n == 0);
}

static void
refuses_what_is_broken(void **state)
{
	static const char *const bodies[] = {
		"", "--B", "--B\r\n", "--C\r\n--C--\r\n", PART("a", "1"),           /* no end */
		"--B\r\n\r\n1\r\n" END,                                             /* no headers */
		"--B\r\nContent-Type: text/plain\r\n\r\n1\r\n" END,                 /* no name */
		"--B\r\nContent-Disposition: form-data\r\n\r\n1\r\n" END,           /* no name */
		"--B\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n" END,  /* another type */
		"--B\r\nContent-Disposition: form-data; name=\"a\r\n\r\n1\r\n" END, /* an open quote */
		"--B\r\nContent-Disposition: form-data; name=a; name=b\r\n\r\n1\r\n" END,
		"--B\r\nContent-Disposition: form-data; name=a\r\nContent-Disposition: form-data; "
		"name=b\r\n\r\n1\r\n" END,
		"--B\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: "
		"base64\r\n\r\n1\r\n" END,
		"--B\r\nContent-Disposition: form-data; name=a\n\n1\r\n" END, /* bare LF */
		"--B\r\nno colon\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n" END,
		"--Bx\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n" END, /* a longer delimiter */
	};
	struct rk_multipart_part part;
	unsigned n;

	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
		assert_int_equal(read_all(rk_str(bodies[i]), &n, &part), RK_INVALID);
}

static void
bounds_headers_and_parts(void **state)
{
	static char body[400 * 64 + RK_MULTIPART_HEADERS_MAX];
	struct rk_multipart_part part;
	unsigned n;
	size_t at;

	at = (size_t)snprintf(body, sizeof body, "--B\r\nContent-Disposition: form-data; name=a\r\nX-Long: ");
	memset(body + at, 'x', RK_MULTIPART_HEADERS_MAX);
	at += RK_MULTIPART_HEADERS_MAX;
	at += (size_t)snprintf(body + at, sizeof body - at, "\r\n\r\n1\r\n" END);
	assert_int_equal(read_all(rk_str_n(body, at), &n, &part), RK_TOO_LARGE);
	at = 0;
	for (int i = 0; i < RK_MULTIPART_PARTS_MAX; i++)
		at += (size_t)snprintf(body + at, sizeof body - at, PART("a", "1"));
	snprintf(body + at, sizeof body - at, END);
	assert_int_equal(read_all(rk_str(body), &n, &part), RK_NOT_FOUND);
	assert_int_equal(n, RK_MULTIPART_PARTS_MAX);
	snprintf(body + at, sizeof body - at, PART("a", "1") END);
	assert_int_equal(read_all(rk_str(body), &n, &part), RK_TOO_LARGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_boundary),
		cmocka_unit_test(reads_parts),
		cmocka_unit_test(refuses_what_is_broken),
		cmocka_unit_test(bounds_headers_and_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
