/*
 * own_signin.c - a name and a password become a session, and a person who is signed in takes another password.
 *
 * A name that is nobody's costs the same time as a wrong password, and the answer is the same.
 */
#include "keeper/own_password.h"
#include "keeper/own_session.h"
#include "keeper/own_setup.h"

static void
refuse(struct rk_own_call *oc)
{
	rk_own_count(oc, rk_own_text(oc, "name"), true);
	rk_api_put_header(&oc->response, "WWW-Authenticate", RK_STR("Session realm=\"Roomkey\""));
	rk_own_fail_why(oc, RK_API_AUTHENTICATE, "RK-742", "The name or the password is wrong.");
}

static enum rk_err
find_person(struct rk_own_call *oc, struct rk_str name, bool secrets, struct rk_row_person *ret_person)
{
	struct rk_query q = { .account = RK_EVERY_ACCOUNT,
		.secrets = secrets,
		.filters = { { .field = "name", .value = name } } };

	return rk_store_find(oc->own->opts.store, RK_KIND_PERSON, &q, &oc->call.arena, ret_person);
}

static bool
may_sign_in(struct rk_own_call *oc, const struct rk_row_person *person)
{
	struct rk_row_account account;

	return !person->disabled &&
	       rk_store_get(oc->own->opts.store, RK_KIND_ACCOUNT, person->row.account_sid,
		   person->row.account_sid, &oc->call.arena, &account) == RK_OK &&
	       !account.disabled;
}

/* Asked for again: the person may have gone while the password was looked at. */
static void
sign_in(struct rk_own_call *oc, enum rk_err err, struct rk_str hash)
{
	struct rk_row_person person;
	struct rk_buf *out;

	(void)hash;
	if (!err)
		err = find_person(oc, rk_own_text(oc, "name"), false, &person);
	if (err == RK_DENIED || err == RK_NOT_FOUND || (!err && !may_sign_in(oc, &person))) {
		refuse(oc);
		return;
	}
	if (err) {
		rk_api_fail_err(&oc->call, err, NULL);
		return;
	}
	memcpy(oc->call.caller.account, person.row.account_sid.p, RK_SID_LEN);
	memcpy(oc->call.caller.actor, person.row.sid, sizeof oc->call.caller.actor);
	if (!rk_own_begin_change(oc))
		return;
	err = rk_own_session_make(oc, &person);
	if (!rk_own_settle(oc, err, NULL, "Session.create", rk_str(oc->session), RK_STR("")))
		return;
	rk_own_count(oc, person.name, false);
	out = rk_own_open(oc);
	rk_own_session_put(oc, out, &person);
	rk_api_json_date(out, "expires", (oc->call.request->now_ms + RK_OWN_SESSION_IDLE_MS) * 1000);
	rk_own_close(oc, 201);
}

void
rk_own_session_post(struct rk_own_call *oc)
{
	struct rk_str name = rk_own_text(oc, "name");
	struct rk_row_person person = { .row.sid = "" };
	enum rk_err err;

	if (!rk_own_is_patient(oc, name))
		return;
	err = find_person(oc, name, true, &person);
	if (err && err != RK_NOT_FOUND)
		rk_api_fail_err(&oc->call, err, NULL);
	else
		rk_own_password_work(oc, rk_own_text(oc, "password"),
		    !err && person.password.n ? person.password : RK_STR(""), sign_in);
}

/* ---- one's own password ---- */

static void
replace(struct rk_own_call *oc, enum rk_err err, struct rk_str hash)
{
	struct rk_row_person person;
	struct rk_why why = { .code = "" };

	if (err) {
		rk_api_fail_err(&oc->call, err, NULL);
		return;
	}
	if (!rk_api_get(&oc->call, RK_KIND_PERSON, rk_str(oc->person), &person))
		return;
	person.password = hash;
	if (!rk_own_begin_change(oc))
		return;
	err = rk_store_update(oc->own->opts.store, RK_KIND_PERSON, &person, &why);
	if (!err) /* whoever knew the old one is out */
		err = rk_own_session_end_all(oc, rk_str(oc->person), rk_str(oc->session));
	if (rk_own_settle(oc, err, &why, "Person.change_password", rk_str(person.row.sid), RK_STR("")))
		oc->response.status = 204;
}

/* 403 and not 401: the session holds, and the console would ask for a new one. */
static void
know(struct rk_own_call *oc, enum rk_err err, struct rk_str hash)
{
	struct rk_row_person person;

	(void)hash;
	if (err && err != RK_DENIED) {
		rk_api_fail_err(&oc->call, err, NULL);
		return;
	}
	if (!rk_api_get(&oc->call, RK_KIND_PERSON, rk_str(oc->person), &person))
		return;
	rk_own_count(oc, person.name, err == RK_DENIED);
	if (err)
		rk_own_fail_why(oc, RK_API_FORBIDDEN, "RK-742", "That is not your password now.");
	else
		rk_own_password_work(oc, rk_own_text(oc, "new_password"), rk_str(NULL), replace);
}

void
rk_own_my_password_post(struct rk_own_call *oc)
{
	struct rk_row_person me, person;
	enum rk_err err;

	if (!oc->person[0]) {
		rk_api_fail(&oc->call, RK_API_FORBIDDEN, "Only a person who is signed in has a password.");
		return;
	}
	if (!rk_own_password_is_good(oc, rk_own_text(oc, "new_password")) ||
	    !rk_api_get(&oc->call, RK_KIND_PERSON, rk_str(oc->person), &me) ||
	    !rk_own_is_patient(oc, me.name))
		return;
	err = find_person(oc, me.name, true, &person);
	if (err)
		rk_api_fail_err(&oc->call, err, NULL);
	else
		rk_own_password_work(oc, rk_own_text(oc, "password"), person.password, know);
}
