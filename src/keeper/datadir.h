/*
 * datadir.h - the folder of the platform: its store, and the master key unless that lies elsewhere.
 *
 * DIR/roomkey.db, DIR/master.key, DIR/backups/. Made 0700; refused when others may enter it.
 */
#ifndef RK_KEEPER_DATADIR_H
#define RK_KEEPER_DATADIR_H

#include "base/conf.h"
#include "keeper/store.h"

struct rk_datadir {
	struct rk_vault *vault;
	struct rk_store *store;
	bool is_new;      /* the store was made by this start */
	bool has_new_key; /* and the master key with it, in DIR/master.key */
};

/* RK-755 no such folder can be made · RK-756 others may enter it · RK-7xx of the key and the store. On an error
 * nothing that was there is changed. */
RK_CHECKED enum rk_err rk_datadir_open(
    const struct rk_conf *conf, struct rk_datadir *ret_dir, struct rk_why *why);
void rk_datadir_close(struct rk_datadir *dir);

#endif
