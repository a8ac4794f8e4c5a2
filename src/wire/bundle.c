/*
 * bundle.c - one deployment as bytes, and the sealed memory that carries them.
 */
#include "wire/bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/auto.h"

#define MAGIC 0x31424b52u /* "RKB1" */
#define VARIABLE_LEAST 8u /* bytes of the shortest entry: bounds what a count can make us allocate */
#define FUNCTION_LEAST 13u
#define ASSET_LEAST 20u
#define SEALS (F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK)

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U /* Linux 6.3; the headers of Debian 12 are older */
#endif

void
rk_bundle_put_head(struct rk_buf *out, uint32_t generation, struct rk_str service_sid,
    struct rk_str environment_sid, uint32_t variable_count, uint32_t function_count, uint32_t asset_count)
{
	rk_msg_put_u32(out, MAGIC);
	rk_msg_put_u32(out, generation);
	rk_msg_put_str(out, service_sid);
	rk_msg_put_str(out, environment_sid);
	rk_msg_put_u32(out, variable_count);
	rk_msg_put_u32(out, function_count);
	rk_msg_put_u32(out, asset_count);
}

void
rk_bundle_put_variable(struct rk_buf *out, struct rk_str name, struct rk_str value)
{
	rk_msg_put_str(out, name);
	rk_msg_put_str(out, value);
}

void
rk_bundle_put_function(struct rk_buf *out, const struct rk_bundle_function *f)
{
	rk_msg_put_str(out, f->path);
	rk_msg_put_str(out, f->file);
	rk_msg_put_u8(out, f->visibility);
	rk_msg_put_str(out, f->source);
}

void
rk_bundle_put_asset(struct rk_buf *out, const struct rk_bundle_asset *a)
{
	rk_msg_put_str(out, a->path);
	rk_msg_put_str(out, a->file);
	rk_msg_put_str(out, a->content);
	rk_msg_put_u64(out, a->mtime_ms);
}

void
rk_bundle_done(struct rk_bundle *b)
{
	free(b->variables);
	free(b->functions);
	free(b->assets);
	*b = (struct rk_bundle){ 0 };
}

static enum rk_err
get_head(struct rk_msg_view *v, struct rk_bundle *b)
{
	size_t left;

	if (rk_msg_get_u32(v) != MAGIC)
		return RK_INVALID;
	b->generation = rk_msg_get_u32(v);
	b->service_sid = rk_msg_get_str(v);
	b->environment_sid = rk_msg_get_str(v);
	b->variable_count = rk_msg_get_u32(v);
	b->function_count = rk_msg_get_u32(v);
	b->asset_count = rk_msg_get_u32(v);
	left = (size_t)(v->end - v->p);
	if (v->bad || b->function_count > RK_BUNDLE_FUNCTIONS_MAX ||
	    b->variable_count > left / VARIABLE_LEAST || b->function_count > left / FUNCTION_LEAST ||
	    b->asset_count > left / ASSET_LEAST)
		return RK_INVALID;
	return RK_OK;
}

static void
get_function(struct rk_msg_view *v, struct rk_bundle_function *f)
{
	f->path = rk_msg_get_str(v);
	f->file = rk_msg_get_str(v);
	f->visibility = rk_msg_get_u8(v);
	f->source = rk_msg_get_str(v);
	if (f->visibility > RK_PRIVATE)
		v->bad = true;
}

static void
get_asset(struct rk_msg_view *v, struct rk_bundle_asset *a)
{
	a->path = rk_msg_get_str(v);
	a->file = rk_msg_get_str(v);
	a->content = rk_msg_get_str(v);
	a->mtime_ms = rk_msg_get_u64(v);
}

static enum rk_err
get_entries(struct rk_msg_view *v, struct rk_bundle *b)
{
	b->variables = calloc((size_t)b->variable_count + 1, sizeof *b->variables);
	b->functions = calloc((size_t)b->function_count + 1, sizeof *b->functions);
	b->assets = calloc((size_t)b->asset_count + 1, sizeof *b->assets);
	if (!b->variables || !b->functions || !b->assets)
		return RK_NOMEM;
	for (uint32_t i = 0; i < b->variable_count && !v->bad; i++) {
		b->variables[i].name = rk_msg_get_str(v);
		b->variables[i].value = rk_msg_get_str(v);
	}
	for (uint32_t i = 0; i < b->function_count && !v->bad; i++)
		get_function(v, &b->functions[i]);
	for (uint32_t i = 0; i < b->asset_count && !v->bad; i++)
		get_asset(v, &b->assets[i]);
	return rk_msg_is_done(v) ? RK_OK : RK_INVALID;
}

enum rk_err
rk_bundle_parse(struct rk_str bytes, struct rk_bundle *ret_bundle)
{
	const unsigned char *p = (const unsigned char *)bytes.p;
	struct rk_msg_view v = { p, p ? p + bytes.n : p, false };
	struct rk_bundle b = { 0 };
	enum rk_err err;

	if (bytes.n > RK_BUNDLE_MAX)
		return RK_INVALID;
	err = get_head(&v, &b);
	if (!err)
		err = get_entries(&v, &b);
	if (err) {
		rk_bundle_done(&b);
		return err;
	}
	*ret_bundle = b;
	return RK_OK;
}

static int
new_memfd(void)
{
	int fd = memfd_create("roomkey-bundle", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);

	if (fd < 0 && errno == EINVAL) /* before Linux 6.3 */
		fd = memfd_create("roomkey-bundle", MFD_CLOEXEC | MFD_ALLOW_SEALING);
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
rk_bundle_seal(struct rk_str bytes, int *ret_fd)
{
	RK_AUTO(rk_auto_close) int fd = -1;
	enum rk_err err;

	if (bytes.n == 0)
		return RK_INVALID;
	if (bytes.n > RK_BUNDLE_MAX)
		return RK_TOO_LARGE;
	fd = new_memfd();
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

enum rk_err
rk_bundle_map(int fd, struct rk_str *ret_bytes)
{
	int seals = fcntl(fd, F_GET_SEALS);
	struct stat st;
	void *p;

	if (seals < 0 || (seals & SEALS) != SEALS)
		return RK_REFUSED; /* its bytes could change under the reader */
	if (fstat(fd, &st) < 0)
		return RK_IO;
	if (st.st_size <= 0 || (uint64_t)st.st_size > RK_BUNDLE_MAX)
		return RK_INVALID;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return RK_NOMEM;
	*ret_bytes = rk_str_n(p, (size_t)st.st_size);
	return RK_OK;
}
