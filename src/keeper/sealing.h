/*
 * sealing.h - between a row and the vault: which bytes of a row a driver never sees open.
 */
#ifndef RK_KEEPER_SEALING_H
#define RK_KEEPER_SEALING_H

#include "keeper/store.h"

/* Room for the sealed fields of one row. */
#define RK_SEALING_MAX 1024

/* Copies the row to ret_row with its sealed fields sealed, in `bytes`. Null ones stay null. RK_DENIED without a
 * vault, when there is something to seal. */
RK_CHECKED enum rk_err rk_sealing_seal(const struct rk_vault *vault, const struct rk_record *record, const void *row,
    union rk_row_any *ret_row, struct rk_buf *bytes);

/* The other way. RK_SIGNATURE when a value was changed or lies where it was not put. */
RK_CHECKED enum rk_err rk_sealing_open(const struct rk_vault *vault, const struct rk_record *record, const void *row,
    union rk_row_any *ret_row, struct rk_buf *bytes);

/*
 * A store remembers, sealed, that it belongs to its master key: looks whether that opens, and writes it when
 * there is none yet. RK_SIGNATURE with RK-710 for another master key; then nothing was changed.
 */
RK_CHECKED enum rk_err rk_sealing_check(struct rk_store *store, struct rk_why *why);

/* Seals everything anew under another master key, all or nothing; from then on the store borrows `vault`. */
RK_CHECKED enum rk_err rk_sealing_rekey(struct rk_store *store, const struct rk_vault *vault, int64_t *ret_count,
    struct rk_why *why);

#endif
