/*
 * own_session.c - people who are signed in.
 */
#include "keeper/own_session.h"

#include <stdio.h>

#include "base/codec.h"
#include "base/log.h"
#include "base/secret.h"

#define COOKIE "roomkey_session"
#define SECRET_SIZE RK_VAULT_KEY_SIZE
#define TOUCH_MS 60000
#define SESSIONS_MAX RK_STORE_PAGE_MAX

struct rk_str
rk_own_session_cookie(const struct rk_api_request *request)
{
	struct rk_str found = { NULL, 0 };
	unsigned n = 0;

	for (size_t i = 0; i < request->header_n; i++) {
		struct rk_str left = request->headers[i].value;
		if (!rk_str_is_nocase(request->headers[i].name, RK_STR("Cookie")))
			continue;
		while (left.n) {
			struct rk_str value = rk_str_trim(rk_str_take(&left, ';'));
			struct rk_str name = rk_str_take(&value, '=');
			if (rk_str_is(name, RK_STR(COOKIE)) && n++ == 0)
				found = value;
		}
	}
	return n == 1 && found.n ? found : rk_str(NULL);
}

/* ---- recognising ---- */

static bool
is_secret(const struct rk_row_session *row, struct rk_str text)
{
	struct rk_buf secret = RK_BUF(2 * SECRET_SIZE);
	unsigned char digest[RK_VAULT_DIGEST_SIZE];
	bool same = rk_codec_get_base64url(&secret, text) == RK_OK && secret.n == SECRET_SIZE;

	if (same) {
		rk_vault_digest(rk_buf_str(&secret), digest);
		same = rk_secret_equal(row->token_digest, rk_str_n(digest, sizeof digest));
	}
	rk_buf_wipe(&secret);
	return same;
}

bool
rk_own_session_is_fresh(const struct rk_row_session *row, int64_t now_ms)
{
	int64_t used = row->last_used / 1000, made = row->row.date_created / 1000;

	return now_ms - used < RK_OWN_SESSION_IDLE_MS && now_ms - made < RK_OWN_SESSION_LIFE_MS;
}

/* The row of a cookie that holds, and whose it is. RK_DENIED for whatever is wrong. */
static enum rk_err
look_up(struct rk_own_call *oc, struct rk_str cookie, struct rk_row_session *session,
    struct rk_row_person *person, struct rk_row_account *account)
{
	struct rk_store *store = oc->own->opts.store;
	struct rk_arena *arena = &oc->call.arena;
	struct rk_str sid = rk_str_take(&cookie, '.');
	enum rk_err err = rk_sid_is(sid, "SE")
			      ? rk_store_get(store, RK_KIND_SESSION, RK_EVERY_ACCOUNT, sid, arena, session)
			      : RK_DENIED;

	if (!err &&
	    (!is_secret(session, cookie) || !rk_own_session_is_fresh(session, oc->call.request->now_ms)))
		err = RK_DENIED;
	if (!err)
		err = rk_store_get(
		    store, RK_KIND_PERSON, session->row.account_sid, session->person_sid, arena, person);
	if (!err)
		err = rk_store_get(store, RK_KIND_ACCOUNT, session->row.account_sid, session->row.account_sid,
		    arena, account);
	if (!err && (person->disabled || account->disabled))
		err = RK_DENIED;
	return err == RK_NOT_FOUND ? RK_DENIED : err;
}

static void
note_use(struct rk_own_call *oc, const struct rk_row_session *session)
{
	int64_t now = oc->call.request->now_ms * 1000;
	struct rk_store *store = oc->own->opts.store;
	struct rk_str account = session->row.account_sid;

	if (now - session->last_used < TOUCH_MS * 1000)
		return;
	if (rk_store_touch(store, RK_KIND_SESSION, account, rk_str(session->row.sid), now) != RK_OK ||
	    rk_store_touch(store, RK_KIND_PERSON, account, session->person_sid, now) != RK_OK)
		rk_debug("the last use of a session could not be noted");
}

static enum rk_own_who
power_of(struct rk_str role)
{
	return rk_str_is(role, RK_STR("owner"))       ? RK_OWN_OPERATE
	       : rk_str_is(role, RK_STR("admin"))     ? RK_OWN_MANAGE
	       : rk_str_is(role, RK_STR("developer")) ? RK_OWN_WRITE
						      : RK_OWN_READ;
}

bool
rk_own_session_recognise(struct rk_own_call *oc)
{
	struct rk_api_caller *caller = &oc->call.caller;
	struct rk_row_session session;
	struct rk_row_person person;
	struct rk_row_account account;
	enum rk_err err = look_up(oc, rk_own_session_cookie(oc->call.request), &session, &person, &account);

	if (err == RK_DENIED) {
		rk_api_put_header(oc->call.response, "WWW-Authenticate", RK_STR("Session realm=\"Roomkey\""));
		rk_api_fail(&oc->call, RK_API_AUTHENTICATE, "The session has ended. Sign in again.");
		return false;
	}
	if (err) {
		rk_api_fail_err(&oc->call, err, NULL);
		return false;
	}
	oc->power = power_of(person.role);
	memcpy(oc->session, session.row.sid, sizeof oc->session);
	memcpy(oc->person, person.row.sid, sizeof oc->person);
	memcpy(caller->account, session.row.account_sid.p, RK_SID_LEN);
	memcpy(caller->actor, person.row.sid, sizeof caller->actor);
	caller->power = oc->power >= RK_OWN_MANAGE ? RK_API_POWER_ALL : RK_API_POWER_STANDARD;
	caller->reads_only = oc->power == RK_OWN_READ;
	note_use(oc, &session);
	return true;
}

/* ---- making and ending ---- */

void
rk_own_session_put_cookie(struct rk_own_call *oc, const char *sid, struct rk_str secret)
{
	char value[256];

	snprintf(value, sizeof value, COOKIE "=%s%s%.*s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%lld%s",
	    sid, sid[0] ? "." : "", RK_FMT(secret), sid[0] ? RK_OWN_SESSION_LIFE_MS / 1000 : 0ll,
	    rk_str_is(oc->call.request->scheme, RK_STR("https")) ? "; Secure" : "");
	rk_api_put_header(&oc->response, "Set-Cookie", rk_str(value));
	rk_secret_wipe(value, sizeof value);
}

/* What of a header can be shown as text. */
static struct rk_str
text_of_header(struct rk_own_call *oc, const char *name, size_t most)
{
	size_t n;
	struct rk_str text = rk_str_sub(rk_api_call_header(oc->call.request, rk_str(name), &n), 0, most);

	return rk_str_is_utf8(text) && rk_str_index(text, '\0') == text.n ? text : RK_STR("");
}

enum rk_err
rk_own_session_make(struct rk_own_call *oc, const struct rk_row_person *person)
{
	struct rk_buf secret = RK_BUF(SECRET_SIZE), text = RK_BUF(64);
	unsigned char digest[RK_VAULT_DIGEST_SIZE];
	struct rk_str peer = rk_str_sub(oc->call.request->peer, 0, 64);
	struct rk_row_session row = { .row.account_sid = person->row.account_sid,
		.person_sid = rk_str(person->row.sid),
		.token_digest = rk_str_n(digest, sizeof digest),
		.peer = rk_str_is_utf8(peer) ? peer : RK_STR(""),
		.user_agent = text_of_header(oc, "User-Agent", 255),
		.last_used = oc->call.request->now_ms * 1000 };
	enum rk_err err = rk_vault_make_key(&secret);

	if (!err) {
		rk_vault_digest(rk_buf_str(&secret), digest);
		rk_codec_put_base64url(&text, rk_buf_str(&secret));
		err = rk_store_create(oc->own->opts.store, RK_KIND_SESSION, &row, NULL);
	}
	if (!err)
		err = rk_store_touch(oc->own->opts.store, RK_KIND_PERSON, person->row.account_sid,
		    rk_str(person->row.sid), row.last_used);
	if (!err) {
		memcpy(oc->session, row.row.sid, sizeof oc->session);
		rk_own_session_put_cookie(oc, row.row.sid, rk_buf_str(&text));
	}
	rk_buf_wipe(&secret);
	rk_buf_wipe(&text);
	return err;
}

struct ending {
	struct rk_own_call *oc;
	struct rk_str except;
	char (*sids)[RK_SID_LEN + 1];
	size_t n;
};

static void
note_session(const void *row, void *arg)
{
	const struct rk_row *head = row;
	struct ending *e = arg;

	if (e->n < SESSIONS_MAX && !rk_str_is(rk_str(head->sid), e->except))
		memcpy(e->sids[e->n++], head->sid, sizeof e->sids[0]);
}

enum rk_err
rk_own_session_end_all(struct rk_own_call *oc, struct rk_str person, struct rk_str except)
{
	struct ending e = { oc, except, rk_arena_take(&oc->call.arena, SESSIONS_MAX * (RK_SID_LEN + 1)), 0 };
	struct rk_str account = rk_str(oc->call.caller.account);
	struct rk_query q = { .account = account, .filters = { { .field = "person_sid", .value = person } } };
	bool more = false;
	enum rk_err err =
	    e.sids ? rk_store_list(oc->own->opts.store, RK_KIND_SESSION, &q, note_session, &e, &more)
		   : RK_NOMEM;

	for (size_t i = 0; i < e.n && !err; i++)
		err = rk_store_remove(oc->own->opts.store, RK_KIND_SESSION, account, rk_str(e.sids[i]));
	return err;
}

void
rk_own_session_put(struct rk_own_call *oc, struct rk_buf *out, const struct rk_row_person *person)
{
	struct rk_row_account account;
	enum rk_err err = rk_store_get(oc->own->opts.store, RK_KIND_ACCOUNT, person->row.account_sid,
	    person->row.account_sid, &oc->call.arena, &account);

	if (err && !out->bad)
		out->bad = err;
	rk_api_json_name(out, "person");
	rk_buf_put_c(out, '{');
	rk_api_json_text(out, "sid", rk_str(person->row.sid));
	rk_api_json_text(out, "name", person->name);
	rk_api_json_text(out, "role", person->role);
	rk_buf_put_c(out, '}');
	rk_api_json_name(out, "account");
	rk_buf_put_c(out, '{');
	rk_api_json_text(out, "sid", person->row.account_sid);
	rk_api_json_text(out, "friendly_name", err ? RK_STR("") : account.friendly_name);
	rk_buf_put_c(out, '}');
}
