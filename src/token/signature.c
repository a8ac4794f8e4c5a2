/*
 * signature.c - making and checking request signatures; see roomkey/signature.h.
 */
#include "token/signature.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/codec.h"
#include "base/form.h"
#include "base/secret.h"
#include "token/url.h"

#define BLOCK 64 /* of SHA-1 and of SHA-256 */
#define URL_MAX (64u * 1024u)
#define FIELDS_MAX (64u * 1024u * 1024u)

/* ---- the keyed hash ------------------------------------------------------------ */

struct rk_signature_key {
	EVP_MD_CTX *inner, *outer; /* after the pads */
	EVP_MD_CTX *work;
};

void
rk_signature_key_auto(struct rk_signature_key **key)
{
	if (!*key)
		return;
	EVP_MD_CTX_free((*key)->inner);
	EVP_MD_CTX_free((*key)->outer);
	EVP_MD_CTX_free((*key)->work);
	free(*key);
	*key = NULL;
}

/* Keys longer than a block are replaced by their hash (RFC 2104 section 2). */
static bool
fold(const EVP_MD *md, struct rk_str token, unsigned char block[BLOCK])
{
	unsigned n;

	if (token.n > BLOCK)
		return EVP_Digest(token.p, token.n, block, &n, md, NULL) == 1;
	if (token.n > 0)
		memcpy(block, token.p, token.n);
	return true;
}

static bool
start(EVP_MD_CTX *ctx, const EVP_MD *md, const unsigned char block[BLOCK], unsigned char pad)
{
	unsigned char padded[BLOCK];
	bool done;

	for (int i = 0; i < BLOCK; i++)
		padded[i] = block[i] ^ pad;
	done = ctx && EVP_DigestInit_ex(ctx, md, NULL) == 1 && EVP_DigestUpdate(ctx, padded, BLOCK) == 1;
	rk_secret_wipe(padded, sizeof padded);
	return done;
}

enum rk_err
rk_signature_key_new(struct rk_str auth_token, enum rk_signature_alg alg, struct rk_signature_key **ret_key)
{
	RK_AUTO(rk_signature_key_auto) struct rk_signature_key *key = calloc(1, sizeof *key);
	const EVP_MD *md = alg == RK_SIGNATURE_SHA1 ? EVP_sha1() : EVP_sha256();
	unsigned char block[BLOCK] = { 0 };
	bool done;

	if (!key)
		return RK_NOMEM;
	key->inner = EVP_MD_CTX_new();
	key->outer = EVP_MD_CTX_new();
	key->work = EVP_MD_CTX_new();
	done = key->work && fold(md, auth_token, block) && start(key->inner, md, block, 0x36) &&
	       start(key->outer, md, block, 0x5c);
	rk_secret_wipe(block, sizeof block);
	if (!done)
		return RK_NOMEM;
	*ret_key = rk_steal(&key);
	return RK_OK;
}

static bool
finish(struct rk_signature_key *key, unsigned char sum[EVP_MAX_MD_SIZE], unsigned *n)
{
	return EVP_DigestFinal_ex(key->work, sum, n) == 1 && EVP_MD_CTX_copy_ex(key->work, key->outer) == 1 &&
	       EVP_DigestUpdate(key->work, sum, *n) == 1 && EVP_DigestFinal_ex(key->work, sum, n) == 1;
}

bool
rk_signature_key_sign(struct rk_signature_key *key, struct rk_str url, struct rk_str fields,
    char ret_text[RK_SIGNATURE_LONG + 1])
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned n;
	struct rk_buf out = { .p = ret_text, .cap = RK_SIGNATURE_LONG + 1, .max = RK_SIGNATURE_LONG };

	if (EVP_MD_CTX_copy_ex(key->work, key->inner) != 1 ||
	    EVP_DigestUpdate(key->work, url.p, url.n) != 1 ||
	    EVP_DigestUpdate(key->work, fields.p, fields.n) != 1 || !finish(key, sum, &n))
		return false;
	rk_codec_put_base64(&out, rk_str_n(sum, n));
	ret_text[out.n] = '\0';
	return out.bad == RK_OK;
}

/* ---- the fields ------------------------------------------------------------------ */

/* Orders UTF-8 as UTF-16 code units would be: surrogate pairs (lead bytes from F0) come before
 * U+E000 to U+FFFF (lead bytes EE and EF). */
static int
compare_utf16(struct rk_str a, struct rk_str b)
{
	size_t n = a.n < b.n ? a.n : b.n;

	for (size_t i = 0; i < n; i++) {
		unsigned x = (unsigned char)a.p[i], y = (unsigned char)b.p[i];

		if (x == y)
			continue;
		x += (x & 0xfe) == 0xee ? 0x10 : 0;
		y += (y & 0xfe) == 0xee ? 0x10 : 0;
		return x < y ? -1 : 1;
	}
	return a.n < b.n ? -1 : a.n > b.n;
}

static int
compare_params(const void *a, const void *b)
{
	const struct rk_param *x = a, *y = b;
	int names = compare_utf16(x->name, y->name);

	return names ? names : compare_utf16(x->value, y->value);
}

enum rk_err
rk_signature_put_fields(struct rk_buf *out, const struct rk_param *params, size_t count)
{
	RK_AUTO(rk_auto_free) struct rk_param *sorted = calloc(count ? count : 1, sizeof *sorted);

	if (!sorted)
		return RK_NOMEM;
	if (count > 0)
		memcpy(sorted, params, count * sizeof *sorted);
	qsort(sorted, count, sizeof *sorted, compare_params);
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && compare_params(&sorted[i - 1], &sorted[i]) == 0)
			continue;
		rk_buf_put(out, sorted[i].name);
		rk_buf_put(out, sorted[i].value);
	}
	return rk_buf_end(out);
}

enum rk_err
rk_signature_make(struct rk_str auth_token, struct rk_str url, const struct rk_param *params, size_t count,
    char ret_signature[RK_SIGNATURE_LEN + 1])
{
	RK_AUTO(rk_signature_key_auto) struct rk_signature_key *key = NULL;
	RK_AUTO(rk_buf_free) struct rk_buf fields = RK_BUF(FIELDS_MAX);
	char text[RK_SIGNATURE_LONG + 1];
	enum rk_err err = rk_signature_put_fields(&fields, params, count);

	if (err == RK_OK)
		err = rk_signature_key_new(auth_token, RK_SIGNATURE_SHA1, &key);
	if (err != RK_OK)
		return err;
	if (!rk_signature_key_sign(key, url, rk_buf_str(&fields), text))
		return RK_NOMEM;
	memcpy(ret_signature, text, RK_SIGNATURE_LEN + 1);
	return RK_OK;
}

/* ---- checking ---------------------------------------------------------------------- */

static bool
signs(struct rk_signature_key *key, struct rk_str header, struct rk_str url, struct rk_str fields)
{
	char text[RK_SIGNATURE_LONG + 1];

	return rk_signature_key_sign(key, url, fields, text) && rk_secret_equal(header, rk_str(text));
}

typedef void put_fn(struct rk_buf *out, struct rk_str url);

static void
put_portless_requeried(struct rk_buf *out, struct rk_str url)
{
	RK_AUTO(rk_buf_free) struct rk_buf portless = RK_BUF(URL_MAX);

	rk_url_put_portless(&portless, url);
	if (portless.bad || rk_url_put_requeried(out, rk_buf_str(&portless)) != RK_OK)
		out->bad = RK_UNSUPPORTED; /* no such spelling */
}

static void
put_ported_requeried(struct rk_buf *out, struct rk_str url)
{
	RK_AUTO(rk_buf_free) struct rk_buf ported = RK_BUF(URL_MAX);

	rk_url_put_ported(&ported, url);
	if (ported.bad || rk_url_put_requeried(out, rk_buf_str(&ported)) != RK_OK)
		out->bad = RK_UNSUPPORTED;
}

/* Tries each spelling of url in turn. */
static bool
fits_any(struct rk_signature_key *key, struct rk_str header, struct rk_str url, struct rk_str fields,
    put_fn *const *puts, size_t count)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(4 * URL_MAX);

	for (size_t i = 0; i < count; i++) {
		rk_buf_clear(&out);
		puts[i](&out, url);
		if (!out.bad && signs(key, header, rk_buf_str(&out), fields))
			return true;
	}
	return false;
}

bool
rk_signature_key_fits(
    struct rk_signature_key *key, struct rk_str header, struct rk_str url, struct rk_str fields)
{
	static put_fn *const puts[] = { rk_url_put_portless, rk_url_put_ported, put_portless_requeried,
		put_ported_requeried };
	RK_AUTO(rk_buf_free) struct rk_buf normal = RK_BUF(URL_MAX);

	if (header.n != RK_SIGNATURE_LEN && header.n != RK_SIGNATURE_LONG)
		return false; /* a length is no secret */
	if (fits_any(key, header, url, fields, puts, 2))
		return true;
	return rk_url_normalise(&normal, url) == RK_OK && fits_any(key, header, rk_buf_str(&normal), fields,
							      puts, rk_str_index(url, '?') < url.n ? 4 : 2);
}

enum rk_err
rk_signature_check(struct rk_str auth_token, struct rk_str header, struct rk_str url,
    const struct rk_param *params, size_t count)
{
	RK_AUTO(rk_signature_key_auto) struct rk_signature_key *key = NULL;
	RK_AUTO(rk_buf_free) struct rk_buf fields = RK_BUF(FIELDS_MAX);
	enum rk_err err = rk_signature_put_fields(&fields, params, count);

	if (err == RK_OK)
		err = rk_signature_key_new(auth_token, RK_SIGNATURE_SHA1, &key);
	if (err != RK_OK)
		return err;
	return rk_signature_key_fits(key, header, url, rk_buf_str(&fields)) ? RK_OK : RK_SIGNATURE;
}

/* ---- hashed bodies ------------------------------------------------------------------- */

enum rk_err
rk_signature_hash(struct rk_str body, char ret_hash[RK_SIGNATURE_HASH_LEN + 1])
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned n;
	struct rk_buf out = { .p = ret_hash, .cap = RK_SIGNATURE_HASH_LEN + 1, .max = RK_SIGNATURE_HASH_LEN };

	if (EVP_Digest(body.p, body.n, sum, &n, EVP_sha256(), NULL) != 1)
		return RK_NOMEM;
	rk_codec_put_hex(&out, rk_str_n(sum, n));
	ret_hash[out.n] = '\0';
	return rk_buf_end(&out);
}

struct rk_str
rk_signature_hash_in(struct rk_arena *arena, struct rk_str url)
{
	struct rk_str query;

	url.n = rk_str_index(url, '#');
	query = rk_str_sub(url, rk_str_index(url, '?') + 1, url.n);
	while (query.n > 0) {
		struct rk_str value = rk_str_take(&query, '&');

		if (rk_str_is(rk_form_decode(arena, rk_str_take(&value, '=')), RK_STR("bodySHA256")))
			return rk_form_decode(arena, value);
	}
	return (struct rk_str){ NULL, 0 };
}

static void
arena_done(struct rk_arena *arena)
{
	rk_arena_done(arena);
}

enum rk_err
rk_signature_check_body(struct rk_str auth_token, struct rk_str header, struct rk_str url, struct rk_str body)
{
	RK_AUTO(arena_done) struct rk_arena arena;
	char hash[RK_SIGNATURE_HASH_LEN + 1];
	enum rk_err err = rk_signature_check(auth_token, header, url, NULL, 0);

	rk_arena_init(&arena, FIELDS_MAX);
	if (err == RK_OK)
		err = rk_signature_hash(body, hash);
	if (err != RK_OK)
		return err;
	return rk_secret_equal(rk_signature_hash_in(&arena, url), rk_str(hash)) ? RK_OK : RK_SIGNATURE;
}
