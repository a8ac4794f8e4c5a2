/*
 * rekey.h - a new master key for a store that nobody has open, with the file of the key beside it.
 */
#ifndef RK_KEEPER_REKEY_H
#define RK_KEEPER_REKEY_H

#include <limits.h>

#include "keeper/store.h"

#define RK_REKEY_STORE "roomkey.db" /* in the data directory */
#define RK_REKEY_KEY "master.key"

/* What is where. */
struct rk_rekey {
	char dir[PATH_MAX], store[PATH_MAX];
	char key[PATH_MAX];  /* the file of the key in force; empty: systemd or the environment has it */
	char next[PATH_MAX]; /* the file of the new key */
	bool replaces;       /* next takes the name of key in the end */
};

/* key_file, new_key_file: NULL for those of the data directory. RK_TOO_LARGE: a name that is too long. */
RK_CHECKED enum rk_err rk_rekey_init(
    struct rk_rekey *rekey, const char *dir, const char *key_file, const char *new_key_file);

/* Opens the store with the key in force. RK_NOT_FOUND when there is no store: none is made. */
RK_CHECKED enum rk_err rk_rekey_open(const struct rk_rekey *rekey, struct rk_vault **ret_vault,
    struct rk_store **ret_store, struct rk_why *why);

/*
 * Makes the new key, seals everything anew, and puts the new file in the place of the old one. Interrupted at any
 * place, either key file opens the store, and calling it again finishes. RK-711 and those of the key and the store.
 */
RK_CHECKED enum rk_err rk_rekey_run(const struct rk_rekey *rekey, int64_t *ret_count, struct rk_why *why);

#endif
