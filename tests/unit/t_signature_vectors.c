/*
 * t_signature_vectors.c - every request of the signature vectors gets the verdict of the vendor's 6.2.0.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <roomkey/signature.h>

#include "base/arena.h"
#include "base/auto.h"
#include "vectors.h"

#define VERSION "6.2.0"
#define PARAMS_MAX 64

struct fields {
	struct rk_arena arena;
	struct rk_param at[PARAMS_MAX];
	size_t count;
};

/* A value as JavaScript puts it into a string. */
static struct rk_str
javascript_text(struct rk_arena *arena, const struct rk_json *value)
{
	struct rk_buf out RK_AUTO(rk_buf_free) = RK_BUF(65536);

	if (rk_json_is_string(value))
		return rk_json_str(value);
	if (rk_json_type(value) == RK_JSON_OBJECT)
		return RK_STR("[object Object]");
	rk_json_put(&out, value);
	return rk_arena_dup(arena, rk_buf_str(&out));
}

static void
add_field(struct rk_str name, const struct rk_json *value, void *arg)
{
	struct fields *f = arg;
	const struct rk_json *one;

	if (rk_json_type(value) == RK_JSON_ARRAY) {
		for (size_t i = 0; (one = rk_json_at(value, i)) != NULL; i++)
			add_field(name, one, f);
		return;
	}
	assert_true(f->count < PARAMS_MAX);
	f->at[f->count++] = (struct rk_param){ name, javascript_text(&f->arena, value) };
}

static enum rk_err
check(const struct rk_json *row, const struct fields *f)
{
	struct rk_str token = vectors_text(row, "auth_token"), url = vectors_text(row, "url");
	struct rk_str header = vectors_text(row, "header");

	if (rk_str_is(vectors_text(row, "mode"), RK_STR("body")))
		return rk_signature_check_body(token, header, url, vectors_text(row, "body"));
	return rk_signature_check(token, header, url, f->at, f->count);
}

/* The signature of the URL that was signed, which does not depend on any verdict. */
static void
check_made(const struct rk_json *row, const struct fields *f)
{
	char made[RK_SIGNATURE_LEN + 1];
	struct rk_str want = vectors_text(row, "signature_over_signed_url");

	if (want.n == 0 || rk_str_is(vectors_text(row, "header"), want) == false)
		return; /* the header is of other fields, or of another token */
	assert_int_equal(rk_signature_make(vectors_text(row, "auth_token"), vectors_text(row, "signed_url"),
			     f->at, f->count, made),
	    RK_OK);
	if (!rk_str_is(rk_str(made), want))
		fail_msg("%.*s: made %s, not %.*s", RK_FMT(vectors_text(row, "id")), made, RK_FMT(want));
}

static bool
runs(const struct rk_json *row, unsigned *valid)
{
	const struct rk_json *want = rk_json_get(rk_json_get(row, "valid"), VERSION);
	struct fields f = { .count = 0 };
	bool expected = want && rk_json_type(want) == RK_JSON_TRUE;
	enum rk_err err;

	rk_arena_init(&f.arena, 1 << 20);
	if (rk_json_get(row, "params"))
		rk_json_each(rk_json_get(row, "params"), add_field, &f);
	err = check(row, &f);
	check_made(row, &f);
	rk_arena_done(&f.arena);
	*valid += err == RK_OK;
	if ((err == RK_OK) == expected && (err == RK_OK || err == RK_SIGNATURE))
		return true;
	print_message("# %.*s (%.*s): %s, but %s says %s\n", RK_FMT(vectors_text(row, "id")),
	    RK_FMT(vectors_text(row, "name")), rk_err_name(err), VERSION, expected ? "valid" : "invalid");
	return false;
}

static void
verdicts(void **state)
{
	struct rk_json *root RK_AUTO(rk_json_auto) = vectors_ours("signature-vectors.json");
	const struct rk_json *row;
	unsigned same = 0, wrong = 0, valid = 0;

	if (!root)
		skip();
	for (size_t i = 0; (row = rk_json_at(rk_json_get(root, "cases"), i)) != NULL; i++)
		runs(row, &valid) ? same++ : wrong++;
	print_message("# signature vectors: %u same (%u of them valid), %u differ\n", same, valid, wrong);
	assert_int_equal(wrong, 0);
	assert_true(valid > 0 && same > valid);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
