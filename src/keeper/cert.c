/*
 * cert.c - the one file of keeper that knows OpenSSL's X.509.
 */
#include "keeper/cert.h"

#include <stdio.h>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "base/auto.h"

#define CA_DAYS 3650
#define SERVER_DAYS 365
#define BACK_S 3600L /* clocks differ */
#define LIST_MAX 4096

static void
auto_x509(X509 **x)
{
	X509_free(*x);
}

static void
auto_pkey(EVP_PKEY **k)
{
	EVP_PKEY_free(*k);
}

static void
auto_bio(BIO **bio)
{
	BIO_free(*bio);
}

static void
auto_extension(X509_EXTENSION **e)
{
	X509_EXTENSION_free(*e);
}

void
rk_cert_done(struct rk_cert *cert)
{
	rk_buf_free(&cert->pem);
	rk_buf_wipe(&cert->key);
}

/* ---- PEM ------------------------------------------------------------------------------ */

static X509 *
read_x509(struct rk_str pem)
{
	RK_AUTO(auto_bio) BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);

	return bio ? PEM_read_bio_X509(bio, NULL, NULL, (void *)"") : NULL;
}

static EVP_PKEY *
read_key(struct rk_str pem)
{
	RK_AUTO(auto_bio) BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);

	return bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, (void *)"") : NULL;
}

static enum rk_err
take_text(BIO *bio, bool written, struct rk_buf *out)
{
	char *text;
	long n = written ? BIO_get_mem_data(bio, &text) : 0;

	if (n <= 0)
		return RK_INTERNAL;
	rk_buf_put(out, rk_str_n(text, (size_t)n));
	return rk_buf_end(out);
}

static enum rk_err
write_pem(X509 *x, EVP_PKEY *key, struct rk_cert *out)
{
	RK_AUTO(auto_bio) BIO *cert = BIO_new(BIO_s_mem());
	RK_AUTO(auto_bio) BIO *secret = BIO_new(BIO_s_secmem());
	enum rk_err err;

	if (!cert || !secret)
		return RK_NOMEM;
	err = take_text(cert, PEM_write_bio_X509(cert, x) == 1, &out->pem);
	if (err == RK_OK)
		err = take_text(
		    secret, PEM_write_bio_PrivateKey(secret, key, NULL, NULL, 0, NULL, NULL) == 1, &out->key);
	return err;
}

/* ---- names ------------------------------------------------------------------------------ */

/* "DNS:a,IP:127.0.0.1" */
static bool
put_alt_names(struct rk_buf *out, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		rk_buf_printf(out, "%s%s", i ? "," : "", names[i]);
	return rk_buf_z(out) && rk_buf_end(out) == RK_OK;
}

/* RFC 5280 section 4.2.1.10: a domain stands for all below it, an address has a mask. */
static bool
put_constraints(struct rk_buf *out, const char *const *names, size_t count)
{
	rk_buf_lit(out, "critical");
	for (size_t i = 0; i < count; i++) {
		bool is_ip = strncmp(names[i], "IP:", 3) == 0;
		bool is_v6 = is_ip && strchr(names[i] + 3, ':');

		if (strncmp(names[i], "DNS:*.", 6) == 0)
			rk_buf_printf(out, ",permitted;DNS:%s", names[i] + 6);
		else
			rk_buf_printf(out, ",permitted;%s", names[i]);
		if (is_ip)
			rk_buf_put(out, is_v6 ? RK_STR("/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
					      : RK_STR("/255.255.255.255"));
	}
	return rk_buf_z(out) && rk_buf_end(out) == RK_OK;
}

static X509_EXTENSION *
names_extension(int nid, const char *const *names, size_t count)
{
	RK_AUTO(rk_buf_free) struct rk_buf list = RK_BUF(LIST_MAX);
	bool is_ca = nid == NID_name_constraints;

	if (!(is_ca ? put_constraints(&list, names, count) : put_alt_names(&list, names, count)))
		return NULL;
	return X509V3_EXT_conf_nid(NULL, NULL, nid, list.p);
}

static bool
has_names(X509 *x, int nid, const char *const *names, size_t count)
{
	RK_AUTO(auto_extension) X509_EXTENSION *wanted = names_extension(nid, names, count);
	int at = X509_get_ext_by_NID(x, nid, -1);

	return wanted && at >= 0 &&
	       ASN1_OCTET_STRING_cmp(
		   X509_EXTENSION_get_data(wanted), X509_EXTENSION_get_data(X509_get_ext(x, at))) == 0;
}

/* ---- making ------------------------------------------------------------------------------- */

static bool
add_extension(X509 *x, X509 *issuer, int nid, const char *value)
{
	RK_AUTO(auto_extension) X509_EXTENSION *e = NULL;
	X509V3_CTX ctx;

	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	return e && X509_add_ext(x, e, -1) == 1;
}

static bool
add_names(X509 *x, int nid, const char *const *names, size_t count)
{
	RK_AUTO(auto_extension) X509_EXTENSION *e = names_extension(nid, names, count);

	return e && X509_add_ext(x, e, -1) == 1;
}

static bool
set_serial(X509 *x)
{
	unsigned char bytes[16];
	ASN1_INTEGER *serial = X509_get_serialNumber(x);
	BIGNUM *number;
	bool ok;

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		return false;
	bytes[0] = (unsigned char)((bytes[0] & 0x7f) | 0x40); /* positive, and always as long */
	number = BN_bin2bn(bytes, sizeof(bytes), NULL);
	ok = number && BN_to_ASN1_INTEGER(number, serial);
	BN_free(number);
	return ok;
}

/* Two installations must not look like one CA with two keys. */
static bool
set_subject(X509 *x, const char *what)
{
	unsigned char bytes[4];
	char name[64];

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		return false;
	snprintf(
	    name, sizeof(name), "Roomkey %s %02x%02x%02x%02x", what, bytes[0], bytes[1], bytes[2], bytes[3]);
	return X509_NAME_add_entry_by_txt(
		   X509_get_subject_name(x), "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0) == 1;
}

static X509 *
begin(EVP_PKEY *key, const char *what, int days)
{
	X509 *x = X509_new();

	if (x && key && X509_set_version(x, X509_VERSION_3) == 1 && set_serial(x) && set_subject(x, what) &&
	    X509_gmtime_adj(X509_getm_notBefore(x), -BACK_S) &&
	    X509_gmtime_adj(X509_getm_notAfter(x), days * 86400L) && X509_set_pubkey(x, key) == 1)
		return x;
	X509_free(x);
	return NULL;
}

enum rk_err
rk_cert_make_ca(const char *const *names, size_t count, struct rk_cert *ret_ca)
{
	RK_AUTO(auto_pkey) EVP_PKEY *key = EVP_EC_gen("P-256");
	RK_AUTO(auto_x509) X509 *x = begin(key, "CA", CA_DAYS);

	if (!x || X509_set_issuer_name(x, X509_get_subject_name(x)) != 1 ||
	    !add_extension(x, x, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
	    !add_extension(x, x, NID_key_usage, "critical,keyCertSign,cRLSign") ||
	    !add_extension(x, x, NID_subject_key_identifier, "hash") ||
	    !add_names(x, NID_name_constraints, names, count) || X509_sign(x, key, EVP_sha256()) == 0)
		return RK_INTERNAL;
	return write_pem(x, key, ret_ca);
}

enum rk_err
rk_cert_make_server(
    const struct rk_cert *ca, const char *const *names, size_t count, struct rk_cert *ret_server)
{
	RK_AUTO(auto_x509) X509 *issuer = read_x509(rk_buf_str(&ca->pem));
	RK_AUTO(auto_pkey) EVP_PKEY *signer = read_key(rk_buf_str(&ca->key));
	RK_AUTO(auto_pkey) EVP_PKEY *key = EVP_EC_gen("P-256");
	RK_AUTO(auto_x509) X509 *x = begin(key, "server", SERVER_DAYS);

	if (!issuer || !signer || !x || X509_set_issuer_name(x, X509_get_subject_name(issuer)) != 1 ||
	    !add_extension(x, issuer, NID_basic_constraints, "critical,CA:FALSE") ||
	    !add_extension(x, issuer, NID_key_usage, "critical,digitalSignature") ||
	    !add_extension(x, issuer, NID_ext_key_usage, "serverAuth") ||
	    !add_extension(x, issuer, NID_subject_key_identifier, "hash") ||
	    !add_extension(x, issuer, NID_authority_key_identifier, "keyid:always") ||
	    !add_names(x, NID_subject_alt_name, names, count) || X509_sign(x, signer, EVP_sha256()) == 0)
		return RK_INTERNAL;
	return write_pem(x, key, ret_server);
}

/* ---- asking --------------------------------------------------------------------------------- */

static bool
is_lasting(X509 *x, int days)
{
	time_t then = time(NULL) + days * 86400L;

	return X509_cmp_time(X509_get0_notAfter(x), &then) > 0 &&
	       X509_cmp_current_time(X509_get0_notBefore(x)) < 0;
}

bool
rk_cert_is_pair(const struct rk_cert *cert)
{
	RK_AUTO(auto_x509) X509 *x = read_x509(rk_buf_str(&cert->pem));
	RK_AUTO(auto_pkey) EVP_PKEY *key = read_key(rk_buf_str(&cert->key));

	return x && key && X509_check_private_key(x, key) == 1;
}

bool
rk_cert_is_good_ca(const struct rk_cert *ca, const char *const *names, size_t count, int days)
{
	RK_AUTO(auto_x509) X509 *x = read_x509(rk_buf_str(&ca->pem));

	return x && rk_cert_is_pair(ca) && has_names(x, NID_name_constraints, names, count) &&
	       is_lasting(x, days);
}

bool
rk_cert_is_good_server(
    const struct rk_cert *server, const struct rk_cert *ca, const char *const *names, size_t count, int days)
{
	RK_AUTO(auto_x509) X509 *x = read_x509(rk_buf_str(&server->pem));
	RK_AUTO(auto_x509) X509 *issuer = read_x509(rk_buf_str(&ca->pem));

	return x && issuer && rk_cert_is_pair(server) && X509_verify(x, X509_get0_pubkey(issuer)) == 1 &&
	       has_names(x, NID_subject_alt_name, names, count) && is_lasting(x, days);
}
