/*
 * own_setup.c - the first account.
 */
#include "keeper/own_setup.h"

#include <stdio.h>

#include "base/codec.h"
#include "base/secret.h"
#include "keeper/own_password.h"
#include "keeper/own_session.h"

/* No 0, O, 1, I, L: the code is read off a screen and typed. */
static const char signs[] = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

static enum rk_err
find_first(struct rk_store *store, struct rk_arena *arena, struct rk_row_account *ret_row)
{
	struct rk_query q = { .account = RK_EVERY_ACCOUNT };

	return rk_store_find(store, RK_KIND_ACCOUNT, &q, arena, ret_row);
}

static enum rk_err
is_set_up(struct rk_store *store, bool *ret_is)
{
	struct rk_row_account row;
	struct rk_arena arena;
	enum rk_err err;

	rk_arena_init(&arena, 0);
	err = find_first(store, &arena, &row);
	rk_arena_done(&arena);
	if (err && err != RK_NOT_FOUND)
		return err;
	*ret_is = !err;
	return RK_OK;
}

bool
rk_own_is_operator(struct rk_own_call *oc)
{
	struct rk_row_account row;
	enum rk_err err = find_first(oc->own->opts.store, &oc->call.arena, &row);

	if (err)
		rk_api_fail_err(&oc->call, err, NULL);
	return !err && rk_str_is(rk_str(row.row.sid), rk_str(oc->call.caller.account));
}

/* Eight of 31 signs; bytes that would favour some of them are passed over. */
static enum rk_err
draw(char code[10])
{
	const unsigned kinds = sizeof signs - 1, fair = 256 / kinds * kinds;
	struct rk_buf random = RK_BUF(RK_VAULT_KEY_SIZE);
	enum rk_err err = RK_OK;
	size_t n = 0;

	while (n < 9 && !err) {
		rk_buf_clear(&random);
		err = rk_vault_make_key(&random);
		for (size_t i = 0; !err && i < random.n && n < 9; i++) {
			if (n == 4)
				code[n++] = '-';
			if ((unsigned char)random.p[i] < fair)
				code[n++] = signs[(unsigned char)random.p[i] % kinds];
		}
	}
	code[9] = '\0';
	rk_buf_wipe(&random);
	return err;
}

enum rk_err
rk_own_make_code(struct rk_own *own)
{
	bool done = false;
	enum rk_err err = is_set_up(own->opts.store, &done);

	return err || done ? err : draw(own->code);
}

/* As it was typed: small letters and a missing hyphen are forgiven. */
static bool
is_code(const struct rk_own *own, struct rk_str typed)
{
	char code[10] = "";
	size_t n = 0;

	typed = rk_str_trim(typed);
	for (size_t i = 0; i < typed.n && n < 9; i++) {
		char c = typed.p[i];
		if (c == '-' || c == ' ')
			continue;
		if (n == 4)
			code[n++] = '-';
		code[n++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	}
	return own->code[0] && n == 9 && rk_secret_equal(rk_str_n(code, 9), rk_str_n(own->code, 9));
}

enum rk_err
rk_own_make_token(char ret_token[33])
{
	struct rk_buf random = RK_BUF(RK_VAULT_KEY_SIZE), hex = RK_BUF(64);
	enum rk_err err = rk_vault_make_key(&random);

	if (!err) {
		rk_codec_put_hex(&hex, rk_str_n(random.p, 16));
		err = rk_buf_end(&hex);
	}
	if (!err)
		snprintf(ret_token, 33, "%.*s", RK_FMT(rk_buf_str(&hex)));
	rk_buf_wipe(&random);
	rk_buf_wipe(&hex);
	return err;
}

/* ---- throttling ---- */

bool
rk_own_is_patient(struct rk_own_call *oc, struct rk_str name)
{
	const struct rk_api_request *request = oc->call.request;
	int64_t wait = rk_api_throttle_wait(&oc->own->peers, request->peer, request->now_ms);
	char seconds[24];

	if (!wait && name.n)
		wait = rk_api_throttle_wait(&oc->own->names, name, request->now_ms);
	if (!wait)
		return true;
	snprintf(seconds, sizeof seconds, "%lld", (long long)(wait + 999) / 1000);
	rk_api_put_header(&oc->response, "Retry-After", rk_str(seconds));
	rk_api_fail(&oc->call, RK_API_TOO_MANY, "Too many wrong guesses. Wait %s seconds.", seconds);
	return false;
}

void
rk_own_count(struct rk_own_call *oc, struct rk_str name, bool failed)
{
	const struct rk_api_request *request = oc->call.request;

	rk_api_throttle_count(&oc->own->peers, request->peer, request->now_ms, failed);
	if (name.n)
		rk_api_throttle_count(&oc->own->names, name, request->now_ms, failed);
}

/* ---- the routes ---- */

static void
put_functions_url(const struct rk_conf *conf, struct rk_buf *out)
{
	char url[64];

	snprintf(url, sizeof url, "http://localhost:%ld", conf->port);
	rk_api_json_text(out, "functions_url",
	    conf->public_url && conf->public_url[0] ? rk_str(conf->public_url) : rk_str(url));
}

void
rk_own_status_get(struct rk_own_call *oc)
{
	const struct rk_conf *conf = oc->own->opts.conf;
	struct rk_buf *out;
	bool done = false;
	enum rk_err err = is_set_up(oc->own->opts.store, &done);

	if (err) {
		rk_api_fail_err(&oc->call, err, NULL);
		return;
	}
	out = rk_own_open(oc);
	rk_api_json_text(out, "version", RK_STR(RK_VERSION));
	rk_api_json_flag(out, "is_set_up", done);
	put_functions_url(conf, out);
	rk_api_json_text(out, "base_domain",
	    conf->base_domain && conf->base_domain[0] ? rk_str(conf->base_domain) : RK_STR("localhost"));
	rk_own_close(oc, 200);
}

/* An account, and its owner when `hash` is one. */
static enum rk_err
make_all(struct rk_own_call *oc, struct rk_str hash, struct rk_row_account *account,
    struct rk_row_person *person, struct rk_why *why)
{
	struct rk_store *store = oc->own->opts.store;
	enum rk_err err = rk_store_create(store, RK_KIND_ACCOUNT, account, why);

	if (err)
		return err;
	memcpy(oc->call.caller.account, account->row.sid, sizeof oc->call.caller.account);
	memcpy(oc->call.caller.actor, account->row.sid, sizeof oc->call.caller.actor);
	if (!hash.n)
		return RK_OK;
	*person = (struct rk_row_person){ .row.account_sid = rk_str(oc->call.caller.account),
		.name = rk_own_text(oc, "name"),
		.role = RK_STR("owner"),
		.password = hash };
	err = rk_store_create(store, RK_KIND_PERSON, person, why);
	return err ? err : rk_own_session_make(oc, person);
}

static void
show(struct rk_own_call *oc, const struct rk_row_account *account, const struct rk_row_person *person)
{
	struct rk_buf *out = rk_own_open(oc);

	rk_api_json_text(out, "account_sid", rk_str(account->row.sid));
	rk_api_json_text(out, "auth_token", account->auth_token);
	rk_api_json_text(out, "friendly_name", account->friendly_name);
	if (person->row.sid[0])
		rk_own_session_put(oc, out, person);
	rk_own_close(oc, 201);
}

static void
set_up(struct rk_own_call *oc, enum rk_err err, struct rk_str hash)
{
	struct rk_str name = rk_own_text(oc, "account_name");
	struct rk_row_account account = { .friendly_name = name.n ? name : RK_STR("My account") };
	struct rk_row_person person = { .row.sid = "" };
	struct rk_why why = { .code = "" };
	char token[33];

	if (!err && !oc->own->code[0]) { /* somebody was faster while the password was looked at */
		rk_api_fail(&oc->call, RK_API_CONFLICT, "Roomkey is set up already.");
		return;
	}
	if (!err)
		err = rk_own_make_token(token);
	if (err) {
		rk_api_fail_err(&oc->call, err, NULL);
		return;
	}
	account.auth_token = rk_str(token);
	if (rk_own_begin_change(oc)) {
		err = make_all(oc, hash, &account, &person, &why);
		if (rk_own_settle(oc, err, &why, "Account.setup", rk_str(account.row.sid), RK_STR(""))) {
			rk_secret_wipe(oc->own->code, sizeof oc->own->code);
			show(oc, &account, &person);
		}
	}
	rk_secret_wipe(token, sizeof token);
}

void
rk_own_setup_post(struct rk_own_call *oc)
{
	struct rk_str name = rk_own_text(oc, "name"), password = rk_own_text(oc, "password");
	bool done = false;
	enum rk_err err = is_set_up(oc->own->opts.store, &done);

	if (err)
		rk_api_fail_err(&oc->call, err, NULL);
	else if (done)
		rk_api_fail(&oc->call, RK_API_CONFLICT, "Roomkey is set up already.");
	if (err || done || !rk_own_is_patient(oc, RK_STR("")))
		return;
	if (!is_code(oc->own, rk_own_text(oc, "code"))) {
		rk_own_count(oc, RK_STR(""), true);
		rk_own_fail_why(oc, RK_API_FORBIDDEN, "RK-741",
		    "That is not the set-up code. It stands where `roomkey serve` was started.");
		return;
	}
	rk_own_count(oc, RK_STR(""), false);
	if (!name.n && !password.n)
		set_up(oc, RK_OK, RK_STR(""));
	else if (!rk_str_trim(name).n)
		rk_api_fail(&oc->call, RK_API_PARAMETER, "Missing required field name.");
	else if (rk_own_password_is_good(oc, password))
		rk_own_password_work(oc, password, rk_str(NULL), set_up);
}
