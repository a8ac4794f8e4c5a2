/*
 * vault.c - the key hierarchy, sealing, and argon2id.
 *
 * Sealed form: one byte 1, a nonce of 24 bytes, ciphertext, a tag of 16 bytes. Random nonces of 192 bits need no counter
 * and no limit on the number of values (draft-irtf-cfrg-xchacha-03, section 3.1).
 */
#include "keeper/vault.h"

#include <sodium.h>
#include <stdatomic.h>

#include "base/secret.h"
#include "base/sid.h"

#define FORM 1
#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG crypto_aead_xchacha20poly1305_ietf_ABYTES
#define PLACE_MAX 512

_Static_assert(1 + NONCE + TAG == RK_VAULT_OVERHEAD, "the overhead of a sealed value");
_Static_assert(RK_VAULT_KEY_SIZE == crypto_kdf_KEYBYTES, "a master key is a key of crypto_kdf");
_Static_assert(RK_VAULT_HASH_SIZE == crypto_pwhash_argon2id_STRBYTES, "the size of an argon2id string");
_Static_assert(RK_VAULT_DIGEST_SIZE == crypto_hash_sha256_BYTES, "the size of a SHA-256");

struct rk_vault {
	unsigned char purpose[RK_VAULT_PURPOSES][crypto_kdf_KEYBYTES];
	bool locked;
};

static atomic_flag password_job = ATOMIC_FLAG_INIT;

/* Nobody's password: what a sign-in under an unknown name is checked against. */
static char nobody[crypto_pwhash_argon2id_STRBYTES];

enum rk_err
rk_vault_new(struct rk_str master, struct rk_vault **ret_vault)
{
	struct rk_vault *v;

	if (master.n != RK_VAULT_KEY_SIZE)
		return RK_INVALID;
	if (sodium_init() < 0)
		return RK_INTERNAL;
	v = sodium_malloc(sizeof *v);
	if (!v)
		return RK_NOMEM;
	v->locked = sodium_mlock(v, sizeof *v) == 0;
	sodium_memzero(v->purpose[0], sizeof v->purpose[0]);
	for (uint64_t i = 1; i < RK_VAULT_PURPOSES; i++)
		crypto_kdf_derive_from_key(
		    v->purpose[i], sizeof v->purpose[i], i, "rkpurpos", (const unsigned char *)master.p);
	sodium_mprotect_readonly(v);
	*ret_vault = v;
	return RK_OK;
}

void
rk_vault_free(struct rk_vault *vault)
{
	sodium_free(vault);
}

bool
rk_vault_is_locked(const struct rk_vault *vault)
{
	return vault->locked;
}

static bool
half_of_sid(const char *hex, uint64_t *ret_half)
{
	uint64_t half = 0;

	for (int i = 0; i < 16; i++) {
		char c = hex[i];
		unsigned digit =
		    c >= '0' && c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10);
		if (digit > 15)
			return false;
		half = half << 4 | digit;
	}
	*ret_half = half;
	return true;
}

/* A SID is 128 bits and crypto_kdf counts subkeys in 64: so two steps, one for each half. */
static enum rk_err
account_key(const struct rk_vault *vault, const struct rk_vault_place *place,
    unsigned char ret_key[crypto_kdf_KEYBYTES])
{
	unsigned char middle[crypto_kdf_KEYBYTES];
	uint64_t high = 0, low = 0;

	if ((unsigned)place->purpose - 1 >= RK_VAULT_PURPOSES - 1)
		return RK_INVALID;
	if (place->account.n) {
		if (!rk_sid_is(place->account, "AC") || !half_of_sid(place->account.p + 2, &high) ||
		    !half_of_sid(place->account.p + 18, &low))
			return RK_INVALID;
	}
	crypto_kdf_derive_from_key(middle, sizeof middle, high, place->account.n ? "rkacct-1" : "rknone-1",
	    vault->purpose[place->purpose]);
	crypto_kdf_derive_from_key(ret_key, crypto_kdf_KEYBYTES, low, "rkacct-2", middle);
	sodium_memzero(middle, sizeof middle);
	return RK_OK;
}

/* The associated data: every part with its length before it, so that no two places read alike. */
static enum rk_err
format_place(const struct rk_vault_place *place, unsigned char dst[PLACE_MAX], size_t *ret_n)
{
	const struct rk_str parts[] = { place->account, place->table, place->column, place->row };
	size_t n = 0;

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		if (parts[i].n > 255 || n + 1 + parts[i].n > PLACE_MAX)
			return RK_INVALID;
		dst[n++] = (unsigned char)parts[i].n;
		if (parts[i].n)
			memcpy(dst + n, parts[i].p, parts[i].n);
		n += parts[i].n;
	}
	*ret_n = n;
	return RK_OK;
}

enum rk_err
rk_vault_seal(
    const struct rk_vault *vault, const struct rk_vault_place *place, struct rk_str plain, struct rk_buf *out)
{
	unsigned char key[crypto_kdf_KEYBYTES], ad[PLACE_MAX], *dst;
	size_t ad_n = 0;
	enum rk_err err = format_place(place, ad, &ad_n);

	if (!err && !rk_buf_reserve(out, plain.n + RK_VAULT_OVERHEAD))
		err = rk_buf_end(out);
	if (!err)
		err = account_key(vault, place, key);
	if (err)
		return err;
	dst = (unsigned char *)out->p + out->n;
	dst[0] = FORM;
	randombytes_buf(dst + 1, NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(
	    dst + 1 + NONCE, NULL, (const unsigned char *)plain.p, plain.n, ad, ad_n, NULL, dst + 1, key);
	out->n += plain.n + RK_VAULT_OVERHEAD;
	sodium_memzero(key, sizeof key);
	return RK_OK;
}

enum rk_err
rk_vault_unseal(const struct rk_vault *vault, const struct rk_vault_place *place, struct rk_str sealed,
    struct rk_buf *out)
{
	unsigned char key[crypto_kdf_KEYBYTES], ad[PLACE_MAX];
	const unsigned char *src = (const unsigned char *)sealed.p;
	size_t ad_n = 0;
	enum rk_err err = format_place(place, ad, &ad_n);

	if (err)
		return err;
	if (sealed.n < RK_VAULT_OVERHEAD || src[0] != FORM)
		return RK_SIGNATURE;
	if (!rk_buf_reserve(out, sealed.n - RK_VAULT_OVERHEAD))
		return rk_buf_end(out);
	err = account_key(vault, place, key);
	if (err)
		return err;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt((unsigned char *)out->p + out->n, NULL, NULL,
		src + 1 + NONCE, sealed.n - 1 - NONCE, ad, ad_n, src + 1, key) != 0)
		err = RK_SIGNATURE;
	else
		out->n += sealed.n - RK_VAULT_OVERHEAD;
	sodium_memzero(key, sizeof key);
	return err;
}

enum rk_err
rk_vault_make_key(struct rk_buf *out)
{
	if (sodium_init() < 0)
		return RK_INTERNAL;
	if (!rk_buf_reserve(out, RK_VAULT_KEY_SIZE))
		return rk_buf_end(out);
	randombytes_buf(out->p + out->n, RK_VAULT_KEY_SIZE);
	out->n += RK_VAULT_KEY_SIZE;
	return RK_OK;
}

static enum rk_err
hash(struct rk_str password, char ret_hash[RK_VAULT_HASH_SIZE])
{
	if (crypto_pwhash_argon2id_str(ret_hash, password.p ? password.p : "", password.n,
		crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE,
		crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE) != 0)
		return RK_NOMEM;
	return RK_OK;
}

enum rk_err
rk_vault_hash_password(struct rk_str password, char ret_hash[RK_VAULT_HASH_SIZE])
{
	enum rk_err err;

	if (password.n > RK_VAULT_PASSWORD_MAX)
		return RK_TOO_LARGE;
	if (sodium_init() < 0)
		return RK_INTERNAL;
	if (atomic_flag_test_and_set(&password_job))
		return RK_BUSY;
	err = hash(password, ret_hash);
	atomic_flag_clear(&password_job);
	return err;
}

/* Under password_job. */
static enum rk_err
check(struct rk_str password, const char *stored)
{
	enum rk_err err = RK_OK;

	if (!nobody[0])
		err = hash(RK_STR("nobody"), nobody);
	if (err)
		return err;
	if (crypto_pwhash_argon2id_str_verify(
		stored[0] ? stored : nobody, password.p ? password.p : "", password.n) != 0)
		return RK_DENIED;
	return stored[0] ? RK_OK : RK_DENIED;
}

enum rk_err
rk_vault_check_password(struct rk_str password, struct rk_str hash_text)
{
	char stored[RK_VAULT_HASH_SIZE] = "";
	enum rk_err err;

	if (password.n > RK_VAULT_PASSWORD_MAX || hash_text.n >= sizeof stored)
		return RK_DENIED;
	if (sodium_init() < 0)
		return RK_INTERNAL;
	if (hash_text.n)
		memcpy(stored, hash_text.p, hash_text.n);
	if (atomic_flag_test_and_set(&password_job))
		return RK_BUSY;
	err = check(password, stored);
	atomic_flag_clear(&password_job);
	rk_secret_wipe(stored, sizeof stored);
	return err;
}

void
rk_vault_hmac(struct rk_str key, struct rk_str bytes, unsigned char ret_mac[RK_VAULT_DIGEST_SIZE])
{
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, (const unsigned char *)key.p, key.n);
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)bytes.p, bytes.n);
	crypto_auth_hmacsha256_final(&state, ret_mac);
	rk_secret_wipe(&state, sizeof state);
}

void
rk_vault_digest(struct rk_str bytes, unsigned char ret_digest[RK_VAULT_DIGEST_SIZE])
{
	crypto_hash_sha256(ret_digest, (const unsigned char *)bytes.p, bytes.n);
}
