/*
 * vault.h - secrets at rest: sealing, opening, and passwords. The only user of libsodium.
 *
 * One master key of 32 bytes. From it, by crypto_kdf, one key for each purpose, and from that one for
 * each account; values are sealed with XChaCha20-Poly1305 under a random nonce. What is sealed is bound
 * to its place (account, table, column, row): moved elsewhere it does not open. All keys lie in locked
 * memory between guard pages, which cannot be written after the vault was made.
 */
#ifndef RK_KEEPER_VAULT_H
#define RK_KEEPER_VAULT_H

#include "base/buf.h"

#define RK_VAULT_KEY_SIZE 32
#define RK_VAULT_DIGEST_SIZE 32
#define RK_VAULT_OVERHEAD (1 + 24 + 16) /* form, nonce, tag */
#define RK_VAULT_PASSWORD_MAX 1024      /* bytes of a password that is looked at */
#define RK_VAULT_HASH_SIZE 128          /* an argon2id string with its NUL */

/* What a key may open. The numbers are part of the stored form: never renumber. */
enum rk_vault_purpose {
	RK_VAULT_CHECK = 1,    /* the value that tells a wrong master key */
	RK_VAULT_TOKEN = 2,    /* auth tokens of accounts */
	RK_VAULT_KEY = 3,      /* secrets of API keys */
	RK_VAULT_VARIABLE = 4, /* values of variables */
	RK_VAULT_PERSON = 5,   /* password hashes of people */
};
#define RK_VAULT_PURPOSES 6

/* Where a sealed value lies. account: a SID, or empty for what belongs to none. */
struct rk_vault_place {
	enum rk_vault_purpose purpose;
	struct rk_str account, table, column, row;
};

struct rk_vault;

/* master: RK_VAULT_KEY_SIZE bytes, copied; the caller wipes its own. RK_INVALID for another length. */
RK_CHECKED enum rk_err rk_vault_new(struct rk_str master, struct rk_vault **ret_vault);
void rk_vault_free(struct rk_vault *vault); /* wipes; NULL is fine */

/* False when the system let no memory be locked (RLIMIT_MEMLOCK): a warning at start-up. */
bool rk_vault_is_locked(const struct rk_vault *vault);

/* Appends the sealed form, plain.n + RK_VAULT_OVERHEAD bytes. RK_INVALID when the account is neither
 * empty nor a SID. */
RK_CHECKED enum rk_err rk_vault_seal(const struct rk_vault *vault, const struct rk_vault_place *place,
    struct rk_str plain, struct rk_buf *out);

/* Appends what was sealed; the caller wipes it (rk_buf_wipe). RK_SIGNATURE when the bytes were not sealed
 * by this master key for exactly this place, or were changed. */
RK_CHECKED enum rk_err rk_vault_unseal(const struct rk_vault *vault, const struct rk_vault_place *place,
    struct rk_str sealed, struct rk_buf *out);

/* A new master key, in a buffer that the caller wipes. */
RK_CHECKED enum rk_err rk_vault_make_key(struct rk_buf *out);

/*
 * Passwords: argon2id with libsodium's interactive limits (64 MB, about 0.1 s). One at a time in
 * the whole process, so that a rush of sign-ins cannot take the machine's memory: RK_BUSY while
 * another is under way. May be called from a thread of the loop's pool.
 */
RK_CHECKED enum rk_err rk_vault_hash_password(struct rk_str password, char ret_hash[RK_VAULT_HASH_SIZE]);

/* RK_OK, RK_DENIED or RK_BUSY. An empty hash (nobody by that name) costs as much time as any, and
 * is always RK_DENIED. */
RK_CHECKED enum rk_err rk_vault_check_password(struct rk_str password, struct rk_str hash);

/* HMAC-SHA256 under a key of RK_VAULT_KEY_SIZE bytes. */
void rk_vault_hmac(struct rk_str key, struct rk_str bytes, unsigned char ret_mac[RK_VAULT_DIGEST_SIZE]);

/* SHA-256, for content that is stored once. */
void rk_vault_digest(struct rk_str bytes, unsigned char ret_digest[RK_VAULT_DIGEST_SIZE]);

#endif
