/* The certificate of the admin address: made once, kept, renewed for a reason, and replaced by the operator's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/auto.h"
#include "keeper/ca.h"

static char dir[64], path[128];
static const char *const names[] = { "DNS:localhost", "DNS:*.localhost", "IP:127.0.0.1",
	"IP:0:0:0:0:0:0:0:1" };

static const char *
at(const char *name)
{
	snprintf(path, sizeof(path), "%s/tls/%s", dir, name);
	return path;
}

static int
make_dir(void **state)
{
	strcpy(dir, "/tmp/roomkey-ca-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int
remove_dir(void **state)
{
	static const char *const files[] = { "ca.pem", "ca.key", "server.pem", "server.key", "custom.pem",
		"custom.key" };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		(void)unlink(at(files[i]));
	(void)rmdir(at(""));
	return rmdir(dir);
}

static mode_t
mode_of(const char *name)
{
	struct stat st;

	assert_int_equal(stat(at(name), &st), 0);
	return st.st_mode & 07777;
}

static void
write_file(const char *name, struct rk_str text)
{
	FILE *f = fopen(at(name), "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text.p, 1, text.n, f), text.n);
	fclose(f);
}

static struct rk_cert
open_ca(const char *host)
{
	struct rk_cert cert = RK_CERT;
	struct rk_why why = { 0 };

	if (rk_ca_open(dir, host, &cert, &why) != RK_OK)
		fail_msg("%s %s", why.code, why.what);
	return cert;
}

static void
make_ca(void)
{
	struct rk_cert cert = open_ca("");

	rk_cert_done(&cert);
}

static void
makes_a_pair_that_only_its_owner_can_use(void **state)
{
	RK_AUTO(rk_cert_done) struct rk_cert cert = open_ca("127.0.0.1");

	assert_true(rk_cert_is_pair(&cert));
	assert_int_equal(mode_of("ca.key"), 0600);
	assert_int_equal(mode_of("server.key"), 0600);
	assert_int_equal(mode_of("ca.pem"), 0644);
	assert_int_equal(mode_of(""), 0700);
}

static void
keeps_what_it_made(void **state)
{
	RK_AUTO(rk_cert_done) struct rk_cert a = open_ca("127.0.0.1");
	RK_AUTO(rk_cert_done) struct rk_cert b = open_ca("localhost");

	assert_true(rk_str_is(rk_buf_str(&a.pem), rk_buf_str(&b.pem)));
	assert_true(rk_str_is(rk_buf_str(&a.key), rk_buf_str(&b.key)));
}

static void
another_host_gets_another_certificate(void **state)
{
	static const char *const hosts[] = { "192.0.2.7", "admin.example.com", "2001:db8::7" };
	RK_AUTO(rk_cert_done) struct rk_cert a = open_ca("");

	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		RK_AUTO(rk_cert_done) struct rk_cert b = open_ca(hosts[i]);

		assert_true(rk_cert_is_pair(&b));
		assert_false(rk_str_is(rk_buf_str(&a.pem), rk_buf_str(&b.pem)));
	}
}

static void
a_damaged_file_is_made_again(void **state)
{
	make_ca();
	write_file("server.pem", RK_STR("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"));
	{
		RK_AUTO(rk_cert_done) struct rk_cert b = open_ca("");

		assert_true(rk_cert_is_pair(&b));
	}
	write_file("ca.key", RK_STR(""));
	{
		RK_AUTO(rk_cert_done) struct rk_cert c = open_ca("");

		assert_true(rk_cert_is_pair(&c));
	}
}

static void
a_certificate_near_its_end_is_not_good(void **state)
{
	RK_AUTO(rk_cert_done) struct rk_cert ca = RK_CERT, server = RK_CERT, stranger = RK_CERT;

	assert_int_equal(rk_cert_make_ca(names, 4, &ca), RK_OK);
	assert_int_equal(rk_cert_make_ca(names, 4, &stranger), RK_OK);
	assert_int_equal(rk_cert_make_server(&ca, names, 4, &server), RK_OK);
	assert_true(rk_cert_is_good_ca(&ca, names, 4, 3649));
	assert_false(rk_cert_is_good_ca(&ca, names, 4, 3651));
	assert_true(rk_cert_is_good_server(&server, &ca, names, 4, 364));
	assert_false(rk_cert_is_good_server(&server, &ca, names, 4, 366));
	assert_false(rk_cert_is_good_server(&server, &ca, names, 3, 30));
	assert_false(rk_cert_is_good_server(&server, &stranger, names, 4, 30));
}

static void
the_operators_own_is_shown_instead(void **state)
{
	static const char *const other[] = { "DNS:admin.example.com" };
	RK_AUTO(rk_cert_done) struct rk_cert ca = RK_CERT, own = RK_CERT;

	make_ca();
	assert_int_equal(rk_cert_make_ca(other, 1, &ca), RK_OK);
	assert_int_equal(rk_cert_make_server(&ca, other, 1, &own), RK_OK);
	write_file("custom.pem", rk_buf_str(&own.pem));
	write_file("custom.key", rk_buf_str(&own.key));
	{
		RK_AUTO(rk_cert_done) struct rk_cert shown = open_ca("");

		assert_true(rk_str_is(rk_buf_str(&shown.pem), rk_buf_str(&own.pem)));
	}
}

static void
an_own_certificate_with_another_key_is_refused(void **state)
{
	RK_AUTO(rk_cert_done) struct rk_cert first = open_ca(""), ca = RK_CERT, got = RK_CERT;
	struct rk_why why = { 0 };

	assert_int_equal(rk_cert_make_ca(names, 4, &ca), RK_OK);
	write_file("custom.pem", rk_buf_str(&first.pem));
	write_file("custom.key", rk_buf_str(&ca.key));
	assert_int_equal(rk_ca_open(dir, "", &got, &why), RK_INVALID);
	assert_string_equal(why.code, "RK-758");
}

static void
a_missing_directory_is_said(void **state)
{
	RK_AUTO(rk_cert_done) struct rk_cert got = RK_CERT;
	struct rk_why why = { 0 };

	assert_int_equal(rk_ca_open("/nonexistent", "", &got, &why), RK_IO);
	assert_string_equal(why.code, "RK-740");
}

/* What a stranger checks: chain, host name and the constraints of the CA, by another program. */
static void
openssl_accepts_its_names_and_no_other(void **state)
{
	static const struct {
		const char *flags;
		bool good;
	} rows[] = { { "-verify_hostname localhost", true }, { "-verify_ip 127.0.0.1", true },
		{ "-verify_ip ::1", true }, { "-verify_hostname example.com", false },
		{ "-verify_ip 127.0.0.2", false } };
	char cmd[512];

	make_ca();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(cmd, sizeof(cmd),
		    "openssl verify -x509_strict -CAfile %s/tls/ca.pem -purpose sslserver %s "
		    "%s/tls/server.pem "
		    ">/dev/null 2>&1",
		    dir, rows[i].flags, dir);
		if ((system(cmd) == 0) != rows[i].good)
			fail_msg("%s", cmd);
	}
}

/* The CA's key signs for another name: nobody who trusts the CA believes it. */
static void
the_ca_is_of_no_use_for_other_names(void **state)
{
	static const char *const other[] = { "DNS:example.com" };
	RK_AUTO(rk_cert_done) struct rk_cert ca = RK_CERT, server = RK_CERT;
	char cmd[512];

	make_ca();
	assert_int_equal(rk_cert_make_ca(names, 4, &ca), RK_OK);
	assert_int_equal(rk_cert_make_server(&ca, other, 1, &server), RK_OK);
	write_file("ca.pem", rk_buf_str(&ca.pem));
	write_file("server.pem", rk_buf_str(&server.pem));
	snprintf(cmd, sizeof(cmd),
	    "openssl verify -CAfile %s/tls/ca.pem %s/tls/server.pem 2>&1 | grep -q "
	    "'permitted subtree violation'",
	    dir, dir);
	assert_int_equal(system(cmd), 0);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)
	const struct CMUnitTest tests[] = {
		T(makes_a_pair_that_only_its_owner_can_use),
		T(keeps_what_it_made),
		T(another_host_gets_another_certificate),
		T(a_damaged_file_is_made_again),
		T(a_certificate_near_its_end_is_not_good),
		T(the_operators_own_is_shown_instead),
		T(an_own_certificate_with_another_key_is_refused),
		T(a_missing_directory_is_said),
		T(openssl_accepts_its_names_and_no_other),
		T(the_ca_is_of_no_use_for_other_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
