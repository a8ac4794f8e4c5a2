/*
 * pages.c - one page after the other: the next begins behind the last row of the one before.
 */
#include "keeper/pages.h"

struct turning {
	rk_store_fn *each;
	void *arg;
	char sid[RK_SID_LEN + 1]; /* of the last row seen */
	int64_t date;
};

static void
pass_on(const void *row, void *arg)
{
	struct turning *t = arg;
	const struct rk_row *head = row;

	memcpy(t->sid, head->sid, sizeof t->sid);
	t->date = head->date_created;
	t->each(row, t->arg);
}

enum rk_err
rk_pages_each(
    struct rk_store *store, enum rk_kind kind, const struct rk_query *query, rk_store_fn *each, void *arg)
{
	struct turning t = { .each = each, .arg = arg };
	struct rk_query q = *query;
	bool more = true;
	enum rk_err err = RK_OK;

	q.limit = 0;
	q.after_date = 0;
	while (more && !err) {
		more = false;
		err = rk_store_list(store, kind, &q, pass_on, &t, &more);
		q.after_date = t.date;
		q.after_sid = rk_str(t.sid);
	}
	return err;
}
