/*
 * folder.h - reading below one folder, from which no name leads out.
 *
 * Absolute names, "..", and symbolic links that leave the folder are refused by
 * the kernel (openat2, RESOLVE_BENEATH); a kernel without that call follows no
 * symbolic link at all. Only regular files are read, and only up to a size.
 */
#ifndef RK_BASE_FOLDER_H
#define RK_BASE_FOLDER_H

#include "base/buf.h"

#define RK_FOLDER_DEPTH 32

struct rk_folder {
	int fd;
};

/* RK_NOT_FOUND with RK-101 when there is no such folder, or it cannot be read. */
RK_CHECKED enum rk_err rk_folder_open(const char *path, struct rk_folder *ret_folder, struct rk_why *why);
void rk_folder_close(struct rk_folder *folder);

/*
 * The whole file in a new buffer, which the caller frees or wipes; room is reserved at once, so that
 * growing leaves no copy of a secret behind. RK_NOT_FOUND, RK_DENIED, RK_REFUSED (leads out of the
 * folder), RK_INVALID (no regular file), RK_TOO_LARGE (over max), RK_IO, RK_NOMEM.
 */
RK_CHECKED enum rk_err rk_folder_read(const struct rk_folder *folder, const char *name, size_t max,
    struct rk_buf *ret_bytes);

/* A regular file, open for reading. */
struct rk_file {
	int fd;                         /* the receiver's to close */
	uint64_t size, mtime_ms;        /* since 1970, to the nearest millisecond */
};

/* Errors as rk_folder_read, but for RK_TOO_LARGE. Nothing but a regular file is handed out. */
RK_CHECKED enum rk_err rk_folder_open_file(
    const struct rk_folder *folder, const char *name, struct rk_file *ret_file);

/* A folder in the folder, which then is a border as well. Close it. RK_NOT_FOUND, RK_DENIED, RK_REFUSED, RK_IO. */
RK_CHECKED enum rk_err rk_folder_open_sub(
    const struct rk_folder *folder, const char *name, struct rk_folder *ret_sub);

bool rk_folder_has_dir(const struct rk_folder *folder, const char *name);

struct rk_folder_visitor {
	void (*file)(const char *name, void *arg);        /* "functions/sms/reply.js" */
	void (*dir)(const char *name, void *arg);         /* every folder that is read, `name` itself first */
	void (*trouble)(const char *name, enum rk_err err, void *arg);
	void *arg;
	bool hidden;                                      /* visit what starts with a dot, too */
};

/* Visits what lies below `name`, in no order. RK_TOO_LARGE
 * trouble: nested deeper than RK_FOLDER_DEPTH, or a folder that links back to one above it. */
void rk_folder_walk(const struct rk_folder *folder, const char *name, const struct rk_folder_visitor *visitor);

#endif
