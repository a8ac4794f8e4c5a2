/*
 * sealed.c - memfds, written once.
 */
#include "wire/sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>

#include "base/auto.h"

#define SEALS (F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK)

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U /* Linux 6.3; the headers of Debian 12 are older */
#endif

static int
new_memfd(void)
{
	int fd = memfd_create("roomkey", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);

	if (fd < 0 && errno == EINVAL) /* before Linux 6.3 */
		fd = memfd_create("roomkey", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	return fd;
}

static enum rk_err
write_all(int fd, struct rk_str bytes)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return RK_IO;
		bytes = rk_str_sub(bytes, (size_t)n, bytes.n);
	}
	return RK_OK;
}

enum rk_err
rk_sealed_new(struct rk_str bytes, int *ret_fd)
{
	RK_AUTO(rk_auto_close) int fd = new_memfd();
	enum rk_err err;

	if (fd < 0)
		return RK_IO;
	err = write_all(fd, bytes);
	if (err)
		return err;
	if (fcntl(fd, F_ADD_SEALS, SEALS | F_SEAL_SEAL) < 0)
		return RK_IO;
	*ret_fd = fd;
	fd = -1;
	return RK_OK;
}

bool
rk_sealed_is(int fd)
{
	int seals = fcntl(fd, F_GET_SEALS);

	return seals >= 0 && (seals & SEALS) == SEALS;
}
