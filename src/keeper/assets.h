/*
 * assets.h - the files beside the functions: which there are, and opening one of them.
 *
 * The assets folder is a border of its own: no link leads out of it, not even to elsewhere in the
 * project, where variables and the text of functions lie.
 */
#ifndef RK_KEEPER_ASSETS_H
#define RK_KEEPER_ASSETS_H

#include "keeper/project.h"

#define RK_ASSETS_MAX 10000u
#define RK_ASSETS_PRIVATE_BYTES (64u * RK_MB)      /* of all private ones together: they travel in bundles */

/* The name of the assets folder ("assets", "static", or what the settings say), or NULL. */
const char *rk_assets_pick_dir(const struct rk_folder *folder, const struct rk_conf *conf);

/* Adds the assets that lie in the project's assets_dir, in no order; the content of private ones is read. */
void rk_assets_read(const struct rk_folder *folder, struct rk_project *p);

/* As rk_folder_open_file. The file is what lies there now. */
RK_CHECKED enum rk_err rk_assets_open(const struct rk_folder *folder, const struct rk_project *p,
    const struct rk_asset *asset, struct rk_file *ret_file);

#endif
