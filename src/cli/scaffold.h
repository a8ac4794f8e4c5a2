/*
 * scaffold.h - new files in a folder. Nothing that is there is ever changed, but for the end of a file that is
 * added to.
 */
#ifndef RK_CLI_SCAFFOLD_H
#define RK_CLI_SCAFFOLD_H

#include "base/buf.h"

struct rk_scaffold {
	const char *dir;        /* as it was typed */
	int fd;
	struct rk_buf made;     /* the names of the new files, a line each, with `dir` in front */
};

/* The folder is made when `make` is set and it is not there, with those above it. RK_NOT_FOUND, RK_IO. */
RK_CHECKED enum rk_err rk_scaffold_open(
    const char *dir, bool make, struct rk_scaffold *ret_scaffold, struct rk_why *why);
void rk_scaffold_close(struct rk_scaffold *scaffold);

/* Whatever kind of thing it is. */
bool rk_scaffold_has(const struct rk_scaffold *scaffold, const char *name);

/* A new file below the folder, and the folders on its way. RK_EXISTS with RK-821, RK_IO with RK-822. */
RK_CHECKED enum rk_err rk_scaffold_put(struct rk_scaffold *scaffold, const char *name, struct rk_str text,
    unsigned mode, struct rk_why *why);

/* Adds to the end of a file. */
RK_CHECKED enum rk_err rk_scaffold_append(
    struct rk_scaffold *scaffold, const char *name, struct rk_str text, struct rk_why *why);

/* Tells what was made on standard output: the names, or {"created":[...]}. */
int rk_scaffold_say(struct rk_scaffold *scaffold, bool json);

#endif
