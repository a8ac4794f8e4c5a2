#include "base/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/auto.h"

#define RETRIES 8

static enum rk_err
err_of(int errnum)
{
	switch (errnum) {
	case ENOENT:
	case ENOTDIR:
		return RK_NOT_FOUND;
	case EACCES:
	case EPERM:
		return RK_DENIED;
	case EXDEV:
	case ELOOP:
		return RK_REFUSED;
	default:
		return RK_IO;
	}
}

/* For kernels before 5.6, and filters that do not know openat2: part by part, no link followed. */
static int
open_by_parts(int root, const char *name, int flags)
{
	struct rk_str left = rk_str(name);
	RK_AUTO(rk_auto_close) int at = -1;

	if (left.n == 0 || left.p[0] == '/')
		return errno = EXDEV, -1;
	while (left.n) {
		RK_AUTO(rk_auto_free) char *part = rk_str_dup(rk_str_take(&left, '/'));
		if (!part)
			return errno = ENOMEM, -1;
		if (strcmp(part, "..") == 0)
			return errno = EXDEV, -1;
		int next = openat(at < 0 ? root : at, *part ? part : ".",
		    O_NOFOLLOW | O_CLOEXEC | (left.n ? O_PATH | O_DIRECTORY : flags));
		if (next < 0)
			return -1;
		if (at >= 0)
			close(at);
		at = next;
	}
	int fd = at;
	at = -1;
	return fd;
}

static int
open_beneath(int root, const char *name, int flags)
{
	struct open_how how = { .flags = (unsigned)flags | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS };
	long fd = -1;

	/* EAGAIN: something was renamed while the kernel looked. */
	for (int i = 0; i < RETRIES; i++) {
		fd = syscall(SYS_openat2, root, name, &how, sizeof(how));
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		return open_by_parts(root, name, flags);
	return (int)fd;
}

enum rk_err
rk_folder_open(const char *path, struct rk_folder *ret_folder, struct rk_why *why)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		ret_folder->fd = fd;
		return RK_OK;
	}
	switch (errno) {
	case ENOENT:
		return rk_why(why, RK_NOT_FOUND, "RK-101",
		    "Name the folder that holds functions/: roomkey dev DIR.", "There is no folder %s.",
		    path);
	case ENOTDIR:
		return rk_why(why, RK_NOT_FOUND, "RK-101",
		    "Name the folder that holds functions/: roomkey dev DIR.", "%s is not a folder.", path);
	default:
		return rk_why(why, RK_NOT_FOUND, "RK-101", "Let the user who starts Roomkey read it.",
		    "The folder %s cannot be opened: %s.", path, strerror(errno));
	}
}

void
rk_folder_close(struct rk_folder *folder)
{
	rk_auto_close(&folder->fd);
	folder->fd = -1;
}

/* The file may grow or shrink while it is read: what counts is what is there, up to the ceiling. The
 * buffer's ceiling is one byte above max, so that the read that would find a byte too many has room. */
static enum rk_err
read_all(int fd, size_t size, size_t max, struct rk_buf *out)
{
	while (out->n <= max) {
		if (!rk_buf_reserve(out, (out->n < size ? size - out->n : 0) + 1))
			return rk_buf_end(out);
		ssize_t n = read(fd, out->p + out->n, out->cap - out->n - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_of(errno);
		if (n == 0)
			return RK_OK;
		out->n += (size_t)n;
	}
	return RK_TOO_LARGE;
}

enum rk_err
rk_folder_open_file(const struct rk_folder *folder, const char *name, struct rk_file *ret_file)
{
	struct stat st;
	/* O_NONBLOCK: a FIFO by that name must not make us wait for its writer. */
	RK_AUTO(rk_auto_close) int fd = open_beneath(folder->fd, name, O_RDONLY | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return err_of(errno);
	if (fstat(fd, &st) != 0)
		return RK_IO;
	if (!S_ISREG(st.st_mode))
		return RK_INVALID;
	ret_file->fd = fd;
	ret_file->size = (uint64_t)st.st_size;
	ret_file->mtime_ms =
	    (uint64_t)st.st_mtim.tv_sec * 1000 + ((uint64_t)st.st_mtim.tv_nsec + 500000) / 1000000;
	fd = -1;
	return RK_OK;
}

enum rk_err
rk_folder_open_sub(const struct rk_folder *folder, const char *name, struct rk_folder *ret_sub)
{
	int fd = open_beneath(folder->fd, name, O_RDONLY | O_DIRECTORY);

	if (fd < 0)
		return err_of(errno);
	ret_sub->fd = fd;
	return RK_OK;
}

enum rk_err
rk_folder_read(const struct rk_folder *folder, const char *name, size_t max, struct rk_buf *ret_bytes)
{
	struct rk_file file;
	enum rk_err err = rk_folder_open_file(folder, name, &file);

	if (err != RK_OK)
		return err;
	RK_AUTO(rk_auto_close) int fd = file.fd;
	if (file.size > max)
		return RK_TOO_LARGE;
	struct rk_buf bytes = RK_BUF(max + 1);
	err = read_all(fd, (size_t)file.size, max, &bytes);
	if (err == RK_OK)
		*ret_bytes = bytes;
	else
		rk_buf_wipe(&bytes);
	return err;
}

bool
rk_folder_has_dir(const struct rk_folder *folder, const char *name)
{
	RK_AUTO(rk_auto_close) int fd = open_beneath(folder->fd, name, O_PATH | O_DIRECTORY);

	return fd >= 0;
}

/* The folders that are being read, from the innermost out: none of them is entered again. */
struct level {
	const struct level *above;
	unsigned depth;
	dev_t dev;
	ino_t ino;
};

struct walk {
	const struct rk_folder *folder;
	const struct rk_folder_visitor *visitor;
};

static void walk_dir(const struct walk *w, const char *name, const struct level *above);

static bool
is_entered(const struct level *level, const struct stat *st)
{
	for (; level; level = level->above)
		if (level->dev == st->st_dev && level->ino == st->st_ino)
			return true;
	return false;
}

/* DT_LNK and DT_UNKNOWN become what they lead to; 0 when that cannot be known. */
static unsigned char
type_of(const struct walk *w, const char *name, unsigned char type, enum rk_err *ret_err)
{
	struct stat st;

	if (type != DT_LNK && type != DT_UNKNOWN)
		return type;
	RK_AUTO(rk_auto_close) int fd = open_beneath(w->folder->fd, name, O_PATH);
	if (fd < 0 || fstat(fd, &st) != 0) {
		*ret_err = err_of(errno);
		return 0;
	}
	return IFTODT(st.st_mode);
}

static void
walk_entry(const struct walk *w, const char *dir, const struct dirent *entry, const struct level *level)
{
	char name[PATH_MAX];
	enum rk_err err = RK_OK;

	int n = snprintf(name, sizeof(name), "%s/%s", dir, entry->d_name);
	if (n < 0 || (size_t)n >= sizeof(name)) {
		w->visitor->trouble(dir, RK_TOO_LARGE, w->visitor->arg);
		return;
	}
	unsigned char type = type_of(w, name, entry->d_type, &err);
	if (err != RK_OK)
		w->visitor->trouble(name, err, w->visitor->arg);
	else if (type == DT_DIR)
		walk_dir(w, name, level);
	else
		w->visitor->file(name, w->visitor->arg);
}

static bool
is_visited(const struct walk *w, const char *name)
{
	if (name[0] != '.')
		return true;
	return w->visitor->hidden && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static void
walk_dir(const struct walk *w, const char *name, const struct level *above)
{
	struct stat st;
	struct level level = { .above = above, .depth = above ? above->depth + 1 : 1 };
	RK_AUTO(rk_auto_close) int fd = open_beneath(w->folder->fd, name, O_RDONLY | O_DIRECTORY);

	if (fd < 0 || fstat(fd, &st) != 0) {
		w->visitor->trouble(name, err_of(errno), w->visitor->arg);
		return;
	}
	if (level.depth > RK_FOLDER_DEPTH || is_entered(above, &st)) {
		w->visitor->trouble(name, RK_TOO_LARGE, w->visitor->arg);
		return;
	}
	level.dev = st.st_dev;
	level.ino = st.st_ino;
	DIR *dir = fdopendir(fd);
	if (!dir) {
		w->visitor->trouble(name, RK_IO, w->visitor->arg);
		return;
	}
	fd = -1;
	w->visitor->dir(name, w->visitor->arg);
	for (const struct dirent *entry; (entry = readdir(dir));)
		if (is_visited(w, entry->d_name))
			walk_entry(w, name, entry, &level);
	closedir(dir);
}

void
rk_folder_walk(const struct rk_folder *folder, const char *name, const struct rk_folder_visitor *visitor)
{
	struct walk w = { .folder = folder, .visitor = visitor };

	walk_dir(&w, name, NULL);
}
