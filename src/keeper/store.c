/*
 * store.c - what is the same for every driver: limits, scopes, owners, times, sealing.
 */
#include "keeper/store.h"

#include "base/auto.h"
#include "base/clock.h"
#include "base/err.h"
#include "keeper/sealing.h"

void
rk_store_close(struct rk_store *store)
{
	if (store)
		store->ops->close(store);
}

enum rk_err
rk_store_begin(struct rk_store *store)
{
	return store->ops->begin(store);
}

enum rk_err
rk_store_commit(struct rk_store *store)
{
	return store->ops->commit(store);
}

void
rk_store_rollback(struct rk_store *store)
{
	store->ops->rollback(store);
}

/* The clock, but never twice the same: the order of making is the order of paging. */
static int64_t
next_time(struct rk_store *store)
{
	int64_t now = rk_clock_unix_ms() * 1000;

	store->last = now > store->last ? now : store->last + 1;
	return store->last;
}

static enum rk_err
exists(struct rk_store *store, enum rk_kind kind, struct rk_str account, struct rk_str sid,
    struct rk_str service)
{
	struct rk_query q = {
		.account = account, .limit = 1, .filters = { { .field = "sid", .value = sid } }
	};
	bool more = false;

	if (service.n && rk_record_field(rk_record_get(kind), RK_STR("service_sid")))
		q.filters[1] = (struct rk_filter){ .field = "service_sid", .value = service };
	return store->ops->list(store, kind, &q, NULL, NULL, &more);
}

/* Everything that a row hangs on is there, in its account and its service. */
static enum rk_err
check_owners(
    struct rk_store *store, const struct rk_record *record, const struct rk_row *row, struct rk_why *why)
{
	const struct rk_field *own = rk_record_field(record, RK_STR("service_sid"));
	struct rk_str service =
	    own && (own->flags & RK_FIELD_OWNER) ? *rk_field_text(own, row) : rk_str(NULL);
	enum rk_err err = RK_OK;

	if (!rk_str_is(row->account_sid, rk_str(row->sid)))
		err = exists(store, RK_KIND_ACCOUNT, row->account_sid, row->account_sid, rk_str(NULL));
	if (err)
		return rk_why(why, err, "RK-722", "Look at the account SID.", "There is no such account.");
	for (size_t i = 0; i < record->field_n && !err; i++) {
		const struct rk_field *f = &record->fields[i];
		struct rk_str sid = rk_field_is_text(f) ? *rk_field_text(f, row) : rk_str(NULL);
		if (!(f->flags & (RK_FIELD_OWNER | RK_FIELD_REF)) || !sid.p)
			continue;
		err = exists(store, (enum rk_kind)f->which, row->account_sid, sid, service);
		if (err == RK_NOT_FOUND)
			return rk_why(why, err, "RK-722", "Look at the SID.", "There is no such %s.",
			    rk_record_get((enum rk_kind)f->which)->noun);
	}
	return err;
}

static enum rk_err
seal_and(struct rk_store *store, enum rk_kind kind, const void *row,
    enum rk_err (*op)(struct rk_store *store, enum rk_kind kind, const void *row))
{
	RK_AUTO(rk_buf_free) struct rk_buf bytes = RK_BUF(RK_SEALING_MAX);
	union rk_row_any sealed;
	enum rk_err err = rk_sealing_seal(store->vault, rk_record_get(kind), row, &sealed, &bytes);

	return err ? err : op(store, kind, &sealed);
}

static enum rk_err
explain(struct rk_why *why, enum rk_err err, const struct rk_record *record)
{
	if (err == RK_EXISTS)
		return rk_why(why, err, "RK-723", "Take another name.", "There is a %s by that name already.",
		    record->noun);
	if (err)
		return rk_why(why, err, "RK-730", "See docs/errors.md#rk-730.", "The %s cannot be kept: %s.",
		    record->noun, rk_err_text(err));
	return RK_OK;
}

enum rk_err
rk_store_create(struct rk_store *store, enum rk_kind kind, void *row, struct rk_why *why)
{
	const struct rk_record *record = rk_record_get(kind);
	struct rk_row *head = row;
	enum rk_err err;

	if (!head->sid[0])
		rk_sid_make(head->sid, record->prefix);
	else if (!rk_sid_is(rk_str(head->sid), record->prefix))
		return rk_why(
		    why, RK_INVALID, "RK-720", "Look at the SID.", "That is no SID of a %s.", record->noun);
	if (kind == RK_KIND_ACCOUNT)
		head->account_sid = rk_str(head->sid);
	head->date_created = head->date_updated = next_time(store);
	err = rk_record_check(record, row, why);
	if (!err)
		err = check_owners(store, record, head, why);
	if (err)
		return err;
	return explain(why, seal_and(store, kind, row, store->ops->create), record);
}

enum rk_err
rk_store_update(struct rk_store *store, enum rk_kind kind, void *row, struct rk_why *why)
{
	const struct rk_record *record = rk_record_get(kind);
	struct rk_row *head = row;
	union rk_row_any checked;
	enum rk_err err;

	if (record->flags & RK_KIND_FIXED)
		return rk_why(
		    why, RK_UNSUPPORTED, "RK-724", "Make a new one.", "A %s never changes.", record->noun);
	memcpy(&checked, row, record->size);
	for (size_t i = 0; i < record->field_n; i++) /* null: stays as it is */
		if (record->fields[i].type == RK_FIELD_SEALED && !rk_field_text(&record->fields[i], row)->p)
			*rk_field_text(&record->fields[i], &checked) = RK_STR("kept");
	err = rk_record_check(record, &checked, why);
	if (!err)
		err = check_owners(store, record, head, why);
	if (!err)
		err = explain(
		    why, exists(store, kind, head->account_sid, rk_str(head->sid), rk_str(NULL)), record);
	if (err)
		return err;
	head->date_updated = next_time(store);
	return explain(why, seal_and(store, kind, row, store->ops->update), record);
}

struct reading {
	struct rk_store *store;
	const struct rk_record *record;
	bool secrets;
	rk_store_fn *each;
	void *arg;
	enum rk_err err;
};

/* Without `secrets` a sealed value does not even leave as sealed bytes. */
static void
hide_secrets(const struct rk_record *record, void *row)
{
	for (size_t i = 0; i < record->field_n; i++)
		if (record->fields[i].type == RK_FIELD_SEALED)
			*rk_field_text(&record->fields[i], row) = rk_str(NULL);
}

static void
read_row(const void *row, void *arg)
{
	struct reading *r = arg;
	RK_AUTO(rk_buf_wipe) struct rk_buf plain = RK_BUF(RK_SEALING_MAX);
	union rk_row_any copy;

	if (r->err)
		return;
	memcpy(&copy, row, r->record->size);
	if (r->secrets)
		r->err = rk_sealing_open(r->store->vault, r->record, row, &copy, &plain);
	else
		hide_secrets(r->record, &copy);
	if (!r->err)
		r->each(&copy, r->arg);
}

enum rk_err
rk_store_list(struct rk_store *store, enum rk_kind kind, const struct rk_query *query, rk_store_fn *each,
    void *arg, bool *ret_more)
{
	struct reading r = { store, rk_record_get(kind), query->secrets, each, arg, RK_OK };
	bool more = false;
	enum rk_err err;

	if (!query->account.n)
		return RK_INVALID; /* a scope that was forgotten must not read as "every account" */
	err = store->ops->list(store, kind, query, read_row, &r, &more);
	if (err == RK_NOT_FOUND) /* an empty page */
		err = RK_OK;
	if (!err)
		err = r.err;
	if (!err)
		*ret_more = more;
	return err;
}

struct finding {
	const struct rk_record *record;
	struct rk_arena *arena;
	void *row;
	enum rk_err err;
};

static bool
dup_text(struct rk_arena *arena, struct rk_str *s)
{
	if (!s->p)
		return true;
	*s = s->n ? rk_arena_dup(arena, *s) : RK_STR("");
	return s->p != NULL;
}

static void
keep_row(const void *row, void *arg)
{
	struct finding *f = arg;
	bool whole;

	memcpy(f->row, row, f->record->size);
	whole = dup_text(f->arena, &((struct rk_row *)f->row)->account_sid);
	for (size_t i = 0; i < f->record->field_n && whole; i++)
		if (rk_field_is_text(&f->record->fields[i]))
			whole = dup_text(f->arena, rk_field_text(&f->record->fields[i], f->row));
	f->err = whole ? RK_OK : RK_NOMEM;
}

enum rk_err
rk_store_find(struct rk_store *store, enum rk_kind kind, const struct rk_query *query, struct rk_arena *arena,
    void *ret_row)
{
	union rk_row_any found;
	struct finding f = { rk_record_get(kind), arena, &found, RK_NOT_FOUND };
	struct rk_query one = *query;
	bool more;
	enum rk_err err;

	one.limit = 1;
	err = rk_store_list(store, kind, &one, keep_row, &f, &more);
	if (!err)
		err = f.err;
	if (!err)
		memcpy(ret_row, &found, f.record->size);
	return err;
}

enum rk_err
rk_store_get(struct rk_store *store, enum rk_kind kind, struct rk_str account, struct rk_str sid,
    struct rk_arena *arena, void *ret_row)
{
	struct rk_query q = { .account = account, .filters = { { .field = "sid", .value = sid } } };

	return rk_store_find(store, kind, &q, arena, ret_row);
}

enum rk_err
rk_store_touch(
    struct rk_store *store, enum rk_kind kind, struct rk_str account, struct rk_str sid, int64_t at)
{
	if (!rk_record_field(rk_record_get(kind), RK_STR("last_used")))
		return RK_UNSUPPORTED;
	return store->ops->touch(store, kind, account, sid, at);
}

enum rk_err
rk_store_remove(struct rk_store *store, enum rk_kind kind, struct rk_str account, struct rk_str sid)
{
	struct rk_query served = {
		.account = account, .limit = 1, .filters = { { .field = "build_sid", .value = sid } }
	};
	bool more = false;
	enum rk_err err = RK_NOT_FOUND;

	if (!(rk_record_get(kind)->flags & RK_KIND_SOFT))
		return RK_UNSUPPORTED;
	if (kind == RK_KIND_BUILD)
		err = store->ops->list(store, RK_KIND_ENVIRONMENT, &served, NULL, NULL, &more);
	if (err != RK_NOT_FOUND)
		return err ? err : RK_REFUSED;
	return store->ops->remove(store, kind, account, sid, next_time(store));
}

enum rk_err
rk_store_restore(struct rk_store *store, enum rk_kind kind, struct rk_str account, struct rk_str sid)
{
	if (!(rk_record_get(kind)->flags & RK_KIND_SOFT))
		return RK_UNSUPPORTED;
	return store->ops->restore(store, kind, account, sid);
}

enum rk_err
rk_store_purge(struct rk_store *store, int64_t before, int64_t *ret_count)
{
	return store->ops->purge(store, before, ret_count);
}

enum rk_err
rk_store_trim(struct rk_store *store, enum rk_kind kind, int64_t before, int64_t most, int64_t *ret_count)
{
	if (rk_record_get(kind)->flags & RK_KIND_SOFT)
		return RK_UNSUPPORTED;
	return store->ops->trim(store, kind, before, most, ret_count);
}

enum rk_err
rk_store_put_setting(struct rk_store *store, struct rk_str name, struct rk_str value)
{
	return store->ops->put_setting(store, name, value);
}

enum rk_err
rk_store_get_setting(struct rk_store *store, struct rk_str name, struct rk_buf *out)
{
	return store->ops->get_setting(store, name, out);
}

enum rk_err
rk_store_backup(struct rk_store *store, const char *file, struct rk_why *why)
{
	return store->ops->backup(store, file, why);
}

enum rk_err
rk_store_check(struct rk_store *store, struct rk_why *why)
{
	return store->ops->check(store, why);
}
