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

#include <openssl/bn.h>
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

#include "base/auto.h"
#include "base/codec.h"
#include "base/secret.h"
#include "token/roca.h"

enum family { HMAC_SECRET, RSA_PKCS1, RSA_PSS, ECDSA };

struct alg_row {
	const char *name;
	enum family family;
	size_t hash;        /* bytes of the digest */
	const char *digest; /* OpenSSL's name of it */
	const char *group;  /* curve, of ECDSA */
	size_t part;        /* bytes of r and of s (RFC 7518 section 3.4) */
};

static const struct alg_row algs[] = {
	[RK_JWS_HS256] = { "HS256", HMAC_SECRET, 32, "SHA256", NULL, 0 },
	[RK_JWS_HS384] = { "HS384", HMAC_SECRET, 48, "SHA384", NULL, 0 },
	[RK_JWS_HS512] = { "HS512", HMAC_SECRET, 64, "SHA512", NULL, 0 },
	[RK_JWS_RS256] = { "RS256", RSA_PKCS1, 32, "SHA256", NULL, 0 },
	[RK_JWS_RS384] = { "RS384", RSA_PKCS1, 48, "SHA384", NULL, 0 },
	[RK_JWS_RS512] = { "RS512", RSA_PKCS1, 64, "SHA512", NULL, 0 },
	[RK_JWS_PS256] = { "PS256", RSA_PSS, 32, "SHA256", NULL, 0 },
	[RK_JWS_PS384] = { "PS384", RSA_PSS, 48, "SHA384", NULL, 0 },
	[RK_JWS_PS512] = { "PS512", RSA_PSS, 64, "SHA512", NULL, 0 },
	[RK_JWS_ES256] = { "ES256", ECDSA, 32, "SHA256", "prime256v1", 32 },
	[RK_JWS_ES384] = { "ES384", ECDSA, 48, "SHA384", "secp384r1", 48 },
	[RK_JWS_ES512] = { "ES512", ECDSA, 64, "SHA512", "secp521r1", 66 },
};

#define HASH_MAX 64
#define BLOCK_MAX 128
#define RSA_BITS_LEAST 2048
#define RSA_BITS_MOST 8192

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
	size_t skip;    /* bytes of payload that kept stands for: whole threes */
	EVP_PKEY *pkey; /* NULL for a secret */
	char *id;
};

static void
auto_key(struct rk_jws_key **key)
{
	rk_jws_key_free(*key);
}

static void
auto_bn(BIGNUM **bn)
{
	BN_free(*bn);
}

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
	return algs[alg].family == HMAC_SECRET;
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

	if (algs[alg].family != HMAC_SECRET || secret.n == 0)
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

/* Takes params (frees them) and makes the public key of them. */
static enum rk_err
pkey_new(const char *type, OSSL_PARAM_BLD *build, EVP_PKEY **ret_pkey)
{
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	enum rk_err err = RK_NOMEM;

	if (params && ctx && EVP_PKEY_fromdata_init(ctx) == 1)
		err = EVP_PKEY_fromdata(ctx, ret_pkey, EVP_PKEY_PUBLIC_KEY, params) == 1 ? RK_OK : RK_REFUSED;
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	return err;
}

static enum rk_err
rsa_new(struct rk_str n, struct rk_str e, EVP_PKEY **ret_pkey)
{
	BIGNUM *bn RK_AUTO(auto_bn) = BN_bin2bn((const unsigned char *)n.p, (int)n.n, NULL);
	BIGNUM *be RK_AUTO(auto_bn) = BN_bin2bn((const unsigned char *)e.p, (int)e.n, NULL);
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	enum rk_err err = RK_NOMEM;

	if (bn && be && build && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, bn) == 1 &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, be) == 1)
		err = pkey_new("RSA", build, ret_pkey);
	OSSL_PARAM_BLD_free(build);
	return err;
}

static enum rk_err
ec_new(const struct alg_row *row, struct rk_str x, struct rk_str y, EVP_PKEY **ret_pkey)
{
	unsigned char point[1 + 2 * 66] = { POINT_CONVERSION_UNCOMPRESSED };
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	enum rk_err err = RK_NOMEM;

	memcpy(point + 1, x.p, row->part);
	memcpy(point + 1 + row->part, y.p, row->part);
	if (build && OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, row->group, 0) == 1 &&
	    OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * row->part) == 1)
		err = pkey_new("EC", build, ret_pkey);
	OSSL_PARAM_BLD_free(build);
	return err;
}

/* The rules for an RSA key, however it came here (RFC 7518 section 3.3; NIST SP 800-56B for e). */
static bool
rsa_is_strong(const EVP_PKEY *pkey)
{
	BIGNUM *n = NULL, *e = NULL;
	unsigned char modulus[RSA_BITS_MOST / 8];
	bool strong = false;
	int bits = EVP_PKEY_get_bits(pkey);

	if (bits < RSA_BITS_LEAST || bits > RSA_BITS_MOST)
		return false;
	if (EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_N, &n) == 1 &&
	    EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &e) == 1) {
		int size = BN_bn2bin(n, modulus);

		strong = BN_is_odd(n) && BN_is_odd(e) && BN_num_bits(e) > 1 && BN_num_bits(e) <= 64 &&
			 !rk_roca_is(rk_str_n(modulus, (size_t)size));
	}
	BN_free(n);
	BN_free(e);
	return strong;
}

static bool
ec_is_of(const EVP_PKEY *pkey, const struct alg_row *row)
{
	char group[32];
	size_t n;

	return EVP_PKEY_get_utf8_string_param(pkey, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof(group), &n) ==
		   1 &&
	       strcmp(group, row->group) == 0;
}

static bool
pkey_is_fit(EVP_PKEY *pkey, const struct alg_row *row)
{
	EVP_PKEY_CTX *ctx;
	bool sound;

	if (row->family == ECDSA ? !EVP_PKEY_is_a(pkey, "EC") || !ec_is_of(pkey, row)
				 : !EVP_PKEY_is_a(pkey, "RSA") || !rsa_is_strong(pkey))
		return false;
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	sound = ctx && EVP_PKEY_public_check(ctx) == 1; /* the point lies on the curve */
	EVP_PKEY_CTX_free(ctx);
	return sound;
}

/* Takes pkey over, on failure too. */
static enum rk_err
key_of_pkey(enum rk_jws_alg alg, EVP_PKEY *pkey, struct rk_jws_key **ret_key)
{
	struct rk_jws_key *key RK_AUTO(auto_key) = key_new(alg);

	if (!key) {
		EVP_PKEY_free(pkey);
		return RK_NOMEM;
	}
	key->pkey = pkey;
	if (!pkey_is_fit(pkey, key->row))
		return RK_REFUSED;
	*ret_key = rk_steal(&key);
	return RK_OK;
}

enum rk_err
rk_jws_key_new_rsa(enum rk_jws_alg alg, struct rk_str n, struct rk_str e, struct rk_jws_key **ret_key)
{
	EVP_PKEY *pkey = NULL;
	enum rk_err err;

	if (algs[alg].family != RSA_PKCS1 && algs[alg].family != RSA_PSS)
		return RK_INVALID;
	if (n.n < RSA_BITS_LEAST / 8 || n.n > RSA_BITS_MOST / 8 || e.n == 0 || e.n > 8)
		return RK_REFUSED;
	err = rsa_new(n, e, &pkey);
	return err ? err : key_of_pkey(alg, pkey, ret_key);
}

enum rk_err
rk_jws_key_new_ec(enum rk_jws_alg alg, struct rk_str x, struct rk_str y, struct rk_jws_key **ret_key)
{
	EVP_PKEY *pkey = NULL;
	enum rk_err err;

	if (algs[alg].family != ECDSA)
		return RK_INVALID;
	if (x.n != algs[alg].part || y.n != algs[alg].part) /* full size, RFC 7518 section 6.2.1.2 */
		return RK_REFUSED;
	err = ec_new(&algs[alg], x, y, &pkey);
	return err ? err : key_of_pkey(alg, pkey, ret_key);
}

enum rk_err
rk_jws_key_new_pem(enum rk_jws_alg alg, struct rk_str pem, struct rk_jws_key **ret_key)
{
	EVP_PKEY *pkey;
	BIO *bio;

	if (algs[alg].family == HMAC_SECRET || pem.n == 0 || pem.n > 65536)
		return RK_INVALID;
	bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	if (!bio)
		return RK_NOMEM;
	pkey = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
	BIO_free(bio);
	return pkey ? key_of_pkey(alg, pkey, ret_key) : RK_INVALID;
}

void
rk_jws_key_free(struct rk_jws_key *key)
{
	if (!key)
		return;
	EVP_PKEY_free(key->pkey);
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

	if (key->row->family != HMAC_SECRET)
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

	if (key->row->family != HMAC_SECRET)
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

/* r || s of fixed size (RFC 7518 section 3.4) as the DER that OpenSSL reads. The caller frees *ret_der. */
static int
ecdsa_to_der(const struct alg_row *row, struct rk_str signature, unsigned char **ret_der)
{
	const unsigned char *p = (const unsigned char *)signature.p;
	BIGNUM *r = BN_bin2bn(p, (int)row->part, NULL), *s = BN_bin2bn(p + row->part, (int)row->part, NULL);
	ECDSA_SIG *sig = ECDSA_SIG_new();
	int n = -1;

	if (r && s && sig && ECDSA_SIG_set0(sig, r, s) == 1) {
		r = s = NULL; /* owned by sig now */
		n = i2d_ECDSA_SIG(sig, ret_der);
	}
	BN_free(r);
	BN_free(s);
	ECDSA_SIG_free(sig);
	return n;
}

static bool
pss_init(EVP_PKEY_CTX *ctx, const struct alg_row *row)
{
	return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
	       EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, (int)row->hash) == 1; /* RFC 7518 section 3.5 */
}

static bool
pkey_holds(const struct rk_jws_key *key, struct rk_str input, struct rk_str signature)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *ctx; /* owned by md */
	bool holds = false;

	if (md && EVP_DigestVerifyInit_ex(md, &ctx, key->row->digest, NULL, NULL, key->pkey, NULL) == 1 &&
	    (key->row->family != RSA_PSS || pss_init(ctx, key->row)))
		holds = EVP_DigestVerify(md, (const unsigned char *)signature.p, signature.n,
			    (const unsigned char *)input.p, input.n) == 1;
	EVP_MD_CTX_free(md);
	return holds;
}

static bool
ecdsa_holds(const struct rk_jws_key *key, struct rk_str input, struct rk_str signature)
{
	unsigned char *der = NULL;
	bool holds = false;
	int n;

	if (signature.n != 2 * key->row->part)
		return false;
	n = ecdsa_to_der(key->row, signature, &der);
	if (n > 0)
		holds = pkey_holds(key, input, rk_str_n(der, (size_t)n));
	OPENSSL_free(der);
	return holds;
}

enum rk_err
rk_jws_check(const struct rk_jws_key *key, struct rk_str input, struct rk_str signature)
{
	bool holds;

	if (key->row->family == HMAC_SECRET)
		holds = hmac_holds(key, input, signature);
	else if (key->row->family == ECDSA)
		holds = ecdsa_holds(key, input, signature);
	else
		holds =
		    signature.n == (size_t)EVP_PKEY_get_size(key->pkey) && pkey_holds(key, input, signature);
	return holds ? RK_OK : RK_SIGNATURE;
}
