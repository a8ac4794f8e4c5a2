/*
 * t_bundle.c - a deployment as bytes there and back, lies about counts, and the seals.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/mman.h>

#include "base/auto.h"
#include "wire/bundle.h"

#define VERIFIER_KEY "0123456789abcdef0123456789abcdef"
#define VERIFIER "fedcba9876543210fedcba9876543210"

static void
put_bundle(struct rk_buf *b)
{
	struct rk_bundle_function f = { RK_STR("/token"), RK_STR("functions/token.js"), RK_PUBLIC,
		RK_STR("exports.handler = 1") };

	rk_bundle_put_head(b, &(struct rk_bundle){ .generation = 5,
				  .service_sid = RK_STR("ZS1"),
				  .verifier_key = RK_STR(VERIFIER_KEY),
				  .key_count = 2,
				  .variable_count = 2,
				  .function_count = 2,
				  .asset_count = 1 });
	rk_bundle_put_key(b, &(struct rk_bundle_key){ RK_STR("SK1"), RK_STR("Video"), RK_STR(VERIFIER),
				 RK_BUNDLE_KEY_GOOD });
	rk_bundle_put_key(b, &(struct rk_bundle_key){ RK_STR("SK2"), rk_str(NULL), RK_STR(VERIFIER),
				 RK_BUNDLE_KEY_REMOVED });
	rk_bundle_put_variable(b, RK_STR("A"), RK_STR("1"));
	rk_bundle_put_variable(b, RK_STR("B"), rk_str(NULL));
	rk_bundle_put_function(b, &f);
	f.path = RK_STR("/other");
	f.visibility = RK_PRIVATE;
	rk_bundle_put_function(b, &f);
	rk_bundle_put_asset(b, &(struct rk_bundle_asset){ RK_STR("/data.bin"),
				   RK_STR("assets/data.private.bin"), RK_STR("\0\xff"), 1700000000123u });
}

static void
bundle_comes_back(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(4096);
	struct rk_bundle got;

	put_bundle(&b);
	assert_int_equal(rk_bundle_parse(rk_buf_str(&b), &got), RK_OK);
	assert_int_equal(got.generation, 5);
	assert_true(rk_str_is(got.service_sid, RK_STR("ZS1")));
	assert_int_equal(got.environment_sid.n, 0);
	assert_true(rk_str_is(got.verifier_key, RK_STR(VERIFIER_KEY)));
	assert_int_equal(got.key_count, 2);
	assert_true(rk_str_is(got.keys[0].sid, RK_STR("SK1")));
	assert_true(rk_str_is(got.keys[0].friendly_name, RK_STR("Video")));
	assert_true(rk_str_is(got.keys[0].verifier, RK_STR(VERIFIER)));
	assert_int_equal(got.keys[0].state, RK_BUNDLE_KEY_GOOD);
	assert_int_equal(got.keys[1].state, RK_BUNDLE_KEY_REMOVED);
	assert_int_equal(got.variable_count, 2);
	assert_true(rk_str_is(got.variables[0].name, RK_STR("A")));
	assert_true(rk_str_is(got.variables[0].value, RK_STR("1")));
	assert_int_equal(got.variables[1].value.n, 0);
	assert_int_equal(got.function_count, 2);
	assert_true(rk_str_is(got.functions[0].path, RK_STR("/token")));
	assert_true(rk_str_is(got.functions[1].path, RK_STR("/other")));
	assert_int_equal(got.functions[1].visibility, RK_PRIVATE);
	assert_true(rk_str_is(got.functions[1].source, RK_STR("exports.handler = 1")));
	assert_int_equal(got.asset_count, 1);
	assert_true(rk_str_is(got.assets[0].path, RK_STR("/data.bin")));
	assert_true(rk_str_is(got.assets[0].file, RK_STR("assets/data.private.bin")));
	assert_true(rk_str_is(got.assets[0].content, RK_STR("\0\xff")));
	assert_int_equal(got.assets[0].mtime_ms, 1700000000123u);
	rk_bundle_done(&got);
	rk_bundle_done(&got);
}

static void
empty_bundle_is_one(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(4096);
	struct rk_bundle got;

	rk_bundle_put_head(&b, &(struct rk_bundle){ .generation = 1 });
	assert_int_equal(rk_bundle_parse(rk_buf_str(&b), &got), RK_OK);
	assert_int_equal(got.function_count, 0);
	rk_bundle_done(&got);
}

static void
cut_or_longer_bundles_are_refused(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(4096);
	struct rk_bundle got;

	put_bundle(&b);
	for (size_t n = 0; n < b.n; n++)
		assert_int_equal(rk_bundle_parse(rk_str_n(b.p, n), &got), RK_INVALID);
	rk_buf_put_c(&b, 0);
	assert_int_equal(rk_bundle_parse(rk_buf_str(&b), &got), RK_INVALID);
	b.n--;
	b.p[0]++;
	assert_int_equal(rk_bundle_parse(rk_buf_str(&b), &got), RK_INVALID);
	assert_int_equal(rk_bundle_parse(rk_str(NULL), &got), RK_INVALID);
}

static void
counts_that_the_bytes_cannot_hold_are_refused(void **state)
{
	static const uint32_t counts[][4] = { { 0, 0, 0, UINT32_MAX }, { 0, 0, 0, 1 }, { UINT32_MAX, 0, 0 }, { 0, UINT32_MAX, 0 },
		{ 0, 0, UINT32_MAX }, { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 },
		{ 0, RK_BUNDLE_FUNCTIONS_MAX + 1, 0 } };

	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
		RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(4096);
		struct rk_bundle got;

		rk_bundle_put_head(&b, &(struct rk_bundle){ .generation = 1,
					   .variable_count = counts[i][0],
					   .function_count = counts[i][1],
					   .asset_count = counts[i][2],
					   .key_count = counts[i][3],
					   .verifier_key =
					       counts[i][3] ? RK_STR(VERIFIER_KEY) : rk_str(NULL) });
		assert_int_equal(rk_bundle_parse(rk_buf_str(&b), &got), RK_INVALID);
	}
}

static void
unknown_visibility_is_refused(void **state)
{
	RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(4096);
	struct rk_bundle_function f = { RK_STR("/a"), RK_STR("f"), RK_PRIVATE + 1, rk_str(NULL) };
	struct rk_bundle got;

	rk_bundle_put_head(&b, &(struct rk_bundle){ .generation = 1, .function_count = 1 });
	rk_bundle_put_function(&b, &f);
	assert_int_equal(rk_bundle_parse(rk_buf_str(&b), &got), RK_INVALID);
}

static void
keys_that_are_no_keys_are_refused(void **state)
{
	static const struct {
		const char *verifier_key, *verifier;
		uint8_t state;
	} cases[] = { { VERIFIER_KEY "0", VERIFIER, RK_BUNDLE_KEY_GOOD }, { "", VERIFIER, RK_BUNDLE_KEY_GOOD },
		{ VERIFIER_KEY, "short", RK_BUNDLE_KEY_GOOD },
		{ VERIFIER_KEY, VERIFIER, RK_BUNDLE_KEY_REMOVED + 1 } };

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		RK_AUTO(rk_buf_free) struct rk_buf b = RK_BUF(4096);
		struct rk_bundle got;

		rk_bundle_put_head(&b, &(struct rk_bundle){ .generation = 1,
					   .verifier_key = rk_str(cases[i].verifier_key),
					   .key_count = 1 });
		rk_bundle_put_key(&b, &(struct rk_bundle_key){ RK_STR("SK1"), RK_STR("a name long enough"),
					  rk_str(cases[i].verifier), cases[i].state });
		assert_int_equal(rk_bundle_parse(rk_buf_str(&b), &got), RK_INVALID);
	}
}

static void
sealed_memory_cannot_change(void **state)
{
	RK_AUTO(rk_auto_close) int fd = -1;
	struct rk_str bytes;

	assert_int_equal(rk_bundle_seal(RK_STR("some bytes"), &fd), RK_OK);
	assert_int_equal(rk_bundle_map(fd, &bytes), RK_OK);
	assert_true(rk_str_is(bytes, RK_STR("some bytes")));
	assert_int_equal(pwrite(fd, "x", 1, 0), -1);
	assert_int_equal(ftruncate(fd, 0), -1);
	assert_int_equal(ftruncate(fd, 4096), -1);
	assert_ptr_equal(mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), MAP_FAILED);
	assert_int_equal(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), -1); /* F_SEAL_SEAL */
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	munmap((void *)bytes.p, bytes.n);
}

static void
half_sealed_memory_is_refused(void **state)
{
	static const int half[] = { 0, F_SEAL_SHRINK | F_SEAL_GROW, F_SEAL_WRITE | F_SEAL_GROW,
		F_SEAL_WRITE | F_SEAL_SHRINK };
	struct rk_str bytes;

	for (size_t i = 0; i < sizeof half / sizeof half[0]; i++) {
		RK_AUTO(rk_auto_close) int fd = memfd_create("t", MFD_CLOEXEC | MFD_ALLOW_SEALING);

		assert_int_equal(write(fd, "abc", 3), 3);
		assert_int_equal(fcntl(fd, F_ADD_SEALS, half[i]), 0);
		assert_int_equal(rk_bundle_map(fd, &bytes), RK_REFUSED);
	}
	assert_int_equal(rk_bundle_map(STDIN_FILENO, &bytes), RK_REFUSED);
	assert_int_equal(rk_bundle_map(-1, &bytes), RK_REFUSED);
}

static void
nothing_to_seal_is_refused(void **state)
{
	int fd = -1;

	assert_int_equal(rk_bundle_seal(rk_str(NULL), &fd), RK_INVALID);
	assert_int_equal(fd, -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bundle_comes_back),
		cmocka_unit_test(empty_bundle_is_one),
		cmocka_unit_test(cut_or_longer_bundles_are_refused),
		cmocka_unit_test(counts_that_the_bytes_cannot_hold_are_refused),
		cmocka_unit_test(unknown_visibility_is_refused),
		cmocka_unit_test(keys_that_are_no_keys_are_refused),
		cmocka_unit_test(sealed_memory_cannot_change),
		cmocka_unit_test(half_sealed_memory_is_refused),
		cmocka_unit_test(nothing_to_seal_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
