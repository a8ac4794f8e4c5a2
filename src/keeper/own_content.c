/*
 * own_content.c - what an environment serves, and the variables that its code reads.
 */
#include "base/codec.h"
#include "keeper/own_version.h"

static void
put_version(struct rk_buf *out, const struct rk_own_version *v)
{
	struct rk_buf hex = RK_BUF(2 * RK_VAULT_DIGEST_SIZE);

	rk_codec_put_hex(&hex, v->digest);
	rk_buf_put(out, out->p[out->n - 1] == '[' ? RK_STR("{") : RK_STR(",{"));
	rk_api_json_text(out, "sid", v->owner);
	rk_api_json_text(out, "version_sid", v->sid);
	rk_api_json_text(out, "path", v->path);
	rk_api_json_text(out, "visibility", v->visibility);
	rk_api_json_number(out, "size", v->size);
	rk_api_json_text(out, "content_digest", rk_buf_str(&hex));
	if (v->is_asset)
		rk_api_json_text(out, "content_type", v->content_type);
	rk_buf_put_c(out, '}');
	rk_buf_free(&hex);
}

static void
put_versions(struct rk_buf *out, const char *name, const struct rk_own_build *build, bool assets)
{
	rk_api_json_name(out, name);
	rk_buf_put_c(out, '[');
	for (size_t i = 0; i < build->n; i++)
		if (build->v[i].is_asset == assets)
			put_version(out, &build->v[i]);
	rk_buf_put_c(out, ']');
}

/* ---- variables ---- */

struct setting {
	const struct rk_own_names *names;
	bool set[RK_OWN_NAMES];
};

static void
note_set(const void *row, void *arg)
{
	struct setting *s = arg;

	for (size_t i = 0; i < s->names->n; i++)
		if (rk_str_is(s->names->v[i].name, ((const struct rk_row_variable *)row)->key))
			s->set[i] = true;
}

/* "Enable ACCOUNT_SID and AUTH_TOKEN" sets these two. */
static void
note_credentials(struct setting *s)
{
	for (size_t i = 0; i < s->names->n; i++)
		if (rk_str_is(s->names->v[i].name, RK_STR("ACCOUNT_SID")) ||
		    rk_str_is(s->names->v[i].name, RK_STR("AUTH_TOKEN")))
			s->set[i] = true;
}

static void
put_names(struct rk_buf *out, const char *name, const struct setting *s, bool missing)
{
	bool first = true;

	rk_api_json_name(out, name);
	rk_buf_put_c(out, '[');
	for (size_t i = 0; i < s->names->n; i++) {
		if (missing && (s->set[i] || s->names->v[i].has_default))
			continue;
		if (!first)
			rk_buf_put_c(out, ',');
		first = false;
		rk_json_put_string(out, s->names->v[i].name);
	}
	rk_buf_put_c(out, ']');
}

static enum rk_err
read_names(struct rk_own_call *oc, const struct rk_own_build *build, struct rk_own_names *names)
{
	enum rk_err err = RK_OK;

	for (size_t i = 0; i < build->n && !err; i++) {
		struct rk_str source;
		if (build->v[i].is_asset)
			continue;
		err = rk_own_version_read(oc, &build->v[i], &source);
		if (!err)
			rk_own_names_add(names, source);
	}
	return err;
}

static enum rk_err
find_set(struct rk_own_call *oc, const struct rk_row_environment *e, struct setting *s)
{
	struct rk_query q = { .account = e->row.account_sid,
		.filters = { { .field = "environment_sid", .value = rk_str(e->row.sid) } } };
	struct rk_row_service service;
	bool more = false;
	enum rk_err err = rk_store_list(oc->own->opts.store, RK_KIND_VARIABLE, &q, note_set, s, &more);

	if (!err)
		err = rk_store_get(oc->own->opts.store, RK_KIND_SERVICE, e->row.account_sid, e->service_sid,
		    &oc->call.arena, &service);
	if (!err && service.include_credentials)
		note_credentials(s);
	return err;
}

void
rk_own_content_get(struct rk_own_call *oc)
{
	struct rk_own_names *names = rk_arena_take(&oc->call.arena, sizeof *names);
	struct setting setting = { .names = names };
	struct rk_row_environment e;
	struct rk_own_build build;
	struct rk_buf *out;
	enum rk_err err;

	if (!rk_api_get(&oc->call, RK_KIND_ENVIRONMENT, rk_api_call_owner(&oc->call, "environment_sid"), &e))
		return;
	err = names ? rk_own_build_read(oc, e.build_sid, 0, &build) : RK_NOMEM;
	if (!err)
		err = read_names(oc, &build, names);
	if (!err)
		err = find_set(oc, &e, &setting);
	if (err) {
		rk_api_fail_err(&oc->call, err, NULL);
		return;
	}
	out = rk_own_open(oc);
	rk_api_json_text(out, "build_sid", e.build_sid);
	put_versions(out, "functions", &build, false);
	put_versions(out, "assets", &build, true);
	put_names(out, "variables_read", &setting, false);
	put_names(out, "variables_missing", &setting, true);
	rk_own_close(oc, 200);
}
