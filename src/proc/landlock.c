/*
 * landlock.c - see landlock.h. By system call: the C library has no functions for it.
 */
#include "proc/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/auto.h"

/* As the kernel has it; the header of the build machine may know fewer fields. */
struct ruleset_attr {
	uint64_t fs, net, scoped;
};

#define FS_FIRST ((1ull << 13) - 1) /* version 1: thirteen rights */
#define FS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
/* Files, folders and nothing else are made. */
#define FS_WRITE                                                                    \
	(FS_READ | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE | \
	    LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR)
#define FS_REFER (1ull << 13)    /* version 2: to another folder */
#define FS_TRUNCATE (1ull << 14) /* version 3 */
#define NET_TCP 3ull             /* version 4: bind and connect */
#define SCOPES 3ull              /* version 6: abstract Unix sockets, signals */

int
rk_landlock_version(void)
{
	return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

static int
new_ruleset(int version)
{
	struct ruleset_attr attr = { .fs = FS_FIRST };
	size_t size = sizeof(attr.fs);

	if (version >= 2)
		attr.fs |= FS_REFER;
	if (version >= 3)
		attr.fs |= FS_TRUNCATE;
	if (version >= 5)
		attr.fs |= 1ull << 15; /* ioctl on devices */
	if (version >= 4) {
		attr.net = NET_TCP;
		size += sizeof(attr.net);
	}
	if (version >= 6) {
		attr.scoped = SCOPES;
		size += sizeof(attr.scoped);
	}
	return (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0);
}

static uint64_t
writing(int version)
{
	return FS_WRITE | (version >= 2 ? FS_REFER : 0) | (version >= 3 ? FS_TRUNCATE : 0);
}

static int
allow(int rules, const char *path, uint64_t access)
{
	struct landlock_path_beneath_attr beneath = { .allowed_access = access };
	RK_AUTO(rk_auto_close) int fd = open(path, O_PATH | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	if (!S_ISDIR(st.st_mode))
		beneath.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE;
	beneath.parent_fd = fd;
	return (int)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
}

enum rk_err
rk_landlock_start(const struct rk_landlock *allowed, struct rk_why *why)
{
	int version = rk_landlock_version();
	RK_AUTO(rk_auto_close) int rules = -1;

	if (version < 1)
		return RK_OK;
	rules = new_ruleset(version);
	if (rules < 0)
		return rk_why(
		    why, RK_UNSUPPORTED, "RK-321", "", "Landlock gives no rules: %s.", strerror(errno));
	for (const char *const *path = allowed->readable; *path; path++)
		if (allow(rules, *path, FS_READ) < 0)
			return rk_why(why, RK_IO, "RK-321", "Make it readable for the user who runs Roomkey.",
			    "What this process must read cannot be read: %s.", strerror(errno));
	if (allowed->writable && allow(rules, allowed->writable, writing(version)) < 0)
		return rk_why(why, RK_IO, "RK-321", "Make it belong to the user who runs Roomkey.",
		    "The data directory cannot be opened: %s.", strerror(errno));
	if (syscall(SYS_landlock_restrict_self, rules, 0) < 0)
		return rk_why(why, RK_UNSUPPORTED, "RK-321", "", "Landlock refuses: %s.", strerror(errno));
	return RK_OK;
}
