/*
 * own_keys.c - API keys, with all that the vendor's forms of them leave out.
 *
 * A secret is in the answer that made the key, and never again; an imported key's is not shown at all.
 */
#include "base/secret.h"
#include "keeper/api_rows.h"
#include "keeper/own_call.h"

static void
put_key(struct rk_buf *out, const struct rk_row_key *key)
{
	rk_api_json_text(out, "sid", rk_str(key->row.sid));
	rk_api_json_text(out, "friendly_name", key->friendly_name);
	rk_api_json_text(out, "type", key->type);
	rk_api_json_text(out, "region", key->region);
	rk_api_json_flag(out, "imported", key->imported);
	rk_api_json_flag(out, "disabled", key->disabled);
	if (key->last_used)
		rk_api_json_date(out, "last_used", key->last_used);
	else
		rk_api_json_text(out, "last_used", rk_str(NULL));
	rk_api_json_date(out, "date_created", key->row.date_created);
	rk_api_json_date(out, "date_updated", key->row.date_updated);
}

static void
put_one(const void *row, void *arg)
{
	struct rk_buf *out = arg;

	rk_buf_put(out, out->p[out->n - 1] == '[' ? RK_STR("{") : RK_STR(",{"));
	put_key(out, row);
	rk_buf_put_c(out, '}');
}

void
rk_own_keys_get(struct rk_own_call *oc)
{
	struct rk_query q = { .account = rk_str(oc->call.caller.account) };
	struct rk_buf *out = rk_own_open(oc);
	bool more = false;
	enum rk_err err;

	rk_buf_lit(out, "\"keys\":[");
	err = rk_store_list(oc->own->opts.store, RK_KIND_KEY, &q, put_one, out, &more);
	rk_buf_put_c(out, ']');
	rk_own_close(oc, 200);
	if (err)
		rk_api_fail_err(&oc->call, err, NULL);
}

/* "us1", "ie1", "au1": what the vendor calls its regions. */
static bool
take_region(struct rk_own_call *oc, struct rk_str *ret_region)
{
	struct rk_str region = rk_own_text(oc, "region");

	*ret_region = RK_STR("us1");
	if (!region.n)
		return true;
	for (size_t i = 0; i < region.n; i++)
		if (!((region.p[i] >= 'a' && region.p[i] <= 'z') ||
			(region.p[i] >= '0' && region.p[i] <= '9'))) {
			rk_api_fail(&oc->call, RK_API_PARAMETER,
			    "region must be small letters and digits, as in us1 or ie1.");
			return false;
		}
	*ret_region = region;
	return true;
}

static struct rk_str
name_of(struct rk_own_call *oc)
{
	struct rk_str name = rk_own_text(oc, "friendly_name");

	return name.p ? name : RK_STR("");
}

static void
create(struct rk_own_call *oc, struct rk_row_key *key, const char *action)
{
	struct rk_buf detail = RK_BUF(1024), *out;
	struct rk_why why = { .code = "" };
	enum rk_err err;

	rk_api_json_text(&detail, "type", key->type);
	rk_api_json_text(&detail, "friendly_name", key->friendly_name);
	if (rk_own_begin_change(oc)) {
		err = rk_store_create(oc->own->opts.store, RK_KIND_KEY, key, &why);
		if (rk_own_settle(oc, err, &why, action, rk_str(key->row.sid), rk_buf_str(&detail))) {
			out = rk_own_open(oc);
			put_key(out, key);
			if (!key->imported)
				rk_api_json_text(out, "secret", key->secret);
			rk_own_close(oc, 201);
			rk_api_tell_keys(&oc->call);
		}
	}
	rk_buf_free(&detail);
}

/* Standard when none is named. */
static bool
take_type(struct rk_own_call *oc, struct rk_str *ret_type)
{
	struct rk_str type = rk_own_text(oc, "type");

	*ret_type = type.p ? type : RK_STR("standard");
	if (rk_str_is(*ret_type, RK_STR("standard")) || rk_str_is(*ret_type, RK_STR("main")))
		return true;
	rk_api_fail(&oc->call, RK_API_PARAMETER, "type must be standard or main.");
	return false;
}

void
rk_own_keys_post(struct rk_own_call *oc)
{
	struct rk_row_key key = { .row.account_sid = rk_str(oc->call.caller.account),
		.friendly_name = name_of(oc) };
	char secret[RK_API_SECRET_LEN];
	enum rk_err err;

	if (!take_type(oc, &key.type) || !take_region(oc, &key.region))
		return;
	err = rk_api_key_make_secret(secret);
	key.secret = rk_str_n(secret, sizeof secret);
	if (err)
		rk_api_fail_err(&oc->call, err, NULL);
	else
		create(oc, &key, "Key.create");
	rk_secret_wipe(secret, sizeof secret);
}

void
rk_own_keys_import(struct rk_own_call *oc)
{
	struct rk_str sid = rk_own_text(oc, "sid");
	struct rk_row_key key = { .row.account_sid = rk_str(oc->call.caller.account),
		.friendly_name = name_of(oc),
		.secret = rk_own_text(oc, "secret"),
		.imported = true };

	if (!rk_sid_is(sid, "SK"))
		rk_api_fail(&oc->call, RK_API_PARAMETER, "sid must be a SID: SK and 32 hexadecimal digits.");
	else if (!key.secret.n || rk_str_trim(key.secret).n != key.secret.n)
		rk_api_fail(&oc->call, RK_API_PARAMETER,
		    "secret must not be empty, and not begin or end with a blank.");
	else if (take_type(oc, &key.type) && take_region(oc, &key.region)) {
		memcpy(key.row.sid, sid.p, RK_SID_LEN);
		create(oc, &key, "Key.import");
	}
}

void
rk_own_key_post(struct rk_own_call *oc)
{
	struct rk_buf detail = RK_BUF(1024);
	struct rk_why why = { .code = "" };
	struct rk_row_key key;
	enum rk_err err;

	if (!rk_api_get(&oc->call, RK_KIND_KEY, oc->call.sid, &key))
		return;
	rk_api_json_text(&detail, "friendly_name_before", key.friendly_name);
	if (rk_own_text(oc, "friendly_name").p)
		key.friendly_name = rk_own_text(oc, "friendly_name");
	key.disabled = rk_own_flag(oc, "disabled", key.disabled);
	rk_api_json_text(&detail, "friendly_name", key.friendly_name);
	rk_api_json_flag(&detail, "disabled", key.disabled);
	if (rk_own_begin_change(oc)) {
		err = rk_store_update(oc->own->opts.store, RK_KIND_KEY, &key, &why);
		if (rk_own_settle(oc, err, &why, "Key.update", rk_str(key.row.sid), rk_buf_str(&detail))) {
			put_key(rk_own_open(oc), &key);
			rk_own_close(oc, 200);
			rk_api_tell_keys(&oc->call);
		}
	}
	rk_buf_free(&detail);
}

void
rk_own_key_delete(struct rk_own_call *oc)
{
	struct rk_row_key key;
	enum rk_err err;

	if (!rk_api_get(&oc->call, RK_KIND_KEY, oc->call.sid, &key) || !rk_own_begin_change(oc))
		return;
	err = rk_store_remove(oc->own->opts.store, RK_KIND_KEY, key.row.account_sid, rk_str(key.row.sid));
	if (rk_own_settle(oc, err, NULL, "Key.remove", rk_str(key.row.sid), RK_STR(""))) {
		oc->response.status = 204;
		rk_api_tell_keys(&oc->call);
	}
}
