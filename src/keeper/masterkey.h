/*
 * masterkey.h - where the master key comes from. Never the command line.
 *
 * The first of these that is there is the one; when it is there and no good, that is
 * an error, and no other is tried:
 *   1. the file that the configuration names: a regular file of ours, mode 0400 or 0600
 *   2. the systemd credential "roomkey-master" ($CREDENTIALS_DIRECTORY/roomkey-master)
 *   3. the environment variable ROOMKEY_MASTER_KEY, which is overwritten and unset
 * Form: 32 raw bytes (files only), or their base64 with at most one newline after it.
 */
#ifndef RK_KEEPER_MASTERKEY_H
#define RK_KEEPER_MASTERKEY_H

#include "base/buf.h"

#define RK_MASTERKEY_ENV "ROOMKEY_MASTER_KEY"
#define RK_MASTERKEY_CREDENTIAL "roomkey-master"

/*
 * Appends the key's 32 bytes; the caller wipes them (rk_buf_wipe). `file` may be NULL. RK-701 none is
 * there, RK-702 cannot be read, RK-703 others may read it or it is not ours, RK-704 not of the form.
 */
RK_CHECKED enum rk_err rk_masterkey_get(const char *file, struct rk_buf *ret_key, struct rk_why *why);

/* Makes a new key in a new file, mode 0400, and waits until the disk has it. RK_EXISTS when there is a file. */
RK_CHECKED enum rk_err rk_masterkey_make(const char *file, struct rk_why *why);

#endif
