/*
 * store_sqlite.h - the store in one SQLite file.
 *
 * WAL, synchronous=FULL, foreign keys, STRICT tables; one connection, which keeper holds: a second open is
 * refused, for it might have another master key. The file is made with mode 0600.
 */
#ifndef RK_KEEPER_STORE_SQLITE_H
#define RK_KEEPER_STORE_SQLITE_H

#include "keeper/store.h"

/*
 * Opens the file, or makes it; brings an older form up to date; reads it through when it was not closed
 * cleanly the last time. On an error the file's content is as it was:
 * RK-710 another master key (RK_SIGNATURE) · RK-712 no store of ours (RK_INVALID) · RK-713 made by a newer
 * Roomkey (RK_UNSUPPORTED) · RK-714 damaged (RK_DAMAGED) · RK-715 cannot be opened or written (RK_UNAVAILABLE) ·
 * RK-716 disk full (RK_FULL) · RK-717 anything else.
 * The vault is borrowed until close; NULL opens a store whose secrets stay closed.
 */
RK_CHECKED enum rk_err rk_store_sqlite_open(const char *file, const struct rk_vault *vault,
    struct rk_store **ret_store, struct rk_why *why);

/* As rk_store_backup, for a process beside the one that has the store open: only reads, needs no key, leaves the form
 * as it is. RK-718. */
RK_CHECKED enum rk_err rk_store_sqlite_copy(const char *file, const char *copy, struct rk_why *why);

#endif
