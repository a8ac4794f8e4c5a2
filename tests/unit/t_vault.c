/*
 * t_vault.c - sealing, what it is bound to, passwords.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "base/codec.h"
#include "keeper/vault.h"

#define SEALED_LONG_AGO                                     \
	"01cb70432d02c4033760392ffd8be8f1ca2d2ba713e04eef8" \
	"ecd7b0f204a009c968e549028a979c65a8b8600488328773a"
#define ACCOUNT "AC00000000000000000000000000000001"

static const struct rk_vault_place here = { RK_VAULT_KEY, { ACCOUNT, 34 }, { "keys", 4 }, { "secret", 6 },
	{ "SK00000000000000000000000000000001", 34 } };

static struct rk_vault *vault;

static int
set_up(void **state)
{
	return rk_vault_new(RK_STR("0123456789abcdef0123456789abcdef"), &vault) == RK_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
	rk_vault_free(vault);
	return 0;
}

static void
opens_what_it_sealed(void **state)
{
	static const size_t sizes[] = { 0, 1, 31, 32, 450, 100000 };

	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct rk_buf plain = RK_BUF(1 << 20), sealed = RK_BUF(1 << 20), again = RK_BUF(1 << 20);
		for (size_t k = 0; k < sizes[i]; k++)
			rk_buf_put_c(&plain, (char)k);
		assert_int_equal(rk_vault_seal(vault, &here, rk_buf_str(&plain), &sealed), RK_OK);
		assert_int_equal(sealed.n, sizes[i] + RK_VAULT_OVERHEAD);
		assert_int_equal(rk_vault_unseal(vault, &here, rk_buf_str(&sealed), &again), RK_OK);
		assert_true(rk_str_is(rk_buf_str(&plain), rk_buf_str(&again)));
		rk_buf_free(&plain);
		rk_buf_free(&sealed);
		rk_buf_free(&again);
	}
}

static void
never_seals_alike(void **state)
{
	struct rk_buf a = RK_BUF(1000), b = RK_BUF(1000);

	assert_int_equal(rk_vault_seal(vault, &here, RK_STR("same"), &a), RK_OK);
	assert_int_equal(rk_vault_seal(vault, &here, RK_STR("same"), &b), RK_OK);
	assert_false(rk_str_is(rk_buf_str(&a), rk_buf_str(&b)));
	rk_buf_free(&a);
	rk_buf_free(&b);
}

/* A value that was sealed once, by this form: if this fails, every store there is has become unreadable. */
static void
opens_what_was_sealed_long_ago(void **state)
{
	struct rk_buf sealed = RK_BUF(1000), plain = RK_BUF(1000);

	assert_int_equal(rk_codec_get_hex(&sealed, RK_STR(SEALED_LONG_AGO)), RK_OK);
	assert_int_equal(rk_vault_unseal(vault, &here, rk_buf_str(&sealed), &plain), RK_OK);
	assert_true(rk_str_is(rk_buf_str(&plain), RK_STR("a secret")));
	rk_buf_free(&sealed);
	rk_buf_free(&plain);
}

static void
every_bit_counts(void **state)
{
	struct rk_buf sealed = RK_BUF(1000), plain = RK_BUF(1000);

	assert_int_equal(rk_vault_seal(vault, &here, RK_STR("a secret"), &sealed), RK_OK);
	for (size_t i = 0; i < sealed.n * 8; i++) {
		sealed.p[i / 8] = (char)(sealed.p[i / 8] ^ 1 << i % 8);
		assert_int_equal(rk_vault_unseal(vault, &here, rk_buf_str(&sealed), &plain), RK_SIGNATURE);
		sealed.p[i / 8] = (char)(sealed.p[i / 8] ^ 1 << i % 8);
	}
	for (size_t n = 0; n < sealed.n; n++)
		assert_int_equal(rk_vault_unseal(vault, &here, rk_str_n(sealed.p, n), &plain), RK_SIGNATURE);
	assert_int_equal(plain.n, 0);
	assert_int_equal(rk_vault_unseal(vault, &here, rk_buf_str(&sealed), &plain), RK_OK);
	rk_buf_free(&sealed);
	rk_buf_free(&plain);
}

/* The same bytes at any other place do not open: another row, column, table, account, purpose; nor where the
 * parts of the place are cut elsewhere. */
static void
place_counts(void **state)
{
	struct rk_buf sealed = RK_BUF(1000), plain = RK_BUF(1000);
	struct rk_vault_place p[8];

	for (size_t i = 0; i < 8; i++)
		p[i] = here;
	p[0].row = RK_STR("SK00000000000000000000000000000002");
	p[1].column = RK_STR("value");
	p[2].table = RK_STR("variables");
	p[3].account = RK_STR("AC00000000000000000000000000000002");
	p[4].account = RK_STR("AC10000000000000000000000000000001");
	p[5].account = RK_STR("");
	p[6].purpose = RK_VAULT_VARIABLE;
	p[7].table = RK_STR("keyss");
	p[7].column = RK_STR("ecret");
	assert_int_equal(rk_vault_seal(vault, &here, RK_STR("a secret"), &sealed), RK_OK);
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(rk_vault_unseal(vault, &p[i], rk_buf_str(&sealed), &plain), RK_SIGNATURE);
	assert_int_equal(plain.n, 0);
	rk_buf_free(&sealed);
	rk_buf_free(&plain);
}

static void
master_key_counts(void **state)
{
	struct rk_buf sealed = RK_BUF(1000), plain = RK_BUF(1000);
	struct rk_vault *another;

	assert_int_equal(rk_vault_seal(vault, &here, RK_STR("a secret"), &sealed), RK_OK);
	assert_int_equal(rk_vault_new(RK_STR("0123456789abcdef0123456789abcdeg"), &another), RK_OK);
	assert_int_equal(rk_vault_unseal(another, &here, rk_buf_str(&sealed), &plain), RK_SIGNATURE);
	rk_vault_free(another);
	assert_int_equal(rk_vault_new(RK_STR("0123456789abcdef0123456789abcde"), &another), RK_INVALID);
	assert_int_equal(rk_vault_new(RK_STR("0123456789abcdef0123456789abcdeff"), &another), RK_INVALID);
	rk_buf_free(&sealed);
	rk_buf_free(&plain);
}

static void
refuses_places_of_no_form(void **state)
{
	struct rk_buf sealed = RK_BUF(1000);
	struct rk_vault_place p = here;

	p.account = RK_STR("AC0000000000000000000000000000000x");
	assert_int_equal(rk_vault_seal(vault, &p, RK_STR("x"), &sealed), RK_INVALID);
	p.account = RK_STR("SK00000000000000000000000000000001");
	assert_int_equal(rk_vault_seal(vault, &p, RK_STR("x"), &sealed), RK_INVALID);
	p = here;
	p.purpose = (enum rk_vault_purpose)0;
	assert_int_equal(rk_vault_seal(vault, &p, RK_STR("x"), &sealed), RK_INVALID);
	p.purpose = (enum rk_vault_purpose)RK_VAULT_PURPOSES;
	assert_int_equal(rk_vault_seal(vault, &p, RK_STR("x"), &sealed), RK_INVALID);
	assert_int_equal(sealed.n, 0);
	rk_buf_free(&sealed);
}

static void
checks_passwords(void **state)
{
	char hash[RK_VAULT_HASH_SIZE], again[RK_VAULT_HASH_SIZE];

	assert_int_equal(rk_vault_hash_password(RK_STR("correct horse"), hash), RK_OK);
	assert_int_equal(rk_vault_hash_password(RK_STR("correct horse"), again), RK_OK);
	assert_string_not_equal(hash, again);
	assert_int_equal(strncmp(hash, "$argon2id$v=19$m=65536,t=2,p=1$", 31), 0);
	assert_int_equal(rk_vault_check_password(RK_STR("correct horse"), rk_str(hash)), RK_OK);
	assert_int_equal(rk_vault_check_password(RK_STR("correct horsf"), rk_str(hash)), RK_DENIED);
	assert_int_equal(rk_vault_check_password(RK_STR(""), rk_str(hash)), RK_DENIED);
	assert_int_equal(rk_vault_check_password(RK_STR("nobody"), RK_STR("")), RK_DENIED);
	assert_int_equal(rk_vault_check_password(RK_STR("x"), RK_STR("no hash")), RK_DENIED);
}

static double
time_of(struct rk_str hash)
{
	struct timespec a, b;

	clock_gettime(CLOCK_MONOTONIC, &a);
	assert_int_equal(rk_vault_check_password(RK_STR("wrong"), hash), RK_DENIED);
	clock_gettime(CLOCK_MONOTONIC, &b);
	return (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
}

/* An unknown name must not answer sooner. */
static void
nobody_takes_as_long(void **state)
{
	char hash[RK_VAULT_HASH_SIZE];
	double known = 1e9, unknown = 1e9;

	assert_int_equal(rk_vault_hash_password(RK_STR("x"), hash), RK_OK);
	for (int i = 0; i < 4; i++) {
		double k = time_of(rk_str(hash)), u = time_of(RK_STR(""));
		known = k < known ? k : known;
		unknown = u < unknown ? u : unknown;
	}
	assert_true(unknown > known / 2);
}

static void *
hash_one(void *arg)
{
	char hash[RK_VAULT_HASH_SIZE];

	*(enum rk_err *)arg = rk_vault_hash_password(RK_STR("x"), hash);
	return NULL;
}

static void
hashes_one_at_a_time(void **state)
{
	enum rk_err errs[6];
	pthread_t threads[6];
	int busy = 0, done = 0;

	for (int i = 0; i < 6; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, hash_one, &errs[i]), 0);
	for (int i = 0; i < 6; i++) {
		pthread_join(threads[i], NULL);
		busy += errs[i] == RK_BUSY;
		done += errs[i] == RK_OK;
	}
	assert_int_equal(busy + done, 6);
	assert_true(done >= 1 && busy >= 1);
}

static void
digests(void **state)
{
	unsigned char d[RK_VAULT_DIGEST_SIZE];
	struct rk_buf hex = RK_BUF(100);

	rk_vault_digest(RK_STR("abc"), d); /* FIPS 180-4's first example */
	rk_codec_put_hex(&hex, rk_str_n((const char *)d, sizeof d));
	assert_true(rk_str_is(
	    rk_buf_str(&hex), RK_STR("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")));
	rk_buf_free(&hex);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens_what_it_sealed),
		cmocka_unit_test(never_seals_alike),
		cmocka_unit_test(opens_what_was_sealed_long_ago),
		cmocka_unit_test(every_bit_counts),
		cmocka_unit_test(place_counts),
		cmocka_unit_test(master_key_counts),
		cmocka_unit_test(refuses_places_of_no_form),
		cmocka_unit_test(checks_passwords),
		cmocka_unit_test(nobody_takes_as_long),
		cmocka_unit_test(hashes_one_at_a_time),
		cmocka_unit_test(digests),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
