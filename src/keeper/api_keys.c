/*
 * api_keys.c - API keys, in the two forms of the vendor: v2010 Keys (and SigningKeys, the same rows), iam v1 Keys.
 *
 * A secret is shown once, by the answer that made it. Only the auth token and main keys come here.
 */
#include <stdio.h>

#include "base/json.h"
#include "base/secret.h"
#include "keeper/api_json.h"
#include "keeper/api_page.h"
#include "keeper/api_routes.h"
#include "keeper/api_rows.h"

#define FRIENDLY_NAME_MAX 64
#define POLICY_MAX 8192

static void
put_members(struct rk_buf *out, const struct rk_row_key *key)
{
	rk_api_json_text(out, "sid", rk_str(key->row.sid));
	rk_api_json_text(out, "friendly_name", key->friendly_name);
	rk_api_json_date_2822(out, "date_created", key->row.date_created);
	rk_api_json_date_2822(out, "date_updated", key->row.date_updated);
}

static void
put_key(struct rk_api_call *call, struct rk_buf *out, const void *row)
{
	rk_buf_put_c(out, '{');
	put_members(out, row);
	rk_buf_put_c(out, '}');
}

static void
put_iam_key(struct rk_api_call *call, struct rk_buf *out, const void *row)
{
	const struct rk_row_key *key = row;

	rk_buf_put_c(out, '{');
	put_members(out, key);
	rk_api_json_name(out, "flags");
	rk_buf_put_c(out, '[');
	if (rk_str_is(key->type, RK_STR("restricted")))
		rk_buf_lit(out, "\"restricted\"");
	rk_buf_lit(out, "]");
	rk_api_json_name(out, "policy");
	rk_buf_put(out, key->policy.p ? key->policy : RK_STR("null"));
	rk_buf_put_c(out, '}');
}

const struct rk_api_resource rk_api_keys = {
	.kind = RK_KIND_KEY, .noun = "Key", .key = "keys", .put = put_key
};
const struct rk_api_resource rk_api_signing_keys = {
	.kind = RK_KIND_KEY, .noun = "SigningKey", .key = "signing_keys", .put = put_key
};
const struct rk_api_resource rk_api_iam_keys = {
	.kind = RK_KIND_KEY, .noun = "Key", .key = "keys", .put = put_iam_key
};

static bool
may_manage(struct rk_api_call *call)
{
	if (call->caller.power == RK_API_POWER_ALL)
		return true;
	rk_api_fail(call, RK_API_FORBIDDEN, "API keys are managed with the auth token or a main key.");
	return false;
}

/* 32 letters and digits: bytes that would favour some of them are passed over. */
enum rk_err
rk_api_key_make_secret(char ret_secret[RK_API_SECRET_LEN])
{
	static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	const unsigned fair = 256 / (sizeof signs - 1) * (sizeof signs - 1);
	enum rk_err err = RK_OK;
	size_t n = 0;

	while (n < RK_API_SECRET_LEN && !err) {
		struct rk_buf random = RK_BUF(RK_VAULT_KEY_SIZE);
		err = rk_vault_make_key(&random);
		for (size_t i = 0; !err && i < random.n && n < RK_API_SECRET_LEN; i++)
			if ((unsigned char)random.p[i] < fair)
				ret_secret[n++] = signs[(unsigned char)random.p[i] % (sizeof signs - 1)];
		rk_buf_wipe(&random);
	}
	return err;
}

/* The row's own form, and the secret as its last member. */
static void
show_with_secret(struct rk_api_call *call, const struct rk_row_key *key)
{
	struct rk_buf *out = &call->response->body;

	rk_api_show(call, 201, key);
	if (!out->bad && out->n)
		out->n--;
	rk_api_json_text(out, "secret", key->secret);
	rk_buf_put_c(out, '}');
}

static void
create(struct rk_api_call *call, struct rk_row_key *key)
{
	char secret[RK_API_SECRET_LEN];
	struct rk_why why = { .code = "" };
	enum rk_err err = rk_api_key_make_secret(secret);

	if (err) {
		rk_api_fail_err(call, err, NULL);
		return;
	}
	key->row.account_sid = rk_str(call->caller.account);
	key->region = RK_STR("us1");
	key->secret = rk_str_n(secret, sizeof secret);
	if (rk_api_begin(call)) {
		err = rk_store_create(call->api->store, RK_KIND_KEY, key, &why);
		if (rk_api_settle(call, err, &why, "create", rk_str(key->row.sid))) {
			show_with_secret(call, key);
			rk_api_tell_keys(call);
		}
	}
	key->secret = rk_str(NULL);
	rk_secret_wipe(secret, sizeof secret);
}

void
rk_api_key_create(struct rk_api_call *call)
{
	struct rk_row_key key = { .friendly_name = RK_STR(""), .type = RK_STR("standard") };

	if (may_manage(call) && rk_api_take_text(call, "FriendlyName", RK_API_MAY_BE_EMPTY, FRIENDLY_NAME_MAX,
				    &key.friendly_name))
		create(call, &key);
}

void
rk_api_key_update(struct rk_api_call *call)
{
	struct rk_row_key key;
	struct rk_why why = { .code = "" };
	enum rk_err err;

	if (!may_manage(call) || !rk_api_find(call, false, &key) ||
	    !rk_api_take_text(
		call, "FriendlyName", RK_API_MAY_BE_EMPTY, FRIENDLY_NAME_MAX, &key.friendly_name) ||
	    !rk_api_begin(call))
		return;
	err = rk_store_update(call->api->store, RK_KIND_KEY, &key, &why);
	if (!rk_api_settle(call, err, &why, "update", rk_str(key.row.sid)))
		return;
	rk_api_show(call, 200, &key);
	rk_api_tell_keys(call);
}

void
rk_api_key_fetch(struct rk_api_call *call)
{
	if (may_manage(call))
		rk_api_fetch(call);
}

void
rk_api_key_list(struct rk_api_call *call)
{
	if (may_manage(call))
		rk_api_list(call);
}

void
rk_api_key_remove(struct rk_api_call *call)
{
	if (may_manage(call))
		rk_api_remove(call);
}

/* ---- iam v1 ---- */

/* Another account is as good as none. */
static bool
is_own_account(struct rk_api_call *call, struct rk_str account)
{
	if (rk_str_is(account, rk_str(call->caller.account)))
		return true;
	rk_api_fail_not_found(call);
	return false;
}

void
rk_api_iam_key_list(struct rk_api_call *call)
{
	const struct rk_api_param *account = rk_api_form_get(&call->query, "AccountSid");

	if (!may_manage(call))
		return;
	if (!account)
		rk_api_fail(call, RK_API_PARAMETER, "Missing required parameter AccountSid in the query.");
	else if (is_own_account(call, account->value))
		rk_api_list(call);
}

/* A policy is kept as it is and shown again; here a restricted key opens nothing (see docs/api.md). */
static bool
take_policy(struct rk_api_call *call, struct rk_row_key *key)
{
	struct rk_json *root = NULL;
	bool is_object;

	if (!rk_api_take_text(call, "Policy", RK_API_OPTIONAL, POLICY_MAX, &key->policy))
		return false;
	if (!key->policy.p)
		return true;
	is_object = rk_json_parse(key->policy, &root, NULL) == RK_OK && rk_json_type(root) == RK_JSON_OBJECT;
	rk_json_free(root);
	if (!is_object)
		rk_api_fail(call, RK_API_PARAMETER, "Policy must be a JSON object.");
	return is_object;
}

void
rk_api_iam_key_create(struct rk_api_call *call)
{
	struct rk_row_key key = { .friendly_name = RK_STR(""), .type = RK_STR("standard") };
	struct rk_str account = { NULL, 0 }, type = { NULL, 0 };

	if (!may_manage(call) || !rk_api_take_sid(call, "AccountSid", "AC", &account) ||
	    !is_own_account(call, account) ||
	    !rk_api_take_text(
		call, "FriendlyName", RK_API_MAY_BE_EMPTY, FRIENDLY_NAME_MAX, &key.friendly_name) ||
	    !rk_api_take_text(call, "KeyType", RK_API_OPTIONAL, 16, &type) || !take_policy(call, &key))
		return;
	if (type.p && !rk_str_is(type, RK_STR("restricted")) && !rk_str_is(type, RK_STR("standard"))) {
		rk_api_fail(call, RK_API_PARAMETER, "KeyType must be standard or restricted.");
		return;
	}
	if (type.p)
		key.type = type;
	create(call, &key);
}
