/*
 * sealing.c - sealing and opening rows, the check value, and changing the master key.
 */
#include "keeper/sealing.h"

#include "base/auto.h"
#include "base/err.h"

#define CHECK_NAME RK_STR("vault_check")
#define CHECK_WORDS RK_STR("roomkey")

static struct rk_vault_place
place_of(const struct rk_record *record, const struct rk_field *f, const struct rk_row *row)
{
	return (struct rk_vault_place){ .purpose = (enum rk_vault_purpose)f->which,
		.account = row->account_sid,
		.table = rk_str(record->table),
		.column = rk_str(f->name),
		.row = rk_str(row->sid) };
}

typedef enum rk_err turn_fn(
    const struct rk_vault *, const struct rk_vault_place *, struct rk_str, struct rk_buf *);

/* Room is reserved first, so that views into `bytes` stay true and no copy of a secret is left behind. */
static enum rk_err
turn_row(turn_fn *turn, const struct rk_vault *vault, const struct rk_record *record, const void *row,
    union rk_row_any *ret_row, struct rk_buf *bytes)
{
	union rk_row_any copy;
	enum rk_err err = RK_OK;

	memcpy(&copy, row, record->size);
	if (!rk_buf_reserve(bytes, RK_SEALING_MAX))
		return rk_buf_end(bytes);
	for (size_t i = 0; i < record->field_n && !err; i++) {
		const struct rk_field *f = &record->fields[i];
		struct rk_str *value = rk_field_text(f, &copy);
		struct rk_vault_place place = place_of(record, f, &copy.row);
		size_t at = bytes->n;
		if (f->type != RK_FIELD_SEALED || !value->p)
			continue;
		err = vault ? turn(vault, &place, *value, bytes) : RK_DENIED;
		*value = rk_str_n(bytes->p + at, bytes->n - at);
	}
	if (!err)
		memcpy(ret_row, &copy, record->size);
	return err;
}

enum rk_err
rk_sealing_seal(const struct rk_vault *vault, const struct rk_record *record, const void *row,
    union rk_row_any *ret_row, struct rk_buf *bytes)
{
	return turn_row(rk_vault_seal, vault, record, row, ret_row, bytes);
}

enum rk_err
rk_sealing_open(const struct rk_vault *vault, const struct rk_record *record, const void *row,
    union rk_row_any *ret_row, struct rk_buf *bytes)
{
	return turn_row(rk_vault_unseal, vault, record, row, ret_row, bytes);
}

static struct rk_vault_place
check_place(void)
{
	return (struct rk_vault_place){ .purpose = RK_VAULT_CHECK,
		.table = RK_STR("settings"),
		.column = RK_STR("value"),
		.row = CHECK_NAME };
}

static enum rk_err
put_check(struct rk_store *store, const struct rk_vault *vault)
{
	RK_AUTO(rk_buf_free) struct rk_buf sealed = RK_BUF(RK_SEALING_MAX);
	struct rk_vault_place place = check_place();
	enum rk_err err = rk_vault_seal(vault, &place, CHECK_WORDS, &sealed);

	return err ? err : store->ops->put_setting(store, CHECK_NAME, rk_buf_str(&sealed));
}

enum rk_err
rk_sealing_check(struct rk_store *store, struct rk_why *why)
{
	RK_AUTO(rk_buf_free) struct rk_buf sealed = RK_BUF(RK_SEALING_MAX), words = RK_BUF(RK_SEALING_MAX);
	struct rk_vault_place place = check_place();
	enum rk_err err;

	if (!store->vault)
		return RK_OK;
	err = store->ops->get_setting(store, CHECK_NAME, &sealed);
	if (err == RK_NOT_FOUND)
		return put_check(store, store->vault);
	if (!err)
		err = rk_vault_unseal(store->vault, &place, rk_buf_str(&sealed), &words);
	if (!err && !rk_str_is(rk_buf_str(&words), CHECK_WORDS))
		err = RK_SIGNATURE;
	if (err == RK_SIGNATURE)
		return rk_why(why, err, "RK-710",
		    "Give the master key that this store was made with, or the one of its last rekey.",
		    "The master key does not open this store.");
	return err;
}

struct rekey {
	struct rk_store *store;
	const struct rk_vault *vault;
	enum rk_kind kind;
	struct rk_query query;
	char last_sid[RK_SID_LEN + 1];
	int64_t count;
	enum rk_err err;
};

static bool
has_secrets(const struct rk_record *record)
{
	for (size_t i = 0; i < record->field_n; i++)
		if (record->fields[i].type == RK_FIELD_SEALED)
			return true;
	return false;
}

static void
rekey_row(const void *row, void *arg)
{
	struct rekey *r = arg;
	const struct rk_record *record = rk_record_get(r->kind);
	RK_AUTO(rk_buf_wipe) struct rk_buf plain = RK_BUF(RK_SEALING_MAX);
	RK_AUTO(rk_buf_free) struct rk_buf sealed = RK_BUF(RK_SEALING_MAX);
	union rk_row_any opened, closed;

	if (!r->err)
		r->err = rk_sealing_open(r->store->vault, record, row, &opened, &plain);
	if (!r->err)
		r->err = rk_sealing_seal(r->vault, record, &opened, &closed, &sealed);
	if (!r->err)
		r->err = r->store->ops->update(r->store, r->kind, &closed);
	if (r->err)
		return;
	r->count++;
	r->query.after_date = closed.row.date_created;
	memcpy(r->last_sid, closed.row.sid, sizeof r->last_sid);
}

static enum rk_err
rekey_kind(struct rekey *r, enum rk_kind kind, bool removed)
{
	bool more = true;

	r->kind = kind;
	r->query =
	    (struct rk_query){ .account = RK_EVERY_ACCOUNT, .limit = RK_STORE_PAGE_MAX, .removed = removed };
	while (more && !r->err) {
		enum rk_err err = r->store->ops->list(r->store, kind, &r->query, rekey_row, r, &more);
		if (!r->err && err != RK_NOT_FOUND)
			r->err = err;
		more = more && !err;
		r->query.after_sid = rk_str(r->last_sid);
	}
	return r->err;
}

static enum rk_err
rekey_all(struct rekey *r)
{
	enum rk_err err = RK_OK;

	for (enum rk_kind kind = 1; kind < RK_KINDS && !err; kind++) {
		if (!has_secrets(rk_record_get(kind)))
			continue;
		err = rekey_kind(r, kind, false);
		if (!err)
			err = rekey_kind(r, kind, true);
	}
	return err ? err : put_check(r->store, r->vault);
}

enum rk_err
rk_sealing_rekey(struct rk_store *store, const struct rk_vault *vault, int64_t *ret_count, struct rk_why *why)
{
	struct rekey r = { .store = store, .vault = vault };
	enum rk_err err = store->vault ? store->ops->begin(store) : RK_DENIED;

	if (err)
		return rk_why(why, err, "RK-711", "Try again.", "The master key cannot be changed now: %s.",
		    rk_err_text(err));
	err = rekey_all(&r);
	if (!err)
		err = store->ops->commit(store);
	else
		store->ops->rollback(store);
	if (err)
		return rk_why(why, err, "RK-711",
		    "The old master key stays in force. Look at the reason, then try again.",
		    "The master key was not changed: %s.", rk_err_text(err));
	store->vault = vault;
	*ret_count = r.count;
	return RK_OK;
}
