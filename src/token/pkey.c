/*
 * pkey.c - see pkey.h.
 */
#include "token/pkey.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "token/roca.h"

#define RSA_BITS_LEAST 2048
#define RSA_BITS_MOST 8192
#define PEM_MAX 65536

struct rk_pkey {
	const struct rk_pkey_scheme *scheme;
	EVP_PKEY *evp;
};

static void
auto_bn(BIGNUM **bn)
{
	BN_free(*bn);
}

/* ---- keys --------------------------------------------------------------------- */

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
ec_new(const struct rk_pkey_scheme *scheme, struct rk_str x, struct rk_str y, EVP_PKEY **ret_pkey)
{
	unsigned char point[1 + 2 * 66] = { POINT_CONVERSION_UNCOMPRESSED };
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	enum rk_err err = RK_NOMEM;

	memcpy(point + 1, x.p, scheme->part);
	memcpy(point + 1 + scheme->part, y.p, scheme->part);
	if (build &&
	    OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, scheme->group, 0) == 1 &&
	    OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * scheme->part) ==
		1)
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
ec_is_of(const EVP_PKEY *pkey, const struct rk_pkey_scheme *scheme)
{
	char group[32];
	size_t n;

	return EVP_PKEY_get_utf8_string_param(pkey, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof(group), &n) ==
		   1 &&
	       strcmp(group, scheme->group) == 0;
}

static bool
is_fit(EVP_PKEY *pkey, const struct rk_pkey_scheme *scheme)
{
	EVP_PKEY_CTX *ctx;
	bool sound;

	if (scheme->family == RK_PKEY_ECDSA ? !EVP_PKEY_is_a(pkey, "EC") || !ec_is_of(pkey, scheme)
					    : !EVP_PKEY_is_a(pkey, "RSA") || !rsa_is_strong(pkey))
		return false;
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	sound = ctx && EVP_PKEY_public_check(ctx) == 1; /* the point lies on the curve */
	EVP_PKEY_CTX_free(ctx);
	return sound;
}

/* Takes evp over, on failure too. */
static enum rk_err
take(const struct rk_pkey_scheme *scheme, EVP_PKEY *evp, struct rk_pkey **ret_key)
{
	bool fit = is_fit(evp, scheme);
	struct rk_pkey *key = fit ? (struct rk_pkey *)calloc(1, sizeof(*key)) : NULL;

	if (!key) {
		EVP_PKEY_free(evp);
		return fit ? RK_NOMEM : RK_REFUSED;
	}
	key->scheme = scheme;
	key->evp = evp;
	*ret_key = key;
	return RK_OK;
}

enum rk_err
rk_pkey_new_rsa(
    const struct rk_pkey_scheme *scheme, struct rk_str n, struct rk_str e, struct rk_pkey **ret_key)
{
	EVP_PKEY *evp = NULL;
	enum rk_err err;

	if (scheme->family == RK_PKEY_ECDSA)
		return RK_INVALID;
	if (n.n < RSA_BITS_LEAST / 8 || n.n > RSA_BITS_MOST / 8 || e.n == 0 || e.n > 8)
		return RK_REFUSED;
	err = rsa_new(n, e, &evp);
	return err ? err : take(scheme, evp, ret_key);
}

enum rk_err
rk_pkey_new_ec(
    const struct rk_pkey_scheme *scheme, struct rk_str x, struct rk_str y, struct rk_pkey **ret_key)
{
	EVP_PKEY *evp = NULL;
	enum rk_err err;

	if (scheme->family != RK_PKEY_ECDSA)
		return RK_INVALID;
	if (x.n != scheme->part || y.n != scheme->part) /* full size, RFC 7518 section 6.2.1.2 */
		return RK_REFUSED;
	err = ec_new(scheme, x, y, &evp);
	return err ? err : take(scheme, evp, ret_key);
}

enum rk_err
rk_pkey_new_pem(const struct rk_pkey_scheme *scheme, struct rk_str pem, struct rk_pkey **ret_key)
{
	EVP_PKEY *evp;
	BIO *bio;

	if (pem.n == 0 || pem.n > PEM_MAX)
		return RK_INVALID;
	bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	if (!bio)
		return RK_NOMEM;
	evp = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
	BIO_free(bio);
	return evp ? take(scheme, evp, ret_key) : RK_INVALID;
}

void
rk_pkey_free(struct rk_pkey *key)
{
	if (!key)
		return;
	EVP_PKEY_free(key->evp);
	free(key);
}

/* ---- checking ------------------------------------------------------------------ */

/* r || s of fixed size (RFC 7518 section 3.4) as the DER that OpenSSL reads. The caller frees *ret_der. */
static int
ecdsa_to_der(const struct rk_pkey_scheme *scheme, struct rk_str signature, unsigned char **ret_der)
{
	const unsigned char *p = (const unsigned char *)signature.p;
	BIGNUM *r = BN_bin2bn(p, (int)scheme->part, NULL),
	       *s = BN_bin2bn(p + scheme->part, (int)scheme->part, NULL);
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
pss_init(EVP_PKEY_CTX *ctx, const struct rk_pkey_scheme *scheme)
{
	return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
	       EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, (int)scheme->hash) == 1; /* RFC 7518 section 3.5 */
}

static bool
evp_holds(const struct rk_pkey *key, struct rk_str input, struct rk_str signature)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *ctx; /* owned by md */
	bool holds = false;

	if (md && EVP_DigestVerifyInit_ex(md, &ctx, key->scheme->digest, NULL, NULL, key->evp, NULL) == 1 &&
	    (key->scheme->family != RK_PKEY_RSA_PSS || pss_init(ctx, key->scheme)))
		holds = EVP_DigestVerify(md, (const unsigned char *)signature.p, signature.n,
			    (const unsigned char *)input.p, input.n) == 1;
	EVP_MD_CTX_free(md);
	return holds;
}

static bool
ecdsa_holds(const struct rk_pkey *key, struct rk_str input, struct rk_str signature)
{
	unsigned char *der = NULL;
	bool holds = false;
	int n;

	if (signature.n != 2 * key->scheme->part)
		return false;
	n = ecdsa_to_der(key->scheme, signature, &der);
	if (n > 0)
		holds = evp_holds(key, input, rk_str_n(der, (size_t)n));
	OPENSSL_free(der);
	return holds;
}

bool
rk_pkey_holds(const struct rk_pkey *key, struct rk_str input, struct rk_str signature)
{
	if (key->scheme->family == RK_PKEY_ECDSA)
		return ecdsa_holds(key, input, signature);
	return signature.n == (size_t)EVP_PKEY_get_size(key->evp) && evp_holds(key, input, signature);
}
