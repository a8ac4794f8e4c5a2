/*
 * cargo.c - a bundle from the store: measured first, then written in one piece of memory, for a buffer that grows
 * leaves copies of secrets behind.
 */
#include "keeper/cargo.h"

#include "base/auto.h"
#include "base/secret.h"
#include "keeper/pages.h"
#include "keeper/platform.h"

#define ROW_OVERHEAD 64u /* more than the counts and lengths of one row take */
#define VALUE_MAX 1024u  /* more than a variable's value, or the auth token, may be */

struct packing {
	struct rk_store *store;
	const struct rk_site *site;
	uint32_t generation;
	struct rk_buf *out; /* reserved whole */

	struct rk_buf verifier_key;
	size_t bytes;
	uint32_t key_n, variable_n, private_n;
	uint8_t state;               /* of the keys that are being listed */
	bool credentials;            /* the service wants ACCOUNT_SID and AUTH_TOKEN */
	bool has_account, has_token; /* variables of that name, which come first */
};

/* ---- measuring ---------------------------------------------------------------------- */

static void
measure_variable(const void *row, void *arg)
{
	const struct rk_row_variable *v = row;
	struct packing *p = arg;

	p->variable_n++;
	p->bytes += v->key.n + VALUE_MAX + ROW_OVERHEAD;
	p->has_account = p->has_account || rk_str_is(v->key, RK_STR("ACCOUNT_SID"));
	p->has_token = p->has_token || rk_str_is(v->key, RK_STR("AUTH_TOKEN"));
}

static void
measure_key(const void *row, void *arg)
{
	struct packing *p = arg;

	p->key_n++;
	p->bytes += ((const struct rk_row_key *)row)->friendly_name.n + RK_SID_LEN + RK_BUNDLE_VERIFIER_SIZE +
		    ROW_OVERHEAD;
}

static void
measure_files(struct packing *p)
{
	const struct rk_site *site = p->site;

	for (size_t i = 0; i < site->function_n; i++)
		p->bytes += site->functions[i].path.n + site->functions[i].file.n +
			    (size_t)site->functions[i].size + ROW_OVERHEAD;
	for (size_t i = 0; i < site->asset_n; i++)
		if (site->assets[i].visibility == RK_PRIVATE) {
			p->private_n++;
			p->bytes += site->assets[i].path.n + site->assets[i].file.n +
				    (size_t)site->assets[i].size + ROW_OVERHEAD;
		}
}

static struct rk_query
query_variables(const struct packing *p)
{
	return (struct rk_query){ .account = p->site->account_sid,
		.filters = { { .field = "environment_sid", .value = p->site->environment_sid } } };
}

static enum rk_err
measure(struct packing *p)
{
	struct rk_query variables = query_variables(p), keys = { .account = p->site->account_sid };
	struct rk_row_service service;
	struct rk_arena arena;
	enum rk_err err;

	rk_arena_init(&arena, 0);
	err = rk_store_get(
	    p->store, RK_KIND_SERVICE, p->site->account_sid, p->site->service_sid, &arena, &service);
	p->credentials = !err && service.include_credentials;
	rk_arena_done(&arena);
	if (!err)
		err = rk_pages_each(p->store, RK_KIND_VARIABLE, &variables, measure_variable, p);
	if (!err)
		err = rk_pages_each(p->store, RK_KIND_KEY, &keys, measure_key, p);
	keys.removed = true;
	if (!err)
		err = rk_pages_each(p->store, RK_KIND_KEY, &keys, measure_key, p);
	measure_files(p);
	p->bytes += 2 * (VALUE_MAX + ROW_OVERHEAD) + 4096;
	return err;
}

/* ---- writing ------------------------------------------------------------------------- */

static void
put_key(const void *row, void *arg)
{
	const struct rk_row_key *key = row;
	struct packing *p = arg;
	unsigned char verifier[RK_BUNDLE_VERIFIER_SIZE];
	uint8_t state = p->state == RK_BUNDLE_KEY_GOOD && key->disabled ? RK_BUNDLE_KEY_DISABLED : p->state;

	rk_vault_hmac(rk_buf_str(&p->verifier_key), key->secret, verifier);
	rk_bundle_put_key(p->out, &(struct rk_bundle_key){ .sid = rk_str(key->row.sid),
				      .friendly_name = key->friendly_name,
				      .verifier = rk_str_n((const char *)verifier, sizeof verifier),
				      .state = state });
}

static enum rk_err
put_keys(struct packing *p)
{
	struct rk_query q = { .account = p->site->account_sid, .secrets = true };
	enum rk_err err;

	p->state = RK_BUNDLE_KEY_GOOD;
	err = rk_pages_each(p->store, RK_KIND_KEY, &q, put_key, p);
	q.removed = true;
	p->state = RK_BUNDLE_KEY_REMOVED;
	return err ? err : rk_pages_each(p->store, RK_KIND_KEY, &q, put_key, p);
}

static void
put_variable(const void *row, void *arg)
{
	const struct rk_row_variable *v = row;

	rk_bundle_put_variable(((struct packing *)arg)->out, v->key, v->value);
}

static void
put_token(const void *row, void *arg)
{
	rk_bundle_put_variable(((struct packing *)arg)->out, RK_STR("AUTH_TOKEN"),
	    ((const struct rk_row_account *)row)->auth_token);
}

static bool
gives_account(const struct packing *p)
{
	return p->credentials && !p->has_account;
}

static bool
gives_token(const struct packing *p)
{
	return p->credentials && !p->has_token;
}

/* A variable by the name of a credential takes its place, as a person who set it meant. */
static enum rk_err
put_variables(struct packing *p)
{
	struct rk_query account = { .account = p->site->account_sid, .limit = 1, .secrets = true };
	struct rk_query q = query_variables(p);
	bool more;
	enum rk_err err = RK_OK;

	q.secrets = true;
	if (gives_account(p))
		rk_bundle_put_variable(p->out, RK_STR("ACCOUNT_SID"), p->site->account_sid);
	if (gives_token(p))
		err = rk_store_list(p->store, RK_KIND_ACCOUNT, &account, put_token, p, &more);
	return err ? err : rk_pages_each(p->store, RK_KIND_VARIABLE, &q, put_variable, p);
}

static enum rk_err
put_functions(struct packing *p)
{
	for (size_t i = 0; i < p->site->function_n; i++) {
		RK_AUTO(rk_buf_free) struct rk_buf source = RK_BUF(RK_PLATFORM_CONTENT_MAX);
		const struct rk_site_file *f = &p->site->functions[i];
		enum rk_err err = rk_platform_get_content(p->store, f->digest, &source);

		if (err)
			return err;
		rk_bundle_put_function(p->out, &(struct rk_bundle_function){ .path = f->path,
						   .file = f->file,
						   .visibility = f->visibility,
						   .source = rk_buf_str(&source) });
	}
	return RK_OK;
}

static enum rk_err
put_assets(struct packing *p)
{
	for (size_t i = 0; i < p->site->asset_n; i++) {
		RK_AUTO(rk_buf_free) struct rk_buf content = RK_BUF(RK_PLATFORM_CONTENT_MAX);
		const struct rk_site_file *f = &p->site->assets[i];
		enum rk_err err;

		if (f->visibility != RK_PRIVATE)
			continue;
		err = rk_platform_get_content(p->store, f->digest, &content);
		if (err)
			return err;
		rk_bundle_put_asset(p->out, &(struct rk_bundle_asset){ .path = f->path,
						.file = f->file,
						.content = rk_buf_str(&content),
						.mtime_ms = f->mtime_ms });
	}
	return RK_OK;
}

static enum rk_err
write_all(struct packing *p)
{
	enum rk_err err = RK_OK;

	rk_bundle_put_head(p->out, &(struct rk_bundle){ .generation = p->generation,
				       .service_sid = p->site->service_sid,
				       .environment_sid = p->site->environment_sid,
				       .verifier_key = rk_buf_str(&p->verifier_key),
				       .key_count = p->key_n,
				       .variable_count = p->variable_n + gives_account(p) + gives_token(p),
				       .function_count = (uint32_t)p->site->function_n,
				       .asset_count = p->private_n });
	if (p->key_n)
		err = put_keys(p);
	if (!err)
		err = put_variables(p);
	if (!err)
		err = put_functions(p);
	if (!err)
		err = put_assets(p);
	return err ? err : rk_buf_end(p->out);
}

enum rk_err
rk_cargo_seal(struct rk_store *store, const struct rk_site *site, uint32_t generation, int *ret_fd)
{
	RK_AUTO(rk_buf_wipe) struct rk_buf out = RK_BUF(RK_BUNDLE_MAX);
	struct packing p = { .store = store,
		.site = site,
		.generation = generation,
		.out = &out,
		.verifier_key = RK_BUF(RK_BUNDLE_VERIFIER_SIZE) };
	enum rk_err err = measure(&p);

	if (!err && p.key_n)
		err = rk_vault_make_key(&p.verifier_key);
	if (!err && !rk_buf_reserve(&out, p.bytes))
		err = rk_buf_end(&out) ? rk_buf_end(&out) : RK_NOMEM;
	if (!err)
		err = write_all(&p);
	rk_buf_wipe(&p.verifier_key);
	return err ? err : rk_bundle_seal(rk_buf_str(&out), ret_fd);
}

enum rk_err
rk_cargo_seal_trial(const struct rk_bundle_function *functions, size_t n, uint32_t generation, int *ret_fd)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(RK_BUNDLE_MAX);
	enum rk_err err;

	rk_bundle_put_head(
	    &out, &(struct rk_bundle){ .generation = generation, .function_count = (uint32_t)n });
	for (size_t i = 0; i < n; i++)
		rk_bundle_put_function(&out, &functions[i]);
	err = rk_buf_end(&out);
	return err ? err : rk_bundle_seal(rk_buf_str(&out), ret_fd);
}
