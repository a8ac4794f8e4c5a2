/*
 * platform.c - operations of several rows, each in one transaction.
 */
#include "keeper/platform.h"

#include <ctype.h>
#include <stdio.h>
#include <sys/random.h>

#include "base/auto.h"
#include "base/err.h"

#define NAME_MAX_IN_BASE 41 /* and a hyphen and four digits are 46; a suffix of 16 and its hyphen make 63 */
#define TRIES 20

void
rk_platform_base(struct rk_str unique_name, unsigned digits, char ret_base[RK_PLATFORM_LABEL_SIZE])
{
	size_t n = 0;

	for (size_t i = 0; i < unique_name.n && n < NAME_MAX_IN_BASE; i++) {
		unsigned char c = (unsigned char)unique_name.p[i];
		bool letter = c < 0x80 && isalnum(c);
		if (letter)
			ret_base[n++] = (char)tolower(c);
		else if (n && ret_base[n - 1] != '-')
			ret_base[n++] = '-';
	}
	while (n && ret_base[n - 1] == '-')
		n--;
	if (!n)
		ret_base[n++] = 's';
	snprintf(ret_base + n, RK_PLATFORM_LABEL_SIZE - n, "-%04u", digits % 10000);
}

static unsigned
random_digits(void)
{
	unsigned value = 0;

	if (getrandom(&value, sizeof value, 0) != (ssize_t)sizeof value)
		return 0;
	return value % 10000;
}

static enum rk_err
is_name_taken(struct rk_store *store, struct rk_str account, struct rk_str unique_name)
{
	struct rk_query q = { .account = account,
		.filters = { { .field = "unique_name", .value = unique_name } } };
	struct rk_row_service found;
	struct rk_arena arena;
	enum rk_err err;

	rk_arena_init(&arena, 0);
	err = rk_store_find(store, RK_KIND_SERVICE, &q, &arena, &found);
	rk_arena_done(&arena);
	return err == RK_NOT_FOUND ? RK_OK : err ? err : RK_EXISTS;
}

enum rk_err
rk_platform_create_service(
    struct rk_store *store, struct rk_row_service *row, char base[RK_PLATFORM_LABEL_SIZE], struct rk_why *why)
{
	enum rk_err err = is_name_taken(store, row->row.account_sid, row->unique_name);

	if (err)
		return rk_why(
		    why, err, "RK-723", "Take another name.", "There is a service by that name already.");
	err = RK_EXISTS;
	for (int i = 0; i < TRIES && err == RK_EXISTS; i++) {
		rk_platform_base(row->unique_name, random_digits(), base);
		row->domain_base = rk_str(base);
		err = rk_store_create(store, RK_KIND_SERVICE, row, why);
	}
	return err;
}

enum rk_err
rk_platform_create_environment(struct rk_store *store, struct rk_row_environment *row,
    char label[RK_PLATFORM_LABEL_SIZE], struct rk_why *why)
{
	struct rk_row_service service;
	struct rk_arena arena;
	enum rk_err err;
	int n = 0;

	rk_arena_init(&arena, 0);
	err = rk_store_get(store, RK_KIND_SERVICE, row->row.account_sid, row->service_sid, &arena, &service);
	if (!err)
		n = snprintf(label, RK_PLATFORM_LABEL_SIZE, "%.*s%s%.*s", RK_FMT(service.domain_base),
		    row->domain_suffix.n ? "-" : "", RK_FMT(row->domain_suffix));
	rk_arena_done(&arena);
	if (err)
		return rk_why(why, err, "RK-722", "Look at the SID.", "There is no such service.");
	if (n >= RK_PLATFORM_LABEL_SIZE)
		return rk_why(why, RK_TOO_LARGE, "RK-721", "Shorten it.",
		    "The domain_suffix of the environment is longer than 16 characters.");
	row->domain_label = rk_str(label);
	return rk_store_create(store, RK_KIND_ENVIRONMENT, row, why);
}

/* The end of every operation here: commit, or take all back. */
static enum rk_err
settle(struct rk_store *store, enum rk_err err, struct rk_why *why)
{
	if (err) {
		rk_store_rollback(store);
		return err;
	}
	err = rk_store_commit(store);
	if (err)
		return rk_why(why, err, "RK-730", "See docs/errors.md#rk-730.",
		    "The change cannot be kept: %s.", rk_err_text(err));
	return RK_OK;
}

static enum rk_err
begin(struct rk_store *store, struct rk_why *why)
{
	enum rk_err err = rk_store_begin(store);

	if (err)
		return rk_why(why, err, "RK-730", "See docs/errors.md#rk-730.",
		    "Nothing can be changed now: %s.", rk_err_text(err));
	return RK_OK;
}

enum rk_err
rk_platform_create_version(struct rk_store *store, enum rk_kind kind, void *row, struct rk_str content,
    unsigned char digest[RK_VAULT_DIGEST_SIZE], struct rk_why *why)
{
	const struct rk_record *record = rk_record_get(kind);
	const struct rk_field *digest_field = rk_record_field(record, RK_STR("content_digest"));
	enum rk_err err;

	if (!digest_field)
		return RK_UNSUPPORTED;
	if (content.n > RK_PLATFORM_CONTENT_MAX)
		return rk_why(
		    why, RK_TOO_LARGE, "RK-721", "Make it smaller.", "The content is larger than 64 MB.");
	rk_vault_digest(content, digest);
	*rk_field_text(digest_field, row) = rk_str_n((const char *)digest, RK_VAULT_DIGEST_SIZE);
	rk_field_set_number(rk_record_field(record, RK_STR("content_size")), row, (int64_t)content.n);
	err = begin(store, why);
	if (err)
		return err;
	err = store->ops->put_content(store, *rk_field_text(digest_field, row), content);
	if (err)
		rk_why(why, err, "RK-730", "See docs/errors.md#rk-730.", "The content cannot be kept: %s.",
		    rk_err_text(err));
	else
		err = rk_store_create(store, kind, row, why);
	return settle(store, err, why);
}

enum rk_err
rk_platform_get_content(struct rk_store *store, struct rk_str digest, struct rk_buf *out)
{
	unsigned char found[RK_VAULT_DIGEST_SIZE];
	size_t at = out->n;
	enum rk_err err = store->ops->get_content(store, digest, out);

	if (err)
		return err;
	rk_vault_digest(rk_str_n(out->p + at, out->n - at), found);
	return rk_str_is(digest, rk_str_n((const char *)found, sizeof found)) ? RK_OK : RK_DAMAGED;
}

static enum rk_err
link_versions(struct rk_store *store, const struct rk_row_build *row, enum rk_kind kind,
    const struct rk_str *sids, size_t n, struct rk_why *why)
{
	enum rk_err err = RK_OK;

	for (size_t i = 0; i < n && !err; i++) {
		struct rk_query q = { .account = row->row.account_sid,
			.limit = 1,
			.filters = { { .field = "sid", .value = sids[i] },
			    { .field = "service_sid", .value = row->service_sid } } };
		bool more = false;
		err = store->ops->list(store, kind, &q, NULL, NULL, &more);
		if (!err)
			err = store->ops->link(store, kind, rk_str(row->row.sid), sids[i]);
		if (err)
			rk_why(why, err, "RK-722", "Look at the SIDs.",
			    "Version %zu of the build cannot be taken: %s.", i + 1, rk_err_text(err));
	}
	return err;
}

enum rk_err
rk_platform_create_build(struct rk_store *store, struct rk_row_build *row, const struct rk_str *functions,
    size_t function_n, const struct rk_str *assets, size_t asset_n, struct rk_why *why)
{
	enum rk_err err = begin(store, why);

	if (err)
		return err;
	err = rk_store_create(store, RK_KIND_BUILD, row, why);
	if (!err)
		err = link_versions(store, row, RK_KIND_FUNCTION_VERSION, functions, function_n, why);
	if (!err)
		err = link_versions(store, row, RK_KIND_ASSET_VERSION, assets, asset_n, why);
	return settle(store, err, why);
}

/* Reads what is to be swapped, and swaps it; within the caller's transaction. */
static enum rk_err
swap(struct rk_store *store, struct rk_row_deployment *row, struct rk_arena *arena, struct rk_why *why)
{
	struct rk_row_environment environment;
	struct rk_row_build build;
	enum rk_err err;

	err = rk_store_get(
	    store, RK_KIND_ENVIRONMENT, row->row.account_sid, row->environment_sid, arena, &environment);
	if (!err)
		err = rk_store_get(store, RK_KIND_BUILD, row->row.account_sid, row->build_sid, arena, &build);
	if (!err && !rk_str_is(build.service_sid, environment.service_sid))
		err = RK_NOT_FOUND;
	if (err)
		return rk_why(
		    why, err, "RK-722", "Look at the SIDs.", "There is no such environment or build.");
	if (!rk_str_is(build.status, RK_STR("completed")))
		return rk_why(why, RK_REFUSED, "RK-725", "Wait until its status is completed.",
		    "The build is not completed.");
	row->service_sid = environment.service_sid;
	environment.build_sid = row->build_sid;
	err = rk_store_update(store, RK_KIND_ENVIRONMENT, &environment, why);
	return err ? err : rk_store_create(store, RK_KIND_DEPLOYMENT, row, why);
}

enum rk_err
rk_platform_deploy(
    struct rk_store *store, struct rk_row_deployment *row, struct rk_row_audit *audit, struct rk_why *why)
{
	struct rk_arena arena;
	enum rk_err err = begin(store, why);

	if (err)
		return err;
	rk_arena_init(&arena, 0);
	err = swap(store, row, &arena, why);
	if (!err)
		err = rk_store_create(store, RK_KIND_AUDIT, audit, why);
	rk_arena_done(&arena);
	row->service_sid = rk_str(NULL); /* lay in the arena */
	return settle(store, err, why);
}
