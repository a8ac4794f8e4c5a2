/*
 * own_accounts.c - the caller's account, its auth token, and, for the operator, all accounts.
 */
#include "base/secret.h"
#include "keeper/own_setup.h"

static void
put_account(struct rk_buf *out, const struct rk_row_account *row)
{
	rk_api_json_text(out, "sid", rk_str(row->row.sid));
	rk_api_json_text(out, "friendly_name", row->friendly_name);
	rk_api_json_date(out, "date_created", row->row.date_created);
}

static bool
get_own(struct rk_own_call *oc, struct rk_row_account *ret_row)
{
	return rk_api_get(&oc->call, RK_KIND_ACCOUNT, rk_str(oc->call.caller.account), ret_row);
}

static void
show(struct rk_own_call *oc, const struct rk_row_account *row)
{
	put_account(rk_own_open(oc), row);
	rk_own_close(oc, 200);
}

void
rk_own_account_get(struct rk_own_call *oc)
{
	struct rk_row_account row;

	if (get_own(oc, &row))
		show(oc, &row);
}

/* What a text was and is, for the audit. */
static void
put_change(struct rk_buf *detail, struct rk_str before, struct rk_str after)
{
	rk_buf_lit(detail, "\"friendly_name\":[");
	rk_json_put_string(detail, before);
	rk_buf_put_c(detail, ',');
	rk_json_put_string(detail, after);
	rk_buf_put_c(detail, ']');
}

void
rk_own_account_post(struct rk_own_call *oc)
{
	struct rk_buf detail = RK_BUF(2048);
	struct rk_row_account row;
	struct rk_why why = { .code = "" };
	enum rk_err err;

	if (!get_own(oc, &row))
		return;
	put_change(&detail, row.friendly_name, rk_own_text(oc, "friendly_name"));
	row.friendly_name = rk_own_text(oc, "friendly_name");
	if (rk_own_begin_change(oc)) {
		err = rk_store_update(oc->own->opts.store, RK_KIND_ACCOUNT, &row, &why);
		if (rk_own_settle(oc, err, &why, "Account.update", rk_str(row.row.sid), rk_buf_str(&detail)))
			show(oc, &row);
	}
	rk_buf_free(&detail);
}

/* Seeing it is worth an entry: whoever has it may do everything. */
void
rk_own_token_get(struct rk_own_call *oc)
{
	struct rk_query q = { .account = rk_str(oc->call.caller.account), .secrets = true };
	struct rk_row_account row;
	enum rk_err err = rk_store_find(oc->own->opts.store, RK_KIND_ACCOUNT, &q, &oc->call.arena, &row);

	if (err) {
		rk_api_fail_err(&oc->call, err, NULL);
		return;
	}
	if (rk_own_begin_change(oc) &&
	    rk_own_settle(oc, RK_OK, NULL, "Account.reveal_auth_token", rk_str(row.row.sid), RK_STR(""))) {
		rk_api_json_text(rk_own_open(oc), "auth_token", row.auth_token);
		rk_own_close(oc, 200);
	}
	rk_secret_wipe((char *)(uintptr_t)row.auth_token.p, row.auth_token.n); /* lies in the call's arena */
}

static void
put_one(const void *row, void *arg)
{
	struct rk_buf *out = arg;

	rk_buf_put(out, out->p[out->n - 1] == '[' ? RK_STR("{") : RK_STR(",{"));
	put_account(out, row);
	rk_api_json_flag(out, "disabled", ((const struct rk_row_account *)row)->disabled);
	rk_buf_put_c(out, '}');
}

void
rk_own_accounts_get(struct rk_own_call *oc)
{
	struct rk_query q = { .account = RK_EVERY_ACCOUNT };
	struct rk_buf *out = rk_own_open(oc);
	bool more = false;
	enum rk_err err;

	rk_buf_lit(out, "\"accounts\":[");
	err = rk_store_list(oc->own->opts.store, RK_KIND_ACCOUNT, &q, put_one, out, &more);
	rk_buf_put_c(out, ']');
	rk_own_close(oc, 200);
	if (err)
		rk_api_fail_err(&oc->call, err, NULL);
}

void
rk_own_accounts_post(struct rk_own_call *oc)
{
	struct rk_row_account row = { .friendly_name = rk_own_text(oc, "friendly_name") };
	struct rk_why why = { .code = "" };
	char token[33];
	enum rk_err err = rk_own_make_token(token);
	struct rk_buf *out;

	if (err) {
		rk_api_fail_err(&oc->call, err, NULL);
		return;
	}
	row.auth_token = rk_str(token);
	if (rk_own_begin_change(oc)) {
		err = rk_store_create(oc->own->opts.store, RK_KIND_ACCOUNT, &row, &why);
		if (rk_own_settle(oc, err, &why, "Account.create", rk_str(row.row.sid), RK_STR(""))) {
			out = rk_own_open(oc);
			rk_api_json_text(out, "sid", rk_str(row.row.sid));
			rk_api_json_text(out, "auth_token", row.auth_token);
			rk_api_json_text(out, "friendly_name", row.friendly_name);
			rk_own_close(oc, 201);
		}
	}
	rk_secret_wipe(token, sizeof token);
}
