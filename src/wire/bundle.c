/*
 * bundle.c - one deployment as bytes, and the sealed memory that carries them.
 */
#include "wire/bundle.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "wire/sealed.h"

#define MAGIC 0x32424b52u /* "RKB2" */
#define KEY_LEAST 45u     /* bytes of the shortest entry: bounds what a count can make us allocate */
#define VARIABLE_LEAST 8u
#define FUNCTION_LEAST 13u
#define ASSET_LEAST 20u

void
rk_bundle_put_head(struct rk_buf *out, const struct rk_bundle *head)
{
	rk_msg_put_u32(out, MAGIC);
	rk_msg_put_u32(out, head->generation);
	rk_msg_put_str(out, head->service_sid);
	rk_msg_put_str(out, head->environment_sid);
	rk_msg_put_str(out, head->verifier_key);
	rk_msg_put_u32(out, head->key_count);
	rk_msg_put_u32(out, head->variable_count);
	rk_msg_put_u32(out, head->function_count);
	rk_msg_put_u32(out, head->asset_count);
}

void
rk_bundle_put_key(struct rk_buf *out, const struct rk_bundle_key *key)
{
	rk_msg_put_str(out, key->sid);
	rk_msg_put_str(out, key->friendly_name);
	rk_msg_put_str(out, key->verifier);
	rk_msg_put_u8(out, key->state);
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
	free(b->keys);
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
	b->verifier_key = rk_msg_get_str(v);
	b->key_count = rk_msg_get_u32(v);
	b->variable_count = rk_msg_get_u32(v);
	b->function_count = rk_msg_get_u32(v);
	b->asset_count = rk_msg_get_u32(v);
	left = (size_t)(v->end - v->p);
	if (b->verifier_key.n != (b->key_count > 0 ? RK_BUNDLE_VERIFIER_SIZE : 0))
		return RK_INVALID;
	if (v->bad || b->function_count > RK_BUNDLE_FUNCTIONS_MAX || b->key_count > left / KEY_LEAST ||
	    b->variable_count > left / VARIABLE_LEAST || b->function_count > left / FUNCTION_LEAST ||
	    b->asset_count > left / ASSET_LEAST)
		return RK_INVALID;
	return RK_OK;
}

static void
get_key(struct rk_msg_view *v, struct rk_bundle_key *key)
{
	key->sid = rk_msg_get_str(v);
	key->friendly_name = rk_msg_get_str(v);
	key->verifier = rk_msg_get_str(v);
	key->state = rk_msg_get_u8(v);
	if (key->verifier.n != RK_BUNDLE_VERIFIER_SIZE || key->state > RK_BUNDLE_KEY_REMOVED)
		v->bad = true;
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

static bool
make_room(struct rk_bundle *b)
{
	b->keys = calloc((size_t)b->key_count + 1, sizeof *b->keys);
	b->variables = calloc((size_t)b->variable_count + 1, sizeof *b->variables);
	b->functions = calloc((size_t)b->function_count + 1, sizeof *b->functions);
	b->assets = calloc((size_t)b->asset_count + 1, sizeof *b->assets);
	return b->keys && b->variables && b->functions && b->assets;
}

static enum rk_err
get_entries(struct rk_msg_view *v, struct rk_bundle *b)
{
	if (!make_room(b))
		return RK_NOMEM;
	for (uint32_t i = 0; i < b->key_count && !v->bad; i++)
		get_key(v, &b->keys[i]);
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

enum rk_err
rk_bundle_seal(struct rk_str bytes, int *ret_fd)
{
	if (bytes.n == 0)
		return RK_INVALID;
	if (bytes.n > RK_BUNDLE_MAX)
		return RK_TOO_LARGE;
	return rk_sealed_new(bytes, ret_fd);
}

enum rk_err
rk_bundle_map(int fd, struct rk_str *ret_bytes)
{
	struct stat st;
	void *p;

	if (!rk_sealed_is(fd))
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
