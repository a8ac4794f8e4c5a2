/*
 * own_people.c - people of an account. Owners are made, changed and removed by owners only, and the last one stays.
 */
#include "keeper/own_password.h"
#include "keeper/own_session.h"

static bool
take_role(struct rk_own_call *oc, struct rk_str *role)
{
	static const char *const roles[] = { "owner", "admin", "developer", "reader" };
	struct rk_str given = rk_own_text(oc, "role");

	if (!given.p)
		return true;
	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
		if (rk_str_is(given, rk_str(roles[i]))) {
			*role = given;
			return true;
		}
	rk_api_fail(&oc->call, RK_API_PARAMETER, "role must be owner, admin, developer or reader.");
	return false;
}

static bool
is_owner(struct rk_str role)
{
	return rk_str_is(role, RK_STR("owner"));
}

static bool
may_touch(struct rk_own_call *oc, struct rk_str role)
{
	if (!is_owner(role) || oc->power >= RK_OWN_OPERATE)
		return true;
	rk_api_fail(&oc->call, RK_API_FORBIDDEN, "Only an owner may do that with an owner.");
	return false;
}

static void
put_person(struct rk_buf *out, const struct rk_row_person *p)
{
	rk_api_json_text(out, "sid", rk_str(p->row.sid));
	rk_api_json_text(out, "name", p->name);
	rk_api_json_text(out, "role", p->role);
	rk_api_json_flag(out, "disabled", p->disabled);
	if (p->last_used)
		rk_api_json_date(out, "last_used", p->last_used);
	else
		rk_api_json_text(out, "last_used", rk_str(NULL));
	rk_api_json_date(out, "date_created", p->row.date_created);
	rk_api_json_date(out, "date_updated", p->row.date_updated);
}

static void
put_one(const void *row, void *arg)
{
	struct rk_buf *out = arg;

	rk_buf_put(out, out->p[out->n - 1] == '[' ? RK_STR("{") : RK_STR(",{"));
	put_person(out, row);
	rk_buf_put_c(out, '}');
}

static void
show(struct rk_own_call *oc, int status, const struct rk_row_person *p)
{
	put_person(rk_own_open(oc), p);
	rk_own_close(oc, status);
}

void
rk_own_people_get(struct rk_own_call *oc)
{
	struct rk_query q = { .account = rk_str(oc->call.caller.account) };
	struct rk_buf *out = rk_own_open(oc);
	bool more = false;
	enum rk_err err;

	rk_buf_lit(out, "\"people\":[");
	err = rk_store_list(oc->own->opts.store, RK_KIND_PERSON, &q, put_one, out, &more);
	rk_buf_put_c(out, ']');
	rk_own_close(oc, 200);
	if (err)
		rk_api_fail_err(&oc->call, err, NULL);
}

/* Nobody else's name can be asked for by trying to take it: it only says that it is taken, as it must. */
static void
create(struct rk_own_call *oc, enum rk_err err, struct rk_str hash)
{
	struct rk_row_person p = { .row.account_sid = rk_str(oc->call.caller.account),
		.name = rk_own_text(oc, "name"),
		.role = rk_own_text(oc, "role"),
		.password = hash };
	struct rk_why why = { .code = "" };
	struct rk_buf detail = RK_BUF(2048);

	if (err) {
		rk_api_fail_err(&oc->call, err, NULL);
		return;
	}
	rk_api_json_text(&detail, "role", p.role);
	if (rk_own_begin_change(oc)) {
		err = rk_store_create(oc->own->opts.store, RK_KIND_PERSON, &p, &why);
		if (rk_own_settle(oc, err, &why, "Person.create", rk_str(p.row.sid), rk_buf_str(&detail)))
			show(oc, 201, &p);
	}
	rk_buf_free(&detail);
}

void
rk_own_people_post(struct rk_own_call *oc)
{
	struct rk_str role, password = rk_own_text(oc, "password");

	if (!take_role(oc, &role) || !may_touch(oc, role))
		return;
	if (!rk_str_trim(rk_own_text(oc, "name")).n)
		rk_api_fail(&oc->call, RK_API_PARAMETER, "name must not be empty.");
	else if (rk_own_password_is_good(oc, password))
		rk_own_password_work(oc, password, rk_str(NULL), create);
}

/* ---- changing ---- */

struct counting {
	const char *but;
	unsigned n;
};

static void
count_owner(const void *row, void *arg)
{
	const struct rk_row_person *p = row;
	struct counting *c = arg;

	if (!p->disabled && strcmp(p->row.sid, c->but) != 0)
		c->n++;
}

/* Within the change: is there another owner who can sign in? */
static enum rk_err
keep_an_owner(struct rk_own_call *oc, const struct rk_row_person *p, struct rk_why *why)
{
	struct rk_query q = { .account = p->row.account_sid,
		.filters = { { .field = "role", .value = RK_STR("owner") } } };
	struct counting c = { p->row.sid, 0 };
	bool more = false;
	enum rk_err err = rk_store_list(oc->own->opts.store, RK_KIND_PERSON, &q, count_owner, &c, &more);

	if (err || c.n)
		return err;
	return rk_why(
	    why, RK_EXISTS, "RK-743", "Make another owner first.", "The last owner of an account stays.");
}

static enum rk_err
update(
    struct rk_own_call *oc, struct rk_row_person *p, bool was_owner, struct rk_str hash, struct rk_why *why)
{
	enum rk_err err = RK_OK;

	if (was_owner && (!is_owner(p->role) || p->disabled))
		err = keep_an_owner(oc, p, why);
	if (!err)
		err = rk_store_update(oc->own->opts.store, RK_KIND_PERSON, p, why);
	if (!err && (hash.n || p->disabled)) /* whoever knew the old password is out */
		err = rk_own_session_end_all(oc, rk_str(p->row.sid), rk_str(oc->session));
	return err;
}

static void
change(struct rk_own_call *oc, enum rk_err err, struct rk_str hash)
{
	struct rk_row_person p;
	struct rk_buf detail = RK_BUF(1024);
	struct rk_why why = { .code = "" };
	bool was_owner;

	if (err) {
		rk_api_fail_err(&oc->call, err, NULL);
		return;
	}
	if (!rk_api_get(&oc->call, RK_KIND_PERSON, oc->call.sid, &p))
		return;
	was_owner = is_owner(p.role) && !p.disabled;
	rk_api_json_text(&detail, "role_before", p.role);
	if (!take_role(oc, &p.role))
		return;
	p.disabled = rk_own_flag(oc, "disabled", p.disabled);
	p.password = hash.n ? hash : rk_str(NULL);
	rk_api_json_text(&detail, "role", p.role);
	rk_api_json_flag(&detail, "disabled", p.disabled);
	rk_api_json_flag(&detail, "password_changed", hash.n != 0);
	if (rk_own_begin_change(oc)) {
		err = update(oc, &p, was_owner, hash, &why);
		if (rk_own_settle(oc, err, &why, "Person.update", rk_str(p.row.sid), rk_buf_str(&detail)))
			show(oc, 200, &p);
	}
	rk_buf_free(&detail);
}

void
rk_own_person_post(struct rk_own_call *oc)
{
	struct rk_str password = rk_own_text(oc, "password");
	struct rk_row_person p;
	struct rk_str role;

	if (!rk_api_get(&oc->call, RK_KIND_PERSON, oc->call.sid, &p) || !may_touch(oc, p.role))
		return;
	role = p.role;
	if (!take_role(oc, &role) || !may_touch(oc, role))
		return;
	if (!password.p)
		change(oc, RK_OK, RK_STR(""));
	else if (rk_own_password_is_good(oc, password))
		rk_own_password_work(oc, password, rk_str(NULL), change);
}

void
rk_own_person_delete(struct rk_own_call *oc)
{
	struct rk_why why = { .code = "" };
	struct rk_row_person p;
	enum rk_err err = RK_OK;

	if (!rk_api_get(&oc->call, RK_KIND_PERSON, oc->call.sid, &p) || !may_touch(oc, p.role) ||
	    !rk_own_begin_change(oc))
		return;
	if (is_owner(p.role))
		err = keep_an_owner(oc, &p, &why);
	if (!err)
		err = rk_store_remove(
		    oc->own->opts.store, RK_KIND_PERSON, p.row.account_sid, rk_str(p.row.sid));
	if (rk_own_settle(oc, err, &why, "Person.remove", rk_str(p.row.sid), RK_STR("")))
		oc->response.status = 204;
}
