/*
 * jws.c - see jws.h.
 *
 * Minting uses the SHA256_* functions, which OpenSSL 3 calls deprecated, on purpose: their state is a plain
 * struct, so a key's two pads and the beginning of its tokens are hashed once and copied by assignment (112
 * bytes). The EVP way allocates provider state for each copy: its MAC alone costs twice a whole token
 * of ours (bench/mint.c shows both).
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "token/jws.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include "base/auto.h"
#include "base/codec.h"
#include "base/secret.h"
#include "token/pkey.h"

struct alg_row {
	const char *name;
	bool is_hmac;
	size_t hash;                  /* bytes of the digest */
	struct rk_pkey_scheme scheme; /* unless is_hmac */
};

static const struct alg_row algs[] = {
	[RK_JWS_HS256] = { .name = "HS256", .is_hmac = true, .hash = 32 },
	[RK_JWS_HS384] = { .name = "HS384", .is_hmac = true, .hash = 48 },
	[RK_JWS_HS512] = { .name = "HS512", .is_hmac = true, .hash = 64 },
	[RK_JWS_RS256] = { "RS256", false, 32, { RK_PKEY_RSA_PKCS1, 32, "SHA256", NULL, 0 } },
	[RK_JWS_RS384] = { "RS384", false, 48, { RK_PKEY_RSA_PKCS1, 48, "SHA384", NULL, 0 } },
	[RK_JWS_RS512] = { "RS512", false, 64, { RK_PKEY_RSA_PKCS1, 64, "SHA512", NULL, 0 } },
	[RK_JWS_PS256] = { "PS256", false, 32, { RK_PKEY_RSA_PSS, 32, "SHA256", NULL, 0 } },
	[RK_JWS_PS384] = { "PS384", false, 48, { RK_PKEY_RSA_PSS, 48, "SHA384", NULL, 0 } },
	[RK_JWS_PS512] = { "PS512", false, 64, { RK_PKEY_RSA_PSS, 64, "SHA512", NULL, 0 } },
	[RK_JWS_ES256] = { "ES256", false, 32, { RK_PKEY_ECDSA, 32, "SHA256", "prime256v1", 32 } },
	[RK_JWS_ES384] = { "ES384", false, 48, { RK_PKEY_ECDSA, 48, "SHA384", "secp384r1", 48 } },
	[RK_JWS_ES512] = { "ES512", false, 64, { RK_PKEY_ECDSA, 64, "SHA512", "secp521r1", 66 } },
};

#define HASH_MAX 64
#define BLOCK_MAX 128

union hash {
	SHA256_CTX small; /* SHA-256 */
	SHA512_CTX large; /* SHA-384 and SHA-512 */
};

struct rk_jws_key {
	enum rk_jws_alg alg;
	const struct alg_row *row;
	union hash inner, outer; /* after the pads (RFC 2104) */
	union hash bound;        /* inner, after what is kept */
	char *kept;              /* header, dot, beginning of the payload, in base64url; NULL until bound */
	size_t kept_n;
	size_t skip;          /* bytes of payload that kept stands for: whole threes */
	struct rk_pkey *pkey; /* NULL for a secret */
	char *id;
};

const char *
rk_jws_alg_name(enum rk_jws_alg alg)
{
	return algs[alg].name;
}

bool
rk_jws_alg_parse(struct rk_str name, enum rk_jws_alg *ret_alg)
{
	for (size_t i = 0; i < sizeof(algs) / sizeof(algs[0]); i++)
		if (rk_str_is(name, rk_str(algs[i].name))) {
			*ret_alg = (enum rk_jws_alg)i;
			return true;
		}
	return false;
}

bool
rk_jws_alg_is_hmac(enum rk_jws_alg alg)
{
	return algs[alg].is_hmac;
}

size_t
rk_jws_alg_hash_size(enum rk_jws_alg alg)
{
	return algs[alg].hash;
}

/* ---- hashing with a state that can be copied --------------------------------- */

static void
hash_init(size_t size, union hash *h)
{
	if (size == 32)
		SHA256_Init(&h->small);
	else if (size == 48)
		SHA384_Init(&h->large);
	else
		SHA512_Init(&h->large);
}

/* Half the bytes for the small one: this runs twice a token. */
static inline void
hash_copy(size_t size, union hash *to, const union hash *from)
{
	if (size == 32)
		to->small = from->small;
	else
		to->large = from->large;
}

static void
hash_put(size_t size, union hash *h, const void *p, size_t n)
{
	if (size == 32)
		SHA256_Update(&h->small, p, n);
	else
		SHA512_Update(&h->large, p, n);
}

static void
hash_end(size_t size, union hash *h, unsigned char *ret_digest)
{
	if (size == 32)
		SHA256_Final(ret_digest, &h->small);
	else
		SHA512_Final(ret_digest, &h->large); /* knows its length since hash_init */
}

static void
hash_pad(size_t size, union hash *h, const unsigned char *block, size_t n, unsigned char with)
{
	unsigned char pad[BLOCK_MAX];

	for (size_t i = 0; i < n; i++)
		pad[i] = block[i] ^ with;
	hash_init(size, h);
	hash_put(size, h, pad, n);
	rk_secret_wipe(pad, sizeof(pad));
}

/* Ends a MAC whose inner hash has seen the whole input. */
static void
mac_end(const struct rk_jws_key *key, union hash *inner, unsigned char *ret_mac)
{
	size_t size = key->row->hash;
	unsigned char digest[HASH_MAX];
	union hash outer;

	hash_copy(size, &outer, &key->outer);
	hash_end(size, inner, digest);
	hash_put(size, &outer, digest, size);
	hash_end(size, &outer, ret_mac);
}

/* ---- keys ------------------------------------------------------------------- */

static struct rk_jws_key *
key_new(enum rk_jws_alg alg)
{
	struct rk_jws_key *key = (struct rk_jws_key *)calloc(1, sizeof(*key));

	if (!key)
		return NULL;
	key->alg = alg;
	key->row = &algs[alg];
	return key;
}

enum rk_err
rk_jws_key_new_secret(enum rk_jws_alg alg, struct rk_str secret, struct rk_jws_key **ret_key)
{
	unsigned char block[BLOCK_MAX] = { 0 };
	size_t size = algs[alg].hash, block_n = size == 32 ? 64 : 128;
	struct rk_jws_key *key;
	union hash h;

	if (!algs[alg].is_hmac || secret.n == 0)
		return RK_INVALID;
	key = key_new(alg);
	if (!key)
		return RK_NOMEM;
	if (secret.n > block_n) {
		hash_init(size, &h);
		hash_put(size, &h, secret.p, secret.n);
		hash_end(size, &h, block);
	} else {
		memcpy(block, secret.p, secret.n);
	}
	hash_pad(size, &key->inner, block, block_n, 0x36);
	hash_pad(size, &key->outer, block, block_n, 0x5c);
	rk_secret_wipe(block, sizeof(block));
	*ret_key = key;
	return RK_OK;
}

/* Takes pkey over, on failure too. */
static enum rk_err
key_of_pkey(enum rk_jws_alg alg, struct rk_pkey *pkey, struct rk_jws_key **ret_key)
{
	struct rk_jws_key *key = key_new(alg);

	if (!key) {
		rk_pkey_free(pkey);
		return RK_NOMEM;
	}
	key->pkey = pkey;
	*ret_key = key;
	return RK_OK;
}

enum rk_err
rk_jws_key_new_rsa(enum rk_jws_alg alg, struct rk_str n, struct rk_str e, struct rk_jws_key **ret_key)
{
	struct rk_pkey *pkey;
	enum rk_err err = algs[alg].is_hmac ? RK_INVALID : rk_pkey_new_rsa(&algs[alg].scheme, n, e, &pkey);

	return err ? err : key_of_pkey(alg, pkey, ret_key);
}

enum rk_err
rk_jws_key_new_ec(enum rk_jws_alg alg, struct rk_str x, struct rk_str y, struct rk_jws_key **ret_key)
{
	struct rk_pkey *pkey;
	enum rk_err err = algs[alg].is_hmac ? RK_INVALID : rk_pkey_new_ec(&algs[alg].scheme, x, y, &pkey);

	return err ? err : key_of_pkey(alg, pkey, ret_key);
}

enum rk_err
rk_jws_key_new_pem(enum rk_jws_alg alg, struct rk_str pem, struct rk_jws_key **ret_key)
{
	struct rk_pkey *pkey;
	enum rk_err err = algs[alg].is_hmac ? RK_INVALID : rk_pkey_new_pem(&algs[alg].scheme, pem, &pkey);

	return err ? err : key_of_pkey(alg, pkey, ret_key);
}

void
rk_jws_key_free(struct rk_jws_key *key)
{
	if (!key)
		return;
	rk_pkey_free(key->pkey);
	free(key->kept);
	free(key->id);
	rk_secret_wipe(key, sizeof(*key));
	free(key);
}

enum rk_jws_alg
rk_jws_key_alg(const struct rk_jws_key *key)
{
	return key->alg;
}

enum rk_err
rk_jws_key_set_id(struct rk_jws_key *key, struct rk_str id)
{
	char *copy = rk_str_dup(id);

	if (!copy)
		return RK_NOMEM;
	free(key->id);
	key->id = copy;
	return RK_OK;
}

struct rk_str
rk_jws_key_id(const struct rk_jws_key *key)
{
	return rk_str(key->id);
}

/* ---- signing ------------------------------------------------------------------ */

static size_t
base64url_size(size_t n)
{
	return (n * 4 + 2) / 3;
}

enum rk_err
rk_jws_sign(const struct rk_jws_key *key, struct rk_str header, struct rk_str payload, struct rk_buf *out)
{
	union hash inner = key->inner;
	unsigned char mac[HASH_MAX];
	size_t from = out->n;

	if (!key->row->is_hmac)
		return RK_UNSUPPORTED;
	rk_codec_put_base64url(out, header);
	rk_buf_put_c(out, '.');
	rk_codec_put_base64url(out, payload);
	if (out->bad)
		return rk_buf_end(out);
	hash_put(key->row->hash, &inner, out->p + from, out->n - from);
	mac_end(key, &inner, mac);
	rk_buf_put_c(out, '.');
	rk_codec_put_base64url(out, rk_str_n(mac, key->row->hash));
	return rk_buf_end(out);
}

enum rk_err
rk_jws_key_bind(struct rk_jws_key *key, struct rk_str header, struct rk_str beginning)
{
	size_t header_n = base64url_size(header.n) + 1, skip = beginning.n / 3 * 3;
	size_t n = header_n + base64url_size(skip);
	char *kept;

	if (!key->row->is_hmac)
		return RK_UNSUPPORTED;
	kept = (char *)realloc(key->kept, n);
	if (!kept)
		return RK_NOMEM;
	rk_codec_write_base64url(kept, header.p, header.n);
	kept[header_n - 1] = '.';
	rk_codec_write_base64url(kept + header_n, beginning.p, skip);
	key->kept = kept;
	key->kept_n = n;
	key->skip = skip;
	key->bound = key->inner;
	hash_put(key->row->hash, &key->bound, kept, n);
	return RK_OK;
}

size_t
rk_jws_bound_size(const struct rk_jws_key *key, size_t payload_n)
{
	return key->kept_n + base64url_size(payload_n - key->skip) + 1 + base64url_size(key->row->hash);
}

void
rk_jws_sign_bound(const struct rk_jws_key *key, struct rk_str payload, char *dst)
{
	unsigned char mac[HASH_MAX];
	char *rest = dst + key->kept_n;
	union hash inner;
	size_t n;

	memcpy(dst, key->kept, key->kept_n);
	n = rk_codec_write_base64url(rest, payload.p + key->skip, payload.n - key->skip);
	hash_copy(key->row->hash, &inner, &key->bound);
	hash_put(key->row->hash, &inner, rest, n);
	mac_end(key, &inner, mac);
	rest[n] = '.';
	rk_codec_write_base64url(rest + n + 1, mac, key->row->hash);
}

/* ---- checking ------------------------------------------------------------------ */

static bool
hmac_holds(const struct rk_jws_key *key, struct rk_str input, struct rk_str signature)
{
	union hash inner = key->inner;
	unsigned char mac[HASH_MAX];

	if (signature.n != key->row->hash)
		return false;
	hash_put(key->row->hash, &inner, input.p, input.n);
	mac_end(key, &inner, mac);
	return CRYPTO_memcmp(mac, signature.p, signature.n) == 0;
}

enum rk_err
rk_jws_check(const struct rk_jws_key *key, struct rk_str input, struct rk_str signature)
{
	bool holds = key->row->is_hmac ? hmac_holds(key, input, signature)
				       : rk_pkey_holds(key->pkey, input, signature);

	return holds ? RK_OK : RK_SIGNATURE;
}
