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
#define NET_TCP 3ull /* version 4: bind and connect */
#define SCOPES 3ull  /* version 6: abstract Unix sockets, signals */

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
		attr.fs |= 1ull << 13; /* refer */
	if (version >= 3)
		attr.fs |= 1ull << 14; /* truncate */
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

static int
allow_reading(int rules, const char *path)
{
	struct landlock_path_beneath_attr beneath = { .allowed_access = FS_READ };
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
rk_landlock_start(const char *const *readable, struct rk_why *why)
{
	int version = rk_landlock_version();
	RK_AUTO(rk_auto_close) int rules = -1;

	if (version < 1)
		return RK_OK;
	rules = new_ruleset(version);
	if (rules < 0)
		return rk_why(
		    why, RK_UNSUPPORTED, "RK-321", "", "Landlock gives no rules: %s.", strerror(errno));
	for (; *readable; readable++)
		if (allow_reading(rules, *readable) < 0)
			return rk_why(why, RK_IO, "RK-321", "Make it readable for the user who runs Roomkey.",
			    "What this process must read cannot be read: %s.", strerror(errno));
	if (syscall(SYS_landlock_restrict_self, rules, 0) < 0)
		return rk_why(why, RK_UNSUPPORTED, "RK-321", "", "Landlock refuses: %s.", strerror(errno));
	return RK_OK;
}
